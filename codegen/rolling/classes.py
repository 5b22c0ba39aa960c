"""Classes of the target: one per helper function and structure, with the numbers that differ as parameters."""

from __future__ import annotations

import ast
import copy
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from codegen.lower import Step
from codegen.rolling.bodies import Attribute, Bodies, Body, Choice, Entry
from codegen.rolling.comparing import negated
from codegen.rolling.conditions import tell
from codegen.rolling.explaining import Explainer, Parameter, Vector
from codegen.rolling.forward import Forward, Wishes, flattened, rename_inputs, tell_layers, wishes_of
from codegen.rolling.forward import fill as put_in
from codegen.rolling.groups import Group, callers, definition_of, model_of
from codegen.rolling.merging import Merged, merge, shape_of
from codegen.rolling.repeated import named, named_by_source
from codegen.rolling.runs import Loops, fold, unify_runs
from codegen.rolling.sources import Sources, camel_case, identifier, layer_name
from codegen.rolling.standing import mark_modules, mark_nodes
from codegen.rolling.unify import ANY, Hole, names_in, skeleton, unify
from codegen.target import Target
from codegen.writing import nodes
from codegen.writing.plans import Unwritable
from pivot.reading.modules import ModuleObject
from pivot.slots import MISSING

MANY = 6  # structures of one helper that one class is tried for


@dataclass(slots=True, eq=False)
class Rolled:
    """One class: its calls, what it holds, and its parameters with the values they have at each call."""

    name: str
    bodies: list[Body]
    entries: list[Entry | Choice] = field(default_factory=list)
    outputs: tuple[int, ...] = ()
    inputs: int = 0
    attributes: list[ast.expr] = field(default_factory=list)
    conditions: dict[int, ast.expr] = field(default_factory=dict)  # of attributes that not every call has
    parameters: list[Parameter] = field(default_factory=list)
    stored: dict[str, ast.expr] = field(default_factory=dict)  # numbers that `forward` needs, by attribute
    texts: dict[str, ast.expr] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)  # of the attributes
    buffers: set[int] = field(default_factory=set)  # attributes that are weights which are not trained
    origins: list[Attribute] = field(default_factory=list)  # of each attribute, at the first call that has it
    locals: dict[str, Vector] = field(default_factory=dict)  # the source's variables and their values at each call

    def arguments(self, group: Group) -> dict[str, object]:
        """What the class is constructed with for one call."""
        place = next(i for i, body in enumerate(self.bodies) if body.group is group)
        return {p.name: p.values[place] for p in self.parameters}

    def tested(self, test: ast.expr | None) -> ast.expr | None:
        """The attribute that keeps a condition for `forward`, where it is more than a name; else its text."""
        if test is None or isinstance(test, (ast.Name, ast.UnaryOp)):
            return test
        kept = next((name for name, text in self.stored.items() if ast.dump(text) == ast.dump(test)), None)
        return member(kept) if kept is not None else test


