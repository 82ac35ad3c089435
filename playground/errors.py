"""What every error of ours has in common."""


class PlaygroundError(Exception):
    """Something that can't be done, in one sentence for whoever asked: it names what is wrong and what is allowed."""
