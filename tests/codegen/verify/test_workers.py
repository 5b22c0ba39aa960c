"""A worker that fails, hangs, dies or is no longer wanted ends in one clear line, and nothing of it lives on."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path

import pytest

from codegen.verify import workers
from codegen.verify.workers import Cancelled, Limits, WorkerFailure, run_worker

JOB = {"record_limit": 1000, "runs": [], "texts": {}}


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, body: str, **more: object) -> dict[str, object]:
    runtime = folder / "runtime.py"
    runtime.write_text("def perform(job, shell):\n" + textwrap.indent(textwrap.dedent(body), "    "), encoding="utf-8")
    monkeypatch.setitem(workers.RUNTIMES, "torch", runtime)
    job = JOB | more.pop("job", {})  # type: ignore[operator]
    limits = more.pop("limits", Limits(30))
    return run_worker("torch", job, folder, "job", limits, **more)  # type: ignore[arg-type]


def test_a_report_comes_back_and_prints_do_not_disturb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int]] = []
    runs = [{"name": name, "results": str(tmp_path / f"{name}.npz")} for name in ("good", "bad")]
    body = """
        print('{"event": "not ours"}')
        def one(run):
            import numpy
            if run["name"] == "bad":
                raise ValueError("two\\nlines")
            return {"o0": numpy.ones(2)}
        shell.passes(job["runs"], one)
    """
    found = run(tmp_path, monkeypatch, body, job={"runs": runs}, progress=lambda *a: seen.append(a))
    assert seen == [(1, 2), (2, 2)]
    good, bad = found["runs"]  # type: ignore[misc]
    assert good["ok"] is True
    assert (bad["ok"], bad["error"]) == (False, "ValueError: two lines")
    assert (tmp_path / "good.npz").exists()


def test_the_environment_is_small_and_the_network_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "x")
    body = """
        import os, socket
        shell.report["env"] = sorted(os.environ)
        shell.report["threads"], shell.report["home"] = os.environ["OMP_NUM_THREADS"], os.environ["HOME"]
        try:
            socket.create_connection(("127.0.0.1", 9))
        except OSError as error:
            shell.report["network"] = str(error)
    """
    found = run(tmp_path, monkeypatch, body)
    assert "SECRET_TOKEN" not in found["env"]  # type: ignore[operator]
    assert (found["threads"], found["home"]) == ("1", str(tmp_path))
    assert found["network"] == "the network is closed while a model is verified"


def test_a_failure_names_the_place_in_the_models_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = tmp_path / "model.py"
    model.write_text("a = 1\nb = a + 'x'\n", encoding="utf-8")
    with pytest.raises(WorkerFailure) as caught:
        run(tmp_path, monkeypatch, f"shell.execute({str(model)!r}, 'm', None, {{}})")
    assert caught.value.why.startswith("TypeError: unsupported operand")
    assert (caught.value.file, caught.value.line) == (str(model), 2)


def test_death_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WorkerFailure, match="ended by the system \\(SIGKILL\\)"):
        run(tmp_path, monkeypatch, "import os; os.kill(os.getpid(), 9)")
    with pytest.raises(WorkerFailure, match="ended with status 3: last words"):
        run(tmp_path, monkeypatch, "import os, sys; print('last words', file=sys.stderr, flush=True); os._exit(3)")


def test_time_and_cancelling_end_the_whole_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = """
        import os, subprocess, sys, threading
        child = subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait(60)"])
        open("pid", "w").write(str(child.pid))
        threading.Event().wait(60)
    """
    with pytest.raises(WorkerFailure, match=r"did not finish within 1\.5 s"):
        run(tmp_path, monkeypatch, body, limits=Limits(1.5))
    child = int((tmp_path / "pid").read_text())
    with pytest.raises(Cancelled):
        run(tmp_path, monkeypatch, body, cancelled=lambda: True)
    status = Path(f"/proc/{child}/stat")
    if os.path.exists("/proc"):
        assert not status.exists() or status.read_text().split()[2] == "Z"


def test_memory_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WorkerFailure, match="MemoryError"):
        run(tmp_path, monkeypatch, "bytearray(8 * 2**30)", limits=Limits(30, memory=4 * 2**30))
