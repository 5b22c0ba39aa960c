"""The names of all weights of a PyTorch program in its state_dict, from its modules."""

from __future__ import annotations

from pivot.reading.checkpoint_names import checkpoint_name
from pivot.reading.modules import ModuleObject


def state_names(root: ModuleObject) -> dict[int, dict[str, tuple[str, ...]]]:
    """Per module: path of a weight -> its names, one for each path that the module has."""
    found: dict[int, dict[str, tuple[str, ...]]] = {}
    for _, module in root.walk():
        own = dict.fromkeys(module.parameters)
        for place in module.form.weights.values() if module.form is not None else ():
            own.update(dict.fromkeys(term.path for term in place.terms))
        table = found.setdefault(id(module), {})
        for path in own:
            full = [f"{prefix}.{path}" if prefix else path for prefix in module.paths]
            table[path] = tuple(dict.fromkeys(checkpoint_name(root, name) for name in full))
    return found
