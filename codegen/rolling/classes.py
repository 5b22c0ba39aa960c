"""Classes of the target: one per helper function and structure, with the numbers that differ as parameters."""

from __future__ import annotations

import ast
import copy
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from codegen.lower import Step
from codegen.rolling.bodies import Attribute, Bodies, Body, Entry
from codegen.rolling.explaining import Explainer, Parameter
from codegen.rolling.forward import fill as put_in
from codegen.rolling.forward import Forward, Wishes, rename_inputs, wishes_of
from codegen.rolling.groups import Group
from codegen.rolling.runs import Loops, fold, unify_runs
from codegen.rolling.sources import Sources, camel_case, identifier, layer_name
from codegen.rolling.unify import Hole, names_in, skeleton, unify
from codegen.target import Target
from codegen.writing import nodes
from pivot.slots import MISSING


@dataclass(slots=True, eq=False)
class Rolled:
    """One class: its calls, what it holds, and its parameters with the values they have at each call."""

    name: str
    bodies: list[Body]
    attributes: list[ast.expr] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    stored: dict[str, ast.expr] = field(default_factory=dict)  # numbers that `forward` needs, by attribute
    texts: dict[str, ast.expr] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)  # of the attributes

    def arguments(self, group: Group) -> dict[str, object]:
        """What the class is constructed with for one call."""
        place = next(i for i, body in enumerate(self.bodies) if body.group is group)
        return {p.name: p.values[place] for p in self.parameters}


