"""What the view shows of a picture: which groups are open, which way it runs, what is selected. No Qt here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from studio.layout.arrange import Point
from studio.layout.compose import Composer, Drawing
from studio.layout.tree import ROOT, Tree, build_tree
from studio.picture import Picture
from studio.views.graph.by_hand import LastingNames, Positions
from studio.views.graph.face import Face, Faces

AT_FIRST = 30  # a picture opens level by level while no more than so many items are to be seen

Selected = tuple[frozenset[str], frozenset[str]]
NOTHING: Selected = (frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Marks:
    """What the selection looks like: items that are selected, and closed groups with something selected inside."""

    chosen: frozenset[str] = frozenset()
    holding: frozenset[str] = frozenset()


class GraphState:
    """One picture as it is looked at. `measure` gives the size of a closed item from its face."""

    def __init__(
        self,
        picture: Picture,
        measure: Callable[[Face], tuple[float, float]],
        horizontal: bool = False,
        positions: Positions | None = None,
    ) -> None:
        self.picture = picture
        self.tree: Tree = build_tree(picture)
        self.faces = Faces(picture, self.tree)
        self._composer = Composer(picture, self.tree, lambda item: measure(self.faces.of(item)))
        self.opened = opened_at_first(self.tree)
        self.horizontal = horizontal
        self.positions: Positions = positions or {}
        self._names: LastingNames | None = None
        self.nodes: frozenset[str] = frozenset()
        self.modules: frozenset[str] = frozenset()
        self.ends: frozenset[str] = frozenset()  # inputs and outputs: nobody outside knows them
        self.focus: frozenset[str] | None = None  # the nodes that stand out; None where all are alike
        self.drawing = self._draw()

    def _draw(self) -> Drawing:
        moved = self.names.moved(self.positions) if self.positions else None
        self.drawing = self._composer.draw(self.opened, self.horizontal, moved)
        return self.drawing

    @property
    def names(self) -> LastingNames:
        """The names under which positions are kept, made when they are first wanted."""
        if self._names is None:
            self._names = LastingNames(self.picture, self.tree)
        return self._names

    def set_positions(self, positions: Positions) -> bool:
        """Put items where a hand put them; whether that changed the drawing."""
        if positions == self.positions:
            return False
        self.positions = positions
        self._draw()
        return True

    def level_of(self, item: str) -> str:
        """The group in whose level an item is drawn."""
        if item in self.tree.groups:
            return self.tree.groups[item].parent or ROOT
        return self.tree.home.get(item, ROOT)

    def placed(self, items: Iterable[str], across: float, along: float) -> dict[str, dict[str, Point]]:
        """Positions of some items after they were moved on by that much, by the names that are kept."""
        found: dict[str, dict[str, Point]] = {}
        for item in items:
            level, name = self.level_of(item), self.names.of[item]
            x, y = self.positions.get(level, {}).get(name, (0.0, 0.0))
            x += self.drawing.aside.get(item, 0.0)  # it goes on from where it is seen
            found.setdefault(level, {})[name] = (round(x + across, 1), round(y + along, 1))
        return found

    def set_opened(self, groups: Iterable[str]) -> bool:
        """Open exactly these groups; whether that changed the drawing."""
        wanted = frozenset(group for group in groups if group in self.tree.groups and group != ROOT)
        if wanted == self.opened:
            return False
        self.opened = wanted
        self._draw()
        return True

    def set_horizontal(self, horizontal: bool) -> bool:
        """Let the network run to the right, or downward; whether that changed the drawing."""
        if horizontal == self.horizontal:
            return False
        self.horizontal = horizontal
        self._draw()
        return True

    def toggled(self, group: str) -> frozenset[str]:
        """The open groups after opening or closing one. What is open inside a closed group is remembered."""
        return self.opened ^ {group}

    def revealed(self, nodes: Iterable[str], modules: Iterable[str] = ()) -> frozenset[str]:
        """The open groups after opening all that hide these nodes and modules."""
        opened = set(self.opened)
        modules = frozenset(modules)
        layers = modules - self.tree.of_module.keys()
        inside = [node.id for node in self.picture.nodes if node.instance in layers] if layers else []
        for node in (*nodes, *inside):
            home = self.tree.home.get(node)
            if home is not None:
                opened.update((home, *self.tree.ancestors(home)))
        for path in modules:
            group = self.tree.of_module.get(path)
            if group is not None:
                opened.update(self.tree.ancestors(group))
        return frozenset(opened - {ROOT})

    # -- selection

    @property
    def selected(self) -> Selected:
        return self.nodes, self.modules

    def select(self, nodes: Iterable[str], modules: Iterable[str] = (), ends: Iterable[str] = ()) -> bool:
        """Select nodes and modules the picture has; whether that changed what the world outside can see."""
        before = self.selected
        self.nodes = frozenset(node for node in nodes if node in self.picture.node_by_id)
        self.modules = frozenset(path for path in modules if path in self.picture.module_by_path)
        self.ends = frozenset(ends)
        return before != self.selected

    def select_items(self, items: Iterable[str], toggle: bool = False) -> bool:
        """Select what is drawn as these items; with `toggle` each is added, or taken out where it is selected."""
        nodes: set[str] = set(self.nodes) if toggle else set()
        modules: set[str] = set(self.modules) if toggle else set()
        ends: set[str] = set(self.ends) if toggle else set()
        for item in items:
            group = self.tree.groups.get(item)
            if group is not None:
                own = set(group.modules)
                modules = modules - own if modules >= own else modules | own
            elif item in self.picture.node_by_id:
                nodes ^= {item}
            else:
                ends ^= {item}
        return self.select(nodes, modules, ends)

    def marks(self) -> Marks:
        """How the selection is to be drawn now."""
        shown = self.drawing.visible.shown
        chosen: set[str] = set(self.ends)
        holding: set[str] = set()

        def mark(node: str) -> None:
            leaf = shown[node]
            (chosen if leaf == node else holding).add(leaf)

        for node in self.nodes:
            mark(node)
        layers: set[str] = set()
        for path in self.modules:
            group = self.tree.of_module.get(path)
            if group is None:
                layers.add(path)
                continue
            while group not in self.drawing.boxes and group != ROOT:
                group = self.tree.groups[group].parent or ROOT
            if group == ROOT:
                continue
            whole = self.modules.issuperset(self.tree.groups[group].modules)
            (chosen if whole else holding).add(group)
        if layers:
            for found in self.picture.nodes:
                if found.instance in layers or found.module in layers:
                    mark(found.id)
        return Marks(frozenset(chosen), frozenset(holding) - chosen)

    def focused(self) -> frozenset[str] | None:
        """The items that stand out: those of the focus, and the groups around them."""
        if self.focus is None:
            return None
        found: set[str] = set()
        for node in self.focus & self.tree.home.keys():
            found.add(self.drawing.visible.shown[node])
            found.update((self.tree.home[node], *self.tree.ancestors(self.tree.home[node])))
        return frozenset(found & self.drawing.boxes.keys())

    def crumbs(self, item: str | None) -> tuple[str, ...]:
        """The groups around an item from the root inward, the item itself last where it is a group."""
        if item is None:
            return (ROOT,)
        group = item if item in self.tree.groups else self.tree.home.get(item, ROOT)
        return (*reversed(self.tree.ancestors(group)), group)


def opened_at_first(tree: Tree, limit: int = AT_FIRST) -> frozenset[str]:
    """Whole depths are opened while few items and frames are to be seen; folds stay closed, they say less."""
    opened: frozenset[str] = frozenset()
    front = [ROOT]
    count = len(tree.items[ROOT])
    while front:
        inner = [child for group in front for child in tree.groups[group].children if not tree.groups[child].folded]
        count += sum(len(tree.items[group]) for group in inner)
        if count > limit or not inner:
            return opened
        opened |= frozenset(inner)
        front = inner
    return opened
