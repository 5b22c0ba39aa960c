"""Which model of a file is meant: said, or found in the source."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeGuard

from pivot.problems import Refusal, refuse
from pivot.reading import (
    building_methods,
    classes,
    constructors,
    demo_names,
    imports,
    local_models,
    lookup,
    made_elsewhere,
    model_names,
    parsed_arguments,
    straight_line,
)
from pivot.reading.constructors import required_arguments
from pivot.reading.frames import Frame, Scope
from pivot.reading.hints import readable
from pivot.reading.main_block import main_block, main_block_of
from pivot.reading.modules import ModuleObject
from pivot.reading.values import Api, ClassObject, FunctionObject, Value

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator


def tree_of(ev: Evaluator, scope: Scope) -> ast.Module:
    """The syntax tree of the opened file."""
    found = (
        next(
            t
            for t in ev.trace.keep
            if isinstance(t, ast.Module) and any(s in t.body for b in scope.lazy.values() for s in b)
        )
        if scope.lazy
        else None
    )
    if found is None:
        raise refuse("no-model", scope.file, 1, 1, "no model class found", "open a file that defines one")
    return found


def make_entry(ev: Evaluator, scope: Scope, frame: Frame, text: str | None) -> tuple[str, ModuleObject]:
    """The expression that builds the model, and the model it builds. Raises Refusal."""
    tree = tree_of(ev, scope)
    if text is None:
        text = default_entry(ev, scope, frame, tree)
    said = text.strip()
    text, _, number = text.partition("@")
    function, number = ("", number) if number.isdigit() else (number.strip(), "")
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise refuse(
            "model", "--model", 1, 1, f"{text!r} is not an expression", 'write "Net(hidden=64)" or "resnet18()"'
        ) from None
    node = Imported(ev, scope).visit(node)
    if function:
        frame = local_models.frame_in(ev, frame, tree, function, text.strip())
    elif ev.dialect.builds_step_by_step and not number and isinstance(node, ast.Name):
        number = before_loading(scope, node.id, tree)
        said = f"{node.id}@{number}" if number else said
    if ev.dialect.builds_step_by_step and not function:
        last = bindings(scope, node.id, int(number)) if number and isinstance(node, ast.Name) else None
        body = [*(s for s in tree.body if s not in main_block(tree)), *main_block(tree)]
        straight_line.run_to(ev, scope, frame, body, set(straight_line.loaded(node)), last)
    if number and isinstance(node, ast.Name):
        value = nth_binding(ev, scope, frame, node.id, int(number))
    elif function:
        ev.trace.keep.append(node)
        value = ev.evaluate(node, frame)
    else:
        value = evaluate_entry(ev, scope, frame, node, tree)
    if isinstance(value.hint, (ClassObject, FunctionObject)):
        call = ast.copy_location(ast.Call(node, [], []), node)
        node = call
        ev.trace.keep.append(call)
        value = ev.call(value, (), {}, call, frame)
        text = f"{text.strip()}()"
    if not isinstance(value.hint, ModuleObject):
        raise refuse(
            "model", scope.file, 1, 1, f"{text!r} is {readable(value)}, not a model", "name a model with --model"
        )
    ev.trace.keep.append(node)
    ev.entry_node = node
    return said if number or function else text.strip(), value.hint


class Imported(ast.NodeTransformer):
    """`__import__("package")` in an entry is the name `package`, as if the file imported it."""

    def __init__(self, ev: Evaluator, scope: Scope) -> None:
        self.ev, self.scope = ev, scope

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        named = isinstance(node.func, ast.Name) and node.func.id == "__import__" and len(node.args) == 1
        given = node.args[0] if named else None
        if not isinstance(given, ast.Constant) or not isinstance(given.value, str) or not given.value.isidentifier():
            return node
        if given.value not in self.scope.lazy:
            statement = ast.copy_location(ast.Import([ast.alias(given.value)]), node)
            self.ev.trace.keep.append(statement)
            imports.index_statement(self.scope, statement)
        return ast.copy_location(ast.Name(given.value, ast.Load()), node)


def evaluate_entry(ev: Evaluator, scope: Scope, frame: Frame, node: ast.expr, tree: ast.Module) -> Value:
    """The entry's value; a name that only the main block binds is found there."""
    ev.trace.keep.append(node)
    if isinstance(node, ast.Name) and lookup.in_module(ev, scope, node.id) is None:
        for statement in main_block(tree):
            if isinstance(statement, ast.Assign) and node.id in classes.bound_names(statement):
                return ev.evaluate(statement.value, frame)
        raise refuse(
            "model",
            scope.file,
            1,
            1,
            f"there is no model {node.id!r}",
            f"there are: {', '.join(models(ev, scope, tree)) or 'none'}",
        )
    return ev.evaluate(node, frame)


