"""What classes of batch normalisation do to the mode that Keras' own layer does as well.

`training = tf.logical_and(training, self.trainable)`, and a `False` for None ahead of it: a layer that is not trained
is in inference, which Keras holds since TensorFlow 2.
"""

from __future__ import annotations

import ast

from pivot.reading.derived_calls import last


def drop_what_keras_does(call: ast.FunctionDef) -> None:
    """Take these statements from a `call`."""
    mode = next((a.arg for a in call.args.args if a.arg == "training"), None)
    if mode is not None:
        call.body = [s for s in call.body if not is_told(s, mode)] or call.body


def is_told(statement: ast.stmt, mode: str) -> bool:
    """`training = tf.logical_and(training, self.trainable)`, `if not training: training = tf.constant(False)`."""
    if isinstance(statement, ast.If) and not statement.orelse and len(statement.body) == 1:
        asked = ast.unparse(statement.test) in (f"not {mode}", f"{mode} is None")
        return asked and sets_false(statement.body[0], mode)
    if not isinstance(statement, ast.Assign) or ast.unparse(statement.targets[0]) != mode:
        return False
    call = statement.value
    if not isinstance(call, ast.Call) or last(call.func) != "logical_and":
        return False
    return sorted(map(ast.unparse, call.args)) == sorted((mode, "self.trainable"))


def sets_false(statement: ast.stmt, mode: str) -> bool:
    """`training = tf.constant(False)`, `training = False`."""
    if not isinstance(statement, ast.Assign) or ast.unparse(statement.targets[0]) != mode:
        return False
    value = statement.value
    if isinstance(value, ast.Call) and last(value.func) in ("constant", "convert_to_tensor") and len(value.args) == 1:
        value = value.args[0]
    return isinstance(value, ast.Constant) and value.value is False
