"""Forks that are made before somebody asks for them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

HANDED_OUT = """if True:
    import json, os, socket, sys
    from studio.commands.ahead import SUCCEEDED, hand_out

    orders, mine = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    parent = os.fork()
    if parent == 0:
        orders.close()
        client, above = hand_out(mine)
        client.sendall(b"a" if above is not None else b"d")
        word = client.recv(1)  # works until it is told to end, or to succeed
        if word == b"s":
            above.sendall(SUCCEEDED)
            client.recv(1)
        os._exit(0)
    mine.close()
    told, asked = [], []

    def ask():
        client, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            socket.send_fds(orders, [b"c"], [theirs.fileno()])
        asked.append(client)
        told.append(client.recv(1).decode())
        return client

    def end(client, word):
        client.sendall(word)
        if word == b"e":
            assert client.recv(1) == b"", "it is gone"

    first, second = ask(), ask()
    end(first, b"e")
    while ask() and told[-1] == "d":  # until the parent has seen that the first one is gone
        end(asked[-1], b"e")
    end(asked[-1], b"s")
    told += ["then"]
    import time
    time.sleep(0.2)
    ask()
    orders.close()
    os.waitpid(parent, 0)
    print(json.dumps([told[:2], told[told.index("then") - 1 :]]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes cannot be forked there")
def test_a_client_gets_the_fork_that_is_ready_and_others_one_of_their_own() -> None:
    command = [sys.executable, "-c", HANDED_OUT]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [["a", "d"], ["a", "then", "d"]]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such module there")
def test_only_memory_that_is_in_use_is_made_ones_own() -> None:
    from studio.commands.ahead import held_memory

    told = """
5589c11f5000-5589c11f6000 rw-p 0000b000 fe:00 260386                     /usr/bin/head
Size:                  4 kB
Rss:                   4 kB
5589c14be000-5589c14c2000 rw-p 00000000 00:00 0                          [heap]
Size:                 16 kB
KernelPageSize:        4 kB
Rss:                   8 kB
7f59c0000000-7f59c0800000 rw-p 00000000 00:00 0
Size:               8192 kB
Rss:                  12 kB
7f59c1000000-7f59c1001000 r--p 00000000 00:00 0
Rss:                   4 kB
7f59c2000000-7f59c2001000 rw-p 00000000 00:00 0
Rss:                   4 kB
7ffc00000000-7ffc00001000 rw-p 00000000 00:00 0                          [stack]
Rss:                   4 kB
""".lstrip()
    assert list(held_memory(told)) == [(0x5589C14BE000, 16384), (0x7F59C2000000, 4096)]
