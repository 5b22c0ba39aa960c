"""Which stretch of the source became which stretch of the target, for every site that made a node or a module."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from codegen.convert import Converted
from codegen.places import Places, Span, span_record
from codegen.rolling.standing import stands_for
from pivot.network import Node
from pivot.reading.walking import children, walk

Key = tuple[object, ...]
COMPOUND = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.FunctionDef, ast.ClassDef)


def link_records(converted: Converted, target_file: str, places: Places) -> list[dict[str, object]]:
    """The links, each pair of stretches once: what the writer noted, then the statements that other sites stand in."""
    return Linker(converted, target_file, places).links()


class Linker:
    """Pairs of spans with the nodes they belong to."""

    def __init__(self, converted: Converted, target_file: str, places: Places) -> None:
        self.converted = converted
        self.target_file = target_file
        self.places = places
        self.found: dict[tuple[Key, Key], tuple[Span, Span, dict[str, None]]] = {}
        self.by_source: dict[Key, list[dict[str, None]]] = {}
        self.noted: set[Key] = set()
        self.of_module: dict[int, list[Node]] = {}
        for node in converted.done.network.nodes:
            if node.module is not None:
                self.of_module.setdefault(id(node.module), []).append(node)
        self.enclosing: dict[str, dict[int, ast.stmt]] = {}
        self.written_in = dict(holders(converted.written.tree))
        self.statements = statement_spans(converted, target_file)

    def links(self) -> list[dict[str, object]]:
        """All links as JSON."""
        network = self.converted.done.network
        nodes = {node.id: node for node in network.nodes}
        for link in self.converted.written.links:
            made = [nodes[i] for i in link.nodes if i in nodes and belongs(nodes[i], link.source)]
            target = self.target_of(link.target)
            if target is not None:
                self.add(self.places.span(link.file or first_file(made), link.source), target, made)
        for text in walk(self.converted.written.tree):
            self.add_rolled(text)
        self.noted = set(self.by_source)
        for node in network.nodes:
            self.add_statement(node.file, node.site, [node])
            if node.module is not None and node.module.frame is not None and node.module.site is not None:
                self.add_statement(node.module.frame.file, node.module.site, [node])
        for module in network.modules:
            if module.frame is not None and module.site is not None:
                self.add_statement(module.frame.file, module.site, [])
        return [{"source": s, "target": t, "nodes": list(ids)} for s, t, ids in self.found.values()]

    def add(self, source: Span | None, target: Span, nodes: list[Node]) -> None:
        """One pair; nodes of equal pairs are put together."""
        if source is None:
            return
        key = (tuple(source.values()), tuple(target.values()))
        if key not in self.found:
            self.found[key] = (source, target, {})
            self.by_source.setdefault(key[0], []).append(self.found[key][2])
        self.found[key][2].update(dict.fromkeys(node.id for node in nodes))

    def add_rolled(self, text: ast.AST) -> None:
        """A text of a class that stands for nodes of the graph, or makes layers of it."""
        stands = stands_for(text)
        target = self.target_of(text) if stands is not None else None
        if stands is None or target is None:
            return
        for node in stands.nodes:
            self.add(self.places.span(node.file, node.site), target, [node])
        for module in stands.modules:
            if module.frame is not None and module.site is not None:
                self.add(self.places.span(module.frame.file, module.site), target, self.of_module.get(id(module), []))

    def add_statement(self, file: str, site: ast.AST, nodes: list[Node]) -> None:
        """A site that the writer noted nothing for belongs to the statement written for the one it stands in."""
        source = self.places.span(file, site)
        if source is None:
            return
        key = tuple(source.values())
        if key in self.noted:
            for ids in self.by_source[key]:
                ids.update(dict.fromkeys(node.id for node in nodes))
            return
        statement = self.enclosing_statements(file).get(id(getattr(site, "container_site", site)))
        for target in self.statements.get(id(statement), ()) if statement is not None else ():
            self.add(source, target, nodes)

    def target_of(self, node: ast.AST) -> Span | None:
        """Where a written node stands, or the statement it is in; None where it became something else."""
        found = self.converted.spans.get(id(node)) or self.converted.spans.get(id(self.written_in.get(id(node))))
        return None if found is None else span_record(self.target_file, *found)

    def enclosing_statements(self, file: str) -> dict[int, ast.stmt]:
        """Syntax node -> the innermost statement of the source that holds it, for a file that was read."""
        if file not in self.enclosing:
            found = self.enclosing[file] = {}
            for tree in self.converted.done.evaluator.trace.keep:
                if isinstance(tree, ast.Module) and tree.__dict__.get("file", file) == file:
                    found.update(holders(tree))
        return self.enclosing[file]


def first_file(nodes: list[Node]) -> str:
    """The file of the first node."""
    return nodes[0].file if nodes else ""


def belongs(node: Node, source: ast.AST) -> bool:
    """Was a node made at a place, or its layer? (Arms on trial count their nodes anew.)"""
    return (
        node.site is source
        or (node.module is not None and node.module.site is source)
        or (getattr(node.site, "container_site", None) is source)
    )


def holders(tree: ast.Module) -> Iterator[tuple[int, ast.stmt]]:
    """(id of a node, the statement it stands in), for statements with themselves."""
    work: list[tuple[ast.AST, ast.stmt | None]] = [(tree, None)]
    while work:
        node, statement = work.pop()
        if isinstance(node, ast.stmt):
            statement = node
        if statement is not None:
            yield id(node), statement
        work.extend((child, statement) for child in children(node))


def statement_spans(converted: Converted, target_file: str) -> dict[int, list[Span]]:
    """id of a source statement -> the spans of what was written for it; of a compound statement only the first line."""
    lines = converted.text.split("\n")
    found: dict[int, list[Span]] = {}
    for node in walk(converted.written.tree):
        source = node.__dict__.get("source") if isinstance(node, ast.stmt) else None
        span = converted.spans.get(id(node))
        if source is None or span is None:
            continue
        line, column, end_line, end_column = span
        if isinstance(node, COMPOUND) and end_line > line:
            end_line, end_column = line, len(lines[line - 1]) + 1
        found.setdefault(id(source), []).append(span_record(target_file, line, column, end_line, end_column))
    return found
