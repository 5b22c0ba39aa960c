"""The verbs of the command. Never loads Qt. Every error is one line on stderr; the exit statuses are a contract."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pivot.problems import Refusal
from studio.commands.arguments import Usage, parse
from studio.commands.output import Output, printable

if TYPE_CHECKING:
    import argparse

BAD_INPUT = 2
INTERRUPTED = 130
DEBUG = "PIVOT_DEBUG"
RECURSION = 8_000
"""Frames of Python: a sum of a thousand terms is a tree a thousand deep. The limits of reading lie well below."""
Verb = Callable[["argparse.Namespace", Output], int]


def main(argv: Sequence[str]) -> int:
    """Run one verb; the exit status: 0 done, 1 not equal, 2 bad input or usage, 3 nodes are unmapped."""
    output = Output("--json" in argv)
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION))
    try:
        args = parse(argv)
        return verb(args.verb)(args, output)
    except Usage as error:
        say(str(error))
        return BAD_INPUT
    except Refusal as refusal:
        output.problem(refusal.problem, fatal=True)
        return BAD_INPUT
    except KeyboardInterrupt:
        say("pivot-studio: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return BAD_INPUT
    except OSError as error:
        place = f"{error.filename}:0:0" if error.filename else "pivot-studio"
        say(f"{place}: {error.strerror or error}: check the place, its rights and the free space")
        return BAD_INPUT
    except SystemExit as end:  # --help
        return end.code if isinstance(end.code, int) else 0
    except MemoryError:
        say("pivot-studio: there is not enough memory: close other programs, or give a smaller model")
        return BAD_INPUT
    except Exception as error:  # whatever it is, people get one line and a file to send
        if os.environ.get(DEBUG):
            raise
        say(internal(error, argv))
        return BAD_INPUT


def verb(name: str) -> Verb:
    """The function of a verb; only its own module is loaded."""
    if name == "convert":
        from studio.commands.convert import convert

        return convert
    if name == "verify":
        from studio.commands.verify import verify

        return verify
    if name == "weights":
        from studio.commands.weights import weights

        return weights
    if name == "show":
        from studio.commands.show import show

        return show
    from studio.commands.ops import ops

    return ops


def say(line: str) -> None:
    """One line on stderr."""
    sys.stderr.write(printable(line) + "\n")
    sys.stderr.flush()


def internal(error: Exception, argv: Sequence[str]) -> str:
    """The line about a defect of ours; what can be sent is in a file."""
    what = f"{type(error).__name__}: {error}".split("\n")[0][:200]
    text = f"pivot-studio {' '.join(argv)}\n\n{traceback.format_exc()}"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="pivot-studio-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
        ) as file:
            file.write(text)
            place = file.name
    except OSError:
        return f"pivot-studio: internal error ({what}): run it again with {DEBUG}=1 and report what is printed"
    return f"pivot-studio: internal error ({what}): report it with the file {place}"
