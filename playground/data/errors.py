"""What is said of data that can't be used."""

from playground.errors import PlaygroundError


class DataError(PlaygroundError):
    """Points or images that can't be used: one sentence that says what is wrong, and what is expected where."""
