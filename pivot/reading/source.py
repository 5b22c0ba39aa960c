"""Opens one source file: never blocks, never reads without end, and says of everything else what it is."""

from __future__ import annotations

import os
import queue
import stat
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from pivot.problems import Problem, Refusal, refuse
from pivot.reading.decoding import decode
from pivot.reading.limits import LIMITS, Limits, over_limit
from pivot.reading.lookalikes import warnings_for
from pivot.reading.notebook import is_notebook, read_notebook, without_magics

ATTEMPTS = 3  # readings of a file that changes meanwhile
KINDS = (
    (stat.S_ISDIR, "a folder", "open a .py file in it"),
    (stat.S_ISFIFO, "a pipe", "save what comes out of it to a file, and open that"),
    (stat.S_ISSOCK, "a socket", "open a .py file"),
    (stat.S_ISCHR, "a device", "open a .py file"),
    (stat.S_ISBLK, "a device", "open a .py file"),
)


@dataclass(frozen=True, slots=True)
class SourceText:
    """A source as it stands in its file: `text` keeps every line end; `newline` is the commonest of them."""

    path: str
    text: str
    encoding: str
    newline: str
    warnings: tuple[Problem, ...] = ()


def load(path: str | os.PathLike[str], limits: Limits = LIMITS) -> SourceText:
    """The text of the file at `path`; of a notebook, its code cells. Raises Refusal.

    The file system is asked in a thread of its own, so that a dead network mount costs `read_seconds`, not for ever.
    """
    name = os.fspath(path)
    answer: queue.SimpleQueue[bytes | Refusal] = queue.SimpleQueue()
    threading.Thread(target=_answer, args=(name, limits, answer), daemon=True, name="pivot-load").start()
    try:
        data = answer.get(timeout=limits.read_seconds)
    except queue.Empty:
        raise refuse(
            "unreadable",
            name,
            0,
            0,
            f"the file system did not answer within {limits.read_seconds:g} s",
            "check the drive or network mount, or copy the file to this machine",
        ) from None
    if isinstance(data, Refusal):
        raise data
    return from_bytes(data, name, limits)


def from_bytes(data: bytes, path: str, limits: Limits = LIMITS) -> SourceText:
    """The source that a file of that name with this content holds. Raises Refusal."""
    if len(data) > limits.file_bytes:
        raise over_limit(path, 0, 0, f"a file of {len(data)} bytes", "file_bytes", limits.file_bytes)
    decoded = decode(data, path)
    source = SourceText(path, decoded.text, decoded.encoding, commonest_newline(decoded.text))
    problems: tuple[Problem, ...]
    if is_notebook(path, decoded.text):
        text, problems = read_notebook(decoded.text, path)
        source = replace(source, text=text, newline="\n")
    else:
        text, problems = without_magics(decoded.text, path)
        source = replace(source, text=text)
    return replace(source, warnings=(*problems, *warnings_for(source.text, path)))


def commonest_newline(text: str) -> str:
    """The line end that most lines have; a line feed where none has one."""
    both = text.count("\r\n")
    counts = {"\n": text.count("\n") - both, "\r\n": both, "\r": text.count("\r") - both}
    return max(counts, key=lambda end: counts[end])


def _answer(name: str, limits: Limits, answer: queue.SimpleQueue[bytes | Refusal]) -> None:
    try:
        answer.put(_read(name, limits))
    except Refusal as refusal:
        answer.put(refusal)


def _read(name: str, limits: Limits) -> bytes:
    """The bytes of a regular file, all of one moment: the size and times must be the same before and after."""
    try:
        for _ in range(ATTEMPTS):
            _check_kind(os.stat(name), name)  # before opening: to open a device can already do something
            data = _read_once(name, limits)
            if data is not None:
                return data
    except (OSError, ValueError) as error:
        raise _unreadable(error, name) from None
    raise refuse(
        "unreadable", name, 0, 0, "the file changes while it is read", "wait until it is written, then open it again"
    )


def _read_once(name: str, limits: Limits) -> bytes | None:
    """None if the file changed meanwhile. A file that was replaced stays what it was at opening."""
    flags = os.O_RDONLY
    for flag in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):  # not every system has all of them
        flags |= getattr(os, flag, 0)
    descriptor = os.open(name, flags)
    with open(descriptor, "rb", buffering=0) as file:
        before = os.fstat(descriptor)
        _check_kind(before, name)
        if before.st_size > limits.file_bytes:
            raise over_limit(name, 0, 0, f"a file of {before.st_size} bytes", "file_bytes", limits.file_bytes)
        pieces: list[bytes] = []
        room = limits.file_bytes + 1
        while room > 0:
            piece = file.read(min(room, 1 << 20))
            if not piece:
                break
            pieces.append(piece)
            room -= len(piece)
        after = os.fstat(descriptor)
    data = b"".join(pieces)
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) and len(data) == before.st_size
    return data if same else None


def _check_kind(status: os.stat_result, name: str) -> None:
    if stat.S_ISREG(status.st_mode):
        return
    kinds = ((kind, remedy) for test, kind, remedy in KINDS if test(status.st_mode))
    kind, remedy = next(kinds, ("no regular file", "open a .py file"))
    raise refuse("not-a-file", name, 0, 0, f"this is {kind}, not a file", remedy)


def _unreadable(error: OSError | ValueError, name: str) -> Refusal:
    if isinstance(error, FileNotFoundError):
        missing = Path(name).is_symlink()
        return refuse(
            "unreadable",
            name,
            0,
            0,
            "the link points to nothing" if missing else "there is no such file",
            "check the path",
        )
    if isinstance(error, PermissionError):
        return refuse("unreadable", name, 0, 0, "no permission to read the file", "ask its owner, or copy it")
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return refuse("unreadable", name, 0, 0, f"the file cannot be read: {why}", "check the path")
