"""Reading for a target: library modules that the target has no form for, as they are used here, are read restated."""

from __future__ import annotations

import re
from dataclasses import replace

from codegen.lower import Lowering, all_nodes
from codegen.relowering import lowered_again
from codegen.writing.frozen import is_program_made
from codegen.writing.sites import Sites
from pivot.op import Form
from pivot.opset import OpSet
from pivot.problems import Refusal
from pivot.reading.companions import visit_companions
from pivot.reading.dialect import Dialect
from pivot.reading.elaborate import Elaborated, Request, elaborate
from pivot.reading.mask_paths import PASS_IT, edits_for
from pivot.reading.restating import follows, known
from pivot.reading.tied_weights import hand_names_on, is_same, ties_in
from pivot.reading.trace import Visit
from pivot.reading.values import Api
from pivot.steps import Computed

SIZE = re.compile(r"[a-z]\.[A-Z]")
RESTATED = ("op", "layer", "super")
"""Kinds of visits that a restatement may stand for."""
ROUNDS = 4
"""A restatement may use modules that are restated in their turn: a decoder, its layers, their attention."""


def elaborate_for(request: Request, dialect: Dialect, framework: str, opset: OpSet) -> Elaborated:
    """Elaborate a program so that as much of it as can be is written in the target. Raises Refusal."""
    if framework == dialect.framework:
        return elaborate(request, dialect, opset)  # what is copied need not be restated
    request = replace(request, restated=request.restated | unwritten(framework, dialect.framework, opset))
    done = elaborate(request, dialect, opset)
    request, done = with_ties(request, done, dialect, opset)
    for _ in range(ROUNDS):
        more = lacking(done, framework, opset) - done.evaluator.restated
        if not more:
            break
        request = replace(request, restated=done.evaluator.restated | more)
        done = elaborate(request, dialect, opset)
    if not done.evaluator.handed:
        return done
    # masks go beside the tensors in Keras alone: the text is read with them said
    request = replace(request, restated=done.evaluator.restated, masks=edits_for(done.evaluator))
    done = elaborate(request, dialect, opset)
    for left in done.evaluator.handed:
        raise done.evaluator.refusal(left.frame, left.node, "a mask comes to this call unsaid", PASS_IT, "mask")
    return done


def with_ties(request: Request, done: Elaborated, dialect: Dialect, opset: OpSet) -> tuple[Request, Elaborated]:
    """A program with the weights said that layers share, where it stays the same network with the same starts."""
    ties = ties_in(done.evaluator)
    if not ties:
        return request, done
    told = replace(request, ties=ties)
    try:
        again = elaborate(told, dialect, opset)
    except Refusal:
        return request, done  # as it was: both layers hold the weight, and that is told
    if not is_same(done.network, again.network):
        return request, done
    hand_names_on(done.network, again.network)
    return told, again


def lacking(done: Elaborated, framework: str, opset: OpSet) -> frozenset[str]:
    """Names of library modules and functions that could be restated and that no form writes as they are used here."""
    visit_companions(done)
    seen = [v for visits in done.network.trace.visits.values() for v in visits]
    met = [v for v in seen if not v.speculative]
    candidates = {v.name for v in met if v.kind in RESTATED} & known()
    untaken = {v.name for v in seen if v.kind == "op"} & known() - candidates
    if not candidates and not untaken:
        return frozenset()
    sites = Sites(lowering_of(done, framework, opset))
    done.learned["sites"] = sites
    unsaid = {v.name for site in sites.sites.values() if site.why for v in site.visits}
    return frozenset(candidates & (unsaid | uncalled(done, met) | decided_elsewhere(met)) | untaken & unsaid)


def decided_elsewhere(met: list[Visit]) -> set[str]:
    """Layers and functions whose forms are for one value of what a parameter of the program decides, and whose
    restatements follow it: `nn.LSTM(..., num_layers=num_layers)`.
    """
    return {
        visit.name
        for visit in met
        if visit.kind in ("layer", "op") and visit.form is not None and visit.name in known()
        for slot in visit.form.args
        if slot.name in follows(visit.name)
        if is_program_made(visit.given(slot.key))
    }


def lowered(done: Elaborated, framework: str, opset: OpSet) -> Sites:
    """The sites of a program and their lowering, from what reading it for the target has found of it already."""
    sites = done.learned.pop("sites", None)
    if not isinstance(sites, Sites):
        return Sites(lowering_of(done, framework, opset))
    lowering = sites.lowering
    if lowering.framework != framework or lowering.opset is not opset:
        return Sites(Lowering(done, framework, opset))
    if lowering.take_new() or sites.visits != sum(map(len, done.network.trace.visits.values())):
        lowering.unsettle()
        return Sites(lowering)
    return sites


def lowering_of(done: Elaborated, framework: str, opset: OpSet) -> Lowering:
    """The lowering of a program, made of that before an edit where there is one."""
    before, retuned = done.learned.pop("lowering", None), done.learned.pop("retuned", frozenset())
    if isinstance(before, Lowering) and isinstance(retuned, frozenset):
        if before.framework == framework and before.opset is opset and lowered_again(before, retuned):
            return before
    return Lowering(done, framework, opset)


def uncalled(done: Elaborated, met: list[Visit]) -> set[str]:
    """Layers that a forward pass takes weights of and that are never called: no target's layer has weights before."""
    taken = {id(o.parameter) for n in all_nodes(done) for o in n.tensors() if o.parameter is not None}
    asked = [v.module for v in met if v.kind == "weight" and v.module is not None]
    return {
        module.cls.name
        for module in asked
        if isinstance(module.cls, Api) and not module.calls and any(id(p) in taken for p in module.weights.values())
    }


def unwritten(target: str, source: str, opset: OpSet) -> frozenset[str]:
    """Names of library modules and functions of which no form of the target is ever written: all are inexact, or write
    out a layer with sizes of its input, which a class can ask for.
    """
    return frozenset(
        name
        for name in known()
        if (forms := opset.find(source, "call", name))
        and all(
            form.inexact is not None or (f.kind == "layer" and asks_sizes(form))
            for f in forms
            for form in f.op.forms.get(target, ())
        )
    )


def asks_sizes(form: Form) -> bool:
    """Is a decomposition made of sizes of the operands: `x.C // groups`?"""
    given = (value for step in form.body for _, value in step.params) if form.spelling == "body" else ()
    return any(isinstance(value, Computed) and SIZE.search(value.text) for value in given)
