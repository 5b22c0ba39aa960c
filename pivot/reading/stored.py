"""The shape of a weight as a framework stores it, from axis letters."""

from __future__ import annotations

from collections.abc import Mapping

from pivot.dims import Dim
from pivot.forms import letter_size, present
from pivot.notation import WeightMap, parse_axes
from pivot.op import Form, Op


def stored_shape(
    op: Op, weight: str, place: WeightMap, params: Mapping[str, object], sizes: Mapping[tuple[str, str], Dim]
) -> tuple[Dim, ...] | None:
    """Sizes in the order of the stored letters, None where the weight is absent. ValueError names what is unknown."""
    if weight not in present(op, params):
        return None
    known = {f"{operand}.{letter}": size for (operand, letter), size in sizes.items()}
    shape: list[Dim] = []
    for factors in parse_axes(place.letters):
        total: Dim = 1
        for factor in factors:
            size = letter_size(op, factor.name, len(factor.blocks) if factor.blocks else None, params, known)
            if isinstance(size, tuple):
                shape.extend(size)
                break
            total = total * size
        else:
            shape.append(total)
    part = place.terms[0].part
    if part is not None and shape:
        shape[0] = shape[0] * part[1]
    return tuple(shape)


def paths_of_weights(form: Form) -> tuple[str, ...]:
    """The attributes in which layers of this form's name hold weights, by whichever form they are read."""
    found = form.cache.get("weight paths")
    if not isinstance(found, tuple):
        alike = (other for other in form.op.forms.get(form.framework, ()) if other.name == form.name)
        terms = (term for other in alike for place in other.weights.values() for term in place.terms)
        found = form.cache["weight paths"] = tuple(dict.fromkeys(term.path for term in terms))
    return found
