"""Functions of the library that are given another number than before: their nodes are read again."""

from __future__ import annotations

from dataclasses import replace

from pivot.forms import Bound
from pivot.reading import applying
from pivot.reading.evaluator import Evaluator
from pivot.reading.recording import cells
from pivot.reading.retuned.declined import Declined
from pivot.reading.trace import Visit


def is_one_node(ev: Evaluator, visit: Visit) -> bool:
    """Is a call a node that its forms alone made of tensors, and that nothing else knows more of than its types?"""
    node, form = visit.made, visit.form
    if visit.kind != "op" or node is None or form is None or form.origin != "builtin":
        return False
    if node.module is not None or node.form is not form or node.bound is not visit.bound or visit.stopped:
        return False
    if visit.read_as is not None or visit.began is not None or visit.altered is not None or not node.results:
        return False
    if not any(tensor.parameter is None for tensor in node.tensors()):
        return False
    made = list(cells(visit.result)) if visit.result is not None else []
    if not made or any(cell.base is not None or cell.start is not None for cell in made):
        return False
    return not any(result.constant is not None or result.id in ev.guessed for result in node.results)


def read_call(ev: Evaluator, visit: Visit) -> Bound:
    """The call as its forms read it now; only numbers that choose no other way may differ. Raises Declined."""
    assert visit.form is not None and visit.bound is not None
    forms = ev.opset.find(ev.dialect.framework, visit.form.spelling, visit.name)
    found = applying.try_forms(ev, forms, visit.args, visit.kwargs, visit.node, visit.frame)
    if isinstance(found, str) or found[0] is not visit.form:
        raise Declined(f"{visit.name} is read in another way now")
    if replace(found[1], params=visit.bound.params) != visit.bound:
        raise Declined(f"{visit.name} is bound in another way now")
    return found[1]


def check_read(ev: Evaluator, visit: Visit) -> None:
    """Do the forms alone tell how a call was read, before its number is another one? Raises Declined."""
    assert visit.bound is not None and visit.made is not None
    if read_call(ev, visit).params != visit.bound.params:
        raise Declined(f"{visit.name} was changed after it was read")
