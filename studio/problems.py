"""Reading problems from JSON, and their order and names in the window. No Qt here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pivot.problems import Problem, Severity
from pivot.reading.limits import RAISE

_ORDER: Mapping[Severity, int] = {"error": 0, "warning": 1, "info": 2}


_FIELDS = {"--model": "“model”", "--input": "“inputs”", "--set": "“set”"}
_OPTION = re.compile("|".join(_FIELDS))


def in_window(remedy: str) -> str:
    """A remedy of the command as one of the window, where options are fields of the inspector."""
    remedy = remedy.replace(RAISE, "raise the limits in the settings")
    said, count = _OPTION.subn(lambda found: _FIELDS[found.group()], remedy)
    return f"{said} (in the inspector, with nothing selected)" if count else remedy


def field_of(problem: Problem) -> str:
    """The field of the inspector that a remedy names first: model, inputs or set; "" where it names none."""
    named = [(problem.remedy.find(name), name) for name in _FIELDS.values() if name in problem.remedy]
    return min(named)[1].strip("“”") if named else ""


def problem_of(record: Mapping[str, object]) -> Problem:
    """The problem of one JSON record; what is missing or of a wrong type gets a neutral value."""

    def text(name: str) -> str:
        value = record.get(name)
        return value if isinstance(value, str) else ""

    def number(name: str) -> int:
        value = record.get(name)
        return value if isinstance(value, int) else 0

    severity: Severity = "error"
    match record.get("severity"):
        case "warning":
            severity = "warning"
        case "info":
            severity = "info"
    return Problem(
        text("code"), severity, text("file"), number("line"), number("column"), text("why"), in_window(text("remedy"))
    )


def problems_of(value: object) -> tuple[Problem, ...]:
    """The problems of a JSON list."""
    return tuple(problem_of(item) for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Errors first, then by place; equal ones once."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda p: (_ORDER[p.severity], p.file, p.line, p.column, p.why)))
