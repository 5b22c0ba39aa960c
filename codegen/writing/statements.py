"""Statements of a definition in the target's words; what has no meaning there goes."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from typing import TYPE_CHECKING

from codegen.writing import altered, applying, effects, memos, nodes, size_checks, sizes, stores, unread
from codegen.writing.caching import makes_once
from codegen.writing.children import modules_of_kind, tests_of
from codegen.writing.cleaning import without_blanks
from codegen.writing.counterparts import counterpart
from codegen.writing.displaced import is_displaced
from codegen.writing.expressions import Expressions
from codegen.writing.gone import returned
from codegen.writing.held_rows import appended, deletion
from codegen.writing.hoisting import hoisted
from codegen.writing.pairs import layer_pair
from codegen.writing.parameters import bound_anew, let_go
from codegen.writing.plans import GoneResult, Unwritable
from codegen.writing.references import FRAMEWORK_ROOTS, gone_imports, kept_import
from codegen.writing.registering import registered
from codegen.writing.restated import is_unread_setting, only_arm
from codegen.writing.unpacking import unpacked
from pivot.problems import refuse
from pivot.reading.modules import ModuleObject
from pivot.reading.restating import is_restatement
from pivot.reading.statements import takes_wrong_arguments

if TYPE_CHECKING:
    from codegen.writing.writer import Writer
    from pivot.reading.trace import Visit
    from pivot.reading.values import ClassObject


class Statements:
    """Writes the body of one function."""

    def __init__(self, writer: Writer, file: str, locals_: set[str], uses_mode: bool, owner: str = "") -> None:
        self.w = writer
        self.file = file
        self.e = Expressions(writer, file, locals_, uses_mode)
        self.owner = owner
        self.cls: ClassObject | None = None  # whose method this is
        self.function: ast.FunctionDef | None = None  # whose body this is
        self.known: Callable[[ast.stmt, list[ast.stmt]], list[ast.stmt]] | None = None  # what stands instead, if any

    def block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Statements in order; a condition that is known leaves only its arm."""
        out: list[ast.stmt] = []
        for index, node in enumerate(body):
            if index and id(body[index - 1]) in self.w.trace.executed and id(node) not in self.w.trace.executed:
                return [*out, *self.arm(body[index:])]  # behind a return inside a condition
            if index and id(body[index - 1]) in self.w.trace.pairs:
                continue  # stands with the one before it
            memo = memos.returned(self, body, index)
            if memo is not None:
                return [*out, *self.dispatch(memo)]
            out.extend([*self.begun(node), *altered.before(self, node)])
            made = self.statement(node)
            out.extend(made)
            out.extend(self.carried_on(node))
            one = isinstance(node, ast.If) and is_restatement(self.file) and only_arm(self.w.trace, node) is not None
            whole = one or not isinstance(node, (ast.If, ast.With))
            if made and isinstance(made[-1], (ast.Return, ast.Raise)) and whole:
                break
        return out

    def begun(self, node: ast.stmt) -> list[ast.stmt]:
        """Sizes that a comprehension of a statement starts from."""
        found = self.w.inferred.loops.begun.get(id(node), []) if self.w.inferred is not None else []
        return [ast.Assign([ast.Name(name, ast.Store())], text) for name, text in found]

    def carried_on(self, node: ast.stmt) -> list[ast.stmt]:
        """Sizes that a loop hands to its next turn, behind the last statement of a block."""
        found = self.w.inferred.loops.ending(node) if self.w.inferred is not None else []
        return [ast.Assign([ast.Name(name, ast.Store())], self.e.expr(text)) for name, text in found]

    def arm(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """An arm of a condition. One that was not met and cannot be written refuses when it is reached."""
        if not body:
            return []
        met = id(body[0]) in self.w.trace.executed
        if not met and not any(isinstance(n, ast.Assign) for s in body for n in ast.walk(s)):
            if self.only_initialises(body):
                return []
        gone = set(self.e.gone)
        unmade = [] if met else self.w.unmade.names_in_arm(body, self.e)
        if unmade:
            return [self.w.unmade.stop(self.file, body[0], unmade)]
        try:
            why = self.w.trace.unread.get(id(body[0]))
            if not met and why is not None and not self.is_plain(body):
                raise Unwritable(why)
            made = self.block(body)
            if not met:
                self.w.unverified(self.file, body[0])
            return made
        except Unwritable as no:
            if met:
                raise
            self.w.not_verified(self.file, body[0], no)
            line = body[0].lineno
            text = ast.Constant(f"{self.w.short(self.file)}:{line}: {no}")
            stop = ast.Raise(nodes.call("NotImplementedError", [text]), None)
            return [nodes.like(stop, body[0])]
        finally:
            if not met:
                self.e.gone.intersection_update(gone)  # what such an arm loses is at hand behind it all the same

    def is_plain(self, body: list[ast.stmt]) -> bool:
        """Is an arm plain Python, with nothing of a framework in it? It is copied, whether it was read or not."""
        for node in (n for s in body for n in ast.walk(s)):
            if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(getattr(node, "ctx", None), ast.Load):
                api = self.w.static_api(node, self.file, self.e.locals)
                if api is not None and api.root in FRAMEWORK_ROOTS:
                    return False
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                root: ast.expr = node.func
                while isinstance(root, ast.Attribute):
                    root = root.value
                if isinstance(root, ast.Name) and root.id == "self":
                    return False
        return not self.e.uses_tensors

    def statement(self, node: ast.stmt) -> list[ast.stmt]:
        """One statement as none, one or several."""
        try:
            made = self.dispatch(node)
        except Unwritable as no:
            if id(node) in self.w.trace.executed and not isinstance(no, GoneResult):
                why = str(no)
                self.w.refused(
                    refuse(
                        "unwritable",
                        self.file,
                        node.lineno,
                        node.col_offset + 1,
                        why,
                        "write it with operations the target has",
                    ).problem
                )
            raise
        made = self.known(node, made) if self.known is not None else made
        if made:
            nodes.like(made[0], node)
        return hoisted([without_blanks(part) for part in made])

    def dispatch(self, node: ast.stmt) -> list[ast.stmt]:
        if isinstance(node, ast.Expr):
            return effects.effect(self, node)
        if isinstance(node, ast.Assign):
            made = self.assign(node)
            return [*let_go(self.e, node), *made] if made else []
        if isinstance(node, ast.AnnAssign):
            return self.annotated(node)
        if isinstance(node, ast.AugAssign):
            return self.augmented(node)
        if isinstance(node, ast.Return):
            value = self.e.expr(node.value) if node.value is not None else None
            if nodes.has_gone(value) and node.value is not None:
                value = answered(self.w.trace.of(node.value)) or returned(self.w, self.function) or value
            if nodes.has_gone(value):
                raise GoneResult("what is returned has no counterpart in the target")
            if isinstance(value, ast.IfExp) and value.__dict__.get("choice"):
                first = ast.If(value.test, [ast.Return(value.body)], [])
                return [first, ast.Return(value.orelse)]
            return [ast.Return(value)]
        if isinstance(node, ast.If):
            return self.condition(node)
        if isinstance(node, ast.For):
            return self.loop(node)
        if isinstance(node, ast.While):
            test = self.e.expr(node.test)
            body = self.block(node.body)
            return [ast.While(test, body, self.block(node.orelse))] if body else []
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            return [self.w.inner_definition(node, self.file, self.e.locals)]
        if isinstance(node, ast.Raise):
            if node.exc is not None and nodes.has_gone(self.e.expr(node.exc)):
                return [ast.Raise(nodes.call("ValueError", [ast.Constant("unsupported configuration")]), None)]
            return [ast.Raise(self.e.expr(node.exc) if node.exc is not None else None, None)]
        if isinstance(node, ast.Assert):
            test = self.e.expr(node.test)
            if nodes.has_gone(test) or size_checks.left_out(self.w, self.file, node, test):
                return []
            return [ast.Assert(test, self.e.expr(node.msg) if node.msg is not None else None)]
        if isinstance(node, ast.With):
            return self.block(node.body)
        if isinstance(node, ast.Try):
            return self.tried(node)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            self.e.gone |= gone_imports(self.e, node)
            self.e.imported |= {a.asname or a.name for a in node.names}
            return kept_import(node)
        if isinstance(node, (ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal)):
            return [copy.copy(node)]
        if isinstance(node, ast.Delete):
            items = [t for t in node.targets if isinstance(t, ast.Subscript)]  # names and attributes may stay
            return [gone for t in items if not nodes.has_gone(gone := deletion(self.e, t))]
        raise Unwritable(f"the statement {type(node).__name__} is not written")

    def tried(self, node: ast.Try) -> list[ast.stmt]:
        """The body of a `try`; its handler too where a call is tried whose arguments may not fit."""
        body = self.block(node.body)
        if id(node) not in self.w.trace.caught or not takes_wrong_arguments(node) or not body:
            return body
        handler = ast.ExceptHandler(copy.deepcopy(node.handlers[0].type), None, self.block(node.handlers[0].body))
        return [ast.Try(body, [handler], self.block(node.orelse), self.block(node.finalbody))]

    def assign(self, node: ast.Assign) -> list[ast.stmt]:
        """Assignments: of results in another shape, of two layers for one, of what went."""
        if all(self.only_starts(t) for t in node.targets):
            return []
        if id(node) in self.w.trace.slices:
            return [ast.Assign([self.e.target(node.targets[0])], self.e.expr(self.w.trace.slices[id(node)]))]
        stored = stores.interleaved(self, node) or stores.stored(self, node)
        if stored is not None:
            return [stored]
        sized = self.sizes(node)
        if sized is not None:
            return sized
        if is_restatement(self.file) and is_unread_setting(self.w, node, self.w.settings_read.get(self.file, set())):
            return []
        if is_restatement(self.file) and is_displaced(self.w, node):
            return []
        taken = unpacked(self, node)
        if taken is not None:
            return taken
        pair = layer_pair(self, node)
        if pair is not None:
            return pair
        if all(isinstance(t, ast.Name) and t.id in self.e.gone for t in node.targets):
            return []
        unread.refuse_tie(self.e, node)
        if any(v.name == "tied" and v.kind == "dropped" for v in self.w.trace.of(node.targets[0])):
            return []  # both layers get the values of the one weight
        value = self.e.expr(node.value)
        left = self.without_gone(node, value) if nodes.has_gone(value) else None
        if left is not None:
            return [left]
        if nodes.has_gone(value):
            self.e.gone |= set(filter(None, map(plain_name, node.targets)))
            return []
        self.e.gone -= {f"self.{t.attr}" for t in node.targets if isinstance(t, ast.Attribute)}
        if self.owner == "sequential" and self.is_child(node):
            return [ast.Expr(appended(self.w, self.cls, nodes.name("self"), value))]
        value = registered(self.w, node.targets[0], bound_anew(self.e, node, value), self.cls)
        targets = [self.e.target(t) for t in node.targets]
        if value.__dict__.get("buffer") and isinstance(targets[0], ast.Attribute):
            register = ast.Attribute(targets[0].value, "register_buffer", ast.Load())
            return [ast.Expr(ast.Call(register, [ast.Constant(targets[0].attr), value], []))]
        if any(nodes.has_gone(target) for target in targets):
            return []
        if isinstance(value, ast.IfExp) and value.__dict__.get("choice"):
            return [
                ast.If(
                    value.test, [ast.Assign(targets, value.body)], [ast.Assign(copy.deepcopy(targets), value.orelse)]
                )
            ]
        if (
            len(targets) == 1
            and isinstance(targets[0], ast.Name)
            and isinstance(value, ast.Name)
            and targets[0].id == value.id
        ):
            return []
        return [ast.Assign(targets, value)]

    def only_starts(self, node: ast.AST) -> bool:
        """`layer.weight.data = ...`: does it only say what a parameter starts from, or updates one?"""
        return any(v.kind == "dropped" and v.name == "start" for v in self.w.trace.of(node))

    def is_child(self, node: ast.Assign) -> bool:
        """Does a statement register a layer of a Sequential subclass?"""
        target = node.targets[0]
        on_self = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
        visits = self.w.trace.of(node.value)
        return on_self and any(v.result is not None and isinstance(v.result.hint, ModuleObject) for v in visits)

    def sizes(self, node: ast.Assign) -> list[ast.stmt] | None:
        """`b, c, h, w = x.shape`: the names stand in storage order."""
        target = node.targets[0]
        visits = self.w.trace.of(node.value)
        if (
            not visits
            or visits[0].kind != "size"
            or not isinstance(target, (ast.Tuple, ast.List))
            or len(node.targets) != 1
        ):
            return None
        owner, asked = sizes.owner_of(self.e, node.value)
        if visits[0].name not in ("shape", "size") or asked or owner is None:
            return None
        order = sizes.orders(self.e, visits)
        if len(order) != len(target.elts) or any(isinstance(t, ast.Starred) for t in target.elts):
            return None
        made = ast.Tuple([self.e.target(target.elts[axis]) for axis in order], ast.Store())
        return [ast.Assign([made], self.w.target.shape(self.e.expr(owner)))]

    def without_gone(self, node: ast.Assign, value: ast.expr) -> ast.Assign | None:
        """`n, device, h = *x.shape, x.device, self.heads` without what went; None where sides do not stand in pairs."""
        target = node.targets[0]
        if not isinstance(target, ast.Tuple) or not isinstance(value, ast.Tuple) or len(node.targets) != 1:
            return None
        names, parts = list(target.elts), list(value.elts)
        for i in reversed(range(len(parts))):
            if nodes.has_gone(parts[i]):
                at = counterpart(names, parts, i)
                name = names[at] if at is not None else None
                if at is None or not isinstance(name, ast.Name):
                    return None
                self.e.gone.add(name.id)
                del parts[i], names[at]
        if not names:
            return None
        if len(names) == len(parts) == 1 and not isinstance(parts[0], ast.Starred):
            return ast.Assign([self.e.target(names[0])], parts[0])
        whole = (
            parts[0].value if len(parts) == 1 and isinstance(parts[0], ast.Starred) else ast.Tuple(parts, ast.Load())
        )
        return ast.Assign([self.e.target(ast.Tuple(names, ast.Store()))], whole)

    def annotated(self, node: ast.AnnAssign) -> list[ast.stmt]:
        """`x: int = 3`; annotations the target cannot say are left out."""
        if node.value is None:
            return []
        value = self.e.expr(node.value)
        if nodes.has_gone(value):
            return []
        annotation = self.w.annotation(node.annotation, self.file)
        target = self.e.target(node.target)
        if annotation is None or not isinstance(target, (ast.Name, ast.Attribute)):
            return [ast.Assign([target], value)]
        return [ast.AnnAssign(target, annotation, value, node.simple)]

    def augmented(self, node: ast.AugAssign) -> list[ast.stmt]:
        """`x += y`: on tensors by the operator's plan, else as it stood."""
        visits = self.w.trace.of(node)
        if self.only_starts(node):
            return []
        stored = stores.stored(self, node)
        if stored is not None:
            return [stored]
        target = self.e.target(node.target)
        assert isinstance(target, (ast.Name, ast.Attribute, ast.Subscript))
        if visits and visits[0].kind == "op":
            site = self.w.sites.sites.get(("call", id(node)))
            if site is None or site.why:
                raise Unwritable(site.why if site is not None else "this site has no reading")
            load = self.w.as_load(node.target)
            text = applying.op_of(self.e, load, node.value, site, visits)
            in_place = self.w.ev.dialect.mutable_tensors or not self.w.target.changes_in_place
            if (
                in_place
                and isinstance(text, ast.BinOp)
                and isinstance(text.op, type(node.op))
                and ast.dump(text.left) == ast.dump(self.e.expr(load))
            ):
                return [ast.AugAssign(target, node.op, text.right)]
            return [ast.Assign([target], text)]
        if visits and visits[0].kind == "unmapped":
            raise Unwritable(visits[0].name)
        value = self.e.expr(node.value)
        if visits and visits[0].kind == "method":  # the list of a layer sees what extend() adds
            owner = self.e.expr(self.w.as_load(node.target))
            return [ast.Expr(ast.Call(ast.Attribute(owner, "extend", ast.Load()), [value], []))]
        return [] if nodes.has_gone(value) else [ast.AugAssign(target, node.op, value)]

    def condition(self, node: ast.If) -> list[ast.stmt]:
        """if / else; a known test leaves its arm, an empty arm goes."""
        if makes_once(self.w, node):
            return self.arm(node.body)
        settled = is_restatement(self.file) or asks_library(node.test)
        answer = only_arm(self.w.trace, node) if settled else None
        test = self.e.expr(node.test) if answer is None else ast.Constant(answer)
        if isinstance(test, ast.Constant):
            return self.arm(node.body if test.value else node.orelse)
        if nodes.has_gone(test):
            known = self.w.taken(node)
            if known is not None:
                return self.arm(node.body if known else node.orelse)
        body, orelse = self.arm(node.body), self.arm(node.orelse)
        if nodes.has_gone(test):
            if not orelse and all(isinstance(s, ast.Raise) for s in body):
                return []  # a check of something that went
            raise Unwritable("a condition asks something that the target does not have")
        if not body and not orelse:
            return []
        if (
            not orelse
            and all(isinstance(s, ast.Raise) for s in body)
            and size_checks.left_out(self.w, self.file, node, test)
        ):
            return []
        made = ast.If(test, body, orelse) if body else nodes.only_else(ast.If(negated(test), orelse, []), node)
        for branch in self.w.trace.branches.get(id(node), []):
            if branch.kind == "size" and not branch.speculative:
                self.w.guard(self.file, node)
        return [made]

    def loop(self, node: ast.For) -> list[ast.stmt]:
        """for loops; those whose body went go."""
        if any(isinstance(s, (ast.Expr, ast.If, ast.For)) for s in node.body) and self.only_initialises(node.body):
            return []
        body = self.arm(node.body)  # of a loop that never turned, it is like one
        iterable = modules_of_kind(self.e, node, tests_of(node)) or self.e.members(node.iter)
        if not body:
            return []
        if nodes.has_gone(iterable):
            raise Unwritable("a loop runs over something that the target does not have")
        made = ast.For(self.e.target(node.target), iterable, body, self.block(node.orelse))
        carries = self.w.inferred.loops.carries.get(id(node), []) if self.w.inferred is not None else []
        started = [(name, first) for name, first, *_ in carries if first is not None]
        before: list[ast.stmt] = [ast.Assign([ast.Name(n, ast.Store())], self.e.expr(first)) for n, first in started]
        for statement in before:
            statement.__dict__["carried"] = True  # it goes with the loop, whichever name is asked for
        return [*before, made]

    def computes(self, value: ast.expr) -> bool:
        """Does an expression make values of the network? (A view of a parameter is there to be initialised.)"""
        visits = [v for part in ast.walk(value) for v in self.w.trace.of(part)]
        if any(v.made is not None and any(t.parameter is None for t in v.made.tensors()) for v in visits):
            return True
        dialect = self.w.ev.dialect
        return any(
            (v.kind == "apply" or v.entered is not None) and v.result is not None and dialect.holds_tensor(v.result)
            for v in visits
        )

    def only_initialises(self, body: list[ast.stmt]) -> bool:
        """Does a loop only set initial values of parameters?"""
        for statement in body:
            if isinstance(statement, ast.If):
                if not (self.only_initialises(statement.body) and self.only_initialises(statement.orelse)):
                    return False
                continue
            if isinstance(statement, ast.For):
                if not self.only_initialises(statement.body):
                    return False
                continue
            if isinstance(statement, (ast.Pass, ast.Continue)):
                continue
            if isinstance(statement, (ast.Assign, ast.AugAssign)) and self.only_starts(
                statement if isinstance(statement, ast.AugAssign) else statement.targets[0]
            ):
                continue
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                if self.computes(statement.value):
                    return False
                continue
            if (
                isinstance(statement, ast.Expr)
                and isinstance(statement.value, ast.Call)
                and self.w.is_initialisation(statement.value, self.file)
            ):
                continue
            return False
        return True


def answered(visits: list[Visit]) -> ast.expr | None:
    """What the source's library answers a question about itself, which the target's does not know."""
    answers = [v.result.hint for v in visits if v.kind == "dropped" and not v.args and v.result is not None]
    plain = len(answers) == len(visits) and all(isinstance(a, (bool, int, float, str)) for a in answers)
    return nodes.literal(answers[0]) if plain and len(set(answers)) == 1 else None


def negated(test: ast.expr) -> ast.expr:
    """not test, without a double not."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], (ast.Is, ast.IsNot)):
        return ast.Compare(test.left, [ast.IsNot() if isinstance(test.ops[0], ast.Is) else ast.Is()], test.comparators)
    return ast.UnaryOp(ast.Not(), test)


def plain_name(target: ast.expr) -> str:
    """`x`, `self.x`; nothing for other targets."""
    own = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
    return target.id if isinstance(target, ast.Name) else ast.unparse(target) if own else ""


def asks_library(test: ast.expr) -> bool:
    """`hasattr(layer, "_private")`: a question to the source's library about itself."""
    return (
        isinstance(test, ast.Call)
        and isinstance(test.func, ast.Name)
        and test.func.id == "hasattr"
        and len(test.args) == 2
        and not (isinstance(test.args[0], ast.Name) and test.args[0].id == "self")
        and isinstance(test.args[1], ast.Constant)
        and str(test.args[1].value).startswith("_")
    )
