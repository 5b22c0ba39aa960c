"""Per site: which plan is written, and where one plan is not right for all visits, which parameter tells them apart."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass, field
from itertools import combinations, permutations

from codegen.lower import Lowered, Lowering, Step, applied_nodes
from codegen.unapplied import unapplied
from codegen.writing import nodes
from codegen.writing.following import following
from codegen.writing.frozen import is_same_by_chance
from codegen.writing.held import is_direct, is_held
from codegen.writing.slot_words import right_for_all
from codegen.writing.slots import slot_param
from pivot.forms import Refused, face, write_slots
from pivot.network import Node
from pivot.problems import Problem
from pivot.reading.modules import ModuleObject
from pivot.reading.restating import known
from pivot.reading.trace import Visit
from pivot.reading.values import Value
from pivot.slots import Coded, Path, SizeOf

SiteKey = tuple[str, object]  # ("call", id(node)) or ("adapter", api name)


@dataclass(slots=True, eq=False)
class Case:
    """One plan key of a site, the lowered nodes written by it, and the test that selects it (None: all others)."""

    key: tuple[object, ...]
    members: list[Lowered]
    test: ast.expr | None = None


@dataclass(slots=True, eq=False)
class Site:
    """A place where a form is written: a function's call, a layer's making, an adapter of a class used as a value."""

    key: SiteKey
    node: ast.AST
    visits: list[Visit] = field(default_factory=list)
    modules: list[ModuleObject] = field(default_factory=list)
    lowered: list[Lowered] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    why: str = ""


class Sites:
    """All sites of a lowering, with their cases settled."""

    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.trace = lowering.done.network.trace
        self.visits = sum(map(len, self.trace.visits.values()))  # there were so many when they were settled
        self.applied = applied_nodes(lowering.nodes)
        self.sites: dict[SiteKey, Site] = {}
        self.problems: list[Problem] = []
        self.fallback: dict[int, Lowered] = {}
        self.collect()
        self.leave_tried()
        for site in self.sites.values():
            self.settle(site)

    def collect(self) -> None:
        """Group visits by the place where their form is written."""
        for visits in self.trace.visits.values():
            chosen = self.trace.of(visits[0].node) if visits else []
            for visit in chosen:
                if visit.kind == "op" and visit.made is not None and visit.made.module is None:
                    held = visit.form is not None and visit.form.spelling == "call" and is_held(visit)
                    self.add(("adapter", visit.name) if held else ("call", id(visit.node)), visit, None)
                elif visit.kind == "layer" and visit.module is not None and visit.module.form is not None:
                    key: SiteKey = ("call", id(visit.node)) if is_direct(visit) else ("adapter", visit.name)
                    self.add(key, visit, visit.module)
                elif visit.kind == "super" and visit.form is not None and visit.module is not None:
                    self.add(("call", id(visit.node)), visit, visit.module)

    def leave_tried(self) -> None:
        """What stands for a class is written as it is made: arms that were only tried, and that no form writes, take
        arguments then that it does not have.
        """
        for key, site in list(self.sites.items()):
            made = [place for place, visit in enumerate(site.visits) if not visit.speculative]
            if key[0] != "adapter" or not 0 < len(made) < len(site.visits) or all(x.plans for x in site.lowered):
                continue
            del self.sites[key]
            for place in made:
                self.add(key, site.visits[place], site.modules[place] if site.modules else None)

    def add(self, key: SiteKey, visit: Visit, module: ModuleObject | None) -> None:
        """One more visit of a site."""
        site = self.sites.setdefault(key, Site(key, visit.node))
        site.visits.append(visit)
        nodes: list[Node] = [visit.made] if visit.made is not None and module is None else []
        if module is not None:
            site.modules.append(module)
            nodes = self.applied.get(id(module), [])
            if not nodes:
                self.without_nodes(site, module)
        for node in nodes:
            lowered = self.lowering.lowered.get(id(node))
            if lowered is not None:
                site.lowered.append(lowered)

    def without_nodes(self, site: Site, module: ModuleObject) -> None:
        """A layer that is never applied is written from its parameters alone."""
        lowered = unapplied(self.lowering, module)
        self.fallback[id(module)] = lowered
        site.lowered.append(lowered)

    def settle(self, site: Site) -> None:
        """Choose the best plan where all visits agree, else a parameter that separates them, else one plan for all."""
        low = [x for x in site.lowered if x.plans]
        bad = next((x for x in site.lowered if not x.plans), None)
        if bad is not None:
            site.why = bad.why
            return
        if not low:
            return
        best: dict[tuple[object, ...], list[Lowered]] = {}
        for item in low:
            best.setdefault(item.plans[0].key, []).append(item)
        if len(best) == 1:
            better = with_pads(low) if is_same_by_chance(site.visits) else []
            if not better and not any("same" in words(x.plans[0].steps[-1]).values() for x in low):
                better = following(self.lowering, site.visits, low)
            best = {better[0].plans[0].key: better} if better else best
        texts = {key: by_notation(members, key) for key, members in best.items()}
        if all(len(groups) == 1 for groups in texts.values()):
            apart = self.separated(site, list(best.values())) if len(best) > 1 else []
        else:
            apart = self.separated(site, [group for groups in texts.values() for group in groups])
        site.cases = apart or self.common(site, low) or ([Case(next(iter(best)), low)] if len(best) == 1 else [])
        if site.cases and any(not said_by_one(case) for case in site.cases) and site.visits[0].name in known():
            site.cases = []  # the restatement computes the numbers
        if not site.cases:
            site.why = "its visits need different forms and no parameter tells them apart"
        for case in site.cases:
            for item in case.members:
                item.chosen = next(p for p in item.plans if p.key == case.key)

    def common(self, site: Site, low: list[Lowered]) -> list[Case]:
        """One plan that every visit can be written by, in one notation."""
        for plan in low[0].plans:
            if all(any(p.key == plan.key for p in item.plans) for item in low):
                if len(by_notation(low, plan.key)) == 1:
                    return [Case(plan.key, low)]
        return []

    def separated(self, site: Site, groups: list[list[Lowered]]) -> list[Case]:
        """Visits of one text each, told apart by parameters in scope: `if stride == 1`; special plans come first."""
        if len(groups) > MAX_CASES:
            return []
        tests = self.tests(site)
        ordered = sorted(groups, key=lambda group: specificity(group[0]))
        for order in permutations(ordered):
            if [specificity(g[0]) for g in order] == [specificity(g[0]) for g in ordered]:
                cases = self.in_order(tests, list(order))
                if cases:
                    return cases
        return []

    def in_order(self, tests: list[tuple[ast.expr, set[int]]], groups: list[list[Lowered]]) -> list[Case]:
        """Groups in this order, each under a test that none of those behind it passes; none where a test is missing."""
        cases: list[Case] = []
        for place, group in enumerate(groups[:-1]):
            test = telling(tests, group, [x for rest in groups[place + 1 :] for x in rest])
            if test is None:
                return []
            cases.append(Case(group[0].plans[0].key, group, test))
        return [*cases, Case(groups[-1][0].plans[0].key, groups[-1])]

    def tests(self, site: Site) -> list[tuple[ast.expr, set[int]]]:
        """Comparisons that could be written at a site, with the lowered nodes for which each is true."""
        found, first = self.parameters(site), self.deciding(site)
        rank = {"padding": 0, "stride": 1}  # right beyond what was met, sizes rarely are
        ordered = sorted(found, key=lambda name: (name not in first, rank.get(name, 2)))
        names = [n for n in ordered if len(found[n]) >= len(site.lowered)]
        made: list[tuple[ast.expr, set[int]]] = []
        pairs = [(one, two) for one, two in self.comparable(site) if one in names and two in names]
        if len(pairs) == 2 and pairs[0][0] == pairs[1][0]:
            one, others = pairs[0][0], [two for _, two in pairs]
            equal = ast.Compare(
                ast.Name(one, ast.Load()), [ast.Eq(), ast.Eq()], [ast.Name(t, ast.Load()) for t in others]
            )
            made.append((equal, {k for k, v in found[one].items() if all(found[t].get(k) == v for t in others)}))
        for one, two in pairs:
            same = ast.Compare(ast.Name(one, ast.Load()), [ast.Eq()], [ast.Name(two, ast.Load())])
            made.append((same, {k for k, v in found[one].items() if found[two].get(k) == v}))
        for name in names:
            for value in dict.fromkeys(found[name].values()):
                made.append((comparison(name, value), {k for k, v in found[name].items() if v == value}))
        made += self.conditions(site)
        for name in names:
            values = list(dict.fromkeys(v for v in found[name].values() if v is not None and not isinstance(v, bool)))
            for pair in combinations(values, 2) if len(values) <= MAX_VALUES else ():
                one_of = ast.Compare(ast.Name(name, ast.Load()), [ast.In()], [nodes.literal(pair)])
                made.append((one_of, {k for k, v in found[name].items() if v in pair}))
        return made

    def conditions(self, site: Site) -> list[tuple[ast.expr, set[int]]]:
        """`self.bias is None`, `self.groups != 1`: what arguments of a function were at its visits."""
        made: list[tuple[ast.expr, set[int]]] = []
        everything = {id(low) for low in site.lowered}
        for key, part in self.given(site).items() if site.key[0] == "call" else ():
            if not isinstance(part, (ast.Name, ast.Attribute)):
                continue
            hints: dict[int, object] = {}
            for visit in site.visits:
                value = visit.given(key)
                if value is not None and visit.made is not None:
                    hints[id(self.lowering.lowered[id(visit.made)])] = plain(value.hint)
            told = dict.fromkeys(h for h in hints.values() if isinstance(h, (int, str, tuple)) and simple(h))
            for wanted in [None, *told][:MAX_CASES]:
                holds = {low for low, hint in hints.items() if hint == wanted}
                if holds and holds != everything:
                    same, other = (ast.Is, ast.IsNot) if wanted is None else (ast.Eq, ast.NotEq)
                    made.append((ast.Compare(copy.deepcopy(part), [same()], [nodes.literal(wanted)]), holds))
                    made.append(
                        (ast.Compare(copy.deepcopy(part), [other()], [nodes.literal(wanted)]), everything - holds)
                    )
        return made

    def comparable(self, site: Site) -> list[tuple[str, str]]:
        """Arguments that the target's forms compare: `groups == in_channels` makes a depthwise convolution."""
        node = site.lowered[0].node
        if node.op is None or node.form is None:
            return []
        named = {str(param): s.key for s in node.form.args if (param := slot_param(s)) is not None}
        sizes = {f"{s.value.operand}.{s.value.letter}": s.key for s in node.form.args if isinstance(s.value, SizeOf)}
        named.update(sizes)
        found: dict[tuple[str, str], None] = {}
        for form in node.op.forms.get(self.lowering.framework, ()):
            for predicate in form.when:
                keys = [named.get(str(ref)) for ref in predicate.args]
                if predicate.name == "same" and len(keys) == 2 and keys[0] and keys[1]:
                    found.setdefault((keys[0], keys[1]))
        ordered = sorted(found, key=lambda pair: pair[1] not in sizes.values())
        if site.key[0] == "adapter":
            return ordered
        said = {key: part.id for key, part in self.given(site).items() if isinstance(part, ast.Name)}
        return [(said[one], said[two]) for one, two in ordered if one in said and two in said]

    def given(self, site: Site) -> dict[str, ast.expr]:
        """The arguments that stand at a direct site, by slot."""
        bound = site.visits[0].bound
        if bound is None or not isinstance(site.node, ast.Call):
            return {}
        keywords = {k.arg: k.value for k in site.node.keywords}
        found: dict[str, ast.expr] = {}
        form, func = site.visits[0].form, site.node.func
        method = form is not None and form.spelling == "method" and isinstance(func, ast.Attribute)
        args = [func.value, *site.node.args] if method and isinstance(func, ast.Attribute) else site.node.args
        for key, where in bound.given.items():
            if isinstance(where, int) and where < len(args):
                found[key] = args[where]
            elif isinstance(where, str) and where in keywords:
                found[key] = keywords[where]
        return found

    def deciding(self, site: Site) -> set[str]:
        """Names in the arguments from which the target's forms are chosen: a stride, not a number of channels."""
        node = site.lowered[0].node
        if node.op is None or node.form is None:
            return set()
        params: set[str] = set()
        best = {item.plans[0].key[0] for item in site.lowered if item.plans}
        for form in node.op.forms.get(self.lowering.framework, ()):
            if (node.op.name, form.index) not in best:
                continue
            refs = [ref for predicate in form.when for ref in predicate.args]
            refs += [r for s in form.args if isinstance(s.value, Coded) and s.value.refs for r in s.value.refs]
            params |= {ref.name for ref in refs if isinstance(ref, Path)}
        slots = {slot.key for slot in node.form.args if slot_param(slot) in params}
        if site.key[0] == "adapter" or not isinstance(site.node, ast.Call):
            return slots
        parts = [part for key, part in self.given(site).items() if key in slots]
        return {n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)}

    def parameters(self, site: Site) -> dict[str, dict[int, object]]:
        """Names in scope at a site with their plain values, per lowered node."""
        found: dict[str, dict[int, object]] = {}
        for visit in site.visits:
            names = self.adapter_names(visit) if site.key[0] == "adapter" else self.scope_names(visit)
            targets: list[Lowered] = []
            if visit.module is not None:
                targets = [
                    self.lowering.lowered[id(n)]
                    for n in self.applied.get(id(visit.module), [])
                    if id(n) in self.lowering.lowered
                ]
                targets += [self.fallback[id(visit.module)]] if id(visit.module) in self.fallback else []
            elif visit.made is not None:
                targets = [self.lowering.lowered[id(visit.made)]]
            for name, value in names.items():
                for target in targets:
                    found.setdefault(name, {})[id(target)] = value
        return found

    def scope_names(self, visit: Visit) -> dict[str, object]:
        """Parameters of the function a site stands in that were not assigned again."""
        function = visit.frame.function
        if function is None:
            return {}
        spec = function.node.args
        names = [a.arg for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]
        found: dict[str, object] = {}
        for name in names:
            value = visit.frame.scope.names.get(name)
            if (
                isinstance(value, Value)
                and value.origin is not None
                and value.origin.kind == "param"
                and simple(plain(value.hint))
            ):
                found[name] = plain(value.hint)
        return found

    def adapter_names(self, visit: Visit) -> dict[str, object]:
        """The arguments an adapter is called with."""
        if visit.form is None or visit.bound is None:
            return {}
        found: dict[str, object] = {}
        for slot in visit.form.args:
            value = visit.given(slot.key)
            if value is not None and simple(plain(value.hint)):
                found[slot.key] = plain(value.hint)
            elif slot.key not in visit.bound.given and simple(slot.default):
                found[slot.key] = slot.default
        return found


