"""Forks made ahead: the one that answers the next client is there, with memory of its own, before the client comes.

A fork shares the memory of its parent until one of them writes to it, and then copies it page by page; what a
conversion reads, it writes to, as references are counted. That is a sixth of the time of an edit, and nobody need wait
for it.
"""

from __future__ import annotations

import ctypes
import os
import re
import resource
import select
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

SUCCEEDED = b"h"
"""What a fork tells its parent when it is the heir."""
MOST = 256
"""MB of memory above which it is left shared: two processes would hold it while nobody works."""
STRETCH = re.compile(
    r"^([0-9a-f]+)-([0-9a-f]+) rw-p \S+ 00:00 0 *(?:\[heap\])?\n(?:.*\n)*?Rss: +(\d+) kB$", re.MULTILINE
)
"""A stretch of memory that belongs to no file, as `smaps` tells of it."""
POPULATE_WRITE = 23  # of madvise, since Linux 5.14; an older one refuses it


def hand_out(orders: socket.socket) -> tuple[socket.socket, socket.socket | None]:
    """Fork for each client that comes by `orders`. Returns in the fork, with the client and a socket to the parent, if
    it was made ahead; ends the process when `orders` ends.
    """
    ready: socket.socket | None = None
    free = succeeded = False
    while True:
        if ready is None and not succeeded:
            ready, above = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            if os.fork() == 0:
                ready.close()
                orders.close()
                own_memory()
                return taken(above), above
            above.close()
            free = True
        found, _, _ = select.select([orders, ready] if ready is not None else [orders], [], [])
        if orders in found:
            client = taken(orders)
            if ready is not None and free and handed_on(client, ready):
                free = False
            elif os.fork() == 0:  # the one that was made ahead is at work
                orders.close()
                if ready is not None:
                    ready.close()
                return client, None
            client.close()
        elif ready is not None:
            succeeded = ready.recv(1) == SUCCEEDED  # else it has ended
            ready.close()
            ready = None


def taken(orders: socket.socket) -> socket.socket:
    """The client that comes next; the end of the stream ends this process."""
    try:
        word, given, _, _ = socket.recv_fds(orders, 1, 1)
    except OSError:
        word, given = b"", []
    if not word or not given:
        os._exit(0)
    return socket.socket(fileno=given[0])


def handed_on(client: socket.socket, heir: socket.socket) -> bool:
    """Give a client to another process; False where that is gone."""
    try:
        socket.send_fds(heir, [b"c"], [client.fileno()])
    except OSError:
        return False
    return True


def own_memory() -> None:
    """Copy what is still shared with the parent, where it is not too much and the system can be asked to."""
    if sys.platform != "linux" or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > MOST << 10:
        return
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    for place, size in held_memory(Path("/proc/self/smaps").read_text(encoding="utf-8", errors="replace")):
        madvise(place, size, POPULATE_WRITE)


def held_memory(told: str) -> Iterator[tuple[int, int]]:
    """Where the stretches of memory begin that are this process's to write to and mostly in use, and their sizes.

    `told`: what Linux tells of all of them. The stack of a thread that has ended is mostly unused.
    """
    for begin, end, used in STRETCH.findall(told):
        first, last = int(begin, 16), int(end, 16)
        if 2 * 1024 * int(used) >= last - first:
            yield first, last - first
