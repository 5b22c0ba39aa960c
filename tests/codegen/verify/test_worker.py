"""What the worker process does for both runtimes, looked at from inside."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from codegen.verify import worker


@pytest.fixture
def stubs(tmp_path: Path) -> Iterator[worker.StubFinder]:
    finder, path, known = worker.StubFinder(), list(sys.path), set(sys.modules)
    sys.meta_path.append(finder)
    sys.path.insert(0, str(tmp_path))
    yield finder
    sys.meta_path.remove(finder)
    sys.path[:] = path
    for name in set(sys.modules) - known:
        del sys.modules[name]


def test_missing_modules_are_stood_in_for_unless_the_import_may_fail(tmp_path: Path, stubs: worker.StubFinder) -> None:
    (tmp_path / "uses_missing.py").write_text(
        "import importlib.util\n"
        "import no_such_module.part as part\n"
        "from no_such_module import register, Base\n"
        "try:\n    import no_such_accelerator\nexcept ImportError:\n    no_such_accelerator = None\n"
        "try:\n    import no_such_other\nfinally:\n    pass\n"
        "asked = importlib.util.find_spec('no_such_option')\n"
        "@register\ndef kept(x):\n    return x + 1\n"
        "@part.register\nclass Kept(Base):\n    pass\n",
        encoding="utf-8",
    )
    module = importlib.import_module("uses_missing")
    assert (module.no_such_accelerator, module.asked) == (None, None)
    assert module.kept(1) == 2
    assert module.Kept.__mro__ == (module.Kept, object)
    assert list(stubs.names) == ["no_such_module", "no_such_other"]


def test_texts_are_executed_in_place_of_files(
    tmp_path: Path, stubs: worker.StubFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_texts", {})
    loader = importlib.machinery.SourceFileLoader
    for name in ("get_data", "path_stats"):
        monkeypatch.setattr(loader, name, getattr(loader, name))
    sibling, main = tmp_path / "served_sibling.py", tmp_path / "served_main.py"
    sibling.write_text("value = 1\n", encoding="utf-8")
    assert importlib.import_module("served_sibling").value == 1
    del sys.modules["served_sibling"]
    worker.serve_texts(
        {str(sibling): "value = 2\n", str(main): "import served_sibling\nx = served_sibling.value\ny = z\n"}
    )
    assert worker.execute(str(main), "served", [(0,), (1,)], {})["x"] == 2


def test_the_recorder_counts_calls_and_keeps_copies() -> None:
    recorder = worker.Recorder(limit=100)
    array = np.ones(2)
    recorder("off", array)
    recorder.start(True)
    assert recorder("site", array) is array
    array += 1
    recorder("site", [array, {"b": 3.0}, None])
    recorder.keep("a.b", np.zeros(100))
    assert {key: value.tolist() for key, value in recorder.kept.items()} == {
        "@site#0.0": [1.0, 1.0],
        "@site#1.0": [2.0, 2.0],
        "@site#1.1": 3.0,
    }
    assert recorder.left_out == 1


def test_structures_are_flattened_in_order() -> None:
    class Output:
        def to_tuple(self) -> tuple[object, ...]:
            return (1, [2.0, None], {"z": 3, "a": (4, "text")})

    assert worker.flatten(Output()) == [1, 2.0, 3, 4]


def test_the_cotangent_is_the_same_on_both_sides() -> None:
    a, b = worker.cotangent(1, 2, (3, 4)), worker.cotangent(1, 2, [3, 4])
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, worker.cotangent(1, 3, (3, 4)))
