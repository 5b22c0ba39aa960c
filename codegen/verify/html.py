"""report.html: one page that needs nothing else, readable without JavaScript, light or dark as the reader's system."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Record: TypeAlias = "Mapping[str, object]"

_STYLE = """
:root{color-scheme:light dark;--ink:#1d2430;--soft:#5b6675;--line:#dfe4ea;--paper:#fff;--back:#f4f6f8;--good:#0a7d4b;
--bad:#c0322b;--good-back:#e5f5ed;--bad-back:#fdeceb;--bar:#3b6fd4}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa6b5;--line:#313a46;--paper:#1b2129;--back:#12161b;
--good:#4fd08f;--bad:#ff8078;--good-back:#143426;--bad-back:#3d1d1c;--bar:#7ba5f7}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1080px;margin:0 auto;padding:32px 20px 64px}h1{font-size:26px;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:17px;margin:32px 0 10px}p{margin:6px 0}.soft{color:var(--soft)}
code,td.num,.mono{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.verdict{border-radius:12px;padding:20px 24px;background:var(--bad-back);
border-left:6px solid var(--bad)}.verdict.good{background:var(--good-back);border-color:var(--good)}
.verdict strong{color:var(--bad)}.verdict.good strong{color:var(--good)}.steps{display:grid;gap:12px;margin:20px 0;
grid-template-columns:repeat(auto-fit,minmax(240px,1fr))}.card{background:var(--paper);border:1px solid var(--line);
border-radius:12px;padding:14px 18px;overflow-wrap:anywhere}.card h3{margin:0 0 4px;font-size:14px}
.good-mark{color:var(--good)}.bad-mark{color:var(--bad)}.table{overflow-x:auto;background:var(--paper);
border:1px solid var(--line);border-radius:12px}table{border-collapse:collapse;width:100%}th,td{text-align:left;
padding:7px 14px;border-bottom:1px solid var(--line);vertical-align:top}tr:last-child td{border-bottom:0}
th{font-size:12px;color:var(--soft);font-weight:600;white-space:nowrap}th button{all:unset;cursor:pointer}
th button:hover,th button:focus-visible{color:var(--bar);text-decoration:underline}td.num{white-space:nowrap}
tr.bad td{background:var(--bad-back)}dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 20px;margin:0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
"""

_SORT = """
document.querySelectorAll("table.sortable").forEach(function(table){
 table.querySelectorAll("th").forEach(function(head,column){
  var name=head.textContent,button=document.createElement("button"),up=false;
  button.textContent=name;head.textContent="";head.appendChild(button);
  button.onclick=function(){up=!up;var body=table.tBodies[0],rows=Array.from(body.rows);
   var key=function(row){var cell=row.cells[column],v=cell.dataset.value;return v===undefined?cell.textContent:+v};
   rows.sort(function(a,b){var x=key(a),y=key(b);return (x<y?-1:x>y?1:0)*(up?1:-1)});
   rows.forEach(function(row){body.appendChild(row)});
   table.querySelectorAll("th").forEach(function(h){h.removeAttribute("aria-sort")});
   head.setAttribute("aria-sort",up?"ascending":"descending")}})})
"""


def page(report: Record, sentence: str) -> str:
    """The whole page for the content of report.json."""
    numbers = _record(report["numbers"])
    double, gate = _record(numbers["float64"]), cast("float", _record(numbers["float64"])["gate"])
    parts = [
        _verdict(report, sentence),
        f'<div class="steps">{_static(report)}{_build(report)}{_numbers(report, double, gate)}</div>',
        _difference(numbers),
        _constants(numbers),
        "<h2>Outputs</h2>" + _outputs(double, _record(numbers["float32"]), gate),
        "<h2>Passes</h2>" + _passes(_records(numbers["passes"]), numbers, gate),
        _nodes(_records(double["nodes"]), gate),
        "<h2>Setting</h2>" + _setting(report),
    ]
    title = _word(report)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}: {_text(_record(report['source'])['model'])}</title><style>{_STYLE}</style></head><body><main>"
        f"{''.join(parts)}</main><script>{_SORT}</script></body></html>\n"
    )


def _word(report: Record) -> str:
    """The verdict; of programs that did not run nothing is known."""
    double = _record(_record(report["numbers"])["float64"])
    return "Equal" if report["equal"] else "Not equal" if double["outputs"] or double["nodes"] else "Not proven equal"


def _verdict(report: Record, sentence: str) -> str:
    source, target = _record(report["source"]), _record(report["target"])
    good = bool(report["equal"])
    names = f"<code>{_text(source['path'])}</code> and <code>{_text(target['path'])}</code>"
    return (
        f'<section class="verdict{" good" if good else ""}"><h1><strong>{"✓" if good else "✗"} {_word(report)}</strong>'
        f" · {_text(source['model'])}</h1><p>{escape(sentence)}</p>"
        f'<p class="soft">{names} · {cast("int", report["parameters"]):,} parameters · {report["seconds"]} s</p>'
        "</section>"
    )


def _card(title: str, good: bool | None, lines: Sequence[str]) -> str:
    mark = "" if good is None else f'<span class="{"good" if good else "bad"}-mark">{"✓" if good else "✗"}</span> '
    return f'<div class="card"><h3>{mark}{escape(title)}</h3>{"".join(f"<p>{line}</p>" for line in lines)}</div>'


def _static(report: Record) -> str:
    if report["static"] is None:
        return _card("1 · Read back", None, ["Not part of this run."])
    static = _record(report["static"])
    count = "1 node" if static["nodes"] == 1 else f"{static['nodes']} nodes"
    lines = [f"The written text was read back: the same network, {count}."]
    if not static["equal"]:
        lines = [f"The written text reads back as another network: {_text(static['why'])}"]
    return _card("1 · Read back", bool(static["equal"]), lines)


def _build(report: Record) -> str:
    if report["build"] is None:
        return _card("2 · Build", None, ["It did not come to this."])
    build = _record(report["build"])
    shapes = ", ".join(
        _shape(cast("Sequence[int | None]", shape)) for shape in cast("Sequence[object]", build["inputs"])
    )
    lines = [f'It builds for <span class="mono">{shapes}</span> (· = any size).']
    return _card("2 · Build", bool(build["ok"]), lines if build["ok"] else [_text(build["why"])])


def _numbers(report: Record, double: Record, gate: float) -> str:
    numbers = _record(report["numbers"])
    if not double["outputs"]:
        return _card("3 · Numbers", None, ["It did not come to this."])
    worst, single = double["worst"], _record(numbers["float32"])["worst"]
    lines = [
        f'float64: largest error <span class="mono">{_error(worst)}</span>, gate {gate:.0e}',
        f'float32, as deployed: <span class="mono">{_error(single)}</span>',
    ]
    batches = _record(numbers.get("batches") or {})
    if batches:
        told = _text(batches["why"])
        lines.append(f"second batch: {told}" if batches["why"] else "batches of {first} and {second}".format(**batches))
    gradients = numbers["gradients"]
    if gradients is not None:
        found = _record(gradients)
        compared = found["error"] is not None or found["why"] is None
        text = (
            f'<span class="mono">{_error(found["error"])}</span>'
            if compared
            else f"not compared ({_text(found['why'])})"
        )
        lines.append(f"gradients of {found['parameters']} parameters: {text}")
    return _card("3 · Numbers", _passes_gate(worst, gate), lines) + _training(numbers)


def _training(numbers: Record) -> str:
    """One step in training mode, where it was compared."""
    if not numbers.get("training"):
        return ""
    found = _record(numbers["training"])
    lines = [_text(found["why"])] if found["why"] else []
    if found["error"] is not None:
        lines.append(f'float64: largest error <span class="mono">{_error(found["error"])}</span>')
    if found["statistics"]:
        text = f'<span class="mono">{_error(found["statistics_error"])}</span>'
        lines.append(f"{found['statistics']} variables that are not trained, after one step: {text}")
    lines += [f"By definition: {_text(text)}" for text in cast("Sequence[str]", found["differences"])]
    good = None if found["error"] is None and found["why"] else bool(found["equal"])
    return _card("4 · Training", good, lines)


def _difference(numbers: Record) -> str:
    if numbers["first_difference"] is None:
        return ""
    first = _record(numbers["first_difference"])
    name = first.get("path") or first.get("name") or ""
    rows = [("Where", f"<code>{_text(name)}</code> {_text(first.get('op') or '')}")]
    rows += [(side.title(), _place(first.get(side))) for side in ("source", "target") if first.get(side)]
    rows.append(("Error", f'<span class="mono">{_error(first["error"])}</span>'))
    if first["why"]:
        rows.append(("Why", _text(first["why"])))
    return f'<h2>First difference</h2><div class="card">{_list(rows)}</div>'


def _constants(numbers: Record) -> str:
    names = cast("Sequence[str]", numbers["constants"])
    items = "".join(f"<p>{escape(name)}</p>" for name in names)
    return f'<h2>Constants of the framework</h2><div class="card">{items}</div>' if names else ""


def _outputs(double: Record, single: Record, gate: float) -> str:
    floats = {entry["name"]: entry["error"] for entry in _records(single["outputs"])}
    rows = []
    for entry in _records(double["outputs"]):
        shape = _shape(cast("Sequence[int | None]", entry["shape"]))
        cells = [_cell(entry["name"]), f'<td class="num">{shape}</td>', _error_cell(entry["error"])]
        cells += [_error_cell(floats.get(entry["name"], "")), _cell(entry["why"] or "")]
        rows.append((_passes_gate(entry["error"], gate), cells))
    return _table(("Output", "Shape", "float64", "float32", ""), rows, sortable=False)


def _passes(passes: Sequence[Record], numbers: Record, gate: float) -> str:
    rows = []
    for entry in passes:
        decides = str(entry["name"]).startswith("float64") and not (entry["error"] is None and entry["why"])
        good = _passes_gate(entry["error"], gate) or bool(numbers["constants"])
        cells = [
            _cell(entry["name"]),
            _cell(entry["batch"] or ""),
            _error_cell(entry["error"]),
            _cell(entry["why"] or ""),
        ]
        rows.append((good or not decides, cells))
    return _table(("Pass", "Batch", "Error", ""), rows, sortable=False)


def _nodes(nodes: Sequence[Record], gate: float) -> str:
    if not nodes:
        return ""
    rows = []
    for number, entry in enumerate(nodes):
        cells = [f'<td class="num" data-value="{number}">{number + 1}</td>', _cell(entry["path"]), _cell(entry["op"])]
        cells += [f'<td class="num">{_place(entry[side])}</td>' for side in ("source", "target")]
        cells += [_error_cell(entry["error"]), f'<td class="num" data-value="{entry["max"]}">{entry["max"]:.3g}</td>']
        rows.append((_passes_gate(entry["error"], gate), cells))
    order = sorted(range(len(nodes)), key=lambda n: -_size(nodes[n]["error"]))
    worst = _table(_HEADS, [rows[n] for n in order[:10]], sortable=False)
    every = _table(_HEADS, rows, sortable=True)
    return f"<h2>Worst nodes</h2>{worst}<h2>Nodes in the order of computation: {len(nodes)}</h2>{every}"


_HEADS = ("#", "Node", "Op", "Source", "Target", "Error", "max |value|")


def _setting(report: Record) -> str:
    source, target = _record(report["source"]), _record(report["target"])
    rows = [("Source", f"<code>{_text(source['path'])}</code> · {_text(source['model'])}")]
    rows.append(("Target", f"<code>{_text(target['path'])}</code> · {_text(target['model'])}"))
    versions = _record(report["versions"])
    rows.append(("Versions", ", ".join(f"{escape(name)} {_text(number)}" for name, number in versions.items())))
    rows.append(("Error", "max |a − b| / max |a| over a tensor; integers, shapes, NaN and infinities must be the same"))
    return f'<div class="card">{_list(rows)}</div>'


def _table(heads: Sequence[str], rows: Sequence[tuple[bool, Sequence[str]]], *, sortable: bool) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join(("<tr>" if good else '<tr class="bad">') + "".join(cells) + "</tr>" for good, cells in rows)
    kind = ' class="sortable"' if sortable else ""
    return f'<div class="table"><table{kind}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _list(rows: Sequence[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{escape(name)}</dt><dd>{value}</dd>' for name, value in rows)}</dl>"


def _cell(value: object) -> str:
    return f"<td>{_text(value)}</td>"


def _error_cell(value: object) -> str:
    return f'<td class="num" data-value="{min(_size(value), 1e300)}">{_error(value)}</td>'


def _error(value: object) -> str:
    if isinstance(value, str):
        return escape(value)
    return "—" if not isinstance(value, int | float) else "0" if value == 0 else f"{value:.1e}"


def _size(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("inf")


def _passes_gate(value: object, gate: float) -> bool:
    return isinstance(value, int | float) and value <= gate


def _place(value: object) -> str:
    if value is None:
        return "—"
    place = _record(value)
    return f"{_text(str(place['file']).replace(chr(92), '/').rpartition('/')[2])}:{place['line']}"


def _shape(sizes: Sequence[int | None]) -> str:
    return " × ".join("·" if size is None else str(size) for size in sizes) or "scalar"


def _text(value: object) -> str:
    return escape(str(value))


def _record(value: object) -> Record:
    return cast("Record", value)


def _records(value: object) -> Sequence[Record]:
    return cast("Sequence[Record]", value)
