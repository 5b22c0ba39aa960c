"""The graph of a network as one widget: canvas, controls, path, map and search."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from studio.layout.compose import Rect
from studio.layout.tree import ROOT
from studio.picture import Picture
from studio.views.graph.breadcrumb import Breadcrumb
from studio.views.graph.by_hand import Positions, changed
from studio.views.graph.colors import LIGHT, GraphColors
from studio.views.graph.controls import Controls
from studio.views.graph.find import Finder, Hit
from studio.views.graph.gestures.drop import Drop
from studio.views.graph.gestures.gesture import Gestures
from studio.views.graph.gestures.hover import Hover
from studio.views.graph.gestures.lead import Lead
from studio.views.graph.gestures.move import Move
from studio.views.graph.gestures.open_close import OpenClose
from studio.views.graph.gestures.pan import Pan
from studio.views.graph.gestures.pick import Pick
from studio.views.graph.gestures.rubber import Rubber
from studio.views.graph.gestures.walk import Walk
from studio.views.graph.gestures.zoom import STEP, Zoom
from studio.views.graph.look import CHEVRON, HEADER, SIDE, Look
from studio.views.graph.minimap import Minimap
from studio.views.graph.navigate import Step, first_item, last_item, step_from
from studio.views.graph.opening import Opening
from studio.views.graph.overlays import Overlays
from studio.views.graph.scene import GraphScene
from studio.views.graph.search import SearchBar
from studio.views.graph.showing import Showing
from studio.views.graph.sight import READABLE, Sight
from studio.views.graph.state import GraphState, Selected
from studio.views.graph.surface import Surface
from studio.views.graph.tracing import Tracing


class GraphView(QWidget):
    """Shows a `Picture`. Nothing here changes it: what a hand does comes out as signals.

    `selection_changed` carries a pair (frozenset of node ids, frozenset of module paths) and is sent for what is
    selected here by hand, not for `select`. `activated` carries a node id, `op_dropped` the name of an op and the node
    it was dropped on, `op_inserted` an op, the value of the wire it was dropped on and the node that takes it (None: it
    goes out), `wire_led` a value, the node that takes it and the value it is to take instead; `menu_wanted` a point of
    the screen.
    """

    selection_changed = Signal(object)
    activated = Signal(str)
    op_dropped = Signal(str, str)
    op_inserted = Signal(str, str, object)
    wire_led = Signal(str, str, str)
    items_moved = Signal(object, str)
    menu_wanted = Signal(QPoint)
    zoom_changed = Signal(float)
    direction_changed = Signal(bool)

    _ready = False  # events come while the widget is being made

    def __init__(self, parent: QWidget | None = None, colors: GraphColors = LIGHT) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Network graph"))
        self.look = Look(self.font(), colors)
        self.scene = GraphScene(self.look, self)
        self.canvas = Surface(self.scene, self.look, self)
        self.scene.setParent(self.canvas)  # so that it outlives the canvas when all of this is taken down
        self.canvas.setAccessibleName(self.tr("Network graph"))
        self.setFocusProxy(self.canvas)
        self.state: GraphState | None = None
        self.current: str | None = None  # the item the keyboard goes on from
        self._horizontal = False
        self._positions: Positions = {}
        self.showing = Showing(self)
        self.sight = Sight(self)
        self._empty = QLabel(self.tr("No network to show"), self)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.breadcrumb = Breadcrumb(self, colors)
        self.controls = Controls(self, colors)
        self.search = SearchBar(self, colors)
        self.minimap = Minimap(self, self.look)
        self.minimap.hide()
        self.overlays = Overlays(self)
        self._opening = Opening(self)
        self.tracing = Tracing(self)
        zoom = Zoom(self)
        hands = (Rubber(self), Lead(self), OpenClose(self), Pick(self), Move(self), Pan(self), Walk(self), zoom)
        gestures = Gestures(hands)
        self.canvas.give(gestures, Hover(self), zoom, Drop(self))
        self.canvas.settle = self._opening.transition.finish
        self.canvas.ask_menu = lambda place, screen: self.menu_wanted.emit(screen)
        self._connect()
        self.set_theme(colors)
        self.set_picture(None)
        self._ready = True

    def _connect(self) -> None:
        controls = self.controls
        controls.zoom_in.connect(self.zoom_in)
        controls.zoom_out.connect(self.zoom_out)
        controls.zoom_full.connect(lambda: self.zoom_to(1.0))
        controls.fit.connect(self.fit)
        controls.turn.connect(lambda: self.set_horizontal(not self._horizontal))
        controls.open_all.connect(self.open_all)
        controls.close_all.connect(self.close_all)
        controls.search.connect(self.open_search)
        self.canvas.moved.connect(self._moved)
        self.minimap.wanted.connect(lambda at: self.canvas.look_at(at.x(), at.y(), self.canvas.zoom, glide=False))
        self.breadcrumb.chosen.connect(self._go_to)
        self.search.found.connect(self._show_hit)
        self.search.closed.connect(self.canvas.setFocus)
        for key in (QKeySequence(QKeySequence.StandardKey.Find), QKeySequence(Qt.Key.Key_Slash)):
            made = QShortcut(key, self)
            made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.activated.connect(self.open_search)

    # -- what the window says

    def set_picture(self, picture: Picture | None) -> None:
        """Show another network, or none. Of the same source, what was open, selected and seen stays so."""
        self._opening.transition.finish()
        self.canvas.stop_glide()
        old = self.state
        same = old is not None and picture is not None and old.picture.source.path == picture.source.path
        if picture is None:
            self.state = None
        else:
            self.state = GraphState(picture, self.look.size, self._horizontal, self._positions)
            if same and old is not None:
                known = old.opened & frozenset(self.state.tree.groups)
                if known or not old.opened:
                    self.state.set_opened(known)
                self.state.select(old.nodes, old.modules)
        has = self.state is not None
        self._empty.setVisible(not has)
        self.breadcrumb.setVisible(has)
        self.controls.setEnabled(has)
        if self.state is None or self.current not in self.state.drawing.boxes:
            self.current = None
        kept = None
        if same and old is not None and self.state is not None:
            boxes = self.state.drawing.boxes
            kept = self._opening.nearest(old.drawing, (item for item in old.drawing.boxes if item in boxes))
        self.take_over()
        if self.state is not None:
            self.search.search_with(Finder(self.state.picture, self.state.tree).find)
            if kept is not None:
                self.canvas.bring(*self.state.drawing.boxes[kept.item].centre, kept.seen_at)
            else:
                self.sight.pending = True
                self.sight.start()
        else:
            self.search.search_with(lambda query: ())
        self.canvas.repopulate()
        self.overlays.tell_current()

    def select(self, nodes: Iterable[str], modules: Iterable[str] = ()) -> None:
        """Show a selection made elsewhere and bring it into sight; sends no signal."""
        if self.state is None:
            return
        if self.state.select(nodes, modules):
            self._marks_changed()
            marks = self.scene.marks
            shown = [item for item in self.state.drawing.boxes if item in marks.chosen or item in marks.holding]
            self.current = shown[0] if shown else None
            self.overlays.tell_current()
            if shown and not self.sight.pending:
                self.canvas.ensure_seen(self.around(shown))

    def reveal(self, nodes: Iterable[str], modules: Iterable[str] = ()) -> None:
        """Open the groups that hide nodes and modules, select them and bring them into sight; sends no signal."""
        if self.state is None:
            return
        nodes, modules = frozenset(nodes), frozenset(modules)
        self._opening.open_exactly(self.state.revealed(nodes, modules), animated=False)
        self.state.select((), ())
        self.select(nodes, modules)

    def set_theme(self, colors: GraphColors) -> None:
        """Paint in other colours."""
        self.look.set_colors(colors)
        for overlay in (self.breadcrumb, self.controls, self.search):
            overlay.set_colors(colors)
        self._empty.setStyleSheet(f"color: {colors.muted}; background: transparent; font-size: 14px;")
        self.minimap.repaint_all()
        self.canvas.theme_changed()

    def set_animated(self, animated: bool) -> None:
        """Whether opening, closing and fitting are shown as movements."""
        self.canvas.animated = animated

    def fit(self) -> None:
        """Show the whole network."""
        if self.state is not None:
            self.canvas.fit(self.state.drawing.bounds)

    def zoom_to(self, zoom: float) -> None:
        """Zoom about the middle; 1.0 is 100 %."""
        middle = self.canvas.seen().centre
        self.canvas.look_at(*middle, zoom)

    def zoom_in(self) -> None:
        self.canvas.set_zoom(self.canvas.zoom * STEP)

    def zoom_out(self) -> None:
        self.canvas.set_zoom(self.canvas.zoom / STEP)

    @property
    def horizontal(self) -> bool:
        """Whether the network runs to the right, and not downward."""
        return self._horizontal

    def set_horizontal(self, horizontal: bool) -> None:
        """Turn the network; what is in the middle stays there."""
        if horizontal == self._horizontal:
            return
        self._opening.transition.finish()
        self._horizontal = horizontal
        if self.state is not None:
            kept = self._opening.nearest(self.state.drawing, self.state.drawing.boxes)
            if self.state.set_horizontal(horizontal):
                self.take_over()
                if kept is not None:
                    self.canvas.bring(*self.state.drawing.boxes[kept.item].centre, kept.seen_at)
                self.canvas.repopulate()
        self.direction_changed.emit(horizontal)

    def set_positions(self, positions: Positions) -> None:
        """Put items where hands put them; what was not moved stays where it is on the screen."""
        before, self._positions = self._positions, positions
        if self.state is None or positions == before:
            return
        self._opening.transition.finish()
        old = self.state.drawing
        if not self.state.set_positions(positions):
            return
        moved = {self.state.names.item_of.get(name) for name in changed(before, positions)}
        kept = self._opening.nearest(old, (item for item in old.boxes if item not in moved))
        self.take_over()
        if kept is not None:
            self.canvas.bring(*self.state.drawing.boxes[kept.item].centre, kept.seen_at)
        self.canvas.repopulate()

    def open_all(self) -> None:
        """Open every group, folds included."""
        if self.state is not None:
            self._open_many(self.state.tree.groups)

    def close_all(self) -> None:
        """Close every group."""
        if self.state is not None:
            self._open_many(())

    def open_search(self) -> None:
        """Show the search bar and write into it."""
        if self.state is not None:
            self.search.open()
            self.overlays.place()

    # -- what gestures say

    def item_at(self, place: QPointF) -> str | None:
        """The item at a point of the viewport; of an open group only the title counts."""
        if self.scene.index is None or self.state is None:
            return None
        at = self.canvas.scene_at(place)
        item = self.scene.index.box_at(at.x(), at.y())
        if item is not None and item in self.state.drawing.visible.levels:
            header = max(HEADER, 14.0 / self.canvas.zoom)  # from afar still something to hit
            return item if at.y() - self.state.drawing.boxes[item].y <= header else None
        return item

    def is_group(self, item: str) -> bool:
        return self.state is not None and item in self.state.tree.groups

    def on_arrow(self, item: str, place: QPointF) -> bool:
        """Whether a point of the viewport is on the arrow that opens and closes a group."""
        if not self.is_group(item) or self.state is None or self.canvas.from_afar:
            return False
        return self.canvas.scene_at(place).x() - self.state.drawing.boxes[item].x <= SIDE + CHEVRON - 2.0

    def is_chosen(self, item: str) -> bool:
        return item in self.scene.marks.chosen

    @property
    def has_selection(self) -> bool:
        return self.state is not None and bool(self.state.nodes or self.state.modules or self.state.ends)

    def choose(self, items: Iterable[str], toggle: bool = False) -> None:
        """Select items by hand."""
        if self.state is None:
            return
        wanted = list(items)
        changed = self.state.select_items(wanted, toggle)
        self.current = wanted[-1] if wanted else None
        self._marks_changed()
        self.overlays.tell_current()
        if changed:
            self.selection_changed.emit(self.selected)

    @property
    def selected(self) -> Selected:
        """What is selected: node ids and module paths."""
        return self.state.selected if self.state is not None else (frozenset(), frozenset())

    def choose_in(self, area: QRectF, add: bool = False) -> None:
        """Select the nodes and closed groups that touch an area of the drawing."""
        if self.scene.index is None or self.state is None:
            return
        found = self.scene.index.boxes_in(Rect(area.x(), area.y(), area.width(), area.height()))
        leaves = [item for item in found if item not in self.state.drawing.visible.levels]
        kept = self.scene.marks.chosen if add else frozenset()
        self.choose([*kept, *(item for item in leaves if item not in kept)])

    def activate(self, item: str) -> None:
        """A node was double clicked, or Enter pressed on it."""
        if self.state is not None and item in self.state.picture.node_by_id:
            self.activated.emit(item)

    def toggle(self, group: str, at: QPointF | None = None) -> None:
        """Open or close a group, keeping what is at a point of the viewport there; else its title."""
        if self.state is None or group not in self.state.tree.groups:
            return
        alone = not self.state.nodes and self.state.modules == frozenset(self.state.tree.groups[group].modules)
        changed = not alone and self.state.select_items((group,))
        self.current = group
        self._opening.open_exactly(self.state.toggled(group), group, at)  # shows the selection as well
        self.overlays.tell_current()
        if changed:
            self.selection_changed.emit(self.selected)

    def close_around(self) -> None:
        """Close the open group that the current item is in, or is."""
        if self.state is None or self.current is None:
            return
        opened = [group for group in self.state.crumbs(self.current) if group in self.state.drawing.opened]
        if opened:
            self.toggle(opened[-1])

    def walk(self, step: Step, keep: bool = False) -> None:
        """Go one item on with the keyboard."""
        if self.state is not None:
            self._walk_to(step_from(self.state, self.current, step), keep)

    def walk_to_end(self, end: bool) -> None:
        """Go to the first or the last item of the flow."""
        if self.state is not None:
            self._walk_to(last_item(self.state) if end else first_item(self.state), False)

    def wires_lit(self, hovered: str | None) -> frozenset[int]:
        """The wires that stand out: of what the pointer is over, else of what is selected, while that is little."""
        if hovered is not None:
            return self.scene.wires_around(hovered)
        chosen = self.scene.marks.chosen if len(self.scene.marks.chosen) <= 8 else ()
        return frozenset().union(*(self.scene.wires_around(item) for item in chosen))

    # -- inside

    def _open_many(self, groups: Iterable[str]) -> None:
        """Open exactly these groups; a network that was seen whole is shown as if it were new."""
        if self.state is None:
            return
        whole = self.canvas.seen().covers(self.state.drawing.bounds)
        self._opening.open_exactly(groups, animated=not whole)
        if whole:
            self.sight.first()

    def _walk_to(self, item: str | None, keep: bool) -> None:
        if item is None or self.state is None:
            return
        if keep:
            self.choose([*(found for found in self.scene.marks.chosen if found != item), item])
        else:
            self.choose((item,))
        self.canvas.ensure_seen(self.state.drawing.boxes[item])

    def take_over(self) -> None:
        """Show the drawing of the state as it is now; the canvas makes its items afterwards."""
        self.scene.show_drawing(self.state)
        if self.state is None:
            self.minimap.show_drawing(None, None, None)
        else:
            self.minimap.show_drawing(self.state.drawing, self.state.faces, self.state.tree)
            self.scene.light(self.wires_lit(None))
        self.overlays.place()

    def _marks_changed(self) -> None:
        if self.state is not None:
            self.scene.mark(self.state.marks(), self.scene.hovered)
            self.scene.light(self.wires_lit(self.scene.hovered))
            if self.canvas.from_afar:
                self.canvas.viewport().update()

    def around(self, items: Iterable[str]) -> Rect:
        """The least rectangle that holds some items."""
        assert self.state is not None
        boxes = [self.state.drawing.boxes[item] for item in items]
        left, top = min(box.x for box in boxes), min(box.y for box in boxes)
        return Rect(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)

    def _show_hit(self, hit: object) -> None:
        if self.state is None or not isinstance(hit, Hit):
            return
        nodes = frozenset((hit.node,)) if hit.node else frozenset()
        modules = frozenset(self.state.tree.groups[hit.group].modules) if hit.group else frozenset()
        before = self.selected
        self.reveal(nodes, modules)
        if self.current is not None:
            self.canvas.look_at(*self.state.drawing.boxes[self.current].centre, max(self.canvas.zoom, READABLE))
        if self.selected != before:
            self.selection_changed.emit(self.selected)

    def _go_to(self, item: str) -> None:
        if self.state is None:
            return
        if item == ROOT:
            self.fit()
            return
        self.choose((item,))
        box = self.state.drawing.boxes.get(item)
        if box is not None:
            self.canvas.fit(box)

    def _moved(self) -> None:
        self.overlays.follow()
        self.zoom_changed.emit(self.canvas.zoom)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.overlays.place()
        self.sight.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        before = self.canvas.size()
        self.canvas.setGeometry(self.rect())
        if self.state is not None and not self.sight.pending and not self.canvas.gliding:
            # Across the flow what is in the middle stays there; along it the view keeps its beginning.
            wider, higher = self.width() - before.width(), self.height() - before.height()
            self.canvas.scroll_by(*((0, higher / 2) if self._horizontal else (wider / 2, 0)))
        self._empty.setGeometry(self.rect())
        self.overlays.place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # The font of the window may come after the view; sizes are the drawing's own, so only the family counts.
        if self._ready and event.type() == QEvent.Type.FontChange and self.font().family() != self.look.family_name:
            self.look.set_font(self.font())
            if self.state is not None:
                self.set_picture(self.state.picture)
