"""Where things stand in the program: a node as a site or as an entry of a container, a module, a wire. No Qt here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from pivot.editing.elements import entry_of
from pivot.editing.frames import Call, Made, key_of
from pivot.editing.operands import Site, attribute_of, made_in, operand
from pivot.editing.source import Source
from pivot.problems import refuse
from studio.editing.context import Context, Scope
from studio.picture import Module, Node, Span

NOWHERE = -1
"""The frame of what no call of the program has made yet."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of the text that an edit is about: an expression or a statement, the call it is in, and who is alike.

    `element` says that the expression makes an entry of a container, and is not applied where it stands.
    """

    source: Source
    node: Site
    made: Made
    everywhere: tuple[Made, ...]
    element: bool
    name: str

    @property
    def expression(self) -> ast.expr:
        """The making expression of an element. Raises Refusal for a statement."""
        if isinstance(self.node, ast.expr):
            return self.node
        raise self.source.refusal(self.node, "this is a statement", "edit the source text")


def wanted(context: Context, spot: Spot, scope: Scope) -> list[Made]:
    """The calls that an edit at a spot is for; none where the program was not called there yet."""
    if spot.made.frame == NOWHERE:
        return []
    return context.wanted(spot.made, scope, spot.everywhere)


def makers(context: Context, spot: Spot, scope: Scope) -> list[ast.ClassDef]:
    """The classes whose constructors make the layers of the objects that an edit at a spot is for."""
    source, calls = spot.source, context.calls
    around = source.class_around(spot.node)
    attribute = attribute_of(source, spot.node)
    found: dict[int, ast.ClassDef] = {}
    for place in wanted(context, spot, scope):
        path = calls.receiver(place.frame)
        classes: list[ast.ClassDef] = []
        for frame in calls.frames:
            if frame.name == "__init__" and frame.receiver == path and isinstance(frame.definition, Span):
                cls = source.class_around(source.at(frame.definition, ast.stmt)) if _same(frame, source) else None
                classes += [cls] if cls is not None else []
        if around in classes or not classes:
            chosen = around
        else:
            making = [cls for cls in classes if attribute is not None and made_in(source, cls, attribute) is not None]
            chosen = (making or classes)[0]
        if chosen is not None:
            found[id(chosen)] = chosen
    return list(found.values())


def _same(frame: Call, source: Source) -> bool:
    return frame.definition is not None and frame.definition.file == source.file


def spot_of_node(context: Context, node: Node) -> Spot:
    """Where a node is to be taken away, doubled, or followed by something. Raises Refusal."""
    # What a container applies is drawn in it, but called by the code of another module.
    layer = context.picture.module_by_path.get(node.instance or "")
    if layer is not None and context.calls.receiver(node.frame) != node.module:
        return spot_of_module(context, layer)
    return site_spot(context, node.frame, context.here(node.site), node.label, node.turn)


def site_spot(context: Context, frame: int | None, site: Span, name: str, turn: int = 0) -> Spot:
    """A site of a forward pass."""
    if frame is None:
        raise refuse("edit-program", site.file, site.line, 0, "this stands in no definition", "edit the source text")
    source = context.source(site.file)
    found = source.at(site, ast.AST)
    if not isinstance(found, ast.expr | ast.stmt):
        raise source.refusal(found, "this is no expression", "edit the source text")
    if isinstance(found, ast.Expr):
        found = found.value
    here = Made(frame, key_of(site), turn)
    return Spot(source, found, here, tuple(context.frames_like(frame, site)), False, name)


def spot_of_module(context: Context, module: Module) -> Spot:
    """Where a module is made: its entry in a container, or the site that calls it. Raises Refusal."""
    called = call_of(context, module.path)
    caller = context.calls.receiver(called[0]) if called is not None else None
    parent = context.picture.module_by_path.get(module.parent or "")
    listed = parent is not None and any(word in parent.class_name for word in ("List", "Dict"))
    if module.parent is not None and caller != module.parent and not (listed and _outside_loops(context, called)):
        made, expression, source = making(context, module)
        key = made.site
        alike = tuple(
            other
            for m in context.picture.modules
            if m.frame is not None and m.made_at is not None
            and context.now(m.made_at) is not None
            and (other := making(context, m)[0]).site == key
        )  # fmt: skip
        return Spot(source, expression, made, alike, True, module.name)
    if called is None:
        raise refuse(
            "edit-program", "", 0, 0, f"{module.path or 'the model'} is called at no one place", "edit the text"
        )
    frame, site = called
    return site_spot(context, frame, site, module.name)


def _outside_loops(context: Context, called: tuple[int, Span] | None) -> bool:
    """Whether a call stands for one entry of a list: where no loop runs over the entries."""
    if called is None:
        return False
    spot = site_spot(context, *called, "")
    return not any(isinstance(node, ast.For | ast.comprehension) for node in spot.source.above(spot.node))


def making(context: Context, module: Module) -> tuple[Made, ast.expr, Source]:
    """The expression that makes a module in the code of a class or a top function: a helper's call, not its inside."""
    frame, span = module.frame, context.here(module.made_at)
    if frame is None:
        raise refuse("edit-program", span.file, span.line, 0, "this is made in no definition", "edit the source text")
    turn = module.turn
    while True:
        source = context.source(span.file)
        expression = source.at(span, ast.expr)
        here = context.calls.frames[frame]
        returned = isinstance(source.parents.get(expression), ast.Return)
        if not (returned and here.parent is not None and here.site is not None and not context.calls.entered(frame)):
            return Made(frame, key_of(span), turn), expression, source
        frame, span, turn = here.parent, _span(here.site), here.turn


