"""How literals are spelled: as in the source where that still says the same, else as Black would."""

from __future__ import annotations

import ast
import re
import warnings

STRING = re.compile(r"(?s)([A-Za-z]*)(\"\"\"|'''|\"|')(.*)\2\Z")


def constant_texts(node: ast.Constant) -> list[str]:
    """The tokens of a constant; several for a string that the source writes in pieces."""
    value = node.value
    if value is Ellipsis:
        return ["..."]
    if isinstance(value, (bool, type(None))):
        return [repr(value)]
    if isinstance(value, (str, bytes)):
        parts = _parts(node)
        if parts and same_value(parts, node):
            return [_quoted(part) for part in parts]
        return [("u" if node.kind == "u" else "") + _quoted(repr(value))]
    text = getattr(node, "source_text", None)
    if isinstance(text, str) and (text == repr(value) or same_value((text,), node)):
        return [text]
    return [_number(value)]


def joined_texts(node: ast.JoinedStr) -> list[str]:
    """The tokens of an f-string."""
    parts = _parts(node)
    if parts and same_value(parts, node):
        return [_quoted(part) for part in parts]
    return [_quoted(ast.unparse(node))]


def same_value(parts: tuple[str, ...], node: ast.expr) -> bool:
    """Whether these tokens, one after the other, read as `node`."""
    if len(parts) == 1 and isinstance(node, ast.Constant) and node.kind is None and "\\" not in parts[0]:
        match = STRING.match(parts[0])
        if match is not None and not match[1]:
            return bool(match[3] == node.value)
    return _dump(" ".join(parts)) == ast.dump(node)


def docstring_text(node: ast.Constant, indent: int) -> str:
    """The literal of a docstring that stands at column `indent`; its other lines move with it."""
    assert isinstance(node.value, str)
    parts = _parts(node)
    if len(parts) == 1 and same_value(parts, node):
        text = parts[0]
        source = getattr(node, "col_offset", indent)
        if source != indent and "\n" in text:
            text = _moved(text, source, indent)
        return _quoted(text, docstring=True)
    value = node.value
    if parts or any(not c.isprintable() and c not in "\n\t" for c in value):
        return constant_texts(node)[0] if len(parts) < 2 else _quoted(repr(value))
    escaped = value.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if escaped.endswith('"'):
        escaped = escaped[:-1] + '\\"'
    if "\n" in escaped:
        escaped = _moved(escaped, _margin(escaped), indent)
    return f'"""{escaped}"""'


def _parts(node: ast.expr) -> tuple[str, ...]:
    text = getattr(node, "source_text", None)
    parts = (text,) if isinstance(text, str) else getattr(node, "source_parts", ())
    return tuple(part for part in parts if isinstance(part, str))


def _dump(text: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.dump(ast.parse(f"({text}\n)", mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _quoted(text: str, docstring: bool = False) -> str:
    """One string token with double quotes, if that needs no more escapes and changes no value."""
    match = STRING.match(text)
    if match is None:
        return text
    prefix, quote, body = match[1], match[2], match[3]
    plain = "".join(c if c in "RrUu" else c.lower() for c in prefix)
    better = '"""' if len(quote) == 3 or (docstring and quote in "'\"" and "\\" not in body) else '"'
    if quote == better:
        return plain + text[len(prefix) :]
    if '"' in body or (len(better) > len(quote) and "'" in body and quote == '"'):
        better, new = quote, body
    else:
        new = body if "r" in plain.lower() or "f" in plain else re.sub(r"(?<!\\)((?:\\\\)*)\\'", r"\1'", body)
    changed = f"{plain}{better}{new}{better}"
    if "\\" not in body and '"' not in body and "f" not in plain:
        return changed
    return changed if _dump(changed) == _dump(text) else plain + text[len(prefix) :]


def _moved(text: str, source: int, indent: int) -> str:
    """Every line but the first, moved from column `source` to `indent`; never further left than the text allows."""
    lines = text.split("\n")
    result = [lines[0]]
    for line in lines[1:]:
        expanded = line.expandtabs(8) if line[:1] in (" ", "\t") else line
        if not expanded.strip():
            result.append("")
            continue
        spaces = len(expanded) - len(expanded.lstrip(" "))
        result.append(
            " " * max(0, spaces + indent - source if spaces >= source else min(spaces, indent)) + expanded[spaces:]
        )
    if not lines[-1].strip():
        result[-1] = " " * indent
    return "\n".join(result)


def _margin(text: str) -> int:
    """The indent that all lines but the first have in common."""
    return min((len(line) - len(line.lstrip(" ")) for line in text.split("\n")[1:] if line.strip()), default=0)


def _number(value: object) -> str:
    text = repr(value)
    if isinstance(value, float) and text in ("inf", "-inf"):
        return text.replace("inf", "1e309")
    if isinstance(value, float) and value != value:
        return 'float("nan")'
    if isinstance(value, complex):
        return text.replace("inf", "1e309")
    return text
