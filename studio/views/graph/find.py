"""What a search finds: nodes by name, op, class, shape and attribute; groups by path and class. No Qt here.

Words are all to be met, in any order. `name:`, `op:`, `class:`, `shape:` and `param:` look in one place only;
`kernel=3`, or `kernel_size=3` as the framework says, asks for the value of a parameter; "unmapped" finds what has no
op.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.layout.tree import ROOT, Tree
from studio.picture import Node, Param, Picture

FIELDS = ("name", "op", "class", "shape", "param")


@dataclass(frozen=True, slots=True)
class Hit:
    """A node or a group; exactly one of the two is set. `place` is where it stands in the network."""

    node: str | None
    group: str | None
    place: int


class Finder:
    """Searches one picture; the texts are made at the first search."""

    def __init__(self, picture: Picture, tree: Tree) -> None:
        self._picture = picture
        self._tree = tree
        self._texts: list[tuple[Hit, dict[str, str]]] | None = None

    def find(self, query: str) -> tuple[Hit, ...]:
        """The hits in the order of the network; none for an empty query."""
        words = [_word(word) for word in query.lower().split()]
        if not words:
            return ()
        if self._texts is None:
            self._texts = self._prepare()
        return tuple(hit for hit, texts in self._texts if all(_met(texts, name, text) for name, text in words))

    def _prepare(self) -> list[tuple[Hit, dict[str, str]]]:
        found = []
        for place, node in enumerate(self._picture.nodes):
            found.append((Hit(node.id, None, place), _all(self._of_node(node))))
        for group in self._tree.groups.values():
            if group.id != ROOT and not group.folded:
                texts = {"name": group.path.lower(), "class": group.class_name.lower()}
                found.append((Hit(None, group.id, group.first), _all(texts)))
        # A group comes before what is in it.
        found.sort(key=lambda entry: (entry[0].place, entry[0].node is not None))
        return found

    def _of_node(self, node: Node) -> dict[str, str]:
        module = self._picture.module_by_path.get(node.instance or "")
        params = [said for param in node.params for said in _params(param)]
        # Sizes as they are shown, and with an x that every keyboard has.
        shape = f"{self._picture.shape_label(node.inputs)} {self._picture.shape_label(node.outputs)}"
        return {
            "name": f"{node.path} {node.label}".lower(),
            "op": f"{node.op} {node.title} {node.family}{' unmapped' if node.unmapped else ''}".lower(),
            "class": (module.class_name if node.instance and module else "").lower(),
            "shape": f"{shape} {shape.replace('×', 'x')}".lower(),
            "param": "\n".join(params).lower(),
            "text": f"{node.text} {node.unmapped.text if node.unmapped else ''}".lower(),
        }


def _params(param: Param) -> list[str]:
    """A parameter with its value, as the source writes it, and as one number where all of a pair are equal."""
    found = {f"{param.name}={param.value}": None, f"{param.name}={param.text}": None}
    parts = {part.strip() for part in param.value.strip("()[],").split(",")}
    if len(parts) == 1 and param.value[:1] in ("(", "["):
        found[f"{param.name}={parts.pop()}"] = None
    return list(found)


def _met(texts: dict[str, str], name: str, text: str) -> bool:
    wanted, equals, value = text.partition("=")
    if equals and wanted.isidentifier() and value and name in ("", "param"):
        return any(_is_said(line, wanted, value) for line in texts.get("param", "").split("\n"))
    return text in (texts.get(name) or "")


def _is_said(line: str, wanted: str, value: str) -> bool:
    """`kernel=3` is said by `kernel_size=3` and by `kern=3`; of a number all digits are to be there."""
    name, _, said = line.partition("=")
    if not (name and (name.startswith(wanted) or wanted.startswith(name))):
        return False
    return said == value or (said.startswith(value) and not value[-1].isalnum())


def _all(texts: dict[str, str]) -> dict[str, str]:
    texts[""] = "\n".join(texts.values())
    return texts


def _word(word: str) -> tuple[str, str]:
    name, colon, text = word.partition(":")
    return (name, text) if colon and name in FIELDS else ("", word)
