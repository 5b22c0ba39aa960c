from __future__ import annotations

import contextlib

import pytest

from pivot.codecs.base import Codec, NoForm, Refs
from pivot.codecs.registry import all_codecs, all_tensor_codecs
from pivot.codecs.tensor import TensorCodec

SAMPLES = [(codec, value, refs) for codec in all_codecs().values() for value, refs in codec.domain]
READ_ONLY = "only for decompositions"


@pytest.mark.parametrize(("codec", "value", "refs"), SAMPLES, ids=lambda item: getattr(item, "name", None))
def test_what_is_written_reads_as_what_was_meant(codec: Codec, value: object, refs: Refs) -> None:
    found = codec.read(codec.write(value, refs), refs)
    assert found == codec.normal(value)
    assert type(found) is type(codec.normal(value))


@pytest.mark.parametrize("codec", all_codecs().values(), ids=lambda codec: codec.name)
def test_every_codec_has_a_domain_or_cannot_be_written(codec: Codec) -> None:
    assert type(codec).__doc__
    if codec.domain:
        return
    if codec.name == "batch_dims":  # asks for a tensor: see test_shapes
        return
    with pytest.raises(NoForm):
        codec.write((1, 2), {})


@pytest.mark.parametrize("codec", all_codecs().values(), ids=lambda codec: codec.name)
def test_what_makes_no_sense_is_refused_and_never_crashes(codec: Codec) -> None:
    for value in (None, "nonsense", -7, 1.5, (), (1, "a"), [[1], 2], {"a": 1}, object()):
        with contextlib.suppress(NoForm):
            codec.read(value, {})
        with contextlib.suppress(NoForm):
            codec.write(value, {})


@pytest.mark.parametrize("codec", all_tensor_codecs().values(), ids=lambda codec: codec.name)
def test_tensor_codecs_undo_themselves(codec: TensorCodec) -> None:
    inverse = {"squeeze": "unsqueeze", "unsqueeze": "squeeze"}
    there, back = codec.write({}), codec.read({})
    assert [(inverse.get(step.op, step.op), step.params) for step in reversed(there)] == [
        (step.op, step.params) for step in back
    ]
