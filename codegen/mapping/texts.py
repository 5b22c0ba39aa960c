"""The op files that say what a call means: another spelling of an op, a few steps, own target code."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codegen.mapping.call import Argument, Call
from codegen.mapping.matching import IGNORED, Draft, Row, template
from pivot.op import Op
from pivot.own_code import parameters
from pivot.slots import NotationError

FRAMEWORKS = ("torch", "keras")
_OPERATORS = {"-x": "-a", "+x": "+a", "~x": "~a", "not x": "not a"}
_RANK = ["A", "B", "C", "D", "E", "F", "G", "H"]


@dataclass(frozen=True, slots=True)
class Named:
    """A tensor argument under the name by which steps and code call it."""

    name: str
    argument: Argument


def named_tensors(call: Call) -> tuple[Named, ...]:
    """The tensors of a call: `x`, `y` where the source calls them so, else `x`, `x2`, ..."""
    found: list[Named] = []
    for argument in call.tensors:
        plain = argument.text if argument.text.isidentifier() else "x"
        taken = {item.name for item in found}
        name = plain if plain not in taken else next(f"{plain}{n}" for n in range(2, 99) if f"{plain}{n}" not in taken)
        found.append(Named(name, argument))
    return tuple(found)


def named_values(call: Call) -> tuple[Named, ...]:
    """The other arguments that have a value, under the names by which steps may call them."""
    found: list[Named] = []
    for place, argument in enumerate(call.arguments):
        if argument.kind == "value" and argument.value != "None":
            found.append(Named(argument.keyword or f"arg{place}", argument))
    return tuple(found)


def extending_text(call: Call, draft: Draft, op: Op, framework: str) -> str:
    """The file that makes the call another spelling of an op."""
    lines = [f"extends = {quoted(draft.op)}", "", f"[[{framework}]]", spelling_line(call), f'kind = "{call.kind}"']
    lines.append(f"args = {quoted(slots_text(draft.rows))}")
    if call.kind == "layer":
        lines.append(f"apply = {quoted(slots_text(draft.applied))}")
        form = template(op, call, framework)
        weights = form.weight_texts if form is not None and form.kind == "layer" else {}
        if weights:
            pairs = ", ".join(f"{name} = {quoted(text)}" for name, text in weights.items())
            lines.append(f"weights = {{ {pairs} }}")
    if draft.constants:
        lines.append(f"derive = {quoted(', '.join(f'{name}={text}' for name, text in draft.constants))}")
    return "\n".join(lines) + "\n"


def steps_text(call: Call, steps: Sequence[str], name: str, framework: str) -> str:
    """The file that makes the call an op of its own, said by steps over other ops; the last one gives its result."""
    values = named_values(call)
    used = set(re.findall(r"[^\W\d]\w*", " ".join(steps)))
    values = tuple(item for item in values if item.name in used)
    head = _head(call, name, "*", "body", {}, values)
    body = ",\n".join(f"  {quoted(step)}" for step in closed(steps))
    forms = [f"\n[[{other}]]\nbody = [\n{body},\n]" for other in FRAMEWORKS if other != framework]
    return "\n".join([*head, *_read_form(call, framework, values), *forms]) + "\n"


def closed(steps: Sequence[str]) -> list[str]:
    """The steps, the last of which gives the result `y`, whatever it is called or whether it has a name at all."""
    made = [step.strip() for step in steps if step.strip()]
    if made:
        head, equals, tail = made[-1].partition("=")
        named = bool(equals) and not tail.startswith("=") and re.fullmatch(r"[\w\s,]+", head) is not None
        made[-1] = f"y = {tail.strip() if named else made[-1]}"
    return made


def code_text(call: Call, code: str, output: str, framework: str, target: str) -> str:
    """The file that makes the call an op of its own, said by a function in the words of the target.

    `output`: the axes of the result in the letters of the inputs (`A B C`, `A B C//2`, `A 10`); empty: as the first
    input, whatever its rank. Raises NotationError where the code is not one function of the tensors.
    """
    tensors = named_tensors(call)
    wanted = parameters(code)
    values = [item for item in named_values(call) if item.name in wanted[len(tensors) :]]
    if len(wanted) != len(tensors) + len(values):
        names = ", ".join(item.name for item in (*tensors, *named_values(call)))
        raise NotationError(f"the function must take the tensors of the call first, then values by name: ({names})")
    name = function_name(code)
    sizes: dict[str, str] = {}
    result = "*" if not output.strip() else output_letters(output, tensors, sizes)
    head = _head(call, name, result, "letters" if output.strip() else "same", sizes, values)
    args = ", ".join([*(f"@{item.name}" for item in tensors), *(f"{item.name}={item.name}" for item in values)])
    form = [f"\n[[{target}]]", 'kind = "function"', f"args = {quoted(args)}", f"code = {literal_block(code)}"]
    return "\n".join([*head, *_read_form(call, framework, values), *form]) + "\n"


def function_name(code: str) -> str:
    """The name of the function of a piece of code; raises NotationError."""
    from pivot.patterns import code_function

    return code_function(code).name


def letters_of(rank: int) -> str:
    """`A B C` for three axes."""
    return " ".join(_RANK[:rank])


def output_letters(output: str, tensors: Sequence[Named], sizes: dict[str, str]) -> str:
    """The letters of the result; numbers and arithmetic get letters of their own, whose `sizes` are noted."""
    homes = {
        letter: item.name for at, item in reversed(list(enumerate(tensors))) for letter in _letters(tensors, at).split()
    }
    made: list[str] = []
    for place, part in enumerate(output.split()):
        if part in homes:
            made.append(part)
            continue
        letters = set(re.findall(r"[A-Za-z]\w*", part))
        if letters - set(homes) or not re.fullmatch(r"[\w+\-*/%()]+", part):
            raise NotationError(f"'{part}' is neither an axis of an input ({', '.join(homes)}) nor a size")
        said = re.sub(r"[A-Za-z]\w*", lambda found: f"{homes[found[0]]}.{found[0]}", part)
        sizes[f"Z{place}"] = said
        made.append(f"Z{place}")
    return " ".join(made)


def _letters(tensors: Sequence[Named], at: int) -> str:
    """The letters of one input: axes of the first are A, B, ...; those of others follow."""
    before = sum(len(item.argument.shapes[0]) if item.argument.shapes else 0 for item in tensors[:at])
    rank = len(tensors[at].argument.shapes[0]) if tensors[at].argument.shapes else 0
    return " ".join([*_RANK, *(f"{c}{n}" for n in (1, 2, 3) for c in _RANK)][before : before + rank])


def input_letters(call: Call) -> tuple[tuple[str, str], ...]:
    """(name, letters) of each tensor, as own code declares them."""
    tensors = named_tensors(call)
    return tuple((item.name, _letters(tensors, at)) for at, item in enumerate(tensors))


def _head(
    call: Call, name: str, output: str, shape: str, sizes: Mapping[str, str], values: Sequence[Named]
) -> list[str]:
    tensors = named_tensors(call)
    any_rank = output == "*"
    inputs = ", ".join(
        f"{item.name}: {('* +' if item.argument.kind == 'tensors' else '*') if any_rank else _letters(tensors, at)}"
        for at, item in enumerate(tensors)
    )
    layout = "any" if shape == "same" else "plain"
    lines = [f"op = {quoted(name)}", f"title = {quoted(call.name.rpartition('.')[2])}", f"inputs = {quoted(inputs)}"]
    lines += [f'output = "y: {output}"', f'shape = "{shape}"', f'layout = "{layout}"']
    if values:
        lines += ["", "[params]", *(f'{item.name} = "value"' for item in values)]
    if sizes:
        lines += ["", "[sizes]", *(f"{letter} = {quoted(text)}" for letter, text in sizes.items())]
    return lines


def _read_form(call: Call, framework: str, values: Sequence[Named]) -> list[str]:
    """The form that reads the call: tensors by their names, values as parameters, the rest as nothing."""
    names = {id(item.argument): f"@{item.name}" for item in named_tensors(call)}
    names.update({id(item.argument): item.name for item in values})
    rows = [Row(argument, names.get(id(argument), IGNORED)) for argument in call.arguments]
    lines = [f"\n[[{framework}]]", spelling_line(call), f'kind = "{call.kind}"', f"args = {quoted(slots_text(rows))}"]
    if call.kind == "layer":
        applied = [Row(argument, names.get(id(argument), IGNORED)) for argument in call.applied]
        lines.append(f"apply = {quoted(slots_text(applied))}")
    return lines


def slots_text(rows: Sequence[Row]) -> str:
    """The `args` of a form: `@x, pair(kernel), *, out=_|None`."""
    parts: list[str] = []
    starred = False
    for row in rows:
        keyword = row.argument.keyword
        if keyword is not None and not starred:
            parts.append("*")
            starred = True
        value = f"{row.meaning}|None" if row.meaning == IGNORED else row.meaning
        parts.append(value if keyword is None else f"{keyword}={value}")
    return ", ".join(parts)


def spelling_line(call: Call) -> str:
    """How the form is found: `call = "torch.special.bessel_j0"`."""
    match call.spelling:
        case "operator":
            return f"operator = {quoted(_OPERATORS.get(call.name, f'a {call.name} b'))}"
        case "index":
            return 'index = "x[index]"'
        case "attribute":
            return f"attribute = {quoted(f'x.{call.name}')}"
    return f"{call.spelling} = {quoted(call.name)}"


def quoted(text: str) -> str:
    """A TOML text on one line."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def literal_block(code: str) -> str:
    """A TOML text over several lines."""
    body = code.strip("\n")
    if "'''" not in body and "\r" not in body:
        return f"'''\n{body}\n'''"
    return quoted(body + "\n")
