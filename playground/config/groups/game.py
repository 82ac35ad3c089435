"""Game: what the two players minimise, who moves when and how far, and what bounds D's slope."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

from playground import formulas
from playground.config.groups.group import Group
from playground.objectives import LOSSES, OWN, OWN_FAKE, OWN_GENERATOR, OWN_REAL, PENALTIES
from playground.setting import labels_of, one_of, setting

Trains = Literal["both", "discriminator", "generator"]
Updates = Literal["alternating", "simultaneous", "extragradient"]

TRAINS_LABELS: dict[str, str] = {"both": "both", "discriminator": "only D", "generator": "only G"}

UPDATES_LABELS: dict[str, str] = {
    "alternating": "alternating",
    "simultaneous": "simultaneous",
    "extragradient": "extragradient",
}

Formula = Annotated[str, AfterValidator(lambda text: formulas.read(text).text)]
"""A formula in d that can be trained with."""
FORM = "a formula in d"
GRAMMAR = (
    f"numbers, {', '.join(formulas.CONSTANTS)}, + − · / ^, brackets, {', '.join(formulas.FUNCTIONS)}. "
    "It has to be finite from d = −10 to 10."
)


def _own(config: "Game") -> bool:
    return config.loss == OWN


def _in_turn(config: "Game") -> bool:
    return config.updates == "alternating"


class Game(Group):
    """The losses, who moves when and how far, and what bounds D's slope."""

    part: ClassVar[str] = "game"

    loss: Annotated[str, one_of(LOSSES)] = setting(
        "non_saturating",
        "Loss",
        "Game",
        "What the two players minimise. Minimax and non-saturating differ in G's half only; feature matching leaves "
        "that half out. f-GAN's (Nowozin et al. 2016) are bounds on a divergence, which D raises and G lowers.",
        live=True,
        labels=labels_of(LOSSES),
        bare=True,
    )
    own_real: Formula = setting(
        OWN_REAL,
        "D's term on real examples",
        "Game",
        f"What D loses on a real example, in d, its output there: {GRAMMAR}",
        live=True,
        form=FORM,
        when=_own,
        symbol="D on real",
    )
    own_fake: Formula = setting(
        OWN_FAKE,
        "D's term on generated ones",
        "Game",
        "What D loses on a generated example, in d, its output there. A higher d has to mean more real.",
        live=True,
        form=FORM,
        when=_own,
        symbol="D on fakes",
    )
    own_generator: Formula = setting(
        OWN_GENERATOR,
        "G's term",
        "Game",
        "What G loses on an example of its own, in d, D's output there; it should fall where d grows.",
        live=True,
        form=FORM,
        when=_own,
        symbol="G's term",
    )
    trains: Trains = setting(
        "both",
        "Who trains",
        "Game",
        "One player can be held where it is, while the other goes on as in any step: D then comes near the best answer "
        "to this G, G runs to where this D is highest. A step then is D's k updates, or G's one.",
        live=True,
        labels=TRAINS_LABELS,
        bare=True,
        symbol="who trains",
    )
    updates: Updates = setting(
        "alternating",
        "Updates",
        "Game",
        "In turn, as in Algorithm 1; both players at once, from the same weights; or both by the gradients that they "
        "find one step ahead, which with Adam is ExtraAdam (Gidel et al. 2019, algorithm 4).",
        live=True,
        labels=UPDATES_LABELS,
        symbol="updates",
    )
    consensus: float = setting(
        0.0,
        "Consensus γ",
        "Game",
        "Both players also descend γ · ½‖v‖², where v is the gradients of both, which damps their circling. 0 is off; "
        "Mescheder et al. (2017) take 10 for mixtures of Gaussians.",
        ge=0,
        le=100,
        live=True,
        log="decimal",
        step=0.01,
        when=lambda config: config.updates == "simultaneous",
        symbol="consensus γ",
    )
    k: int = setting(
        1,
        "k, D updates per G update",
        "Game",
        "Discriminator updates before each generator update (Goodfellow et al. 2014, Algorithm 1).",
        ge=1,
        le=10,
        live=True,
        when=_in_turn,
        symbol="k",
    )
    unroll: int = setting(
        0,
        "Unrolled steps K",
        "Game",
        "G is judged by D as it would be after K more of its own steps, all on one fresh batch of real examples and on "
        "the fakes to be judged; G's gradient goes through these steps (Metz et al. 2017). D itself stays. 0 is off.",
        ge=0,
        le=10,
        live=True,
        symbol="unrolled K",
    )
    g_first: bool = setting(
        False,
        "G moves first",
        "Game",
        "G's update comes before D's, which then sees the same fakes. Otherwise D moves first, as in Algorithm 1 "
        "(Goodfellow et al. 2014).",
        live=True,
        when=_in_turn,
    )
    lr_g: float = setting(
        1e-3,
        "Learning rate of G",
        "Game",
        "Step size of the generator.",
        ge=1e-6,
        le=1,
        live=True,
        log="decimal",
        symbol="lr G",
        part="maker",
    )
    lr_d: float = setting(
        1e-3,
        "Learning rate of D",
        "Game",
        "Step size of the discriminator.",
        ge=1e-6,
        le=1,
        live=True,
        log="decimal",
        symbol="lr D",
        part="judge",
    )
    clip: float = setting(
        0.0,
        "Weight clipping c",
        "Game",
        "After each D update every weight of D is cut to [−c, c]; 0 is off. WGAN uses 0.01 (Arjovsky et al. 2017).",
        ge=0,
        le=1,
        live=True,
        log="decimal",
        step=0.001,
        symbol="clip",
    )
    penalty: Annotated[str, one_of(PENALTIES)] = setting(
        "none",
        "Penalty on D's slope",
        "Game",
        "Gradient penalty pulls ‖∇d‖ to 1 between real and fake points (Gulrajani et al. 2017); "
        "R1 pulls it to 0 at real points, R2 at fakes (Mescheder et al. 2018); zero-centred, it is pulled to 0 between "
        "the two (Thanh-Tung et al. 2019).",
        live=True,
        labels=labels_of(PENALTIES),
        bare=True,
        symbol="penalty",
    )
    penalty_weight: float = setting(
        1.0,
        "Weight of the penalty",
        "Game",
        "λ of the gradient penalties, γ of R1 and R2 (which carry a ½).",
        ge=0,
        le=100,
        live=True,
        log="decimal",
        step=0.01,
        when=lambda config: config.penalty != "none",
        symbol="weight",
    )
    feature_matching: bool = setting(
        False,
        "Feature matching",
        "Game",
        "Instead of its loss G minimises ‖E f(x) − E f(G(z))‖², where f is D's last hidden layer "
        "(Salimans et al. 2016, section 3.1). D keeps its own loss.",
        live=True,
    )
    top_k: float = setting(
        1.0,
        "Top-k: share of the fakes that G learns from",
        "Game",
        "G's loss is the mean over this share of its fakes, those with D's highest scores; 1 is all of them "
        "(Sinha et al. 2020). A relativistic loss still compares each with a real example.",
        ge=0.05,
        le=1,
        live=True,
        step=0.05,
        when=lambda config: not config.feature_matching,
        symbol="top k",
    )
    replay: float = setting(
        0.0,
        "Replayed fakes",
        "Game",
        "Share of D's fakes that come at random from the last batches instead of from G as it is now, so that D does "
        "not forget what G has left (Shrivastava et al. 2017).",
        ge=0,
        le=0.9,
        live=True,
        step=0.1,
        symbol="replay",
    )
    replay_batches: int = setting(
        20,
        "Replayed from the last",
        "Game",
        "Batches of D's fakes that are kept, of the present batch size.",
        ge=1,
        le=100,
        live=True,
        unit="batches",
        log="decimal",
        when=lambda config: config.replay > 0,
        symbol="replay of",
    )
