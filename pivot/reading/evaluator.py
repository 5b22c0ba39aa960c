"""The evaluator: runs constructors and forward passes on abstract values, never the program itself."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pivot.dims import Size
from pivot.opset import OpSet
from pivot.problems import Problem, Refusal, Severity
from pivot.reading import calls, expressions, statements
from pivot.reading.bombs import LimitReached, check_graph
from pivot.reading.frames import Frame, Journal, Scope
from pivot.reading.limits import LIMITS, RAISE
from pivot.reading.modules import ModuleObject
from pivot.reading.recording import Recorder
from pivot.reading.restating import is_restatement
from pivot.reading.trace import Trace, Visit
from pivot.reading.values import ClassObject, FunctionObject, Unknown, Value

if TYPE_CHECKING:
    from pivot.network import Input, Node
    from pivot.reading.command_line import CommandLine
    from pivot.reading.dialect import Dialect
    from pivot.reading.inputs import InputSpec
    from pivot.reading.mask_edits import Edits
    from pivot.reading.mask_paths import Handed
    from pivot.reading.tie_edits import Tie
    from pivot.reading.updating import Update
    from pivot.reading.values import ParameterObject, TensorVersion


class Evaluator:
    """State of one elaboration: scopes of files, the trace, nodes, problems and the undo log."""

    def __init__(self, dialect: Dialect, opset: OpSet, texts: Mapping[str, str] | None = None) -> None:
        self.dialect = dialect
        self.opset = opset
        self.texts = dict(texts or {})
        self.restated: frozenset[str] = frozenset()  # library names whose forms did not do: restatements stand for them
        self.files: dict[str, str] = {}  # every file that was read, with its text
        self.scopes: dict[Path, Scope] = {}
        self.overrides: dict[str, Value] = {}  # names bound from outside (--set)
        self.override_nodes: dict[str, ast.expr] = {}  # what each was bound to
        self.command_line: dict[int, CommandLine] = {}  # by the object that a parser gave
        self.trace = Trace()
        self.journal = Journal()
        self.speculating = 0
        self.trials = 0  # arms on trial that are being read, one in the other
        self.tried: list[tuple[Input, ...]] = []  # the inputs of models that were read on trial
        self.inspected = False  # whether the program took all attributes of an object at once
        self.failed: list[tuple[int, int, int, str]] = []  # arms on trial: place, visits, code
        self.seeking = False  # inputs are being looked for in the source
        self.sought: set[tuple[int, int]] = set()  # where literals stand that were evaluated for that
        self.sought_visits: list[Visit] = []  # the visits that it made
        self.abandoned = False  # whether a model that was read on trial could not be read
        self.companion = False  # a whole model is read on trial: what it executes counts as met
        self.recorder = Recorder()
        self.handed: list[Handed] = []  # masks that calls in functions of the program are given without being told
        self.said_masks: Mapping[str, Edits] = {}  # by file: the masks that its text is read with
        self.said_ties: Mapping[str, tuple[Tie, ...]] = {}  # by file: the layers that are read as functions
        self.given: tuple[InputSpec, ...] = ()  # the inputs that were asked for
        self.shift = 0  # added to free sizes other than the batch
        self.room = 0  # images whose sizes are free are taken to be at least as large
        self.nodes: list[Node] = []
        self.unsettled = False  # whether this pass shows if sizes are to be fixed, as no trial pass has before it
        self.guessed: dict[str, str] = {}  # values whose shape hangs on an unmapped call -> its text
        self.built = 0  # how many of the nodes the construction of the model made
        self.modules: list[ModuleObject] = []
        self.parameters: list[ParameterObject] = []
        self.registries: dict[int, str] = {}  # tables bound at module level, by identity
        self.imported: set[int] = set()  # imports whose file was opened for what it may register
        self.unfilled: set[tuple[str, int]] = set()  # tables that were filled as far as the opened files do
        self.located: dict[int, Path | None] = {}  # the files that imports name, by syntax node
        self.effects = 0  # changes of objects that others may see: attributes, items, registered modules
        self.trial_effects = 0  # such changes in arms on trial, which were taken back
        self.registering = 0  # calls that register something, under way
        self.registered: list[tuple[str, ast.stmt]] = []  # module-level calls that did, with their files
        self.applied: set[int] = set()  # decorators whose results were called, by syntax node
        self.updated: list[Update] = []  # parameters and buffers that this forward pass wrote into
        self.problems: list[Problem] = []
        self.guards: list[tuple[object, object, str]] = []
        self.in_doubt: Refusal | None = None  # what is said where a model that is made of assumptions cannot be read
        self.misfit: tuple[int, int] | None = None  # features that a layer was made for, and those that arrived
        self.mode = "eval"
        self.mode_values: dict[str, bool] = {"eval": False, "train": True}
        self.mode_parameter = "training"  # the parameter of the model's call that a Keras program has it from
        self.steps = 0
        self.turns = 0  # of all loops
        self.serial = 0
        self.versions = 0
        self.frame: Frame | None = None
        self.evaluating: set[tuple[int, str]] = set()
        self.broken: dict[
            tuple[int, str], Refusal
        ] = {}  # names whose last statement was refused: who reads them is too
        self.versions_made: list[TensorVersion] = []
        self.speculated: set[int] = set()
        self.counted: list[tuple[Size, str, ast.AST]] = []  # free sizes that Python loops count, with file and place
        self.entry_node: ast.expr | None = None
        self.entry_site = ast.Call(
            ast.Name("model", ast.Load()), [], [], lineno=1, col_offset=0
        )  # the call of the root
        self.joins: list[tuple[str, str, ast.AST]] = []  # values of an arm on trial and of the run that meet behind it

    # -- places and refusals -------------------------------------------------

    def refusal(self, frame: Frame, node: ast.AST, why: str, remedy: str, code: str = "unreadable") -> Refusal:
        """A refusal at a syntax node; what restated library code refuses is said where the program calls it."""
        node, frame = self.in_program(node, frame)
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
        return Refusal(Problem(code, "error", frame.file, line, column, why, remedy))

    def in_program(self, node: ast.AST, frame: Frame) -> tuple[ast.AST, Frame]:
        """The place itself, or where the program calls the restated library code that it lies in."""
        while is_restatement(frame.file) and frame.parent is not None and frame.site is not None:
            node, frame = self.said_at(frame, frame.site, frame.parent)
        return node, frame

    def said_at(self, frame: Frame, site: ast.AST, parent: Frame) -> tuple[ast.AST, Frame]:
        """Where the program calls what a frame runs; of the layers of the root itself, where they are made."""
        module = frame.receiver.hint if frame.receiver is not None else None
        at_root = self.entry_site in (site, site.__dict__.get("container_site"))
        if at_root and isinstance(module, ModuleObject) and module.site is not None and module.frame is not None:
            return module.site, module.frame
        return site, parent

    def limit(self, frame: Frame, node: ast.AST, what: str, name: str) -> Refusal:
        """A refusal that names a limit."""
        return self.refusal(frame, node, str(LimitReached(what, name)), f"make it smaller, or {RAISE}", "limit")

    def note(self, frame: Frame, node: ast.AST, why: str, remedy: str, code: str, severity: Severity = "info") -> None:
        """Report without stopping; the same remark at the same place once."""
        node, frame = self.in_program(node, frame)
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
        problem = Problem(code, severity, frame.file, line, column, why, remedy)
        if problem not in self.problems and not self.speculating:
            self.problems.append(problem)

    def unknown(self, frame: Frame, node: ast.AST, why: str) -> Value:
        """A value the reader does not know; carried until something is decided on it."""
        return Value(Unknown(why, getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1, frame.file))

    def count_size(self, size: object, node: ast.AST, frame: Frame) -> None:
        """A loop of the program has as many turns as a free size says."""
        if isinstance(size, Size) and not self.speculating:
            node, frame = self.in_program(node, frame)
            self.counted.append((size, frame.file, node))

    def tick(self, frame: Frame, node: ast.AST) -> None:
        """Count one step of evaluation."""
        self.steps += 1
        if self.steps > LIMITS.steps:
            raise self.limit(frame, node, "too many steps of evaluation", "steps")

    # -- evaluation ------------------------------------------------------------

    # Functions that take the evaluator first, as they stand: a method around each would double the calls.
    evaluate = expressions.evaluate
    execute = statements.execute_block
    call = calls.call_value

    def module_frame(self, scope: Scope) -> Frame:
        """A frame to evaluate module-level statements of a file in."""
        return Frame(None, scope.module, scope.file, key=scope.file)

    def undoable(self, undo: Callable[[], None]) -> None:
        """Log how to take a change of the heap back, while an arm is evaluated on trial."""
        if self.speculating:
            self.journal.entries.append(undo)

    def set_item(self, mapping: dict[str, Value], key: str, value: Value) -> None:
        """mapping[key] = value, undoable."""
        if self.speculating:
            if key in mapping:
                old = mapping[key]
                self.journal.entries.append(lambda: mapping.__setitem__(key, old))
            else:
                self.journal.entries.append(lambda: _forget(mapping, key))
        mapping[key] = value

    def drop_item(self, mapping: dict[str, Value], key: str) -> Value:
        """mapping.pop(key), undoable."""
        old = mapping.pop(key)
        self.undoable(lambda: mapping.__setitem__(key, old))
        return old

    def append_item(self, items: list[Value], value: Value) -> None:
        """items.append(value), undoable."""
        self.effects += 1
        items.append(value)
        self.undoable(lambda: items.__delitem__(-1))

    def replace_items(self, items: list[Value], new: list[Value]) -> None:
        """items[:] = new, undoable."""
        self.effects += 1
        if self.speculating:
            old = list(items)
            self.journal.entries.append(lambda: items.__setitem__(slice(None), old))
        items[:] = new

    def add_module(self, module: ModuleObject) -> None:
        """Remember a module that was made."""
        check_graph(len(self.modules))
        self.modules.append(module)

    def visit(self, visit: Visit) -> Visit:
        """Record a visit of a site."""
        self.serial += 1
        visit.serial = self.serial
        if self.seeking:
            self.sought_visits.append(visit)
        visit.speculative = self.speculating > 0
        self.trace.visits[id(visit.node)].append(visit)
        return visit

    def enter(
        self,
        function: FunctionObject,
        site: ast.AST | None,
        caller: Frame | None,
        receiver: Value | None,
        owner: ClassObject | None,
    ) -> Frame:
        """A new frame for a call of a program function."""
        depth = caller.depth + 1 if caller else 1
        if caller is not None and depth > LIMITS.call_depth:
            raise self.limit(caller, site or function.node, "calls nested too deeply", "call_depth")
        if caller is not None and caller.depth >= LIMITS.recursion:  # only then it may have called itself so often
            if sum(frame.function is function for frame in caller.chain()) >= LIMITS.recursion:
                raise self.limit(caller, site or function.node, f"{function.name} calls itself too often", "recursion")
        scope = Scope(function.file, function.scope, function)  # type: ignore[arg-type]
        key = caller.key if caller else ""
        if site is not None and caller is not None:
            where = f"{getattr(site, 'lineno', 0)}.{getattr(site, 'col_offset', 0)}"
            child = getattr(site, "container_index", None)
            where += f"[{child}]" if child is not None else ""
            key = f"{key}/{where}#{caller.occurrence(site)}"
        key += f":{function.name}"
        frame = Frame(function, scope, function.file, site, caller, receiver, owner, key, depth)
        frame.speculative = self.speculating > 0
        self.trace.frames[id(function.node)].append(frame)
        return frame


def _forget(mapping: dict[str, Value], key: str) -> None:
    """Take a key out again; a later change may have removed it already."""
    mapping.pop(key, None)
