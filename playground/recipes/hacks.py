"""The seventeen hacks of "How to Train a GAN?" by Chintala, Denton, Arjovsky and Mathieu (2016).

Their list is at github.com/soumith/ganhacks.

A row says which of our settings follow a hack and which leave it, so that the two can be trained side by side.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.config import SETTINGS, RunConfig
from playground.recipes import RECIPES

POINTS = ("non_saturating", "mode_hopping", "lost_modes")
"""The healthy ring and the two illnesses."""
IMAGES = ("lecture",)
"""The built-in digits, by the lecture's perceptron; by the DCGAN where the hack is about that."""


@dataclass(frozen=True)
class Hack:
    """claim: what the list says, in our words. follow, leave: what to change in a recipe's settings to have the hack
    and not to have it. recipes: on which both were meant to be trained; none where there is nothing to switch.
    note: which part of it is not here, or why none of it is."""

    number: int
    label: str
    claim: str
    follow: Mapping[str, Any] = field(default_factory=dict)
    leave: Mapping[str, Any] = field(default_factory=dict)
    recipes: tuple[str, ...] = ()
    note: str = ""

    @property
    def needs(self) -> set[str]:
        """Settings of the hack that this version does not have."""
        return {*self.follow, *self.leave} - SETTINGS.keys()

    def pairs(self) -> dict[str, tuple[RunConfig, RunConfig]]:
        """Recipe -> its settings without the hack, and with it; none where a setting is not there."""
        if self.needs:
            return {}
        bases = {name: RECIPES[name].config for name in self.recipes}
        return {name: (base.replace(**self.leave), base.replace(**self.follow)) for name, base in bases.items()}


HACKS: dict[str, Hack] = {
    "normalised_inputs": Hack(
        1,
        "Normalise the inputs",
        "Images should run from −1 to 1, and G should end in tanh.",
        {"data_units": True, "d_input_divisor": 1.0},
        {"data_units": False, "d_input_divisor": 1.0},
        POINTS,
        "Images always run from −1 to 1 here, and their G ends in tanh. Points have no bounds, so G has no tanh; the "
        "networks see them in units of the data's size or as they are.",
    ),
    "modified_loss": Hack(
        2,
        "A modified loss",
        "G should raise log D instead of lowering log(1 − D), whose gradient vanishes early on.",
        {"loss": "non_saturating"},
        {"loss": "minimax"},
        POINTS + IMAGES,
        "Swapping the labels when G is trained, which the list advises too, is the same formula.",
    ),
    "spherical_latents": Hack(
        3,
        "A spherical z",
        "z should come from a Gaussian and not from a cube.",
        {"prior": "normal"},
        {"prior": "uniform"},
        POINTS + IMAGES,
        "Great circles between two latents, which the list advises too, change pictures and no training.",
    ),
    "batch_norm": Hack(
        4,
        "Batch norm, real and fake apart",
        "Batch norm helps if a batch is all real or all generated.",
        note="The DCGAN has it so and the perceptrons have none; there is no switch, as it is a part of the network.",
    ),
    "dense_gradients": Hack(
        5,
        "Avoid sparse gradients",
        "ReLU and max pooling make the game unstable; leaky ReLU is good in both networks.",
        {"g_activation": "leaky_relu", "d_activation": "leaky_relu"},
        {"g_activation": "relu", "d_activation": "relu"},
        POINTS,
        "The networks for images have strided convolutions and a leaky ReLU in D, as the list advises.",
    ),
    "noisy_labels": Hack(
        6,
        "Soft and noisy labels",
        "D's labels should be soft, and now and then the wrong ones.",
        {"label_smoothing": 0.1, "label_flip": 0.05},
        {"label_smoothing": 0.0, "label_flip": 0.0},
        POINTS + IMAGES,
        "The list draws labels from 0.7 to 1.2 and from 0 to 0.3; here 1 becomes 0.9, 0 stays (Salimans et al. 2016).",
    ),
    "dcgan": Hack(
        7,
        "Use a DCGAN",
        "A DCGAN works where it can be used.",
        {"network": "dcgan"},
        {"network": "lecture"},
        ("dcgan",),
        "Hybrids with a variational autoencoder are not here.",
    ),
    "replay": Hack(
        8,
        "Tricks from reinforcement learning",
        "Old samples should be kept and shown to D again now and then.",
        {"replay": 0.5},
        {"replay": 0.0},
        POINTS + IMAGES,
        "Old networks, which the list would swap in for a few updates, are not.",
    ),
    "sgd_for_d": Hack(
        9,
        "Adam for G, SGD for D",
        "Adam is the optimiser to use; for D plain SGD may do.",
        {"optimizer": "adam", "d_optimizer": "sgd", "lr_d": 0.1},
        {"optimizer": "adam", "d_optimizer": "same"},
        POINTS,
        "SGD's steps are not scaled by the gradient's size, so D's learning rate is 0.1 with it.",
    ),
    "track_failures": Hack(
        10,
        "Track failures early",
        "A loss of D near 0, gradients beyond 100 and a loss of G that falls steadily are bad signs.",
        note="Advice for whoever watches: the charts show losses and gradients, and the reading names the failure.",
    ),
    "no_balancing": Hack(
        11,
        "No balancing by the losses",
        "Deciding by the two losses which player moves next does not help.",
        note="It advises against something that is not here: k is a number, which nothing changes while a run trains.",
    ),
    "labels": Hack(
        12,
        "Use labels",
        "Where there are labels, D should be trained to name them too.",
        {"conditional": True, "auxiliary": 1.0},
        {"conditional": False, "auxiliary": 0.0},
        ("lecture", "dcgan"),
        "Points have no labels.",
    ),
    "fading_noise": Hack(
        13,
        "Noise on D's inputs that fades",
        "Noise on what D sees, which falls in the course of the run, makes training stable.",
        {"instance_noise": 0.5, "noise_decay": 2000},
        {"instance_noise": 0.0, "noise_decay": 0},
        POINTS + IMAGES,
        "Noise in the layers of G is not here.",
    ),
    "more_d": Hack(
        14,
        "Train D more",
        "More updates of D than of G may help, above all under noise; the list is not sure.",
        {"k": 5},
        {"k": 1},
        POINTS + IMAGES,
    ),
    "batch_discrimination": Hack(
        15,
        "Batch discrimination",
        "D may look at a batch as a whole; the list has mixed results.",
        {"minibatch": "discrimination"},
        {"minibatch": "none"},
        POINTS + IMAGES,
    ),
    "conditional": Hack(
        16,
        "Classes as further channels",
        "A class should reach the networks through an embedding, and images as further channels.",
        {"conditional": True},
        {"conditional": False},
        ("lecture", "dcgan"),
        "The DCGAN's D is given a plane for each class, the perceptrons a one-hot; there is no embedding.",
    ),
    "dropout_in_g": Hack(
        17,
        "Dropout in G",
        "Dropout of a half in several layers of G, in training and afterwards, is a source of noise.",
        note="No G here has dropout: z is its only source of noise. The small perceptron's D has it.",
    ),
}