MAX_CASES = 5
MAX_JOINED = 4  # comparisons that are tried together with two others
MAX_VALUES = 8  # of a parameter that is asked for two of them


def by_notation(members: list[Lowered], key: tuple[object, ...]) -> list[list[Lowered]]:
    """Members in groups that one text is right for: words such as "same" that are chosen by the values."""
    found: dict[tuple[object, ...], list[Lowered]] = {}
    if len(members) == 1:
        return [members]
    columns = [next(p for p in item.plans if p.key == key).steps for item in members]
    for item, steps in zip(members, columns, strict=True):
        found.setdefault(tuple(tuple(words(step).values()) for step in steps), []).append(item)
    if len(found) > 1 and all(one_word(list(column)) for column in zip(*columns, strict=True)):
        return [members]
    return list(found.values())


def with_pads(low: list[Lowered]) -> list[Lowered]:
    """Convolutions that say "same", with the plan first that pads in numbers; none where one has no such plan."""
    for item in low:
        found = [p for p in item.plans if "same" not in words(p.steps[-1]).values()]
        if "same" not in words(item.plans[0].steps[-1]).values() or not found:
            return []
    for item in low:
        item.plans = tuple(sorted(item.plans, key=lambda p: "same" in words(p.steps[-1]).values()))
    return low


