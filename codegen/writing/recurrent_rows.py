"""Recurrent layers on top of each other as a row of layers, where only one of their results is used.

    self.lstm = LSTM(128, num_layers=2)        self.lstm = keras.Sequential(
    ...                                   ->       [LSTM(128, return_sequences=True), LSTM(128)]
    _, (h, _) = self.lstm(x)                   )
    x = self.fc(h[-1])                         ...
                                               h = self.lstm(x)
                                               x = self.fc(h)

PyTorch has one layer for a stack, which gives the sequence and the states of all layers. A class that does so stands in
the target wherever the states are used otherwise; the proof reads what is written here like any other text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen.writing import nodes
from codegen.writing.naming import Key
from codegen.writing.state_entries import name_directly, reads_of
from pivot.reading.restating import is_restatement
from pivot.reading.walking import replace_below, walk

STACKS = ("LSTM", "GRU", "RNN")
Written = dict[Key, list[ast.stmt]]


@dataclass(frozen=True, slots=True)
class Stack:
    """The written class of a stack: what it makes per layer, and the rate that is dropped in between."""

    name: str
    parameters: dict[str, ast.expr | None]  # with their defaults
    layer: ast.Call
    drops: bool

    @property
    def both_ways(self) -> bool:
        """Does each layer run in both directions?"""
        return bool(self.layer.args) and isinstance(self.layer.args[0], ast.Call)


@dataclass(frozen=True, slots=True)
class Use:
    """One call of a stack: the statement, the name for its result, and what stands for that result later."""

    statement: ast.Assign
    result: ast.Name
    last: bool  # the state of the last layer at the end, rather than the sequence
    reads: tuple[ast.expr, ...]  # expressions in whose place the name alone stands
    body: list[ast.stmt]  # of the method

    def write(self) -> None:
        """The call of a row in the place of the call of a stack."""
        self.statement.targets = [self.result]
        if self.last:
            reads, name = {id(n) for n in self.reads}, self.result.id
            block = ast.Module(self.body, [])
            replace_below(block, ast.Subscript, lambda n: ast.Name(name, ast.Load()) if id(n) in reads else None)
            name_directly(self.body, next(i for i, s in enumerate(self.body) if s is self.statement))


def write_rows(written: Written) -> None:
    """Put rows in the place of stacks; the class of a stack goes where nothing mentions it any more."""
    for key in [k for k in written if k[1] in STACKS and is_restatement(k[0]) and Path(k[0]).stem == k[1]]:
        cls = written[key][-1] if written[key] else None
        stack = stack_of(cls) if isinstance(cls, ast.ClassDef) else None
        if stack is None:
            continue
        others = [s for k, body in written.items() if k != key for s in body]
        for owner in [s for s in others if isinstance(s, ast.ClassDef)]:
            for made in list(making(owner, stack.name)):
                put_row(stack, owner, made, others)
        if not any(isinstance(n, ast.Name) and n.id == stack.name for s in others for n in walk(s)):
            del written[key]


def stack_of(cls: ast.ClassDef) -> Stack | None:
    """What a written class makes, if it has no choices left and takes a sequence alone."""
    methods = {s.name: s for s in cls.body if isinstance(s, ast.FunctionDef)}
    init, call = methods.get("__init__"), methods.get("call")
    if init is None or call is None or [a.arg for a in call.args.args] != ["self", "x"]:
        return None
    added = [n for n in walk(init) if isinstance(n, ast.Call) and ast.unparse(n.func) == "self.rnns.append"]
    layer = added[0].args[0] if len(added) == 1 else None
    kinds = [type(s) for s in call.body]
    if not isinstance(layer, ast.Call) or kinds != [ast.Assign, ast.For, ast.Return]:
        return None
    result = call.body[-1].value if isinstance(call.body[-1], ast.Return) else None
    if not isinstance(result, ast.Tuple) or ast.unparse(result.elts[0]) != "x":
        return None
    names = [a.arg for a in init.args.args][1:]
    defaults = [None] * (len(names) - len(init.args.defaults)) + list(init.args.defaults)
    drops = any(ast.unparse(n) == "self.drop" for n in walk(call) if isinstance(n, ast.Attribute))
    if drops and "dropout" not in names:
        return None
    return Stack(cls.name, dict(zip(names, defaults, strict=True)), layer, drops)


def making(owner: ast.ClassDef, name: str) -> Iterator[tuple[str, ast.Call]]:
    """The attributes that the constructor of a class binds to new stacks, and the calls that make them."""
    for method in owner.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            for node in method.body:
                target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
                call = node.value if isinstance(node, ast.Assign) else None
                if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self":
                    if isinstance(call, ast.Call) and ast.unparse(call.func) == name:
                        yield target.attr, call


def put_row(stack: Stack, owner: ast.ClassDef, made: tuple[str, ast.Call], others: list[ast.stmt]) -> None:
    """Write one stack as a row, if all its calls want the same one of its results."""
    attribute, call = made
    given = bound(stack, call)
    count = given.get("num_layers") if given is not None else None
    if given is None or not isinstance(count, ast.Constant) or not isinstance(count.value, int) or count.value < 1:
        return
    uses = [
        u for method in owner.body if isinstance(method, ast.FunctionDef) for u in uses_of(method, attribute, stack)
    ]
    asked = sum(isinstance(n, ast.Attribute) and n.attr == attribute for s in others for n in walk(s))
    if not uses or None in uses or asked != len(uses) + 1 or len({u.last for u in uses if u is not None}) != 1:
        return
    last = any(u.last for u in uses if u is not None)
    row: list[ast.expr] = []
    for place in range(count.value):
        if place and stack.drops and not is_zero(given["dropout"]):
            row.append(nodes.call("keras.layers.Dropout", [clone(given["dropout"], {})]))
        row.append(layer_of(stack, given, last and place == count.value - 1))
    whole = nodes.call("keras.Sequential", [ast.List(row, ast.Load())]) if len(row) > 1 else row[0]
    assert isinstance(whole, ast.Call)
    call.func, call.args, call.keywords = whole.func, whole.args, whole.keywords
    for use in uses:
        if use is not None:
            use.write()


def bound(stack: Stack, call: ast.Call) -> dict[str, ast.expr] | None:
    """The argument of every parameter, None where one cannot be said again."""
    names = list(stack.parameters)
    given = dict(zip(names, call.args, strict=False))
    given |= {k.arg: k.value for k in call.keywords if k.arg is not None}
    full = {name: given.get(name, default) for name, default in stack.parameters.items()}
    plain = [v for v in full.values() if isinstance(v, (ast.Constant, ast.Name, ast.Attribute))]
    if len(plain) < len(full) or any(k.arg is None for k in call.keywords) or set(given) - set(full):
        return None
    return {name: value for name, value in full.items() if value is not None}


def uses_of(method: ast.FunctionDef, attribute: str, stack: Stack) -> Iterator[Use | None]:
    """The calls of a stack in a method, None for one that wants more than one result."""
    for place, statement in enumerate(method.body):
        mentions = [n for n in walk(statement) if isinstance(n, ast.Attribute) and n.attr == attribute]
        if not mentions or any(isinstance(n.ctx, ast.Store) for n in mentions):
            continue
        value = statement.value if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
        alone = isinstance(value, ast.Call) and value.func in mentions and len(value.args) == 1 and not value.keywords
        if len(mentions) > 1 or not alone or not isinstance(statement, ast.Assign):
            yield None
        else:
            yield use_of(statement, method.body, place, stack)


def use_of(statement: ast.Assign, body: list[ast.stmt], place: int, stack: Stack) -> Use | None:
    """What the statements behind a call want of its results."""
    behind = body[place + 1 :]
    target = statement.targets[0]
    if not isinstance(target, ast.Tuple) or len(target.elts) != 2 or not isinstance(target.elts[0], ast.Name):
        return None
    sequence, states = target.elts
    names = states.elts if isinstance(states, ast.Tuple) else [states]
    if not all(isinstance(n, ast.Name) for n in names):
        return None
    read = {n.id: reads_of(n.id, behind) for n in (sequence, *names) if isinstance(n, ast.Name)}
    if any(found is None for found in read.values()):
        return None
    assert isinstance(sequence, ast.Name)
    others = [n for n in names if isinstance(n, ast.Name) and n.id != sequence.id and read[n.id]]
    if read[sequence.id]:
        return Use(statement, sequence, False, (), body) if not others else None
    if len(others) != 1 or others[0] is not names[0] or stack.both_ways:
        return None
    found = {id(n) for n in read[others[0].id] or ()}
    ends = tuple(node for node in expressions(behind) if end_of(node, others[0].id) & found)
    return Use(statement, others[0], True, ends, body) if len(ends) == len(found) else None


def expressions(behind: list[ast.stmt]) -> Iterator[ast.expr]:
    """All expressions of statements."""
    return (n for s in behind for n in walk(s) if isinstance(n, ast.expr))


def end_of(node: ast.expr, name: str) -> set[int]:
    """The name (its id as a node) of which this is the state of the last layer at the end: `h[-1]`."""
    told = isinstance(node, ast.Subscript) and ast.unparse(node) == f"{name}[-1]"
    return {id(node.value)} if told and isinstance(node, ast.Subscript) else set()


def layer_of(stack: Stack, given: dict[str, ast.expr], last: bool) -> ast.expr:
    """One layer of a row: without what its library has by default."""
    made = clone(stack.layer, given)
    assert isinstance(made, ast.Call)
    inner = made.args[0] if stack.both_ways else made
    assert isinstance(inner, ast.Call)
    left_out = {"return_state": "True", "use_bias": "True", "activation": "'tanh'"} | (
        {"return_sequences": "True"} if last else {}
    )
    inner.keywords = [k for k in inner.keywords if left_out.get(str(k.arg)) != ast.unparse(k.value)]
    return made


def is_zero(node: ast.expr) -> bool:
    """Is a rate 0?"""
    return isinstance(node, ast.Constant) and not node.value


def clone(node: ast.expr, given: Mapping[str, ast.expr]) -> ast.expr:
    """The same expression once more, with arguments for parameters, and with marks of names at the top of the file."""
    if isinstance(node, ast.Name) and node.id in given:
        return clone(given[node.id], {})
    made = type(node).__new__(type(node))
    for name, value in ast.iter_fields(node):
        setattr(made, name, again(value, given))
    if "start" in node.__dict__:
        made.__dict__["start"] = node.__dict__["start"]
    return made


def again(value: object, given: Mapping[str, ast.expr]) -> object:
    """A field of a syntax node once more."""
    if isinstance(value, list):
        return [again(item, given) for item in value]
    if isinstance(value, ast.keyword):
        return ast.keyword(value.arg, clone(value.value, given))
    return clone(value, given) if isinstance(value, ast.expr) else value
