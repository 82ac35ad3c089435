"""The words of the lessons: a Markdown file for each, with a section for every part, to be changed without Python.

    ## key | Title

    Sentences and $formulas$.

    ### Question
    What will happen?
    - [ ] a guess
    - [x] what does happen

    ### Seen
    Why it did.

Question belongs to experiments. Seen under anything else is what somebody finds who tries it, to be unfolded.
"""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "texts"
_SECTION = re.compile(r"^## +([a-z0-9-]+) *\| *(.+)$", re.MULTILINE)
_INNER = re.compile(r"^### +(Question|Seen) *$", re.MULTILINE)
_CLINGING = re.compile(r"(?<!\$)\$([^$\n]+)\$([.,:;?!])")
"""A formula and the full stop after it, which is not to begin the next line: it becomes part of the formula."""
_ANSWER = re.compile(r"^- \[([ x])\] +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """One part's words. answers: to choose from before the experiment; right: the place of the right one. seen: what
    is explained once the claim has been seen."""

    title: str
    text: str
    question: str = ""
    answers: tuple[str, ...] = ()
    right: int = 0
    seen: str = ""


def read(name: str) -> dict[str, Section]:
    """The sections of a lesson's file, by key. Raises ValueError where a question has no single right answer."""
    written = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    pieces = _SECTION.split(_CLINGING.sub(r"$\1\\text{\2}$", written))
    return {
        key: _section(key, title.strip(), body)
        for key, title, body in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True)
    }


def _section(key: str, title: str, body: str) -> Section:
    text, *inner = _INNER.split(body)
    found = dict(zip(inner[::2], inner[1::2], strict=True))
    if not found:
        return Section(title, text.strip())
    seen = found.get("Seen", "").strip()
    if "Question" not in found:
        return Section(title, text.strip(), seen=seen)
    asked = found["Question"]
    answers = _ANSWER.findall(asked)
    right = [place for place, (mark, _) in enumerate(answers) if mark == "x"]
    if len(right) != 1 or len(answers) < 2:
        raise ValueError(f"The question of {key} needs two answers or more, one of them marked [x].")
    question = _ANSWER.split(asked)[0].strip()
    return Section(title, text.strip(), question, tuple(answer for _, answer in answers), right[0], seen)
