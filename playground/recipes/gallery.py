"""The recipes by what they show, each under a title that says what one sees, and its small picture."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from playground.recipes import RECIPES, Recipe

PICTURES = Path(__file__).with_name("pictures")
"""The pictures, by recipe: written by `python -m playground reproduce --pictures`."""
OTHERS = "More"

GROUPS: Mapping[str, Mapping[str, str]] = {
    "It works": {
        "non_saturating": "All eight modes, slowly sharper",
        "wgan_gp": "Even shares from the start",
        "wgan_gp_grid": "25 modes, none left out",
        "wgan_gp_roll": "Points that follow a spiral",
        "relativistic": "Even shares, judged in pairs",
        "spectral_norm": "Even shares without a penalty",
        "r1_weak": "Even shares, a light penalty",
        "label_noise": "Noisy labels, hardly a change",
        "two_time_scale": "A faster D, hardly a change",
        "gan_lab": "Two blobs, eight neurons wide",
        "lecture": "Digits from smudges",
        "dcgan": "Clean digits within minutes",
        "conditional_dcgan": "Each column is told its digit",
    },
    "It collapses": {
        "lost_modes": "Two modes of eight, for good",
        "mode_hopping": "One clump that hops from mode to mode",
        "mode_hopping_grid": "One clump that hops over a grid",
        "lost_modes_grid": "A few modes of 25, for good",
        "metz_ring": "A wide clump that never settles",
        "imbalanced": "The rare modes go missing",
        "stacked_digits": "A thousand classes, half of them lost",
        "lost_modes_digits": "A few digits of ten, for good",
        "mode_hopping_digits": "The same digit a hundred times",
    },
    "D is too strong": {
        "minimax": "A loss that flattens when D is sure",
        "strong_discriminator": "D wins, and G gets no gradient",
        "parallel_lines_js": "A line that never moves",
        "parallel_lines": "The same line finds its way",
    },
    "Calmer games": {
        "instance_noise": "Noise first, then sharp points",
        "r1": "Even and slow",
        "r1_strong": "Evener and slower",
        "wgan_clipping": "A simple critic, points a little off",
        "without_average": "Shares that keep swinging",
        "averaged": "The same game, averaged: sharp",
    },
    "One number: D against D*": {
        "one_normal": "One bell, and D back to ½",
        "two_normals": "D follows the D that it should be",
    },
    "From densities to a GAN": {
        "attempt_1_slides": "Four units say how dense it is",
        "attempt_1": "A density that one cannot draw from",
        "attempt_2": "Points that nobody corrects",
        "attempt_3_slides": "Every point climbs a hill",
        "attempt_3": "Points pile up on the peaks",
        "attempt_3_entropy": "Entropy keeps the points apart",
        "attempt_4_slides": "D in the density's place, four units",
        "attempt_4": "D in the density's place",
    },
    "Codes instead of a game": {
        "autoencoder": "Good copies, bad random digits",
        "vae": "Every digit, and every one blurred",
        "vae_beta4": "The mean of all digits",
        "autoencoder_ring": "Random codes miss the ring",
        "vae_ring": "Eight modes without a game",
        "vae_beta4_ring": "A code that says nothing",
    },
    "Two numbers: round or in": {
        "dirac": "Round and round for ever",
        "dirac_non_saturating": "A slow way in",
        "dirac_r1": "A quick way in",
        "dirac_noise": "A way in through noise",
        "dirac_clipping": "A small circle",
        "dirac_consensus": "A way in by consensus",
        "bilinear": "The plainest circle",
        "bilinear_simultaneous": "A way out",
        "bilinear_extragradient": "A look ahead leads in",
    },
}
"""Group -> recipe -> title."""


def shelves(on_images: bool) -> Iterator[tuple[str, list[tuple[str, str, Recipe]]]]:
    """Each group with its (name, title, recipe), of those that fit a page; recipes of no group come last, by label."""
    fitting = {name: recipe for name, recipe in RECIPES.items() if recipe.config.on_images == on_images}
    placed = {name for group in GROUPS.values() for name in group}
    others = {name: recipe.label for name, recipe in fitting.items() if name not in placed}
    for title, group in {**GROUPS, OTHERS: others}.items():
        if row := [(name, seen, fitting[name]) for name, seen in group.items() if name in fitting]:
            yield title, row


def picture_of(name: str) -> Path:
    """The file of a recipe's picture, whether it is there or not."""
    return PICTURES / f"{name}.webp"
