"""The command `pivot-studio`: verbs go to the command line, nothing or `open FILE` starts the window."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress

VERBS = ("convert", "verify", "weights", "show", "ops")
USAGE = """usage: pivot-studio                          the window
       pivot-studio open FILE                a window with that file or project
       pivot-studio convert|verify|weights|show|ops ...   (each with --help)
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb, or the window; the exit status of the process."""
    given = list(sys.argv[1:] if argv is None else argv)
    if given and given[0] in VERBS:
        from studio.cli import main as run_verb

        return run_verb(given)
    if len(given) == 2 and given[0] == "serve":
        from studio.commands.serving import serve

        return serve(given[1])
    exit_after_load = "--exit-after-load" in given
    rest = [word for word in given if word != "--exit-after-load"]
    if rest and rest[0] in ("-h", "--help", "help"):
        sys.stdout.write(USAGE)
        return 0
    if rest and rest[0] in ("-V", "--version"):
        from importlib.metadata import PackageNotFoundError, version

        try:
            sys.stdout.write(f"pivot-studio {version('pivot-studio')}\n")
        except PackageNotFoundError:
            sys.stdout.write("pivot-studio (development)\n")
        return 0
    if rest and (rest[0] != "open" or len(rest) != 2):
        sys.stderr.write(f"pivot-studio: unknown command {' '.join(rest)!r}\n{USAGE}")
        return 2
    try:
        from studio.app import run
    except ImportError as error:
        sys.stderr.write(
            f"pivot-studio: the window cannot start ({error}): install PySide6-Essentials and its libraries\n"
        )
        return 2
    return run(rest[1] if rest else None, exit_after_load=exit_after_load)


def command() -> None:
    """Run what the command line says, and end the process."""
    status = main()
    if sys.argv[1:2] and sys.argv[1] in VERBS:
        # At once: to take apart what a conversion has made would cost a tenth of it.
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    command()
