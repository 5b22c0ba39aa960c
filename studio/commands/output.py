"""The one place where the verbs print: events as JSON lines, or text for people; errors on stderr, one line each."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from pivot.problems import Problem

REMARKS = 20
"""Warnings and remarks that people get to see."""


class Output:
    """Prints what a verb does. `given`: how the user called the files that problems name by their full path."""

    def __init__(self, as_json: bool, given: Mapping[str, str] | None = None) -> None:
        self.as_json = as_json
        self.given = dict(given or {})
        self.remarks = 0
        self.sketch = False  # whether the picture is wanted as soon as there is one
        self.draft = False  # whether the target is wanted as soon as it is written
        self._begun = time.process_time()

    def call(self, path: Path) -> None:
        """Problems shall name this file as the user did."""
        self.given[str(path.resolve())] = str(path)

    def event(self, event: str, **record: object) -> None:
        """One JSON object on one line; nothing where people read."""
        if self.as_json:
            # ASCII only: names of files need not be text in any encoding.
            write(sys.stdout, json.dumps({"event": event, **record}, ensure_ascii=True) + "\n")

    def processor_s(self) -> float:
        """Processor time that this run has taken, in seconds."""
        return round(time.process_time() - self._begun, 4)

    def progress(self, step: str, done: int, total: int) -> None:
        """Where the work is."""
        self.event("progress", step=step, done=done, total=total)

    def text(self, line: str) -> None:
        """A line for people."""
        if not self.as_json:
            write(sys.stdout, printable(line) + "\n")

    def problem(self, problem: Problem, fatal: bool = False) -> None:
        """A problem: an event, and for people a line; `fatal` ones on stderr, whoever reads."""
        self.event("problem", **problem.as_json())
        line = self.line(problem)
        if fatal:
            write(sys.stderr, line + "\n")
            return
        self.remarks += 1
        if self.remarks <= REMARKS:
            self.text(f"{problem.severity}: {line}")
        elif self.remarks == REMARKS + 1:
            self.text("more remarks are in conversion.json, or come with --json")

    def line(self, problem: Problem) -> str:
        """`file:line:column: why: what to do`, with the file as the user called it."""
        text = str(problem)
        full = printable(problem.file)
        name = self.given.get(problem.file)
        return printable(name) + text[len(full) :] if name is not None and text.startswith(full) else text


def printable(text: str) -> str:
    """One line of characters that every terminal can show."""
    return "".join(c if c.isprintable() or c == "\t" else repr(c)[1:-1] for c in text)


def write(out: TextIO, text: str) -> None:
    """Write and flush; a reader that went away ends the process quietly, as with other commands."""
    try:
        try:
            out.write(text)
        except UnicodeEncodeError:
            encoding = out.encoding or "ascii"
            out.write(text.encode(encoding, "backslashreplace").decode(encoding))
        out.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())  # or the interpreter complains when it ends
        raise
