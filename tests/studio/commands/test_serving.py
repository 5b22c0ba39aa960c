"""A process that remembers what it has read says what one that knows nothing says, edit for edit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

BOTH = """if True:
    import ast, contextlib, io, json, os, random, re, sys
    from pathlib import Path
    from studio.cli import main
    from studio.commands import serving
    from studio.resources import resource

    name, seed, turns, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    path = folder / name
    text = resource("examples/" + name).read_text(encoding="utf-8")
    chance = random.Random(seed)

    def edited(text):
        "Another number in the place of one, or a line twice."
        spots = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant) and type(n.value) in (int, float)]
        spot, lines = chance.choice(spots), text.split("\\n")
        line = lines[spot.lineno - 1]
        if chance.random() < 0.2:
            lines.insert(spot.lineno - 1, line)
        else:
            other = repr(chance.choice([0, 1, 2, 3, 5, 8, 16, 0.25]))
            lines[spot.lineno - 1] = line[: spot.col_offset] + other + line[spot.end_col_offset :]
        made = "\\n".join(lines)
        try:
            ast.parse(made)
        except SyntaxError:
            return text
        return made

    def said():
        "All that a conversion prints and writes."
        shown, told = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(told):
            status = main(["convert", str(path), "--to", "keras", "-o", str(folder / "out"), "--json", "--draft"])
        events = re.sub(r', "processor_s": [0-9.e-]+', "", shown.getvalue())
        written = sorted((folder / "out").glob("*")) if status != 2 else []
        files = {found.name: found.read_text(encoding="utf-8") for found in written}
        return [status, events, told.getvalue(), files]

    def apart(turn):
        "The same in a process that has read nothing yet."
        if os.fork() == 0:
            (folder / "said.json").write_text(json.dumps(said()), encoding="utf-8")
            os._exit(0)
        os.wait()
        return json.loads((folder / "said.json").read_text(encoding="utf-8"))

    texts = [text]
    for _ in range(turns):
        texts.append(edited(chance.choice([text, texts[-1]])))
    alone = []
    for turn, new in enumerate(texts):
        path.write_text(new, encoding="utf-8")
        alone.append(apart(turn))
    serving.load()
    differ = []
    for turn, new in enumerate(texts):
        path.write_text(new, encoding="utf-8")
        if said() != alone[turn]:
            differ.append(turn)
        serving.prepare()
    print(json.dumps({"differ": differ, "statuses": [found[0] for found in alone]}))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes cannot be forked there")
@pytest.mark.parametrize("name", ["cifar_cnn.py", "resnet18.py", "gru_tagger.py"])
def test_edits_are_converted_as_if_nothing_was_known(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", BOTH, name, "7", "3", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["differ"] == []
    assert 0 in found["statuses"], "some of the edits make a program that can be converted"
