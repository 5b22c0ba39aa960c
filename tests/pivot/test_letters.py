from __future__ import annotations

import numpy as np
import pytest

from pivot.letters import LettersError, carry, read_weights, write_weights
from pivot.notation import parse_weight_map


def numbered(*shape: int) -> np.ndarray:
    return np.arange(np.prod(shape, dtype=int)).reshape(shape)


def test_a_transpose() -> None:
    kernel = numbered(4, 3, 2, 5)
    assert np.array_equal(carry(kernel, "O I H W", "H W I O"), kernel.transpose(2, 3, 1, 0))
    assert carry(kernel, "O I H W", "O I H W") is kernel


def test_a_group_of_a_depthwise_kernel() -> None:
    kernel = numbered(6, 1, 3, 3)  # torch: (C * M, 1, H, W); Keras: (H, W, C, M)
    found = carry(kernel, "(C M) 1 H W", "H W C M", {"C": 3})
    assert found.shape == (3, 3, 3, 2)
    assert found[1, 2, 2, 1] == kernel[2 * 2 + 1, 0, 1, 2]
    assert np.array_equal(carry(found, "H W C M", "(C M) 1 H W"), kernel)


def test_gate_blocks_change_places() -> None:
    kernel = numbered(6, 2)
    found = carry(kernel, "(g=rzn H) I", "I (g=zrn H)")
    assert np.array_equal(found, np.concatenate([kernel[2:4], kernel[0:2], kernel[4:6]]).T)
    assert np.array_equal(carry(found, "I (g=zrn H)", "(g=rzn H) I"), kernel)


@pytest.mark.parametrize(
    ("shape", "source", "target", "why"),
    [
        ((2, 3), "O I", "O I H", "same letters"),
        ((2, 3), "O I H", "H I O", "2 axes for 3 letters"),
        ((6,), "(A B)", "A B", "sizes of A and B"),
        ((5,), "(g=ifgo H)", "(g=ifog H)", "axis of 5"),
        ((2, 3), "O 1", "1 O", "axis of 3"),
        ((4,), "(g=ab H)", "(g=ac H)", "not the same"),
    ],
)
def test_what_does_not_fit(shape: tuple[int, ...], source: str, target: str, why: str) -> None:
    with pytest.raises(LettersError, match=why):
        carry(numbered(*shape), source, target)


def test_a_sum_reads_as_the_sum_and_writes_value_and_zero() -> None:
    own = {"bias": "(g=ifgo H)"}
    maps = {"bias": parse_weight_map("b_ih + b_hh: (g=ifgo H)")}
    stored = {"b_ih": np.arange(8.0), "b_hh": np.ones(8)}
    values = read_weights(maps, stored, own, {})
    assert np.array_equal(values["bias"], np.arange(8.0) + 1)
    written = write_weights(maps, values, own, {})
    assert np.array_equal(written["b_ih"], values["bias"])
    assert not written["b_hh"].any()


def test_parts_of_one_tensor() -> None:
    own = {"q": "(H D) E", "k": "(H D) E", "v": "(H D) E"}
    torch = {name: parse_weight_map(f"in_proj[{i}/3]: (H D) E") for i, name in enumerate("qkv")}
    keras = {name: parse_weight_map(f"{name}/kernel: E H D") for name in "qkv"}
    sizes = {"H": 2, "D": 3, "E": 6}
    stored = {"in_proj": numbered(18, 6)}
    values = read_weights(torch, stored, own, sizes)
    assert np.array_equal(values["k"], stored["in_proj"][6:12])
    written = write_weights(keras, values, own, sizes)
    assert written["v/kernel"].shape == (6, 2, 3)
    assert written["v/kernel"][4, 1, 2] == stored["in_proj"][12 + 5, 4]
    back = write_weights(torch, read_weights(keras, written, own, sizes), own, sizes)
    assert np.array_equal(back["in_proj"], stored["in_proj"])
    with pytest.raises(LettersError, match="a part of 'in_proj' is missing"):
        write_weights(torch, {"q": values["q"], "k": values["k"]}, own, sizes)


def test_two_biases_in_one_tensor() -> None:
    own = {"bias": "(g=rzn H)", "bias_recurrent": "(g=rzn H)"}
    keras = {
        "bias": parse_weight_map("cell/bias[0/2]: 1 (g=zrn H)"),
        "bias_recurrent": parse_weight_map("cell/bias[1/2]: 1 (g=zrn H)"),
    }
    written = write_weights(keras, {"bias": np.arange(6), "bias_recurrent": np.arange(6, 12)}, own, {})
    assert written["cell/bias"].tolist() == [[2, 3, 0, 1, 4, 5], [8, 9, 6, 7, 10, 11]]
    assert read_weights(keras, written, own, {})["bias_recurrent"].tolist() == list(range(6, 12))


def test_a_path_that_is_not_stored_is_named() -> None:
    with pytest.raises(KeyError, match="weight"):
        read_weights({"kernel": parse_weight_map("weight: O I")}, {}, {"kernel": "O I"}, {})
