"""Arms that nobody took are evaluated once on trial, and taken back except for what was seen."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from pivot.problems import Refusal
from pivot.reading.signals import Break, Continue, Raised, Return
from pivot.reading.values import (
    TensorCell,
    Value,
)
from pivot.shapes import FreeSize

if TYPE_CHECKING:
    from pivot.reading.evaluator import Evaluator
    from pivot.reading.frames import Frame


def join(ev: Evaluator, tried: Value, real: Value | None, arm: ast.AST) -> None:
    """A name that holds a tensor behind both arms: both must be stored alike."""
    if real is None or not isinstance(tried.hint, TensorCell) or not isinstance(real.hint, TensorCell):
        return
    a, b = tried.hint.version, real.hint.version
    if a is not b and len(a.type.shape) == len(b.type.shape):
        ev.joins.append((a.id, b.id, arm))


def speculate(ev: Evaluator, body: list[ast.stmt], frame: Frame) -> dict[str, Value]:
    """Evaluate an arm that was not taken, once, and take everything back except what was seen.

    Gives the names that the arm bound, with what they held at its end.
    """
    if not body or id(body[0]) in ev.speculated or id(body[0]) in ev.trace.executed or ev.speculating > 1:
        return {}
    ev.speculated.add(id(body[0]))
    return with_trial(ev, frame, lambda: ev.execute(body, frame), body[0], (Return, Break, Continue, Raised))


def speculate_expression(ev: Evaluator, node: ast.expr, frame: Frame) -> None:
    """The same for the arm of a conditional expression."""
    if id(node) in ev.speculated or ev.speculating > 1 or isinstance(node, (ast.Constant, ast.Name)):
        return
    ev.speculated.add(id(node))
    with_trial(ev, frame, lambda: ev.evaluate(node, frame), node, (Raised,))


def with_trial(
    ev: Evaluator, frame: Frame, run: Callable[[], object], node: ast.AST, ends: tuple[type[Exception], ...]
) -> dict[str, Value]:
    """Run with an undo log; a refusal becomes the reason why the arm could not be read."""
    mark = ev.journal.mark()
    names, counts = dict(frame.scope.names), dict(frame.counts)
    nodes, modules, parameters = len(ev.nodes), len(ev.modules), len(ev.parameters)
    guards, current, serial = len(ev.guards), ev.frame, ev.serial
    effects = ev.effects
    ev.speculating += 1
    ev.trials += 1
    bound: dict[str, Value] = {}
    try:
        run()
        bound = {k: v for k, v in frame.scope.names.items() if names.get(k) is not v}
    except ends:
        pass  # the arm ends here, which is what it does
    except Refusal as refusal:
        ev.trace.unread[id(node)] = refusal.problem.why
        ev.failed.append((id(node), serial, ev.serial, refusal.problem.code))
    except FreeSize as free:  # of an arm within an arm
        ev.trace.unread[id(node)] = str(free)
        ev.failed.append((id(node), serial, ev.serial, "shape"))
    finally:
        ev.speculating -= 1
        ev.trials -= 1
        ev.trial_effects, ev.effects = ev.trial_effects + ev.effects - effects, effects
        ev.journal.rollback(mark)
        frame.scope.names.clear()
        frame.scope.names.update(names)
        frame.counts.clear()
        frame.counts.update(counts)
        del ev.nodes[nodes:], ev.modules[modules:], ev.parameters[parameters:], ev.guards[guards:]
        ev.frame = current
    return bound
