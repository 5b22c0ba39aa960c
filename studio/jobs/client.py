"""Runs one verb in the warm process: a script of its own that loads next to nothing.

`python -I -S client.py SOCKET COLD... -- VERB...` behaves as the cold command would: same output, same exit status.
Where the warm process is not there, the cold command is run in its place.
"""

import json
import os
import socket
import struct
import sys


def main(words: list[str]) -> int:
    """Run the verb; its exit status."""
    split = words.index("--")
    place, cold, verb = words[0], words[1:split], words[split + 1 :]
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(place)
    except OSError:
        os.execvp(cold[0], [*cold, *verb])
    request = {"words": verb, "environment": dict(os.environ), "folder": os.getcwd()}
    data = json.dumps(request).encode()
    socket.send_fds(connection, [struct.pack("!I", len(data))], [1, 2])
    connection.sendall(data)
    end = connection.recv(1)
    return end[0] if end else 134


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
