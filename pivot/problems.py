"""The only way anything is refused: a problem with a place, a reason and a remedy."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal, warning or remark. Lines and columns count from 1; 0 means that no line is concerned."""

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    why: str
    remedy: str

    def __str__(self) -> str:
        """`file:line:column: why: what to do`, always one line."""
        text = f"{self.file}:{self.line}:{self.column}: {self.why}: {self.remedy}"
        if text.isprintable():
            return text
        return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)

    def as_json(self) -> dict[str, object]:
        """The record that conversion.json and the JSON events hold."""
        return asdict(self)


class Refusal(Exception):
    """Raised where reading, lowering or writing cannot go on; carries the problem that says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def refuse(code: str, file: str, line: int, column: int, why: str, remedy: str) -> Refusal:
    """An error-severity refusal, ready to be raised."""
    return Refusal(Problem(code, "error", file, line, column, why, remedy))
