"""Bytes to text, by the rules of PEP 263, without the codecs that show one program and run another."""

from __future__ import annotations

import codecs
import re
import warnings
from contextlib import suppress
from dataclasses import dataclass

from pivot.problems import Refusal, refuse

COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
BLANK = re.compile(rb"^[ \t\f]*(?:[#\r\n]|$)")
SIGNATURES = (
    (b"\x7fELF", "a program (ELF)"),
    (b"PK\x03\x04", "a zip archive; a PyTorch or Keras checkpoint is one"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file; a Keras checkpoint is one"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"%PDF-", "a PDF"),
    (b"MZ\x90", "a Windows program"),
    (b"\xa7\r\r\n", "compiled Python"),
    (b"\xcb\r\r\n", "compiled Python"),
)
LFS = b"version https://git-lfs.github.com/spec/"
ANNEX = re.compile(rb"^(?:\.\./)*(?:\.git)?/?annex/objects/\S+\s*$")
WIDE = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# what an ASCII codec leaves alone, and what the others read in it
PLAIN = bytes(range(128)) + rb"\n \x41 \u0041 +AEE- ~{!!~}"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text without its byte order mark, and the Python name of the codec that wrote it."""

    text: str
    encoding: str


def decode(data: bytes, file: str) -> Decoded:
    """The text in `data`. Raises Refusal for what is not text, or text in a codec that is not allowed."""
    _check_signature(data, file)
    marked = data.startswith(codecs.BOM_UTF8)
    body = data[3:] if marked else data
    name, line = _declared(body)
    nul = body.find(b"\0")
    if nul >= 0:
        if 0.3 < body[:4096].count(0) / len(body[:4096]) < 0.7:
            raise _wide(file, "UTF-16")
        at, column = _place(body, nul)
        raise refuse(
            "not-text",
            file,
            at,
            column,
            "a NUL byte: the file is not text or is damaged",
            "remove the byte, or open the right file",
        )
    if name is None:
        encoding = "utf-8"
    else:
        encoding = _allowed(name, file, line)
        if marked and encoding != "utf-8":
            raise refuse(
                "encoding",
                file,
                line,
                1,
                f"a UTF-8 byte order mark, but the coding line says {name}",
                "remove one of the two",
            )
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        at, column = _place(body, error.start)
        raise refuse(
            "encoding",
            file,
            at,
            column,
            f"byte 0x{body[error.start]:02x} is not {encoding.upper()}",
            "save the file as UTF-8"
            if name
            else "save the file as UTF-8, or if it is Latin-1 add the line `# coding: latin-1`",
        ) from None
    except UnicodeError as error:
        raise refuse("encoding", file, 1, 1, f"the file is not {encoding}: {error}", "save it as UTF-8") from None
    return Decoded(text, "utf-8-sig" if marked else encoding)


def _check_signature(data: bytes, file: str) -> None:
    if data.startswith(LFS) or ANNEX.match(data):
        system = "Git LFS" if data.startswith(LFS) else "git-annex"
        raise refuse(
            "not-text",
            file,
            1,
            1,
            f"a {system} pointer, not the file itself",
            "fetch the file" + (" with `git lfs pull`" if system == "Git LFS" else " with `git annex get`"),
        )
    for signature, what in SIGNATURES:
        if data.startswith(signature):
            raise _not_text(file, what)
    if len(data) > 1 and data[0] == 0x80 and data[1] in range(2, 6):
        raise _not_text(file, "a pickle; a PyTorch checkpoint is one")
    for mark, name in WIDE:
        if data.startswith(mark):
            raise _wide(file, name)


def _not_text(file: str, what: str) -> Refusal:
    return refuse(
        "not-text",
        file,
        0,
        0,
        f"not text: this is {what}",
        "open the .py file that defines the model; weights are given with --weights",
    )


def _wide(file: str, name: str) -> Refusal:
    return refuse("encoding", file, 1, 1, f"the file is {name}", "save it as UTF-8")


def _declared(body: bytes) -> tuple[str | None, int]:
    """The codec that one of the first two lines names, and the number of that line."""
    for number, line in enumerate(re.split(rb"\r\n|\r|\n", body[:4096], maxsplit=2)[:2], 1):
        match = COOKIE.match(line)
        if match:
            return match[1].decode("latin-1"), number
        if not BLANK.match(line):
            break
    return None, 0


def _allowed(name: str, file: str, line: int) -> str:
    """The codec's normal name. Allowed is every text codec that reads plain ASCII as itself.

    The others (utf-7, unicode_escape, rot13, hex ...) can hide statements in what looks like a comment or a string.
    """
    try:
        info = codecs.lookup(name.replace("_", "-"))
    except (LookupError, ValueError):
        raise refuse(
            "encoding",
            file,
            line,
            1,
            f"unknown codec {name!a} in the coding line",
            "save the file as UTF-8 and remove the coding line",
        ) from None
    plain = False
    if getattr(info, "_is_text_encoding", True):
        with suppress(UnicodeError), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such a codec may complain about the backslash
            plain = PLAIN.decode(info.name) == PLAIN.decode("ascii")
    if not plain:
        raise refuse(
            "encoding",
            file,
            line,
            1,
            f"codec {name!a} is not allowed: what it shows is not what it reads",
            "save the file as UTF-8 and remove the coding line",
        )
    return "utf-8" if info.name == "utf-8-sig" else info.name


def _place(body: bytes, index: int) -> tuple[int, int]:
    """Line and byte column, both from 1."""
    above = body[:index].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return above.count(b"\n") + 1, len(above) - (above.rfind(b"\n") + 1) + 1