def nth_binding(ev: Evaluator, scope: Scope, frame: Frame, name: str, number: int) -> Value:
    """The value of the K-th statement that binds a name at module level."""
    statement = bindings(scope, name, number)
    if id(statement) not in ev.trace.executed or name not in scope.names:
        ev.execute([statement], frame)
    return scope.names[name]


def bindings(scope: Scope, name: str, number: int) -> ast.stmt:
    """The K-th statement that binds a name at module level. Raises Refusal."""
    found = [s for s in scope.lazy.get(name, []) if isinstance(s, ast.Assign) and name in classes.bound_names(s)]
    if number >= len(found):
        raise refuse("model", scope.file, 1, 1, f"{name!r} is bound {len(found)} times", "count from 0")
    return found[number]


def before_loading(scope: Scope, name: str, tree: ast.Module) -> str:
    """Which binding of a name made what the last one loads: `model.save(p)`, `model = load_model(p)`; "": none."""
    found = [s for s in scope.lazy.get(name, []) if isinstance(s, ast.Assign) and name in classes.bound_names(s)]
    if len(found) < 2 or not calls_method(found[-1].value, "load_model"):
        return ""
    path = ast.dump(found[-1].value.args[0])
    saved = (s.value for s in tree.body if isinstance(s, ast.Expr) and calls_method(s.value, "save"))
    same = any(ast.unparse(call.func) == f"{name}.save" and ast.dump(call.args[0]) == path for call in saved)
    return str(len(found) - 2) if same else ""


def calls_method(node: ast.expr, name: str) -> TypeGuard[ast.Call]:
    """Is this `something.name(argument, ...)`, or `name(argument, ...)`?"""
    if not isinstance(node, ast.Call) or not node.args:
        return False
    return ast.unparse(node.func).rpartition(".")[2] == name


