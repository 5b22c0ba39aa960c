"""Warns of characters that make a source look like something that it is not."""

from __future__ import annotations

import io
import re
import tokenize
import unicodedata
from collections.abc import Iterator
from itertools import islice

from pivot.problems import Problem
from pivot.reading.syntax import normal_newlines, place_of

BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# letters that most typefaces draw like the ASCII letter beside them; Greek letters that formulas use are left out
TWINS = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u0410\u0412\u0415\u041a\u041c"
    "\u041d\u041e\u0420\u0421\u0422\u0425\u0405\u0406\u0408\u04ae\u03bf\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c"
    "\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "aeopcyxijshdqwABEKMHOPCTXSIJYoABEZHIKMNOPTYX",
)
_LETTERS = re.compile("[" + "".join(map(chr, TWINS)) + "]")
AT_MOST = 20  # warnings of each kind; the rest of a hostile file says nothing new


def warnings_for(text: str, file: str) -> tuple[Problem, ...]:
    """Bidirectional control characters anywhere, and names that look like another name."""
    if text.isascii():
        return ()
    return (*islice(_bidi(text, file), AT_MOST), *islice(_twins(text, file), AT_MOST))


def _bidi(text: str, file: str) -> Iterator[Problem]:
    for match in BIDI.finditer(text):
        line, column = place_of(text, match.start())
        name = unicodedata.name(match[0])
        yield Problem(
            "hidden-characters",
            "warning",
            file,
            line,
            column,
            f"U+{ord(match[0]):04X} {name} changes the order in which this line is shown, not how it is read",
            "read the line in an editor that shows control characters, or remove it",
        )


def _twins(text: str, file: str) -> Iterator[Problem]:
    seen: set[str] = set()
    if text.isascii() or not _LETTERS.search(text):
        return
    try:
        for token in tokenize.generate_tokens(io.StringIO(normal_newlines(text)).readline):
            name = token.string
            if token.type != tokenize.NAME or name.isascii() or name in seen:
                continue
            twin = name.translate(TWINS)
            if twin.isascii():
                seen.add(name)
                odd = next(c for c in name if not c.isascii())
                yield Problem(
                    "lookalike",
                    "warning",
                    file,
                    token.start[0],
                    token.start[1] + 1,
                    f"{name!a} looks like `{twin}` but holds U+{ord(odd):04X} {unicodedata.name(odd)}",
                    "write the name with ASCII letters, if that is meant",
                )
    except (tokenize.TokenError, SyntaxError):
        return  # parsing says what is wrong, at the right place