class Classes:
    """All classes of a network, inner ones first."""

    def __init__(
        self,
        sources: Sources,
        bodies: Bodies,
        target: Target,
        by_path: bool,
        own: Callable[[Group], ast.expr],
        taken: Iterable[str] = (),
    ) -> None:
        """`by_path`: are layers named by the attributes that hold them? `own`: makes a module of a program's class.
        `taken`: names that other definitions have.
        """
        self.sources, self.bodies, self.target, self.by_path = sources, bodies, target, by_path
        self.own = own
        self.taken: set[str] = set(taken)
        self.rolled: list[Rolled] = []
        self.of_group: dict[int, Rolled] = {}
        self.loops = Loops()
        self.top: Rolled | None = None

    def roll(self, root: Group, name: str) -> Rolled:
        """The class of the root; those of its parts are made on the way. Raises Unwritable."""
        groups = [g for g in root.groups() if g.module is None]
        for height in range(root.height() + 1):
            level = [g for g in groups if g.height() == height and g is not root]
            self.level([fold(self.bodies.body(group, self.made_by), self.loops) for group in level])
        body = fold(self.bodies.body(root, self.made_by), self.loops)
        made = self.unified(self.unique(name), [[body]])
        assert made is not None
        self.rolled.append(made)
        self.top = made
        return made

    def made_by(self, group: Group) -> ast.expr:
        """How the module of an inner group is made: its class with numbers for all parameters."""
        if group.module is not None:
            return self.own(group)
        rolled = self.of_group[id(group)]
        given = rolled.arguments(group)
        return ast.Call(
            ast.Name(rolled.name, ast.Load()), [], [ast.keyword(k, nodes.literal(v)) for k, v in given.items()]
        )

    def level(self, bodies: Sequence[Body]) -> None:
        """Classes for groups whose inner groups have theirs: one per function where conditions can tell calls apart."""
        functions: dict[object, list[Body]] = {}
        for body in bodies:
            functions.setdefault(definition_of(body.group), []).append(body)
        for calls in functions.values():
            kinds: dict[object, list[Body]] = {}
            for body in calls:
                kinds.setdefault(structure(body), []).append(body)
            name = self.unique(class_name(calls[0].group))
            whole = self.unified(name, list(kinds.values())) if len(kinds) <= MANY else None
            for rolled in [whole] if whole is not None else self.apart(name, list(kinds.values())):
                self.rolled.append(rolled)
                for body in rolled.bodies:
                    self.of_group[id(body.group)] = rolled

    def apart(self, name: str, kinds: Sequence[list[Body]]) -> list[Rolled]:
        """A class for each structure, or for each call where one text cannot say all."""
        found: list[Rolled] = []
        for alike in kinds:
            made = self.unified(name if not found else self.unique(name), [alike])
            each = [made] if made is not None else []
            for body in alike if made is None else ():
                single = self.unified(name if not found and not each else self.unique(name), [[body]])
                assert single is not None
                each.append(single)
            found += each
        return found

    def unique(self, name: str) -> str:
        """A class name that is free."""
        made, number = name, 2
        while made in self.taken:
            made, number = f"{name}{number}", number + 1
        self.taken.add(made)
        return made

    def unified(self, name: str, variants: Sequence[Sequence[Body]]) -> Rolled | None:
        """One class for calls of one function; None where no text says all of them."""
        merged = merge(variants)
        if merged is None:
            return None
        out = Rolled(name, merged.bodies, merged.entries, merged.outputs, merged.inputs)
        holes: list[Hole] = []
        owners: list[Attribute | None] = []
        for number, table in enumerate(merged.attributes):
            weight = next(iter(table.values())).parameter
            if weight is not None and not weight.trainable:
                out.buffers.add(number)
            fresh: list[Hole] = []
            made = self.constructor(list(table.values()), fresh)
            if made is None:
                return None
            out.attributes.append(self.renumbered(made, fresh, list(table), len(merged.bodies), holes))
            out.origins.append(next(iter(table.values())))
            owners += [next(iter(table.values()))] * len(fresh)
        inside: set[str] = set()
        for entry in flattened(merged.entries):
            fresh = []
            texts = merged.texts[id(entry)]
            made = unify(list(texts.values()), {}, fresh)
            if made is None:
                return None
            entry.text = self.renumbered(made, fresh, list(texts), len(merged.bodies), holes)
            mark_nodes(entry.text, merged.parts[id(entry)])
            owners += [None] * len(fresh)
            inside |= {hole.name for hole in fresh}
        explainer = Explainer(self.sources, merged.bodies)
        explained = explainer.explain(list(zip(holes, owners, strict=True)))
        out.attributes = [put_in(a, explained) for a in out.attributes]
        for text, table in zip(out.attributes, merged.attributes, strict=True):
            mark_modules(text, (one.module for held in table.values() for one in (held, *held.members)))
        out.parameters, out.locals = explainer.parameters(), explainer.locals
        self.store(out, {n: t for n, t in explained.items() if n in inside})
        out.names = self.attribute_names(merged)
        for number, attribute in enumerate(out.names):
            out.texts[f"_a{number}"] = member(attribute)
        for choice in merged.entries:
            if isinstance(choice, Choice):
                self.tell(choice, explainer, out)
        out.parameters = explainer.parameters()
        return self.tried(out) if len(variants) > 1 else out

    def tried(self, out: Rolled) -> Rolled | None:
        """The class, if its text can be written."""
        try:
            self.inner(out)
        except Unwritable:
            return None
        return out

    def renumbered(
        self, tree: ast.expr, fresh: list[Hole], members: Sequence[int], count: int, holes: list[Hole]
    ) -> ast.expr:
        """New holes get names of their own, and values at all calls: what a call does not have can be anything."""
        table: dict[str, ast.expr] = {}
        for hole in fresh:
            values: list[object] = [ANY] * count
            for member_, value in zip(members, hole.values, strict=True):
                values[member_] = value
            name = f"_h{len(holes)}"
            table[hole.name] = ast.Name(f"_new{name}", ast.Load())
            hole.values, hole.name = tuple(values), name
            holes.append(hole)
        made = put_in(tree, table)
        return put_in(made, {f"_new{hole.name}": ast.Name(hole.name, ast.Load()) for hole in fresh})

    def tell(self, choice: Choice, explainer: Explainer, out: Rolled) -> None:
        """The condition of a choice: in the constructor over its parameters, in `forward` over what it kept."""
        held = [n for entry in (*choice.then, *choice.orelse) for n in entry.attributes]
        fallback = f"has_{out.names[held[0]]}" if held else "residual"
        test = tell(choice, explainer, fallback)
        names = list(dict.fromkeys(names_in(test)))
        if isinstance(test, (ast.Name, ast.UnaryOp)) and len(names) == 1:
            name, text = names[0], ast.Name(names[0], ast.Load())
            choice.test = put_in(test, {name: member(self.kept(out, name, text))})
        elif len(names) == 1 and isinstance(test, ast.Compare):
            choice.test = put_in(test, {names[0]: member(self.kept(out, names[0], ast.Name(names[0], ast.Load())))})
        else:
            choice.test = member(self.kept(out, "_and_".join(names) if len(names) < 2 else fallback, test))
        elsewhere = {
            n
            for other in out.entries
            for entry in ([other] if isinstance(other, Entry) else [*other.then, *other.orelse])
            if other is not choice
            for n in entry.attributes
        }
        for number in held:
            if number in elsewhere:
                continue
            out.conditions[number] = test if any(number in e.attributes for e in choice.then) else negated(test)

    def kept(self, out: Rolled, name: str, text: ast.expr) -> str:
        """The attribute that keeps a number for `forward`."""
        while name in out.names or (name in out.stored and ast.dump(out.stored[name]) != ast.dump(text)):
            name += "_"
        out.stored[name] = text
        return name

    def constructor(self, attributes: Sequence[Attribute], holes: list[Hole]) -> ast.expr | None:
        """One text for a module at every call."""
        if attributes[0].members:
            return unify_runs(attributes, self.target, holes)
        step = attributes[0].step
        places = [s.name or "" for s in step.form.args if not s.keyword] if step is not None else []
        made = unify([a.constructor for a in attributes], defaults_of(step), holes, places)
        if step is not None and isinstance(made, ast.Call):
            order = {slot.name: place for place, slot in enumerate(step.form.args)}
            made.keywords.sort(key=lambda word: order.get(word.arg, len(order)))
        return made

    def store(self, out: Rolled, texts: dict[str, ast.expr]) -> None:
        """Numbers that `forward` computes with are kept on the module, by the source's name for them if it has one."""
        for hole, text in texts.items():
            name = text.id if isinstance(text, ast.Name) else named_by_source(text, out.parameters, out.locals)
            name = name or next(iter(names_in(text)), "value")
            out.texts[hole] = member(self.kept(out, name, text))

    # -- names -------------------------------------------------------------------------

    def attribute_names(self, merged: Merged) -> list[str]:
        """Names of the attributes, as the source calls its layers."""
        firsts = [next(iter(table.items())) for table in merged.attributes]
        single = len(merged.bodies) == 1
        wanted = [self.wanted_name(merged.bodies[call], attribute, single) for call, attribute in firsts]
        count, seen = Counter(wanted), Counter[str]()
        made: list[str] = []
        for name in wanted:
            seen[name] += 1
            own = f"{name}{'_' if name[-1:].isdigit() else ''}{seen[name]}" if count[name] > 1 else name
            while own in made or (count[name] > 1 and own in count):
                own += "_"
            made.append(self.target.safe(own))
        return made

    def wanted_name(self, body: Body, attribute: Attribute, single: bool) -> str:
        """What an attribute is called in the source, or by what it does. `single`: its class has one instance."""
        if attribute.group is not None and attribute.module is None:
            site = attribute.group.frame.site if attribute.group.frame is not None else None
            name = layer_name(site) if site is not None and (attribute.repeats or not attribute.members) else ""
            name = name or snake_case(class_name(attribute.group))
            many = attribute.repeats or len(attribute.members) > 1
            return f"{name}s" if many and not name.endswith("s") else name
        module = attribute.module
        if attribute.parameter is not None:
            last = (attribute.parameter.names or ["weight"])[0].rpartition(".")[2].rpartition("/")[2]
            return identifier(last) or "weight"
        base = ""
        if module is not None:
            base = layer_name(module.site) if module.site is not None else ""
            own = self.sources.names(body.group).assigned
            base = base or (own.get(id(module.site), "") if module.site is not None else "")
            held = module.frame is not None and module.frame.receiver is not None
            if not base and (self.by_path or held or (single and is_named(module))):
                base = identifier(module.path.rpartition(".")[2])
        if attribute.step is None:
            return base or (snake_case(module.class_name) if module is not None else "module")
        main = attribute.step.node is None or attribute.step.op is attribute.step.node.op
        op = re.sub(r"\d+d$|_?\d+d", "", attribute.step.op.name)
        if not base:
            return op
        return base if main or self.alone(body, attribute) else f"{base}_{'pad' if 'pad' in op else op}"

    def alone(self, body: Body, attribute: Attribute) -> bool:
        """Is this the only attribute that its layer of the source became, or the last where none does its op?"""
        same = [a for a in body.attributes if a.module is attribute.module]
        mains = [a for a in same if a.step is not None and a.step.node is not None and a.step.op is a.step.node.op]
        return not mains and attribute is same[-1]

    # -- text --------------------------------------------------------------------------

    def definition(self, rolled: Rolled, wishes: Wishes, inputs: Sequence[str], returned: ast.expr) -> ast.ClassDef:
        """The class as a tree."""
        init = self.init(rolled)
        forward = Forward(rolled.entries, rolled.outputs, wishes, inputs, rolled.texts)
        body = forward.statements(returned)
        layers = {name: a.module for name, a in zip(rolled.names, rolled.bodies[0].attributes, strict=False)}
        tell_layers(self.sources, init, layers, forward.said)
        run = ast.FunctionDef(self.target.call_name, signature(["self", *inputs], {}), body, [], None)
        base = self.target.bases["model" if rolled is self.top else "module"]
        members: list[ast.stmt] = [init, run] if len(init.body) > 1 else [run]
        summary = summary_of(rolled.bodies[0].group, rolled is self.top)
        for statement in members[0 if summary else 1 :]:
            statement.__dict__["blank"] = 1
        if summary:
            members.insert(0, ast.Expr(ast.Constant(summary)))
        made = ast.ClassDef(rolled.name, [nodes.name(base)], [], members, [])
        made.__dict__["blank"] = 2
        return made

    def init(self, rolled: Rolled) -> ast.FunctionDef:
        """The constructor."""
        start = ast.Expr(nodes.call(ast.Attribute(nodes.call("super"), "__init__", ast.Load())))
        lines: list[ast.stmt] = [start]
        for name, text in rolled.stored.items():
            lines.append(ast.Assign([store(name)], copy.deepcopy(text)))
        for number, (name, made) in enumerate(zip(rolled.names, rolled.attributes, strict=True)):
            made_here: ast.stmt = ast.Assign([store(name)], self.tidy(made))
            if number in rolled.buffers and self.target.framework == "torch":
                register = ast.Attribute(ast.Name("self", ast.Load()), "register_buffer", ast.Load())
                made_here = ast.Expr(ast.Call(register, [ast.Constant(name), made], []))
            put_under(lines, rolled.tested(rolled.conditions.get(number)), made_here)
        required = [p for p in rolled.parameters if p.default is MISSING]
        optional = {p.name: p.default for p in rolled.parameters if p.default is not MISSING}
        spec = signature(["self", *(p.name for p in required)], optional)
        return ast.FunctionDef("__init__", spec, named(lines, rolled.parameters, rolled.locals), [], None)

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
        wishes = self.wishes(rolled)
        inputs = rename_inputs(rolled.inputs, wishes)
        returned: ast.expr = ast.Tuple([ast.Name(f"_{n}", ast.Load()) for n in rolled.outputs], ast.Load())
        if len(rolled.outputs) == 1:
            returned = ast.Name(f"_{rolled.outputs[0]}", ast.Load())
        return self.definition(rolled, wishes, inputs, returned)

    def wishes(self, rolled: Rolled) -> Wishes:
        """What the source calls the values of a class."""
        return wishes_of(self.sources, [body.group for body in rolled.bodies], rolled.entries, rolled.inputs)


