"""The reference script cut down to one run: its marked lines, its constants, and what then nothing refers to.

The text keeps the form that it has: lines are taken out, moved four columns to the left, or get another value.
"""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeGuard

import numpy as np

MARKER = re.compile(r"  # \[(if|with) (\w+)\]$")
LINE_LENGTH = 120


def kept(lines: Sequence[str], held: Callable[[str], set[bool]]) -> list[str]:
    """The lines of this run, without their markers. held: whether the run has what a marker names: now and then, both.

    `[with x]` keeps its line, and what is indented below, where the run has x at some time. `[if x]` does the same with
    both branches of an `if`; where the answer never changes, only the branch that is taken stays, without its test.
    """
    found: list[str] = []
    at = 0
    while at < len(lines):
        marker = MARKER.search(lines[at])
        if marker is None:
            found.append(lines[at])
            at += 1
            continue
        kind, answers = marker[1], held(marker[2])
        other = end = _end(lines, at)
        branch = " " * _indentation(lines[at]) + "el"
        while lines[at].lstrip().startswith("if ") and end < len(lines) and lines[end].startswith(branch):
            end = _end(lines, end)
        if True in answers and (kind == "with" or False in answers):
            part = [lines[at][: marker.start()], *lines[at + 1 : end]]
        elif True in answers:
            part = _left(lines[at + 1 : other])
        elif other < end and lines[other].startswith(branch + "if "):
            part = [lines[other].replace("elif ", "if ", 1), *lines[other + 1 : end]]
        else:
            part = _left(lines[other + 1 : end])
        found += kept(part, held)
        at = end
    return found


def _end(lines: Sequence[str], at: int) -> int:
    """The number of the line behind those that belong to a line: deeper ones, and brackets that close it."""
    end = at + 1
    for number in range(end, len(lines)):
        line, deeper = lines[number], _indentation(lines[number]) - _indentation(lines[at])
        if deeper > 0 or (deeper == 0 and line.lstrip()[:1] in (")", "]", "}")):
            end = number + 1
        elif line:
            break
    return end


def _left(lines: Sequence[str]) -> list[str]:
    return [line.removeprefix("    ") for line in lines]


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with other values, as text, behind the names that are given; a function is replaced as a whole."""
    lines = text.splitlines()
    for node in reversed(_definitions(ast.parse(text))):
        name = "".join(names_of(node))  # only what has one name
        if name in values:
            first, last = lines[node.lineno - 1], lines[(node.end_lineno or 0) - 1]
            new = values[name]
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
                new = first[: node.value.col_offset] + new + last[node.end_col_offset :]
            lines[node.lineno - 1 : node.end_lineno] = new.splitlines()
    return "\n".join(lines)


def used(text: str) -> str:
    """The text without the imports, constants, settings, functions and classes that nothing in it refers to."""
    left = [(node, _referred(node)) for node in _definitions(ast.parse(text))]
    idle: list[ast.stmt] = []
    while True:
        referred = set().union(*(names for _, names in left))
        gone = [node for node, _ in left if names_of(node) and not names_of(node) & referred]
        if not gone:
            break
        idle += gone
        left = [row for row in left if row[0] not in gone]
    lines = text.splitlines()
    for node in sorted(idle, key=lambda node: node.lineno, reverse=True):
        decorators = getattr(node, "decorator_list", [])
        del lines[min(part.lineno for part in (node, *decorators)) - 1 : node.end_lineno]
    return _spaced("\n".join(lines))


def _referred(node: ast.stmt) -> set[str]:
    """The names that a definition refers to; of the settings' class without its fields, which are definitions too."""
    parts = [*node.decorator_list, *node.bases] if _is_settings(node) else [node]
    found: set[str] = set()
    for part in (each for top in parts for each in ast.walk(top)):
        match part:
            case ast.Name(id=name, ctx=ast.Load()):
                found.add(name)
            case ast.Attribute(value=ast.Name(id="s"), attr=setting):
                found.add(setting)
    return found


@lru_cache(maxsize=4)
def settings_of(text: str) -> set[str]:
    """The names of the settings that the script has."""
    return {name for node in _definitions(ast.parse(text)) if node.col_offset for name in names_of(node)}


def _definitions(tree: ast.Module) -> list[ast.stmt]:
    """What stands at the left margin, and the settings' fields, from top to bottom."""
    found: list[ast.stmt] = []
    for node in tree.body:
        found.append(node)
        if _is_settings(node):
            found += node.body
    return found


def _is_settings(node: ast.stmt) -> TypeGuard[ast.ClassDef]:
    return isinstance(node, ast.ClassDef) and node.name == "Settings"


def names_of(node: ast.stmt) -> set[str]:
    """What a statement gives a name to."""
    match node:
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            return {alias.asname or alias.name for alias in aliases}
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def _spaced(text: str) -> str:
    """At most two empty lines on end, one within a definition."""
    text = re.sub(r"\n{4,}", "\n\n\n", text)
    return re.sub(r"\n{3,}(?= )", "\n\n", text).strip("\n") + "\n"


def written(value: Any, column: int = 0, indent: int = 0) -> str:
    """A setting's value or an array as an expression that gives back exactly this; one item a line where it is long.

    column, indent: where the expression begins, and where the line does that it stands in.
    """
    margin, inner = " " * indent, indent + 4
    if isinstance(value, np.ndarray):
        listed = written(value.tolist(), column + len("np.array()"), inner)
        return f"np.array(\n{margin}    {listed}\n{margin})" if "\n" in listed else f"np.array({listed})"
    line = repr(value).replace("'", '"')
    if column + len(line) < LINE_LENGTH or not isinstance(value, dict | list | tuple):
        return line
    labels = [f"{written(key)}: " for key in value] if isinstance(value, dict) else [""] * len(value)
    items = value.values() if isinstance(value, dict) else value
    parts = [label + written(item, inner + len(label), inner) for label, item in zip(labels, items, strict=True)]
    return line[0] + "\n" + "".join(f"{margin}    {part},\n" for part in parts) + margin + line[-1]
