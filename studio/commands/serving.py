"""A process that is warm: everything is loaded once, and every run of a verb is a fork of it. Never loads Qt.

`python -m studio serve SOCKET` listens at a local socket. A client (`studio/jobs/client.py`) sends its arguments and
its own stdout and stderr; the fork writes to those, and tells its exit status last. A client that goes away ends its
fork, and the end of stdin ends the server, so neither outlives the window. POSIX only: elsewhere runs start cold.
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
from typing import NamedTuple

CRASHED = 134
WARMING = "examples/cifar_cnn.py"  # a program that touches most of what a conversion needs


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
    try:
        while True:
            ready, _, _ = select.select([listener, sys.stdin], [], [])
            if sys.stdin in ready and not os.read(sys.stdin.fileno(), 4096):
                return 0
            if listener in ready:
                client, _ = listener.accept()
                with client:
                    if os.fork() == 0:
                        listener.close()
                        os._exit(answer(client))
    finally:
        path.unlink(missing_ok=True)


def load() -> None:
    """Load what verbs need, and convert one program, so that all that is read only once has been read."""
    from studio.cli import main
    from studio.resources import resource

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


def answer(client: socket.socket) -> int:
    """In the fork: run one verb for a client; the exit status, which the client has been told."""
    status = CRASHED
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
        threading.Thread(target=watch, args=(client,), daemon=True).start()
        from studio.cli import main

        status = main(request.words)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        with contextlib.suppress(OSError):
            client.sendall(bytes((status & 0xFF,)))
    return status


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


def watch(client: socket.socket) -> None:
    """End this process and all it started when the client goes away."""
    with contextlib.suppress(OSError):
        client.recv(1)
    os.killpg(os.getpgrp(), signal.SIGKILL)
