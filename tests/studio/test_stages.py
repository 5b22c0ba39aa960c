"""What runs, as people call it."""

from __future__ import annotations

from pivot.problems import refuse
from pivot.reading.limits import RAISE
from studio.problems import in_window, problem_of
from studio.stages import NUMBERS, STATIC, proof_step, stage_title


def test_steps_have_titles_and_belong_to_a_step_of_the_proof() -> None:
    assert stage_title("prove") == "Reading the target back"
    assert stage_title("a new one") == "a new one"
    assert [proof_step(step) for step in ("read", "prove", "verify source", "verify target")] == [
        STATIC,
        STATIC,
        NUMBERS,
        NUMBERS,
    ]


def test_a_remedy_names_the_fields_of_the_window_and_not_options_of_the_command() -> None:
    said = "open a file that defines one, or name it with --model"
    assert in_window(said) == (
        "open a file that defines one, or name it with “model” (in the inspector, with nothing selected)"
    )
    assert in_window("mend the source") == "mend the source"
    assert in_window(f"make it smaller, or {RAISE}") == "make it smaller, or raise the limits in the settings"
    problem = refuse("c", "net.py", 1, 1, "why", "bind it with --set NAME=VALUE").problem
    record = {name: getattr(problem, name) for name in ("code", "severity", "file", "line", "column", "why", "remedy")}
    assert "“set” NAME=VALUE" in problem_of(record).remedy
