"""Jupyter notebooks: their code cells as one Python text, and the lines that only IPython understands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pivot.problems import Problem, refuse

CELL_TIMERS = frozenset({"time", "timeit", "capture", "prun"})  # cell magics whose cell is ordinary Python
MAGIC = re.compile(r"^([ \t]*)([%!].*|\?\S.*|[\w.]+\?\??\s*)$")
ASSIGNED = re.compile(r"^([ \t]*)([\w*][\w.,* ]*=\s*[%!]\s*[A-Za-z(/.].*)$")
# what a line can open or close: comments, strings of each kind, brackets
PIECE = re.compile(r"#.*|\"\"\"|'''|\"(?:\\.|[^\"\\])*\"?|'(?:\\.|[^'\\])*'?|[()\[\]{}]|\\$")


def is_notebook(path: str, text: str) -> bool:
    """A notebook by its name, or by its content under another name."""
    if path.lower().endswith(".ipynb"):
        return True
    return text.lstrip()[:1] == "{" and '"cells"' in text and '"nbformat"' in text


def read_notebook(text: str, file: str) -> tuple[str, tuple[Problem, ...]]:
    """The code cells, each under a line `# %% cell <n>`, and a remark for every line left out. Raises Refusal."""
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        line, column = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else (1, 1)
        raise refuse(
            "notebook",
            file,
            line,
            column,
            "this notebook is not valid JSON",
            "save it again from Jupyter, or export it as a .py file",
        ) from None
    lines: list[str] = []
    problems: list[Problem] = []
    for number, source in _code_cells(notebook, file):
        lines.append(f"# %% cell {number}")
        body = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        magic = next((line for line in body if line.strip()), "")
        if magic.startswith("%%") and magic[2:].split(" ")[0] not in CELL_TIMERS:
            problems.append(_left_out(file, len(lines) + 1, magic, "cell"))
            lines.extend(f"# {line}".rstrip() for line in body)
        else:
            kept, left = _comment_out(body, file, len(lines))
            lines.extend(kept)
            problems.extend(left)
    if not lines:
        raise refuse("notebook", file, 0, 0, "this notebook has no code cells", "open the file that defines the model")
    return "\n".join(lines) + "\n", tuple(problems)


def without_magics(text: str, file: str) -> tuple[str, tuple[Problem, ...]]:
    """A Python file in which lines of IPython are commented out; the number of lines stays."""
    ends = re.findall(r"\r\n|\r|\n", text)
    lines = re.split(r"\r\n|\r|\n", text)
    if not any(MAGIC.match(line) or ASSIGNED.match(line) for line in lines):
        return text, ()
    kept, problems = _comment_out(lines, file, 0)
    return "".join(line + end for line, end in zip(kept, [*ends, ""], strict=True)), tuple(problems)


def _code_cells(notebook: object, file: str) -> Iterator[tuple[int, str]]:
    """Number (from 1, over all cells) and source of each code cell, of notebook formats 3 and 4."""
    if not isinstance(notebook, dict):
        raise refuse("notebook", file, 1, 1, "this is JSON, but not a notebook", "open a .py or .ipynb file")
    language = _text_at(notebook, "metadata", "kernelspec", "language") or _text_at(
        notebook, "metadata", "language_info", "name"
    )
    if language and language.lower() not in ("python", "ipython"):
        raise refuse("notebook", file, 1, 1, f"this notebook is written in {language}", "open a Python notebook")
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        sheets = notebook.get("worksheets")
        first = sheets[0] if isinstance(sheets, list) and sheets else None
        cells = first.get("cells") if isinstance(first, dict) else None
    if not isinstance(cells, list):
        raise refuse("notebook", file, 1, 1, "this is JSON, but not a notebook", "open a .py or .ipynb file")
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            joined = "".join(part for part in source if isinstance(part, str)) if isinstance(source, list) else source
            if isinstance(joined, str) and joined.strip():
                yield number, joined


def _text_at(value: object, *keys: str) -> str | None:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def _comment_out(lines: list[str], file: str, above: int) -> tuple[list[str], list[Problem]]:
    """Magics and shell lines where a statement can begin become comments (`pass` where a block may need one)."""
    kept: list[str] = []
    problems: list[Problem] = []
    depth, quote, joined = 0, "", False
    for number, line in enumerate(lines, above + 1):
        match = (MAGIC.match(line) or ASSIGNED.match(line)) if not (depth or quote or joined) else None
        if match:
            problems.append(_left_out(file, number, line.strip(), "line"))
            kept.append(f"{match[1]}{'pass  ' if match[1] else ''}# {match[2]}")
            continue
        kept.append(line)
        depth, quote, joined = _state_after(line, depth, quote)
    return kept, problems


def _state_after(line: str, depth: int, quote: str) -> tuple[int, str, bool]:
    """Open brackets, the open triple quote, and whether a backslash joins the next line, after `line`."""
    at, joined = 0, False
    while at < len(line):
        if quote:
            end = re.compile(r"(?:\\.|(?!" + quote + r").)*" + quote).match(line, at)
            if end is None:
                return depth, quote, False
            at, quote = end.end(), ""
            continue
        piece = PIECE.search(line, at)
        if piece is None:
            break
        at, text = piece.end(), piece[0]
        if text in ('"""', "'''"):
            quote = text
        elif text in "([{":
            depth += 1
        elif text in ")]}":
            depth = max(0, depth - 1)
        joined = text == "\\"
    return depth, quote, joined


def _left_out(file: str, line: int, text: str, what: str) -> Problem:
    shown = text if len(text) <= 60 else text[:57] + "..."
    return Problem(
        "notebook-magic",
        "info",
        file,
        line,
        1,
        f"left out, only IPython reads this {what}: {shown}",
        "nothing, unless the model needs it",
    )