SECTION = re.compile(
    r"^\W*(?:arg(?:ument)?s?|param(?:eter)?s?|inputs?|outputs?|returns?|raises|usage|examples?|references?|notes?)\W*(?=\n|$)"
    r"|^\s*:\w+|^\s*@param\b|^\W*(?:inputs?|args?|arguments?|params?|parameters?|returns?)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
"""Where a docstring begins to tell of arguments without an empty line before."""


def summary_of(group: Group, outermost: bool) -> str:
    """The first paragraph of a helper's docstring, what it says of arguments is no longer so; that of the factory that
    was asked for the model where it is the `outermost`.
    """
    above = list(callers(group.frame)) if outermost and group.frame is not None else []
    function = above[-1] if above else group.function
    node = function.node if function is not None else None
    text = ast.get_docstring(node) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else None
    return " ".join(SECTION.split((text or "").partition("\n\n")[0])[0].split())


def put_under(lines: list[ast.stmt], test: ast.expr | None, statement: ast.stmt) -> None:
    """Add a statement, under its condition where it has one; statements of one condition share it."""
    if test is None:
        lines.append(statement)
        return
    last = lines[-1]
    if isinstance(last, ast.If) and ast.dump(last.test) == ast.dump(test):
        last.body.append(statement)
    elif isinstance(last, ast.If) and ast.dump(negated(last.test)) == ast.dump(test):
        last.orelse.append(statement)
    else:
        lines.append(ast.If(copy.deepcopy(test), [statement], []))


def structure(body: Body) -> tuple[object, ...]:
    """Equal for calls that one class can stand for."""
    return (
        body.inputs,
        body.outputs,
        tuple(shape_of(a) for a in body.attributes),
        tuple((skeleton(e.text), e.results, ast.dump(e.pattern) if e.pattern else "") for e in body.entries),
    )


def defaults_of(step: Step | None) -> dict[str, object]:
    """What the arguments of a target's constructor are where they are left out."""
    if step is None:
        return {}
    return {s.name: s.default for s in step.form.args if s.name is not None and s.default is not MISSING}


def is_named(module: ModuleObject) -> bool:
    """Was a layer given a name by an argument?"""
    return isinstance(module.site, ast.Call) and any(k.arg == "name" for k in module.site.keywords)


def class_name(group: Group) -> str:
    """`_inverted_res_block` -> `InvertedResBlock`; a closure is called like the function that returned it."""
    function = group.function
    if function is None:
        return camel_case(held_as(group) or "Block")
    name = function.name if not isinstance(function.node, ast.Lambda) else "Block"
    outer = getattr(function.scope, "function", None)
    if outer is not None and group.frame is not None:
        name = outer.name if all(caller is not outer for caller in callers(group.frame)) else name
    if function.owner is not None and function.name in ("call", "__call__", "__init__", "build"):
        name = function.owner.name
    return camel_case(name)


def held_as(group: Group) -> str:
    """What the program calls a model that no function put together: by the attribute that holds it, or by its name."""
    model = model_of(group.frame) if group.frame is not None else None
    if model is None:
        return ""
    return model.path if model.path.isidentifier() else identifier(model.name) if is_named(model) else ""


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
