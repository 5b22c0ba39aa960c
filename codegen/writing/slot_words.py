"""Words of a target's notation that say the right thing at all visits of a site: `padding="same"`."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from codegen.lower import Step
from codegen.writing import nodes
from codegen.writing.other_words import is_path
from pivot.codecs.base import NoForm
from pivot.codecs.tuples import SingleOr
from pivot.predicates import equal
from pivot.references import codec_of
from pivot.slots import Coded, Path, Slot
from pivot.spelling import refs_by_role

WORDS = {"torch_padding": ("same",)}
"""Words of a codec for what visits say by different numbers."""


def right_for_all(steps: list[Step], slot: Slot, values: list[object]) -> object | None:
    """One notation that says the right thing at every visit: `same` where a 1x1 window has nothing to pad."""
    if not isinstance(slot.value, Coded):
        return None
    codec, name = codec_of(slot.value), slot.value.path.name
    own = dict.fromkeys(v for v in values if isinstance(v, (str, int)))
    for candidate in (*own, *WORDS.get(codec.name, ())):
        try:
            read = [
                codec.read(candidate, refs_by_role(s.form, codec.roles, slot.value.refs, s.params, s.facts()))
                for s in steps
            ]
        except NoForm:
            continue
        if all(equal(r, s.params.get(name)) for r, s in zip(read, steps, strict=True)):
            return candidate  # type: ignore[no-any-return]
    return None


def is_by_chance(steps: list[Step], slot: Slot, texts: Mapping[str | None, ast.expr]) -> bool:
    """Is a default right for the number that another argument has now: a stride of 1 of a window that is 1 wide?

    `texts`: what the source says, by parameter.
    """
    if not isinstance(slot.value, Coded) or not isinstance(codec_of(slot.value), SingleOr):
        return False
    others = {steps[0].origin.get(ref.name) for ref in slot.value.refs if isinstance(ref, Path)}
    return any(name in others and not nodes.is_constant(text) for name, text in texts.items())


def own_word(steps: list[Step], slot: Slot, source: Slot | None, given: Mapping[str, ast.expr]) -> ast.expr | None:
    """The source's text, where it was a word that the target's notation has too, and means at every visit what is
    wanted there: `padding=padding`. A word that does not hold for other arguments is refused when the layer is made.
    """
    text = given.get(source.key) if source is not None else None
    if source is None or text is None or not is_path(text) or not isinstance(slot.value, Coded):
        return None
    codec = codec_of(slot.value)
    for step in steps:
        made = step.node.module.maker if step.node is not None and step.node.module is not None else None
        said = made.given(source.key) if made is not None else None
        word = said.hint if said is not None else None
        if not isinstance(word, str):
            return None
        refs = refs_by_role(step.form, codec.roles, slot.value.refs, step.params, step.facts())
        try:
            read = codec.read(word, refs)
        except NoForm:
            return None
        if not equal(read, step.params.get(slot.value.path.name)):
            return None
    return text
