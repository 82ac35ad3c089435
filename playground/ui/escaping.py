"""The name of a run within a text of markdown."""


def without_markdown(name: str) -> str:
    """A name without what markdown would make something of."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!|<>~$:" else letter for letter in name)
