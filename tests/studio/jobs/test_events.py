"""Events out of a byte stream."""

from __future__ import annotations

import pytest

from studio.jobs.events import Found, Lines, Progress, Result, parse


def test_lines_come_whole_however_the_bytes_are_cut() -> None:
    data = "eins\nzwei é\n\ndrei".encode()
    for size in (1, 2, 3, 100):
        lines = Lines()
        got = [line for at in range(0, len(data), size) for line in lines.feed(data[at : at + size])]
        assert [*got, *lines.end()] == ["eins", "zwei é", "", "drei"]


def test_a_line_without_end_is_not_kept_for_ever() -> None:
    lines = Lines(limit=10)
    with pytest.raises(OverflowError):
        list(lines.feed(b"x" * 11))


def test_events_and_what_is_none() -> None:
    assert parse('{"event": "progress", "step": "read", "done": 1, "total": 4}') == Progress("read", 1, 4)
    result = parse('{"event": "result", "status": 3, "directory": "d"}')
    assert isinstance(result, Result)
    assert (result.status, result.record["directory"]) == (3, "d")
    for problem in (
        '{"event": "problem", "why": "w", "severity": "warning", "line": 4}',
        '{"event": "problem", "problem": {"why": "w", "severity": "warning", "line": 4}}',
    ):
        found = parse(problem)
        assert isinstance(found, Found)
        assert (found.problem.why, found.problem.severity, found.problem.line) == ("w", "warning", 4)
    for noise in ("", "hello", "{broken", "[1]", '{"event": "other"}', "{" * 5000):
        assert parse(noise) is None
