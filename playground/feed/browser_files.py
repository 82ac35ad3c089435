"""What the browser's code has from Python: the types of the feed's messages, and facts that are chosen in one place.

`python -m playground.feed.browser_files` writes both files anew; `tests/feed/test_browser_files.py` compares them.
"""

import inspect
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from playground.feed.commands import SPEEDS, BrowserCommand
from playground.feed.messages import Message, type_of
from playground.layers import FIRST, LAYERS
from playground.methods import METHODS
from playground.palette import BETWEEN_IMAGES, DARK, LIGHT

COMMON = Path(__file__).parents[1] / "ui" / "stage" / "common"
MADE = "// Made by `python -m playground.feed.browser_files`: change the Python there, not this.\n"
ANY = "// biome-ignore-all lint/suspicious/noExplicitAny: settings and measures have values of several types\n"
PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null", Any: "any"}
WIDTH = 160
"""Characters of a line, as the formatter of the browser's code has it."""


def files() -> dict[Path, str]:
    """The files' texts, by where they belong."""
    return {COMMON / "messages.d.ts": types(), COMMON / "facts.js": facts()}


def facts() -> str:
    """The colours, layers, methods and speeds as a script."""
    values = {
        "LIGHT": LIGHT,
        "DARK": DARK,
        "BETWEEN_IMAGES": BETWEEN_IMAGES,
        "LAYERS": {name: asdict(layer) for name, layer in LAYERS.items()},
        "FIRST_LAYERS": FIRST,
        "METHODS": {name: {"plays": row.plays, "parts": (*sorted(row.parts), name)} for name, row in METHODS.items()},
        "SPEEDS": SPEEDS,
    }
    return MADE + "".join(f"\nexport const {name} = {_value(value, WIDTH - 30)};\n" for name, value in values.items())


def _value(value: Any, width: int) -> str:
    """A plain value as the formatter writes it: a mapping that is too long for a line has a line for each entry."""
    if isinstance(value, Mapping):
        entries = [f"{name}: {_value(each, WIDTH)}" for name, each in value.items()]
        line = f"{{ {', '.join(entries)} }}"
        return line if len(line) <= width else "{\n" + "".join(f"  {entry},\n" for entry in entries) + "}"
    if isinstance(value, tuple):
        return f"[{', '.join(_value(each, WIDTH) for each in value)}]"
    return json.dumps(value, ensure_ascii=False)


def types() -> str:
    """Every message of the server and every command of the browser as TypeScript interfaces."""
    known: dict[type, str] = {}
    messages = [_named(message, known) for message in get_args(Message)]
    commands = [_named(command, known) for command in get_args(BrowserCommand)]
    unions = [_union("export type Message =", messages, ""), _union("export type Command =", commands, "")]
    return "\n".join([MADE + ANY, *known.values(), *unions])


def _named(kind: type, known: dict[type, str]) -> str:
    """The name of a dataclass's or a command's interface; it and what it is made of join those that are known."""
    if issubclass(kind, BaseModel):
        name, said = f"{kind.__name__}Command", []
        rows = {field if row.is_required() else f"{field}?": row.annotation for field, row in kind.model_fields.items()}
    else:
        told = kind in get_args(Message)
        name, said = kind.__name__ + "Message" * told, [f'  type: "{type_of(kind)}";\n'] * told
        rows = get_type_hints(kind)
    if kind not in known:
        known[kind] = ""  # its place is before what it is made of
        said += [_union(f"  {field}:", _types(hint, known), "  ") for field, hint in rows.items()]
        comment = " ".join((inspect.getdoc(kind) or "").split()).replace("None", "null")
        known[kind] = f"/** {comment} */\nexport interface {name} {{\n{''.join(said)}}}\n"
    return name


def _union(begin: str, members: list[str], indent: str) -> str:
    """One line, or one for each member where that is too long."""
    line = f"{begin} {' | '.join(members)};\n"
    return line if len(line) <= WIDTH + 1 else begin + "".join(f"\n{indent}  | {each}" for each in members) + ";\n"


def _types(hint: Any, known: dict[type, str]) -> list[str]:
    """The members of a Python type in TypeScript's words. Raises KeyError for one that no message has had so far."""
    origin, parts = get_origin(hint), get_args(hint)

    def one(part: Any) -> str:
        return " | ".join(_types(part, known))

    if origin is Annotated:
        return _types(parts[0], known)
    if origin is Literal:
        return [json.dumps(part) for part in parts]
    if origin in (Union, UnionType):
        return [member for part in parts for member in _types(part, known)]
    if origin is tuple and parts[-1] is not ...:
        return [f"[{', '.join(map(one, parts))}]"]
    if origin is not None and issubclass(origin, Mapping):
        return [f"Record<{one(parts[0])}, {one(parts[1])}>"]
    if origin is not None and issubclass(origin, Sequence | Set):
        return [f"Array<{one(parts[0])}>"]
    return [_named(hint, known) if is_dataclass(hint) and isinstance(hint, type) else PLAIN[hint]]


def main() -> None:
    """Write both files."""
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