def said_by_one(case: Case) -> bool:
    """Do the steps of a decomposition take the same numbers at all visits, where the source has no text for them?"""
    plans = [next(p for p in item.plans if p.key == case.key).steps for item in case.members]
    for column in zip(*plans, strict=True):
        first = column[0]
        numbers = {
            k: v for k, v in first.operands.items() if isinstance(v, (int, float)) and f"@{k}" not in first.origin
        }
        if any(step.operands.get(k) != v for step in column for k, v in numbers.items()):
            return False
    return True


def words(step: Step) -> dict[str, str]:
    """Slot -> the word a codec writes there."""
    if step.words is None and step.like is not None:
        step.words = words(step.like)
    if step.words is not None:
        return step.words
    found: dict[str, str] = {}
    if not any(isinstance(slot.value, Coded) for slot in step.form.args):
        step.words = found
        return found
    written = write_slots(step.form, "args", step.params, step.facts())
    for item in [] if isinstance(written, Refused) else written:
        if isinstance(item.slot.value, Coded) and face(item.slot) is None:
            found[item.slot.key] = item.value if isinstance(item.value, str) else ""
    step.words = found
    return found


def one_word(steps: list[Step]) -> bool:
    """Is there a word for every slot that is right at all visits: `same` where a window of 1x1 has nothing to pad?"""
    tables = [words(step) for step in steps]
    for slot in steps[0].form.args:
        values: list[object] = [table.get(slot.key, slot.default) for table in tables]
        if len(set(map(str, values))) > 1 and right_for_all(steps, slot, values) is None:
            return False
    return True


