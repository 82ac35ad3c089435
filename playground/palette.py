"""Every colour that means something, once: in charts, in the browser, in exported pictures."""

from collections.abc import Sequence

# Okabe and Ito's palette: told apart by colour-blind readers, on white and on black.
BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#7F7F7F"

LIGHT = {
    "real": BLUE,
    "fake": ORANGE,
    "realField": "#9ACAEA",
    "fakeField": "#F6BE97",
    "manifold": "#00785A",
    "gap": "#B0388F",
    "warning": "#8A5A00",
    "error": "#B3261E",
}
"""What the colours of a picture and of the page's words mean, on white; the fields are the ends of D's map."""
DARK = {
    "real": "#56B4E9",
    "fake": "#F0A030",
    "realField": "#1A4B70",
    "fakeField": "#643810",
    "manifold": "#3CC79C",
    "gap": "#E07BC4",
    "warning": "#F0B849",
    "error": "#FF8A80",
}
"""The same on black."""

RUN_COLOURS = (
    ("#323EE7", "#646BFF"),
    ("#A44800", "#FF5A2A"),
    ("#257F57", "#A0CC80"),
    ("#E78EB2", "#FFB0C8"),
    ("#5E2996", "#8F629C"),
    ("#A0B300", "#E2E219"),
    ("#732B63", "#A84E60"),
    ("#21AFFF", "#3FC2FF"),
)
"""The colours of runs, by `Record.colour`: on white and on black. Any two of a row stay at least 26 apart (CIE76 in
L*a*b*) for readers with normal, red-blind, green-blind and blue-blind eyes (Machado et al. 2009)."""

BETWEEN_IMAGES = "#34363D"
"""Between the images of a grid: neither ink nor paper."""


def distinct(colours: Sequence[int | None]) -> list[int]:
    """Every run's own colour; a run without one, and one whose colour another has already, gets a free one."""
    given: list[int] = []
    own = {colour for colour in colours if colour is not None}
    for colour in colours:
        if colour is None or colour in given:
            colour = next(free for free in range(len(RUN_COLOURS)) if free not in own and free not in given)
        given.append(colour)
    return given


def rgb(colour: str) -> tuple[int, int, int]:
    """Such as "#0072B2" as three numbers from 0 to 255."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue
