"""One conversion, step by step, as `convert`, `verify` and `weights` need it. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codegen.conversion import problems_of, target_name, unwritten_nodes
from codegen.convert import Converted, write_target
from codegen.dialects import check_direction, dialect_of
from codegen.links import link_records
from codegen.picture import picture_of, places_of
from codegen.places import Places
from codegen.restating import elaborate_for
from codegen.static_proof import Proof, prove
from pivot.problems import Problem, Refusal
from pivot.reading.elaborate import Elaborated
from studio.commands.kept import KEPT, now
from studio.commands.opening import Program
from studio.commands.output import Output
from studio.layout.pause import collection_paused

DEFAULT_INIT = "source"  # whose initial values new weights get where --init does not say
STEPS = ("read", "elaborate", "lower", "write", "prove")


@dataclass(slots=True, eq=False)
class Run:
    """How far a conversion came. `stopped` is the refusal that ended it; what was made before stays usable."""

    program: Program
    directory: Path
    done: Elaborated
    places: Places
    converted: Converted | None = None
    proof: Proof | None = None
    drafted: bool = False  # the target was told before it was proved
    stopped: Problem | None = None
    extra: tuple[Problem, ...] = ()

    @property
    def target(self) -> str:
        """The framework that is written."""
        return self.program.project.target

    @property
    def file(self) -> str:
        """Name of the target file."""
        return target_name(Path(self.program.project.source), self.target)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All there is to tell, each problem once."""
        last = () if self.stopped is None else (self.stopped,)
        return problems_of(self.done, self.converted, (*self.program.warnings, *self.extra, *last))

    @property
    def unwritten(self) -> dict[str, str]:
        """Nodes that the target has no form for: id -> the reason."""
        return {} if self.converted is None else unwritten_nodes(self.converted)

    @property
    def status(self) -> int:
        """Exit status: 2 where nothing can be delivered, 3 where nodes are unmapped, else 0."""
        if self.stopped is not None or self.converted is None:
            return 2
        lost = bool(self.done.network.unmapped or self.unwritten or unread_while_built(self.done))
        fatal = [p for p in (*self.converted.written.problems, *self.extra) if p.severity == "error"]
        return 2 if fatal else 3 if lost else 0

    def picture(self) -> dict[str, object]:
        """What a window draws."""
        return picture_of(self.done, self.unwritten, self.places, self.problems)

    def shown(self) -> dict[str, object]:
        """What a window shows of a written target: the network, the text, and what in them belongs together."""
        assert self.converted is not None
        path = str(self.directory / self.file)
        return {
            "picture": self.picture(),
            "target": self.written(),
            "links": link_records(self.converted, path, self.places),
        }

    def written(self) -> dict[str, object]:
        """The target alone: it is there before the network is drawn."""
        assert self.converted is not None
        return {"path": str(self.directory / self.file), "text": self.converted.text}


def run_conversion(program: Program, directory: Path, output: Output, more: int = 0) -> Run:
    """Elaborate, lower, write and prove. Raises Refusal where not even a network came out.

    `more`: how many steps follow these, so that progress counts to the right end.
    """
    with collection_paused():
        init = program.project.init
        own = init == program.project.target  # the target's own defaults
        given = "keras" if own else "source" if init == program.framework else init or DEFAULT_INIT
        return converted_run(program, directory, output, more, given)


def converted_run(program: Program, directory: Path, output: Output, more: int, init: str) -> Run:
    """The steps of a conversion, each announced."""
    steps = iter(range(len(STEPS)))
    total = len(STEPS) + more

    def step(name: str) -> None:
        output.progress(name, next(steps), total)

    step("read")
    check_direction(program.project.target, program.project.source)
    step("elaborate")
    begun = now()
    program, done = KEPT.again(program) or (
        program,
        elaborate_for(program.request, program.dialect, program.project.target, program.opset),
    )
    run = Run(program, directory, done, places_of(done))
    if output.sketch:
        output.event("picture", picture=run.picture(), processor_s=output.processor_s())
    try:
        run.converted = write_target(done, run.target, program.opset, step, init, program.project.style or None)
        if done.network.unmapped or unread_while_built(done):
            return run  # what raises where it would run cannot be read back
        if output.draft and run.status == 0:
            output.event("written", target=run.written(), processor_s=output.processor_s())
            output.event("draft", **run.shown(), processor_s=output.processor_s())
            run.drafted = True
        step("prove")
        run.proof = prove(run.converted, dialect_of(run.target, run.file), program.opset, directory / run.file)
    except Refusal as refusal:
        run.stopped = refusal.problem
        return run
    copied = run.target == program.framework and not program.project.style
    wrapped = bool(done.evaluator.applied) and not copied
    problem = proof_problem(run.proof, program.project.source, wrapped)
    run.extra = () if problem is None else (problem,)
    KEPT.keep(program, done, begun, run.converted)
    return run


def unread_while_built(done: Elaborated) -> bool:
    """Did the construction of the model make nodes that no op reads: tables, frequencies?"""
    ev = done.evaluator
    return any(node.op is None for node in ev.nodes[: ev.built])


def proof_problem(proof: Proof, source: str, wrapped: bool = False) -> Problem | None:
    """A difference is an error, and so is a text that cannot be read back: it most likely would not run either.

    `wrapped`: decorators are written that replace functions, which nothing but the proof checks.
    """
    if proof.why is None:
        return None
    file, line = proof.place or (source, 0)
    if proof.target is not None:
        why = f"the written text reads back as another network ({proof.why})"
        return Problem("static-proof", "error", file, line, 0, why, "report this as a defect")
    why = f"the static proof was not made ({proof.why})"
    if wrapped:
        remedy = "write what the decorators of the forward pass do into the functions"
        return Problem("not-proved", "error", source, 0, 0, why, remedy)
    return Problem("not-proved", "error", file, line, 0, why, "report this as a defect")
