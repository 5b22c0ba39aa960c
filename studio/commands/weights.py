"""`pivot-studio weights CKPT --with DIR -o OUT`: a checkpoint of the source as one of the target."""

from __future__ import annotations

import argparse

from pivot.problems import refuse
from studio.commands.convert import carried, read_weights, write_checkpoint
from studio.commands.output import Output
from studio.commands.running import STEPS
from studio.commands.verify import converted_again

SUFFIXES = {"keras": ".weights.h5", "torch": ".safetensors"}


def weights(args: argparse.Namespace, output: Output) -> int:
    """Carry one checkpoint over. Raises Refusal."""
    output.call(args.checkpoint)
    run = converted_again(args.dir, args.ops, output, 1)
    suffix = SUFFIXES.get(run.target, ".weights.h5")
    if not args.out.name.endswith(suffix):
        why = f"{run.target} loads weights from files that end in {suffix}"
        raise refuse("usage", str(args.out), 0, 0, why, f"name the file something{suffix}")
    output.progress("weights", len(STEPS), len(STEPS) + 1)
    arrays = carried(run, read_weights(run, args.checkpoint), args.checkpoint)
    write_checkpoint(args.out, arrays, run.target)
    numbers = sum(int(array.size) for array in arrays.values())
    output.text(f"{args.out}: {len(arrays):,} arrays, {numbers:,} numbers")
    output.event("result", status=0, path=str(args.out), arrays=len(arrays), numbers=numbers)
    return 0