def models(ev: Evaluator, scope: Scope, tree: ast.Module) -> list[str]:
    """Names of the module classes a file defines."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            value = lookup.in_module(ev, scope, node.name)
            if value is not None and isinstance(value.hint, ClassObject) and ev.dialect.is_module_class(value.hint):
                found.append(node.name)
    return found


def default_entry(ev: Evaluator, scope: Scope, frame: Frame, tree: ast.Module) -> str:
    """The only or last top-level model: from the main block, a variable, a class, or a builder function."""
    body = [*(s for s in tree.body if s not in main_block(tree)), *main_block(tree)]
    if ev.dialect.builds_step_by_step:
        bound = bound_entry(ev, scope, frame, body)
        if bound is not None:
            return bound
    classes_here = models(ev, scope, tree)
    makers = {f.name for f in tree.body if isinstance(f, ast.FunctionDef) and makes(f, set(classes_here), tree)}
    makers |= {f.name for f in model_names.builder_functions(ev, frame, tree)}
    made = assigned_calls([*main_block(tree), *tree.body], {*classes_here, *makers})
    if made:
        others = {ast.unparse(call) for call in made} - {text := ast.unparse(made[0])}
        text = ast.unparse(shown(ev, scope, frame, made[0], main_block(tree)))
        if others:
            why = f"several models are made here; {text} is taken"
            ev.note(frame, made[0], why, "name another with --model", "entry")
        return text
    for node in (n for statement in main_block(tree) for n in ast.walk(statement)):  # `Net()(images)`
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Call) and isinstance(node.func.func, ast.Name):
            if node.func.func.id in {*classes_here, *makers}:
                return ast.unparse(shown(ev, scope, frame, node.func, main_block(tree)))
    if not classes_here:
        return bound_entry(ev, scope, frame, body) or built_entry(ev, scope, frame, tree)
    used = {
        n.id
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        for n in ast.walk(node)
        if isinstance(n, ast.Name) and n.id != node.name  # `super(Net, self)`, `Net(config)` in a classmethod
    }
    free = [c for c in classes_here if c not in used] or classes_here
    free = [c for c in free if is_whole(ev, scope, c)] or free
    for function in functions_that_run(tree):
        calls = assigned_calls(function.body, set(free)) if function.name in called_by_main(tree) else []
        if calls:
            return ast.unparse(shown(ev, scope, frame, calls[0], function.body))
    for name in reversed(free):
        cls = lookup.in_module(ev, scope, name)
        if cls is not None and isinstance(cls.hint, ClassObject) and not constructors.required(ev, cls.hint):
            return f"{name}()"
    builders = [
        n.name
        for n in tree.body
        if isinstance(n, ast.FunctionDef)
        and not required_arguments(n)
        and gives(n, {*classes_here, *makers})
        and makes(n, set(free), tree)
    ]
    if builders:
        ev.note(
            frame,
            tree.body[0],
            f"several models can be built; {builders[0]}() is taken",
            "name another with --model",
            "entry",
        )
        function = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == builders[0])
        return untrained_call(ev, frame, function)
    for function in functions_that_run(tree):
        calls = assigned_calls(function.body, {*free, *makers})
        if calls:
            return ast.unparse(shown(ev, scope, frame, calls[0], function.body))
    for function, before in parsed_arguments.handed_on(
        [main_block(tree), *(f.body for f in functions_that_run(tree))], tree
    ):
        calls = assigned_calls(function.body, {*free, *makers})
        if calls:
            return ast.unparse(shown(ev, scope, frame, calls[0], [*before, *function.body]))
    needs = {name: constructors.required_of(ev, scope, name) for name in reversed(free)}
    return made_elsewhere.said(ev, scope, frame, tree, needs)


def shown(ev: Evaluator, scope: Scope, frame: Frame, call: ast.expr, body: list[ast.stmt]) -> ast.expr:
    """The call that makes a model in a block, in words that hold at module level."""

    def shares(func: ast.expr) -> bool:
        try:
            hint = ev.evaluate(func, frame).hint
        except Refusal:
            return True
        if isinstance(hint, ClassObject):
            return ev.dialect.is_module_class(hint)
        return not isinstance(hint, Api) or not hint.name.startswith(("builtins.", "types.", "math."))

    known = {name for name, found in scope.lazy.items() if any(main_block_of(s) is None for s in found)}
    known |= ev.overrides.keys()
    until = next((k for k, statement in enumerate(body) if any(n is call for n in ast.walk(statement))), len(body))
    parsed = parsed_arguments.Parsed(ev, frame, body[:until], tree_of(ev, scope))
    return demo_names.inlined(call, body, known, parsed.given, shares)


def functions_that_run(tree: ast.Module) -> list[ast.FunctionDef]:
    """Functions without arguments, those first that the main block calls: `main()`, `test()`."""
    called = called_by_main(tree)
    found = [f for f in tree.body if isinstance(f, ast.FunctionDef) and not required_arguments(f)]
    return sorted(found, key=lambda f: f.name not in called)


def called_by_main(tree: ast.Module) -> set[str]:
    """The plain names that the main block calls."""
    return {n.func.id for s in main_block(tree) for n in ast.walk(s) if isinstance(n, ast.Call) and is_name(n.func)}


def is_name(node: ast.expr) -> TypeGuard[ast.Name]:
    """Is it a plain name?"""
    return isinstance(node, ast.Name)


def gives(function: ast.FunctionDef, makers: set[str]) -> bool:
    """Does a function return what a call of one of these makes, rather than what that computes?"""
    bound = {name: value for name, value, _ in demo_names.bound_here(function.body)}
    for node in ast.walk(function):
        value = node.value if isinstance(node, ast.Return) else None
        value = bound.get(value.id, value) if isinstance(value, ast.Name) else value
        if isinstance(value, ast.Call):
            func = innermost_call(value).func
            while isinstance(func, ast.Attribute):
                func = func.value
            if not isinstance(func, ast.Name) or func.id in makers or func.id not in bound:
                return True
        elif isinstance(value, (ast.Name, ast.IfExp)):
            return True
    return False


def assigned_calls(body: list[ast.stmt], makers: set[str]) -> list[ast.Call]:
    """The calls of makers of models that statements bind, in order, without those that go into another of them."""
    found: list[tuple[str, ast.Call]] = []
    for statement in body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)) and isinstance(statement.value, ast.Call):
            target = statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0]
            call = innermost_call(statement.value)
            if isinstance(target, ast.Name) and isinstance(call.func, ast.Name) and call.func.id in makers:
                found.append((target.id, call))
    given = [node for _, call in found for value in call_values(call) for node in ast.walk(value)]
    parts = {node.id for node in given if isinstance(node, ast.Name)}
    return [call for name, call in found if name not in parts] or [call for _, call in found]


def call_values(call: ast.Call) -> list[ast.expr]:
    """What a call is given."""
    return [*call.args, *(k.value for k in call.keywords)]


def is_whole(ev: Evaluator, scope: Scope, name: str) -> bool:
    """Is a class one of models, where the framework tells them from layers?"""
    cls = lookup.in_module(ev, scope, name)
    return cls is not None and isinstance(cls.hint, ClassObject) and ev.dialect.is_model_class(cls.hint)


def bound_entry(ev: Evaluator, scope: Scope, frame: Frame, body: list[ast.stmt]) -> str | None:
    """The name that the file binds to the model it is about; None where it binds none."""
    found = model_names.bound_models(ev, frame, body)
    if not found:
        return None
    name, statement = model_names.chosen(found, body)
    others = [other for other, _ in found if other != name]
    if others:
        why = f"several models are built; {name} is taken, not {', '.join(others)}"
        ev.note(frame, statement, why, "name another with --model", "entry")
    run = main_block(tree_of(ev, scope))
    if statement in run and isinstance(statement.value, ast.Call) and isinstance(statement.value.func, ast.Name):
        made = lookup.in_module(ev, scope, statement.value.func.id)
        if made is not None and isinstance(made.hint, ClassObject):  # the block trains it, too
            return ast.unparse(shown(ev, scope, frame, statement.value, run))
    again = [s for s in scope.lazy.get(name, []) if isinstance(s, ast.Assign) and name in classes.bound_names(s)]
    return f"{name}@{again.index(statement)}" if len(again) > 1 and statement in again else name


def built_entry(ev: Evaluator, scope: Scope, frame: Frame, tree: ast.Module) -> str:
    """A function that returns a model: `build()`. Raises Refusal where there is none, or it needs arguments."""
    found = model_names.builder_functions(ev, frame, tree)
    by_method = building_methods.built_by_method(ev, scope, frame, tree) if not found else None
    if by_method is not None:
        return by_method
    local = None
    if not found:
        every = [f for f in tree.body if isinstance(f, ast.FunctionDef)]
        local = local_models.local_entry(ev, frame, dict.fromkeys([*functions_that_run(tree), *every]))
    if local is not None:
        return local
    if not found:
        why = "no model class found"
        raise refuse("no-model", scope.file, 1, 1, why, "open a file that defines one, or name it with --model")
    free = [f for f in found if not required_arguments(f)]
    if not free:
        needs = {f.name: constructors.required_parameters(f) for f in reversed(found)}
        return made_elsewhere.said(ev, scope, frame, tree, needs)
    if len(free) > 1:
        why = f"several models can be built; {free[-1].name}() is taken"
        ev.note(frame, free[-1], why, "name another with --model", "entry")
    return untrained_call(ev, frame, free[-1])


def untrained_call(ev: Evaluator, frame: Frame, function: ast.FunctionDef) -> str:
    """The call of a builder that needs no arguments; that it is asked for no trained weights is said."""
    call = f"{function.name}({constructors.untrained(function)})"
    if not call.endswith("()"):
        why = f"{call} is taken: no trained weights are fetched"
        ev.note(frame, function, why, "carry weights over with --weights, or give another call with --model", "entry")
    return call


def innermost_call(node: ast.Call) -> ast.Call:
    """`Net(3).to(device)` is `Net(3)`."""
    while isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
        node = node.func.value
    return node


def makes(node: ast.FunctionDef, wanted: set[str], tree: ast.Module, depth: int = 0) -> bool:
    """Does a function mention a model class, itself or through functions it calls?"""
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    if names & wanted:
        return True
    others = [f for f in tree.body if isinstance(f, ast.FunctionDef) and f.name in names and f is not node]
    return depth < 3 and any(makes(f, wanted, tree, depth + 1) for f in others)
