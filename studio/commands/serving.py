"""A process that is warm: everything is loaded once, and every run of a verb is a fork of it. Never loads Qt.

`python -m studio serve SOCKET` listens at a local socket. A client (`studio/jobs/client.py`) sends its arguments and
its own stdout and stderr; the fork writes to those, and tells its exit status last. A client that goes away ends its
fork, and the end of stdin ends the server, so neither outlives the window. POSIX only: elsewhere runs start cold.

A fork that has converted a program becomes the heir: the next run is a fork of it, and finds the files parsed and the
forms chosen that an edit has left as they were. The server keeps one heir and hands clients on to it; where there is
none, it forks itself. What an heir knows is a memory of pure functions: a run in it prints what any other would.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, NoReturn

from studio.commands.ahead import SUCCEEDED, hand_out, handed_on

CRASHED = 134
WARMING = "examples/cifar_cnn.py"  # a program that touches most of what a conversion needs
GENERATIONS = 50  # after so many the next run is a fork of the server again, whose memory has not grown


class Request(NamedTuple):
    """What a client wants to be run, and as whom."""

    words: list[str]
    environment: dict[str, str]
    folder: str


def serve(place: str) -> int:
    """Serve until stdin ends; the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # forks tell their status themselves
    load()
    gc.collect()
    gc.freeze()  # what is loaded stays; forks must not copy its pages to look through them
    path = Path(place)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Bound under another name first: what is found under the right one can be connected to.
    listener.bind(f"{place}.new")
    os.chmod(f"{place}.new", 0o600)
    listener.listen(8)
    os.rename(f"{place}.new", path)
    heirs, claim = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    heir: socket.socket | None = None
    try:
        while True:
            ready, _, _ = select.select([listener, sys.stdin, heirs], [], [])
            if sys.stdin in ready and not os.read(sys.stdin.fileno(), 4096):
                return 0
            if heirs in ready:
                _, given, _, _ = socket.recv_fds(heirs, 1, 1)
                if heir is not None:
                    heir.close()  # the end of its stream ends the one before
                heir = socket.socket(fileno=given[0]) if given else None
            if listener in ready:
                client, _ = listener.accept()
                with client:
                    if heir is not None and handed_on(client, heir):
                        continue
                    if os.fork() == 0:
                        for inherited in (listener, heirs, heir):
                            if inherited is not None:
                                inherited.close()
                        run(client, claim, 1)
    finally:
        path.unlink(missing_ok=True)


def run(client: socket.socket, claim: socket.socket, generation: int) -> NoReturn:
    """In a fork: answer a client; after a conversion, live on as the heir and fork for others. Ends the process."""
    above: socket.socket | None = None
    while True:
        with client:
            status, lives_on = answer(client)
        if not lives_on:
            os._exit(status)
        prepare()
        gc.collect()
        gc.freeze()
        stream, mine = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with stream, contextlib.suppress(OSError):
            socket.send_fds(claim, [b"h"], [stream.fileno()] if generation < GENERATIONS else [])
            if above is not None:
                above.sendall(SUCCEEDED)
        if generation >= GENERATIONS:
            os._exit(status)
        if above is not None:
            above.close()
        client, above = hand_out(mine)
        generation += 1


def load() -> None:
    """Load what verbs need, and convert one program, so that all that is read only once has been read."""
    import pivot.reading.retuned  # noqa: F401  # what a single conversion loads when it is needed
    from pivot.reading.fixing import EXPECTED
    from pivot.reading.parsed import PARSED
    from studio.cli import main
    from studio.commands.kept import KEPT
    from studio.resources import resource

    PARSED.remember()
    EXPECTED.remember()
    KEPT.remember()
    with quiet():
        main(["convert", str(resource(WARMING)), "--to", "keras", "-o", os.devnull + "/none", "--json"])
        main(["show", str(resource(WARMING)), "-o", os.devnull + "/none.json"])


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Nothing that is printed is seen."""
    with (
        open(os.devnull, "w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        yield


def answer(client: socket.socket) -> tuple[int, bool]:
    """In the fork: run one verb for a client; the exit status, which the client has been told, and whether what this
    process has learned is worth keeping.
    """
    status, lives_on, ended = CRASHED, False, threading.Event()
    gc.disable()  # what one run makes lives to its end
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        request, files = receive(client)
        for number, given in zip((1, 2), files, strict=True):
            os.dup2(given, number)
            os.close(given)
        os.environ.clear()
        os.environ.update(request.environment)
        os.chdir(request.folder)
        threading.Thread(target=watch, args=(client.dup(), ended), daemon=True).start()
        from studio.cli import main

        status = main(request.words)
        sys.stdout.flush()
        sys.stderr.flush()
        lives_on = is_conversion(request.words) and status in (0, 2, 3)
        ended.set()
        if lives_on:
            let_go()
    finally:
        with contextlib.suppress(OSError):
            client.sendall(bytes((status & 0xFF,)))
    return status, lives_on


def is_conversion(words: list[str]) -> bool:
    """Is this a run whose memory helps the next one, and holds no arrays?"""
    return words[:1] == ["convert"] and "--verify" not in words and "--weights" not in words


def prepare() -> None:
    """Do ahead, while nobody waits, what the next run will need."""
    from pivot.reading.parsed import PARSED
    from studio.commands.kept import KEPT

    PARSED.prepare()
    KEPT.prepare()


def let_go() -> None:
    """Hold nothing of the client's, nor anything that was found on its disk."""
    from pivot.reading import installed

    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)
    os.chdir("/")
    installed.forget()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def receive(client: socket.socket) -> tuple[Request, list[int]]:
    """The request of a client, and its stdout and stderr. Raises OSError or ValueError."""
    head, files, _, _ = socket.recv_fds(client, 4, 2)
    (length,) = struct.unpack("!I", head)
    data = b""
    while len(data) < length:
        piece = client.recv(length - len(data))
        if not piece:
            raise ValueError("the request is cut off")
        data += piece
    return Request(**json.loads(data)), files


def watch(client: socket.socket, ended: threading.Event) -> None:
    """End this process and all it started when the client goes away before it has been told the end."""
    with client, contextlib.suppress(OSError):
        client.recv(1)
    if not ended.is_set():
        os.killpg(os.getpgrp(), signal.SIGKILL)
