"""What the mapping of one call knows and makes: its arguments, how many calls are like it, the decision. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from codegen.mapping.call import Call
from codegen.mapping.checking import Checked, check
from codegen.mapping.matching import IGNORED, Draft, Row, match
from codegen.mapping.texts import code_text, extending_text, function_name, input_letters, steps_text
from pivot.decisions import Decision
from pivot.edits import decision_at
from pivot.op import Op
from pivot.op_folders import own_folders
from pivot.opset import OpSet
from pivot.project import Project
from studio.picture import Node, Picture, Span

PASS_OP = "identity"


@dataclass(frozen=True, slots=True)
class Alike:
    """How many nodes and places a scope reaches."""

    nodes: int
    places: int


class Mapping:
    """The mapping of the call of one node; raises ValueError where the node has none."""

    def __init__(self, node: Node, picture: Picture, project: Project, opset: OpSet) -> None:
        if node.call is None:
            raise ValueError(f"{node.text} is no call that can be mapped")
        self.node = node
        self.call: Call = node.call
        self.picture = picture
        self.opset = opset
        self.source, self.target = picture.source.framework, project.target
        self.folders = own_folders(Path(project.source))
        self.before = decision_at(project, (self.call.spelling, self.call.name), self.call.where)
        like = [n for n in picture.nodes if n.call is not None and self._same(n.call)]
        here = [n for n in like if n.call is not None and n.call.where == self.call.where]
        self.all = Alike(len(like), len({n.call.where for n in like if n.call is not None}))
        self.here = Alike(len(here), 1)

    def _same(self, other: Call) -> bool:
        return (other.spelling, other.name) == (self.call.spelling, self.call.name)

    @property
    def place(self) -> Span | None:
        """Where the call stands: of a layer, where it is made."""
        return self.node.made_at or self.node.site

    def op(self, name: str) -> Op | None:
        """An op by its name or its title."""
        found = self.opset.ops.get(name)
        if found is None:
            wanted = name.casefold().strip()
            found = next((op for op in self.opset.ops.values() if op.title.casefold() == wanted), None)
        return found

    def draft(self, op: Op) -> Draft:
        """The call's arguments matched to an op."""
        return match(self.call, op, self.source)

    # -- the op files

    def one_op(self, draft: Draft) -> str:
        """The op file of a call that is another spelling of an op."""
        return extending_text(self.call, draft, self.opset.ops[draft.op], self.source)

    def steps(self, lines: list[str]) -> str:
        """The op file of a call that is a few steps."""
        return steps_text(self.call, lines, self.free_name(), self.source)

    def code(self, text: str, output: str) -> str:
        """The op file of a call that is own target code. Raises NotationError."""
        return code_text(self.call, text, output, self.source, self.target)

    def passing(self) -> str:
        """The op file of a call whose first tensor passes unchanged."""
        op = self.opset.ops[PASS_OP]
        tensor = next((a for a in (self.call.applied or self.call.arguments) if a.kind == "tensor"), None)

        def rows(arguments: tuple[object, ...]) -> tuple[Row, ...]:
            return tuple(Row(a, "@x" if a is tensor else IGNORED, "hand") for a in arguments)  # type: ignore[arg-type]

        draft = Draft(op.name, rows(self.call.arguments), rows(self.call.applied))
        return extending_text(self.call, draft, op, self.source)

    def free_name(self) -> str:
        """A name for an op of one's own that no built-in op has."""
        name = self.call.short
        return f"own_{name}" if name in self.opset.ops and self.opset.ops[name].origin == "builtin" else name

    def code_template(self) -> str:
        """A function to begin with."""
        names = [name for name, _ in input_letters(self.call)] or ["x"]
        name = re.sub(r"\W", "_", self.call.short)
        return f"def {name}({', '.join(names)}):\n    return {names[0]}\n"

    # -- the decision

    def decision(self, ops: str, said: str, only_here: bool, remember: str = "") -> Decision:
        """The decision that an op file stands for; `said` is what it maps to, for the history."""
        where = self.call.where if only_here else None
        title = f"map {self.call.short} → {said}{' here' if only_here else ''}"
        return Decision("map", self.call.spelling, self.call.name, title, ops, where, "", remember)

    def stop(self, message: str, only_here: bool) -> Decision:
        """The decision that the target stops at the call."""
        where = self.call.where if only_here else None
        return Decision("stop", self.call.spelling, self.call.name, f"stop at {self.call.short}", "", where, message)

    def check(self, ops: str) -> Checked:
        """What an op file gives for this call."""
        return check(self.decision(ops, "", False), self.call, self.source, self.target, self.folders)

    @staticmethod
    def code_name(text: str) -> str:
        """The name of the function of own code. Raises NotationError."""
        return function_name(text)