class Classes:
    """All classes of a network, inner ones first."""

    def __init__(self, sources: Sources, bodies: Bodies, target: Target, taken: set[str]) -> None:
        self.sources, self.bodies, self.target, self.taken = sources, bodies, target, set(taken)
        self.rolled: list[Rolled] = []
        self.of_group: dict[int, Rolled] = {}
        self.loops = Loops()

    def roll(self, root: Group, name: str) -> Rolled:
        """The class of the root; those of its parts are made on the way. Raises Unwritable."""
        groups = [g for g in root.groups() if g.module is None]
        for height in range(root.height() + 1):
            level = [g for g in groups if g.height() == height and g is not root]
            self.level([fold(self.bodies.body(group, self.made_by), self.loops) for group in level])
        body = fold(self.bodies.body(root, self.made_by), self.loops)
        made = self.unified(self.unique(name), [body])
        assert made is not None
        self.rolled.append(made)
        return made

    def made_by(self, group: Group) -> ast.expr:
        """How the module of an inner group is made: its class with numbers for all parameters."""
        rolled = self.of_group[id(group)]
        given = rolled.arguments(group)
        return ast.Call(
            ast.Name(rolled.name, ast.Load()), [], [ast.keyword(k, nodes.literal(v)) for k, v in given.items()]
        )

    def level(self, bodies: Sequence[Body]) -> None:
        """Classes for groups whose inner groups have theirs: equal structures of one function share one."""
        kinds: dict[object, list[Body]] = {}
        for body in bodies:
            function = body.group.function
            kinds.setdefault((id(function.node) if function is not None else None, structure(body)), []).append(body)
        for alike in kinds.values():
            name = self.unique(class_name(alike[0].group))
            made = self.unified(name, alike)
            for rolled in [made] if made is not None else self.apart(name, alike):
                self.rolled.append(rolled)
                for body in rolled.bodies:
                    self.of_group[id(body.group)] = rolled

    def apart(self, name: str, bodies: Sequence[Body]) -> list[Rolled]:
        """A class for each call, where one text cannot say all."""
        found: list[Rolled] = []
        for body in bodies:
            made = self.unified(name if not found else self.unique(name), [body])
            assert made is not None
            found.append(made)
        return found

    def unique(self, name: str) -> str:
        """A class name that is free."""
        made, number = name, 2
        while made in self.taken:
            made, number = f"{name}{number}", number + 1
        self.taken.add(made)
        return made

    def unified(self, name: str, bodies: list[Body]) -> Rolled | None:
        """One class for calls of equal structure."""
        out = Rolled(name, bodies)
        holes: list[tuple[Hole, Attribute | None]] = []
        first = bodies[0]
        for place, attribute in enumerate(first.attributes):
            found: list[Hole] = [hole for hole, _ in holes]
            before = len(found)
            made = self.constructor([b.attributes[place] for b in bodies], found)
            if made is None:
                return None
            holes += [(hole, attribute) for hole in found[before:]]
            out.attributes.append(made)
        inside: set[str] = set()
        for place, entry in enumerate(first.entries):
            found = [hole for hole, _ in holes]
            before = len(found)
            made = unify([b.entries[place].text for b in bodies], {}, found)
            if made is None:
                return None
            holes += [(hole, None) for hole in found[before:]]
            inside |= {hole.name for hole in found[before:]}
            out.entries.append(Entry(entry.part, made, entry.attributes, entry.results, entry.pattern))
        explained = Explainer(self.sources, bodies).explain(holes)
        out.parameters = explained.parameters
        out.attributes = [put_in(a, explained.texts) for a in out.attributes]
        self.store(out, {n: t for n, t in explained.texts.items() if n in inside})
        out.names = self.attribute_names(out)
        for number, attribute in enumerate(out.names):
            out.texts[f"_a{number}"] = member(attribute)
        return out

    def constructor(self, attributes: Sequence[Attribute], holes: list[Hole]) -> ast.expr | None:
        """One text for a module at every call."""
        if attributes[0].members:
            return unify_runs(attributes, self.target, holes)
        step = attributes[0].step
        places = [s.name or "" for s in step.form.args if not s.keyword] if step is not None else []
        return unify([a.constructor for a in attributes], defaults_of(step), holes, places)

    def store(self, out: Rolled, texts: dict[str, ast.expr]) -> None:
        """Numbers that `forward` computes with are kept on the module."""
        for hole, text in texts.items():
            name = text.id if isinstance(text, ast.Name) else next(iter(names_in(text)), "value")
            while name in out.stored and ast.dump(out.stored[name]) != ast.dump(text):
                name += "_"
            out.stored[name] = text
            out.texts[hole] = member(name)

    # -- names -------------------------------------------------------------------------

    def attribute_names(self, rolled: Rolled) -> list[str]:
        """Names of the attributes, as the source calls its layers."""
        wanted = [self.wanted_name(rolled.bodies[0], n) for n in range(len(rolled.attributes))]
        count, seen = Counter(wanted), Counter[str]()
        made: list[str] = []
        for name in wanted:
            seen[name] += 1
            own = f"{name}{'_' if name[-1:].isdigit() else ''}{seen[name]}" if count[name] > 1 else name
            while own in made or own in rolled.stored or (count[name] > 1 and own in count):
                own += "_"
            made.append(self.target.safe(own))
        return made

    def wanted_name(self, body: Body, number: int) -> str:
        """What an attribute is called in the source, or by what it does."""
        attribute = body.attributes[number]
        if attribute.group is not None and attribute.module is None:
            site = attribute.group.frame.site if attribute.group.frame is not None else None
            name = layer_name(site) or snake_case(class_name(attribute.group))
            return f"{name}s" if len(attribute.members) > 1 and not name.endswith("s") else name
        module = attribute.module
        base = ""
        if module is not None:
            base = layer_name(module.site) if module.site is not None else ""
            own = self.sources.names(body.group).assigned
            base = base or (own.get(id(module.site), "") if module.site is not None else "")
            last = re.sub(r"\W+", "", module.path.rpartition(".")[2])
            if not base and last.isidentifier() and not last.startswith("layers"):
                base = last
        if attribute.step is None:
            return base or (snake_case(module.class_name) if module is not None else "module")
        main = attribute.step.node is None or attribute.step.op is attribute.step.node.op
        op = re.sub(r"\d+d$|_?\d+d", "", attribute.step.op.name)
        if not base:
            return op
        return base if main or self.alone(body, number) else f"{base}_{'pad' if 'pad' in op else op}"

    def alone(self, body: Body, number: int) -> bool:
        """Is this the only attribute that its layer of the source became?"""
        module = body.attributes[number].module
        same = [n for n, a in enumerate(body.attributes) if a.module is module]
        if same == [number]:
            return True
        mains = [n for n in same if (s := body.attributes[n].step) and s.node and s.op is s.node.op]
        return not mains and number == same[-1]

    # -- text --------------------------------------------------------------------------

    def definition(self, rolled: Rolled, wishes: Wishes, inputs: Sequence[str], returned: ast.expr) -> ast.ClassDef:
        """The class as a tree."""
        init = self.init(rolled)
        forward = Forward(rolled.bodies[0], rolled.entries, wishes, inputs, rolled.texts)
        body = forward.statements(returned)
        run = ast.FunctionDef(self.target.call_name, signature(["self", *inputs], {}), body, [], None)
        base = self.target.bases["model" if rolled is self.rolled[-1] else "module"]
        members: list[ast.stmt] = [init, run] if init.body else [run]
        for statement in members[1:]:
            statement.__dict__["blank"] = 1
        made = ast.ClassDef(rolled.name, [nodes.name(base)], [], members, [])
        made.__dict__["blank"] = 2
        return made

    def init(self, rolled: Rolled) -> ast.FunctionDef:
        """The constructor."""
        start = ast.Expr(nodes.call(ast.Attribute(nodes.call("super"), "__init__", ast.Load())))
        lines: list[ast.stmt] = [start]
        for name, text in rolled.stored.items():
            lines.append(ast.Assign([store(name)], copy.deepcopy(text)))
        for name, made in zip(rolled.names, rolled.attributes, strict=True):
            lines.append(ast.Assign([store(name)], self.tidy(made)))
        required = [p for p in rolled.parameters if p.default is MISSING]
        optional = {p.name: p.default for p in rolled.parameters if p.default is not MISSING}
        spec = signature(["self", *(p.name for p in required)], optional)
        return ast.FunctionDef("__init__", spec, lines, [], None)

    def tidy(self, made: ast.expr) -> ast.expr:
        """Calls of our own classes with their required arguments in places, and without what is default."""
        table = {rolled.name: rolled for rolled in self.rolled}

        class Tidy(ast.NodeTransformer):
            def visit_Call(self, node: ast.Call) -> ast.expr:
                self.generic_visit(node)
                rolled = table.get(node.func.id) if isinstance(node.func, ast.Name) else None
                if rolled is None:
                    return node
                given = {k.arg: k.value for k in node.keywords}
                required = [given[p.name] for p in rolled.parameters if p.default is MISSING]
                optional = [
                    ast.keyword(p.name, given[p.name])
                    for p in rolled.parameters
                    if p.default is not MISSING and ast.dump(given[p.name]) != ast.dump(nodes.literal(p.default))
                ]
                return ast.Call(node.func, required, optional)

        tidied = Tidy().visit(copy.deepcopy(made))
        assert isinstance(tidied, ast.expr)
        return tidied

    def inner(self, rolled: Rolled) -> ast.ClassDef:
        """The definition of a class that stands for a helper."""
        body = rolled.bodies[0]
        wishes = wishes_of(self.sources, body)
        inputs = rename_inputs(body.inputs, wishes)
        returned: ast.expr = ast.Tuple([ast.Name(f"_{n}", ast.Load()) for n in body.outputs], ast.Load())
        if len(body.outputs) == 1:
            returned = ast.Name(f"_{body.outputs[0]}", ast.Load())
        return self.definition(rolled, wishes, inputs, returned)


