"""What a picture can show, each layer once: its names, where there is one, and what a frame needs for it."""

from dataclasses import dataclass

from playground.frame import Layer
from playground.methods import has


@dataclass(frozen=True)
class ShownLayer:
    """name: on its button. told: in a menu. dims: the data's dimensions that have it. needs: what a frame must hold.

    part: the methods that have it, as of a setting: those with this part; "" for all. Of images, whose dimension is 0
    here, one layer at a time takes the place of the generated ones.
    """

    name: str
    told: str
    dims: tuple[int, ...] = (2,)
    needs: Layer | None = None
    part: str = ""


LAYERS = {
    "real": ShownLayer("real", "real points", (1, 2)),
    "fake": ShownLayer("generated", "generated points", (1, 2)),
    "d": ShownLayer("D(x)", "D(x)", (1, 2), part="game"),
    "density": ShownLayer("p̂(x)", "p̂(x)", (1, 2), part="density"),
    "optimal": ShownLayer("D*(x)", "D*(x)", (1, 2), "optimal", "game"),
    "gap": ShownLayer("|D − D*|", "|D − D*|", needs="optimal", part="game"),
    "push": ShownLayer("push", "where the loss pushes", needs="gradients", part="push"),
    "plan": ShownLayer("plan", "the cheapest plan", needs="plan", part="maker"),
    "manifold": ShownLayer("manifold", "G's manifold", (1, 2), needs="manifold", part="maker"),
    "reconstructions": ShownLayer("reconstructions", "reconstructions", (0, 2), "reconstructions", "code"),
    "codes": ShownLayer("codes", "codes of fresh data", (0, 1, 2), "codes", "code"),
    "decoded": ShownLayer("decoded grid", "what is made of a grid of codes", (0,), "decoded", "code"),
    "contours": ShownLayer("contours", "contours of the data"),
    "trail": ShownLayer("trails", "trails"),
}
"""By the name that a link gives them, in the order in which they are shown."""
FIRST = ("real", "fake", "d", "density")
"""The layers that are shown before a visitor chooses."""


def of_method(method: str) -> tuple[str, ...]:
    """The layers that a method has on some data, in their order."""
    return tuple(name for name, layer in LAYERS.items() if has(method, layer.part))
