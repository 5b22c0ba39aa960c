"""From the result event of a conversion to the value that the document shows. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pivot.problems import Problem
from studio.jobs.events import Draft, Result
from studio.links import Link, Links
from studio.picture import parse_picture
from studio.places import read_span
from studio.problems import problems_of
from studio.results import Results


def conversion_results(result: Result, revision: int, out: Path, found: tuple[Problem, ...]) -> Results:
    """The results of one conversion; raises ValueError where they cannot be read.

    Problems of the events, the picture and conversion.json are put together.
    """
    record = result.record
    picture = parse_picture(_record(record.get("picture")))
    target, conversion = _record(record.get("target")), _record(record.get("conversion"))
    return Results(
        revision=revision,
        status=result.status,
        directory=_directory(record) or out,
        picture=picture,
        links=Links(picture, _links(record.get("links"))),
        target_path=_text(target.get("path")),
        target_text=_text(target.get("text")),
        conversion=conversion,
        problems=(*found, *picture.problems, *problems_of(conversion.get("problems"))),
    )


def drafted_results(draft: Draft, revision: int, found: tuple[Problem, ...]) -> Results:
    """What a conversion has written and not proved yet; raises ValueError where it cannot be read."""
    made = conversion_results(Result(0, draft.record), revision, Path(), found)
    return replace(made, directory=None, pending=True)


def proved_results(draft: Results, result: Result, out: Path, found: tuple[Problem, ...]) -> Results:
    """The results of a conversion whose picture, target and links were told as a draft."""
    conversion = _record(result.record.get("conversion"))
    problems = (*found, *problems_of(conversion.get("problems")))
    return replace(
        draft,
        status=result.status,
        directory=_directory(result.record) or out,
        conversion=conversion,
        problems=problems,
        pending=False,
    )


def sketched_results(record: Mapping[str, object], revision: int) -> Results:
    """What there is to see before the target is written: the picture; raises ValueError where it cannot be read."""
    picture = parse_picture(record)
    return Results(revision=revision, picture=picture, links=Links(picture), problems=picture.problems, partial=True)


def _links(value: object) -> tuple[Link, ...]:
    links: list[Link] = []
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict) and (source := read_span(item.get("source"))) is not None:
            nodes = item.get("nodes")
            ids = tuple(node for node in nodes if isinstance(node, str)) if isinstance(nodes, list) else ()
            links.append(Link(source, read_span(item.get("target")), ids))
    return tuple(links)


def _record(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _directory(record: Mapping[str, object]) -> Path | None:
    named = record.get("directory")
    return Path(named) if isinstance(named, str) and named else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