def structure(body: Body) -> tuple[object, ...]:
    """Equal for calls that one class can stand for."""
    return (
        body.inputs,
        body.outputs,
        tuple(shape_of(a) for a in body.attributes),
        tuple((skeleton(e.text), e.results, ast.dump(e.pattern) if e.pattern else "") for e in body.entries),
    )


def shape_of(attribute: Attribute) -> object:
    """What has to be equal of an attribute; a loop may run for any number of times."""
    count = 0 if attribute.repeats else len(attribute.members)
    return skeleton(attribute.constructor), count


def defaults_of(step: Step | None) -> dict[str, object]:
    """What the arguments of a target's constructor are where they are left out."""
    if step is None:
        return {}
    return {s.name: s.default for s in step.form.args if s.name is not None and s.default is not MISSING}


def class_name(group: Group) -> str:
    """`_inverted_res_block` -> `InvertedResBlock`; a closure is called like the function that returned it."""
    function = group.function
    if function is None:
        return "Block"
    name = function.name if not isinstance(function.node, ast.Lambda) else "Block"
    outer = getattr(function.scope, "function", None)
    if outer is not None and group.frame is not None:
        above = {id(frame.function) for frame in group.frame.chain()}
        name = outer.name if id(outer) not in above else name
    if function.owner is not None:
        name = function.owner.name
    return camel_case(name)


def snake_case(name: str) -> str:
    """`InvertedResBlock` -> `inverted_res_block`."""
    return identifier(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)) or "block"


def member(name: str) -> ast.expr:
    """`self.name`."""
    return ast.Attribute(ast.Name("self", ast.Load()), name, ast.Load())


def store(name: str) -> ast.expr:
    """`self.name` as a target."""
    return ast.Attribute(ast.Name("self", ast.Load()), name, ast.Store())


def signature(names: Sequence[str], optional: dict[str, object]) -> ast.arguments:
    """Parameters, the last ones with defaults."""
    args = [ast.arg(name) for name in (*names, *optional)]
    return ast.arguments([], args, None, [], [], None, [nodes.literal(v) for v in optional.values()])


