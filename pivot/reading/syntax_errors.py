"""Says in our words why a text is not Python 3.11: what Python answered, and what the text looks like."""

from __future__ import annotations

import re

from pivot.problems import Refusal, refuse

PYTHON_2_MESSAGE = re.compile(
    r"Missing parentheses in call to '(print|exec)'|multiple exception types must be parenthesized"
    r"|leading zeros in decimal integer literals"
)
PYTHON_2_LINE = re.compile(
    r"^\s*(print\s+[^\s=(.]|print\s*>>|exec\s+[\"'\w]|raise\s+\w+\s*,|except\s+[\w.]+\s*,\s*\w+\s*:)|<>|`|\bur[\"']"
    r"|\b\d+[lL]\b"
)
LOOK_AT = 500  # characters of a line; it may be hostile
MERGE = re.compile(r"^(<{7}|={7}|>{7})(?: .*)?$")
# what a line of a newer Python looks like, the version that reads it, and its name
NEWER = (
    (re.compile(r"^\s*type\s+\w+\s*(\[.*\])?\s*="), "3.12", "a `type` statement"),
    (re.compile(r"^\s*(async\s+def|def|class)\s+\w+\s*\["), "3.12", "type parameters"),
    (re.compile(r"\b[tT][rR]?[\"']|\b[rR][tT][\"']"), "3.14", "a template string"),
    (re.compile(r"^\s*except\s*\*?\s*[\w.]+(\s*,\s*[\w.]+)+\s*:"), "3.14", "`except A, B:` without brackets"),
)


def explain(error: SyntaxError, text: str, file: str) -> Refusal:
    """The refusal for what `ast.parse` or `tokenize` said about `text`, whose line ends are line feeds."""
    lines = text.split("\n")
    number = min(max(error.lineno or 1, 1), len(lines))
    line, column = lines[number - 1][:LOOK_AT], max(error.offset or 1, 1)
    message = (error.msg or "invalid syntax").split(". Perhaps")[0].split(". Did you mean")[0]
    merged = merge_markers(lines, file)
    if merged is not None:
        return merged
    if PYTHON_2_MESSAGE.search(message) or PYTHON_2_LINE.search(line):
        return refuse(
            "python-2",
            file,
            number,
            column,
            f"Python 2 source ({message})",
            "convert it to Python 3 first, for example with 2to3",
        )
    for pattern, version, name in NEWER:
        if pattern.search(line):
            return refuse(
                "newer-python",
                file,
                number,
                column,
                f"{name} needs Python {version}",
                "write it in the syntax of Python 3.11",
            )
    if message.startswith("f-string"):
        return refuse(
            "newer-python",
            file,
            number,
            column,
            f"{message}; if it is meant so, it needs Python 3.12",
            "use other quotes inside the braces, and no backslash or comment there",
        )
    if isinstance(error, TabError) or "tabs" in message:
        return refuse(
            "tabs", file, number, column, "tabs and spaces are mixed in the indentation", "indent with spaces only"
        )
    if not "".join(lines[number:]).strip() and ("unexpected EOF" in message or message.startswith("expected")):
        return refuse("truncated", file, number, column, f"{message}; the file may be cut off", "get the whole file")
    if isinstance(error, IndentationError):
        if "too many levels" in message:
            return refuse(
                "too-deep",
                file,
                number,
                column,
                "too deeply nested: 100 blocks in one another",
                "move inner blocks into functions",
            )
        return refuse("syntax", file, number, column, message, "indent this line like the block it belongs to")
    if "too many nested parentheses" in message or "too many nested" in message:
        return refuse(
            "too-deep", file, number, column, "too deeply nested brackets", "give inner parts a name of their own"
        )
    if "was never closed" in message:
        return refuse(
            "truncated",
            file,
            number,
            column,
            f"{message}; the file may be cut off",
            "close the bracket, or get the whole file",
        )
    if "unterminated" in message:
        return refuse("truncated", file, number, column, message, "close the string, or get the whole file")
    return refuse("syntax", file, number, column, message, "mend the source; Python 3.11 cannot read it either")


def merge_markers(lines: list[str], file: str) -> Refusal | None:
    """A refusal that names the lines of an unfinished merge, if there are some."""
    marks = [(number, line[:7]) for number, line in enumerate(lines, 1) if MERGE.match(line)]
    if not any(mark[0] in "<>" for _, mark in marks):
        return None
    named = ", ".join(f"{mark} in line {number}" for number, mark in marks[:6])
    return refuse(
        "merge-conflict",
        file,
        marks[0][0],
        1,
        f"merge conflict markers: {named}",
        "finish the merge and remove the markers",
    )
