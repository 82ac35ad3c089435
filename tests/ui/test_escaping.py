"""Text from outside is shown as it is: by the Markdown of CommonMark, and by what Streamlit adds to it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from playground.ui.escaping import plain

HOSTILE = (
    "![x](https://evil.example/p.png) <b>b</b> **s** *e* `c` ~~d~~ [l](https://evil.example) :smile: :red[r] "
    ":material/home: $x$ www.evil.example me@evil.example %{x} &lt; <!-- --> -> \\*"
)
STREAMLITS = (  # what it looks for in text that has been parsed, from the script of its Markdown element
    r":\+1:|:-1:|:[\w-]+:",
    r":material_(\w+):",
    r":streamlit:",
    r"(https?://|www(?=\.))([-.\w]+)([^ \t\r\n]*)",
    r"(?<![\w+.-])([-.\w+]+)@([-\w]+(?:\.[-\w]+)+)",
    r"(^|\s)(<->|->|<-|--|>=|<=|~=)(\s|$)",
)
parser = MarkdownIt("commonmark").enable(["strikethrough", "table"])


def shown(text: str) -> str:
    """The text of a paragraph in which nothing is interpreted."""
    begin, inline, end = parser.parse(text)
    assert (begin.type, inline.type, end.type) == ("paragraph_open", "inline", "paragraph_close")
    assert {part.type for part in inline.children or ()} <= {"text", "text_special"}
    return "".join(part.content for part in inline.children or ())


def assert_shown_as_it_is(text: str) -> None:
    found = shown(f"A {plain(text)} Z")
    assert found.replace("\u2060", "") == f"A {' '.join(text.split())}".rstrip() + " Z"
    for pattern in STREAMLITS:
        assert not re.search(pattern, found, re.IGNORECASE | re.ASCII), pattern


@pytest.mark.parametrize(
    "text", [*HOSTILE.split(" "), HOSTILE, "1. a\n\n    b\n# c\n- d\n| e |\n|---|", "---", "a\n==="]
)
def test_hostile_texts(text: str) -> None:
    assert_shown_as_it_is(text)


@given(st.text(st.sampled_from("ab1 \n\\`*_{}[]()#+-.!|<>~$:@&=/'\"^%w"), min_size=1, max_size=40).filter(str.strip))
def test_any_text(text: str) -> None:
    assert_shown_as_it_is(text)


def test_words_stay_words() -> None:
    assert plain("Hinge, seeds 4 · run 2") == "Hinge\\, seeds 4 · run 2"
    assert shown(plain("1. first")) == "1. first"
    assert plain("") == ""