def _span(place: object) -> Span:
    assert isinstance(place, Span)
    return place


def call_of(context: Context, path: str) -> tuple[int, Span] | None:
    """(frame, site) of the call of a module in the forward pass: the outermost call that all its nodes are in."""
    inside = context.picture.nodes_below(path) if path in context.picture.module_by_path else ()
    own = inside or tuple(node for node in context.picture.nodes if node.instance == path)
    own = tuple(node for node in own if not path or _below(node, path))
    if not own:
        return None
    first, *rest = own
    common = list(steps(context, first))
    for node in rest:
        there = set(steps(context, node))
        common = [step for step in common if step in there]
    for frame, site in common:
        receiver = context.calls.receiver(frame)
        if receiver is not None and (receiver == "" or not (receiver == path or receiver.startswith(f"{path}."))):
            return frame, site
    return None


def _below(node: Node, path: str) -> bool:
    return any(name == path or name.startswith(f"{path}.") for name in (node.instance or "", node.module))


def steps(context: Context, node: Node) -> Iterator[tuple[int, Span]]:
    """(frame, site) of a node, innermost first: the site itself, then the calls that led to it."""
    frame, site = node.frame, context.now(node.site)
    while frame is not None and site is not None:
        yield frame, site
        here = context.picture.frames[frame]
        frame, site = here.parent, context.now(here.site)


@dataclass(frozen=True, slots=True)
class WireSpot:
    """A wire in the program: who gives (None: a parameter of the function) and who takes (None: the caller).

    `giver` and `taker` stand in one function, or `giver` is an entry of the container that both are in.
    """

    giver: Spot | None
    taker: Spot | None
    part: int | None
    taken: ast.expr | None
    alone: bool
    value: str


def wire_spot(context: Context, value: str, taker: str | None) -> WireSpot:
    """The wire that carries a value to a node, or out of the network. Raises Refusal."""
    picture = context.picture
    source, target = picture.producer.get(value), picture.node_by_id.get(taker or "")
    users = picture.consumers.get(value, ())
    alone = len(users) + any(out.id == value for out in picture.outputs) <= 1
    if source is None and target is None:
        return WireSpot(None, *_given_back(context, value), alone, value)
    if source is None and target is not None:
        spot = site_spot(context, target.frame, context.here(target.site), target.label)
        return WireSpot(None, spot, None, _taken(spot, target, value), alone, value)
    assert source is not None
    part = source.outputs.index(value) if len(source.outputs) > 1 else None
    if target is None:
        return WireSpot(spot_of_node(context, source), None, part, None, alone, value)
    giving, taking = list(steps(context, source)), list(steps(context, target))
    frames = dict(taking)
    for depth, (frame, site) in enumerate(giving):
        other = frames.get(frame)
        if other is None:
            continue
        if other == site:
            return WireSpot(_entry_towards(context, source, target), None, None, None, alone, value)
        direct = depth == 0
        giver = site_spot(context, frame, site, source.label)
        spot = site_spot(context, frame, other, target.label)
        inner = (frame, other) == taking[0]
        taken = _taken(spot, target, value) if inner else operand(spot.source, spot.node, 0, 1)
        # Where all who take the value are inside the call that takes it here, nobody else is concerned.
        alone = not any(out.id == value for out in picture.outputs) and all(
            (frame, other) in set(steps(context, user)) for user in users
        )
        return WireSpot(giver, spot, part if direct else None, taken, alone, value)
    raise refuse("edit-program", "", 0, 0, "the two ends of this wire meet in no definition", "edit the source text")


def _given_back(context: Context, value: str) -> tuple[Spot, None, ast.expr]:
    """An input that is an output as it is: where the forward pass returns it. No call of it has made anything."""
    root = context.picture.module_by_path[""]
    name = next((item.name for item in context.picture.inputs if item.id == value), "")
    source = context.source(context.here(root.definition).file)
    call = "call" if context.framework == "keras" else "forward"
    for node in source.nodes:
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            function, cls, statement = source.function(node), source.class_around(node), source.statement(node)
            here = cls is not None and cls.name == root.class_name and function is not None and function.name == call
            if here and isinstance(statement, ast.Return):
                key = (source.file, statement.lineno, 0, 0, 0)
                return Spot(source, statement, Made(NOWHERE, key), (), False, name), None, node
    raise refuse("edit-program", source.file, 0, 0, f"{root.class_name} returns no {name} as it is", "edit the text")


def _taken(spot: Spot, target: Node, value: str) -> ast.expr:
    return operand(spot.source, spot.node, target.inputs.index(value), len(target.inputs))


def _entry_towards(context: Context, source: Node, target: Node) -> Spot:
    """Both are in one container: its entry that the first is in."""
    one, other = (source.instance or source.module).split("."), (target.instance or target.module).split(".")
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    path = ".".join(one[: same + 1])
    module = context.picture.module_by_path.get(path)
    if module is None:
        raise refuse("edit-program", "", 0, 0, "the container of this wire is not known", "edit the source text")
    return spot_of_module(context, module)


def entry_text(spot: Spot) -> str:
    """What a container holds at a spot."""
    return spot.source.of(entry_of(spot.source, spot.expression))