def specificity(lowered: Lowered) -> tuple[int, int]:
    """The form of the last step, in the order of the op file, then the number of steps: special ones are small."""
    steps = lowered.plans[0].steps
    return steps[-1].form.index, len(steps)


def telling(tests: list[tuple[ast.expr, set[int]]], mine: list[Lowered], others: list[Lowered]) -> ast.expr | None:
    """A comparison, or two joined by `and` or `or`, that is true for all of `mine` and for none of `others`."""
    wanted, unwanted = {id(x) for x in mine}, {id(x) for x in others}
    true = [(test, holds & unwanted) for test, holds in tests if wanted <= holds]
    alone = next((test for test, wrong in true if not wrong), None)
    if alone is not None:
        return alone
    for place, (first, wrong) in enumerate(true):
        for second, more in true[place + 1 :]:
            if not wrong & more:
                return ast.BoolOp(ast.And(), [first, second])
    either = one_or_other(tests, wanted, unwanted)
    if either is not None:
        return either
    for first, wrong in true[:MAX_JOINED]:
        either = one_or_other(tests, wanted, wrong)
        if either is not None:
            return ast.BoolOp(ast.And(), [first, either])
    return None


def one_or_other(tests: list[tuple[ast.expr, set[int]]], wanted: set[int], unwanted: set[int]) -> ast.expr | None:
    """Two comparisons of which one is true for each that is wanted, and none for the others."""
    some = [(test, holds & wanted) for test, holds in tests if holds & wanted and not holds & unwanted]
    for place, (first, right) in enumerate(some):
        for second, more in some[place + 1 :]:
            if right | more == wanted:
                return ast.BoolOp(ast.Or(), [first, second])
    return None


def simple(hint: object) -> bool:
    """May a value stand in a comparison?"""
    if isinstance(hint, tuple):
        return bool(hint) and all(isinstance(item, int) for item in hint)
    return hint is None or isinstance(hint, (int, str, bool))


def plain(hint: object) -> object:
    """A tuple of values as a tuple of numbers."""
    return tuple(v.hint if isinstance(v, Value) else v for v in hint) if isinstance(hint, tuple) else hint


def comparison(name: str, value: object) -> ast.expr:
    """`stride == 1`, `downsample is None`, `bias`."""
    left = ast.Name(name, ast.Load())
    if value is None:
        return ast.Compare(left, [ast.Is()], [ast.Constant(None)])
    if isinstance(value, bool):
        return left if value else ast.UnaryOp(ast.Not(), left)
    return ast.Compare(left, [ast.Eq()], [nodes.literal(value)])
