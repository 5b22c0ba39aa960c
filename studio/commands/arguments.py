"""What the command accepts: one parser per verb, errors as one line."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

SPEC = '"1x3x32x32", "ids=2x16:int64<100"'


class Usage(Exception):
    """The command was called wrongly; the text is one line."""


class Parser(argparse.ArgumentParser):
    """Raises Usage instead of printing two lines and ending the process."""

    def error(self, message: str) -> NoReturn:
        line = " ".join(message.split())
        raise Usage(f"pivot-studio: {line}: see {self.prog} --help")


def build_parser(called: str | None = None) -> Parser:
    """The parser of all verbs; where it is known which one is called, the others have no arguments."""
    parser = Parser(prog="pivot-studio", description="Migrate neural-network source code.", allow_abbrev=False)
    verbs = parser.add_subparsers(dest="verb", required=True, parser_class=Parser)
    for name, (about, add) in VERBS.items():
        verb = verbs.add_parser(name, help=about, allow_abbrev=False)
        if called in (name, None):
            add(verb)
    return parser


def add_convert(convert: argparse.ArgumentParser) -> None:
    """From a program to files of the target."""
    add_source(convert)
    convert.add_argument(
        "--to", choices=("keras", "torch", "flax"), help="the framework to write (of a project: its own)"
    )
    convert.add_argument("-o", "--out", type=Path, required=True, metavar="DIR", help="the folder that gets the files")
    convert.add_argument("--weights", type=Path, metavar="CKPT", help="a checkpoint to carry over")
    convert.add_argument("--verify", action="store_true", help="run both sides and compare every number")
    convert.add_argument(
        "--style",
        choices=("sequential", "functional", "subclass"),
        help="how a chain of layers is built (default: as in the source)",
    )
    convert.add_argument(
        "--sketch", action="store_true", help="print the network before the target is written (--json)"
    )
    convert.add_argument("--draft", action="store_true", help="print the target before it is read back (--json)")
    convert.add_argument(
        "--init", choices=("source", "keras", "torch"), help="whose initial values new weights get (default: source)"
    )
    add_json(convert)


def add_verify(verify: argparse.ArgumentParser) -> None:
    """Of what convert wrote."""
    verify.add_argument("dir", type=Path, metavar="DIR", help="a folder that convert wrote")
    verify.add_argument("--python", metavar="PATH", help="the interpreter that has both frameworks; default: this one")
    verify.add_argument("--seconds", type=float, metavar="N", help="how long each side may take; default: 300")
    add_ops(verify)
    add_json(verify)


def add_weights(weights: argparse.ArgumentParser) -> None:
    """A checkpoint and where it goes."""
    weights.add_argument("checkpoint", type=Path, metavar="CKPT", help=".pt, .pth, .safetensors, .weights.h5, .keras")
    weights.add_argument(
        "--with", dest="dir", type=Path, required=True, metavar="DIR", help="a folder that convert wrote"
    )
    weights.add_argument("-o", "--out", type=Path, required=True, help="the checkpoint to write")
    add_ops(weights)
    add_json(weights)


def add_show(show: argparse.ArgumentParser) -> None:
    """A program, and the picture of it."""
    add_source(show)
    show.add_argument("-o", "--out", type=Path, metavar="FILE", help="x.svg, x.png, x.dot or x.json")
    add_json(show)


def add_list(ops: argparse.ArgumentParser) -> None:
    """Which ops are listed."""
    ops.add_argument("--missing", choices=("keras", "torch", "flax"), help="only those without a form in a framework")
    add_ops(ops)
    add_json(ops)


VERBS: Mapping[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "convert": ("write a program in another framework", add_convert),
    "verify": ("run both sides of a conversion and compare", add_verify),
    "weights": ("carry a checkpoint over to a conversion", add_weights),
    "show": ("print or draw the network of a program", add_show),
    "ops": ("list the operations that are known", add_list),
}
"""Each verb with a line about it, and what adds its arguments."""


def add_source(parser: argparse.ArgumentParser) -> None:
    """What names a program."""
    parser.add_argument("source", type=Path, metavar="SRC", help="a .py file, a notebook or a .pivot project")
    parser.add_argument(
        "--model", metavar="EXPR", help='"Net", "Net(hidden=64)", "resnet18()", "model@1", "model@main"'
    )
    parser.add_argument(
        "--set", action="append", default=[], dest="bind", metavar="NAME=EXPR", help="bind an open name"
    )
    parser.add_argument("--input", action="append", default=[], dest="inputs", metavar="SPEC", help=SPEC)
    add_ops(parser)


def add_ops(parser: argparse.ArgumentParser) -> None:
    """Folders of op files beside the built-in ones."""
    parser.add_argument("--ops", action="append", default=[], type=Path, metavar="DIR", help="more op files")


def add_json(parser: argparse.ArgumentParser) -> None:
    """Events for programs instead of text for people."""
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments of one call. Raises Usage; SystemExit after --help."""
    called = argv[0] if argv and argv[0] in VERBS else None
    return build_parser(called).parse_args(list(argv))
