"""`ops`: what is known, and what a framework lacks."""

from __future__ import annotations

from pathlib import Path

from tests.studio.fixtures.command import Run


def test_ops_lists_every_op(run: Run) -> None:
    done = run("ops")
    assert done.status == 0
    assert "keras.layers.Conv2D" in done.out
    listed = run("ops", "--json").events[-1]["ops"]
    assert {"conv2d", "linear", "softmax"} <= {op["op"] for op in listed}


def test_ops_of_a_folder_and_what_is_missing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bessel_j0.toml").write_text(
        "# missing keras: TensorFlow has it, Keras has not\n"
        'op = "bessel_j0"\ntitle = "Bessel function"\ninputs = "x: *"\noutput = "y: *"\n'
        'shape = "same"\nlayout = "any"\n'
        '[[torch]]\ncall = "torch.special.bessel_j0"\nkind = "function"\nargs = "input=@x"\n'
    )
    done = run("ops", "--ops", tmp_path, "--missing", "keras")
    assert done.status == 0
    assert "user/bessel_j0: TensorFlow has it, Keras has not" in done.out
