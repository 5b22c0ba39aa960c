"""The project file: what is saved comes back, what is wrong is refused with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pivot.problems import Refusal
from pivot.project import Project, dumps, load_project, loads, save_project

names = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=8)
numbers = st.floats(-1e6, 1e6)
projects = st.builds(
    Project,
    source=names.map(lambda name: f"/work/{name}"),
    texts=st.dictionaries(names.map(lambda name: f"/work/{name}"), st.text(max_size=40), max_size=3),
    model=st.none() | names,
    inputs=st.lists(names, max_size=3).map(tuple),
    bind=st.lists(names, max_size=3).map(tuple),
    target=st.sampled_from(("keras", "torch", "flax")),
    decisions=st.lists(st.dictionaries(names, st.integers() | st.text(max_size=5), max_size=2), max_size=2).map(
        lambda items: tuple(json.dumps(item, ensure_ascii=False, sort_keys=True) for item in items)
    ),
    positions=st.dictionaries(names, st.dictionaries(names, st.tuples(numbers, numbers), max_size=2), max_size=2),
)


@given(projects)
def test_what_is_written_comes_back(project: Project) -> None:
    assert loads(dumps(project)) == project


def test_paths_below_the_folder_move_with_it(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    project = Project(str(first / "net.py"), texts={str(first / "sub" / "a.py"): "x", "/elsewhere/b.py": "y"})
    save_project(project, first / "p.pivot")
    first.rename(second)
    moved = load_project(second / "p.pivot")
    assert moved.source == str(second / "net.py")
    assert set(moved.texts) == {str(second / "sub" / "a.py"), "/elsewhere/b.py"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "Expecting"),
        ("[]", "one JSON object"),
        ('{"version": 2}', "newer version"),
        ('{"version": true, "source": "a"}', "'version'"),
        ('{"version": 1}', "'source'"),
        ('{"version": 1, "source": "a", "texts": {"a": 1}}', "must be text"),
        ('{"version": 1, "source": "a", "target": "mxnet"}', "'target'"),
        ('{"version": 1, "source": "a", "inputs": [1]}', "'inputs'"),
        ('{"version": 1, "source": "a", "positions": {"g": {"n": [1, true]}}}', "position of 'n'"),
        ('{"version": 1, "source": "a", "positions": {"g": {"n": [1, NaN]}}}', "position of 'n'"),
        ('{"version": 1, "source": "a", "colour": 1}', "'colour'"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_wrong_is_refused(text: str, why: str) -> None:
    with pytest.raises(Refusal, match=why) as caught:
        loads(text, "p.pivot")
    assert caught.value.problem.remedy


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pivot").write_bytes(b"\xff\xfe")
    for path in (tmp_path / "a.pivot", tmp_path / "none.pivot", tmp_path):
        with pytest.raises(Refusal):
            load_project(path)


def test_equal_programs_have_equal_keys_wherever_nodes_stand() -> None:
    one = Project("a.py", texts={"a.py": "x"})
    other = Project("a.py", texts={"a.py": "x"}, positions={"": {"n0": (1.0, 2.0)}})
    assert one.program_key() == other.program_key()
    assert one != other
    assert hash(one) == hash(other)


def test_the_value_does_not_follow_what_it_was_made_from() -> None:
    texts = {"a.py": "x"}
    project = Project("a.py", texts=texts)
    texts["a.py"] = "y"
    assert project.texts["a.py"] == "x"
    with pytest.raises(TypeError):
        project.texts["a.py"] = "z"  # type: ignore[index]
