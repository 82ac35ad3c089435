"""Text from outside within Streamlit's Markdown: names, notes, files, and sentences that quote them."""

import re
import string

_MARKS = re.compile(f"([{re.escape(string.punctuation)}])")
_JOINER = "\u2060"
"""A character of no width: it breaks up what Streamlit replaces after parsing, when a backslash no longer helps."""
_LATE = re.compile(
    r"(?<=:)(?=\S)"  # :smile:, :material/home:, https://…
    r"|(?<=www)(?=\.)|(?<=@)(?=\S)"  # addresses
    r"|(?<!\S)(?=(?:<->|->|<-|--|>=|<=|~=)(?:\s|$))",  # arrows and dashes
    re.IGNORECASE,
)


def plain(text: object) -> str:
    """A text on one line of which Markdown makes nothing: it is shown as it is, in a caption, a label or a box."""
    line = " ".join(str(text).split())
    return _MARKS.sub(r"\\\1", _LATE.sub(_JOINER, line))
