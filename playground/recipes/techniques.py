"""What is said to help a GAN that fails: one row each, as a change of whatever settings it is put on.

`python -m playground reproduce --table cures` trains every row on the same illnesses; a reading suggests those that
helped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from playground.config import SETTINGS, ConfigError, RunConfig, difference
from playground.methods import AUTOENCODER, LIKELIHOOD, VAE
from playground.objectives import LOSSES, SATURATING

Kind = Literal[
    "Loss",
    "Penalty",
    "Normalisation",
    "Noise",
    "Groups",
    "Updates",
    "Steps",
    "Optimiser",
    "Averages",
    "Batch",
    "Networks",
    "Start",
    "Method",
]
Changes = Mapping[str, Any]


@dataclass(frozen=True)
class Technique:
    """kind: rows of one kind are ways to the same end. change: the settings to alter in a config, {} where it has
    nothing to change there. why: how it is said to help, and by whom, in a sentence."""

    label: str
    kind: Kind
    change: Callable[[RunConfig], Changes]
    why: str

    def on(self, config: RunConfig) -> RunConfig | None:
        """The config with the technique; None where that has no effect or can't be."""
        try:
            treated = config.replace(**self.change(config))
        except ConfigError:
            return None
        changed = (SETTINGS[name].when for name in difference(config, treated).pairs)
        return treated if any(when is None or when(treated) for when in changed) else None

    def why_not(self, config: RunConfig) -> str:
        """Why `on` has nothing for this config, in a sentence; empty where it has."""
        try:
            config.replace(**self.change(config))
        except ConfigError as error:
            return error.on_a_page
        return "" if self.on(config) else "It changes nothing there."


def _always(**changes: Any) -> Callable[[RunConfig], Changes]:
    return lambda config: changes


def _rounded(value: float) -> float:
    return float(f"{value:.2g}")


def _slower_critic(c: RunConfig) -> Changes:
    return {"k": 1} if c.k > 1 else {"lr_d": _rounded(c.lr_d / 3)}


def _blur(c: RunConfig) -> float:
    return 0.3 if c.on_images else round(max(0.05, 0.15 * c.distribution().scale) * 20) / 20


def _divergence(loss: str, what: str) -> Technique:
    label = LOSSES[loss].label
    return Technique(label, "Loss", _always(loss=loss, **_NO_LABELS), f"{what} (Nowozin et al. 2016).")


_NO_LABELS = {"label_flip": 0.0, "label_smoothing": 0.0}
_CRITIC = {"loss": "wasserstein", **_NO_LABELS}
_PLAIN_START = {"init": "he", "init_gain": 1.0, "last_gain": 0.5, "data_units": True, "d_input_divisor": 1.0}

TECHNIQUES: dict[str, Technique] = {
    "non_saturating": Technique(
        "Non-saturating loss",
        "Loss",
        lambda c: {"loss": "non_saturating"} if c.loss in SATURATING and not c.feature_matching else {},
        "The non-saturating loss keeps G's gradient where D is sure (Goodfellow et al. 2014).",
    ),
    "least_squares": Technique(
        "Least squares",
        "Loss",
        _always(loss="least_squares"),
        "Least squares pull samples that D already takes for real too, as long as they are far off (Mao et al. 2017).",
    ),
    "hinge": Technique(
        "Hinge loss", "Loss", _always(loss="hinge"), "Beyond its margin D has nothing more to win (Lim and Ye 2017)."
    ),
    "relativistic": Technique(
        "Relativistic pairs",
        "Loss",
        _always(loss="relativistic", **_NO_LABELS),
        "Each sample is judged against a real one, so that D asks for what is missing (Jolicoeur-Martineau 2018).",
    ),
    "kl": _divergence("fgan_kl", "The KL divergence is largest where data have no samples: modes cost much"),
    "reverse_kl": _divergence(
        "fgan_reverse_kl", "The reverse KL is largest where samples have no data: modes cost little"
    ),
    "pearson": _divergence("fgan_pearson", "Pearson's χ² minds missing modes even more than the KL does"),
    "neyman": _divergence("fgan_neyman", "Neyman's χ² minds stray samples even more than the reverse KL does"),
    "hellinger": _divergence("fgan_hellinger", "The squared Hellinger distance minds both, and is bounded"),
    "jeffrey": _divergence("fgan_jeffrey", "Jeffrey's is the sum of both KL divergences"),
    "total_variation": _divergence("fgan_total_variation", "The total variation counts the mass that is out of place"),
    "wasserstein": Technique(
        "WGAN-GP",
        "Loss",
        _always(**_CRITIC, penalty="gradient_penalty", penalty_weight=0.1, k=5, clip=0.0),
        "A critic with a gradient penalty has a slope everywhere, towards missing modes too (Gulrajani et al. 2017).",
    ),
    "clipping": Technique(
        "WGAN with clipping",
        "Loss",
        _always(**_CRITIC, clip=0.03, k=5, optimizer="rmsprop", penalty="none", spectral_norm=False),
        "A critic with small weights has a bounded slope, and can be trained until it is right (Arjovsky et al. 2017).",
    ),
    "damped": Technique(
        "R1, γ = 0.1",
        "Penalty",
        lambda c: {"penalty": "r1", "penalty_weight": 0.1, "clip": 0.0} if c.penalty == "none" else {},
        "R1 flattens D at the data, which damps the circling (Mescheder et al. 2018).",
    ),
    "strongly_damped": Technique(
        "R1, γ = 1",
        "Penalty",
        lambda c: {"penalty": "r1", "penalty_weight": 1.0, "clip": 0.0} if c.penalty == "none" else {},
        "Ten times as much of R1: calmer and slower (Mescheder et al. 2018).",
    ),
    "both_damped": Technique(
        "R1 and R2, γ = 0.1",
        "Penalty",
        lambda c: {"penalty": "r1_r2", "penalty_weight": 0.1, "clip": 0.0} if c.penalty == "none" else {},
        "D is flattened at the data and at the samples (Mescheder et al. 2018; Huang et al. 2024).",
    ),
    "gradient_penalty": Technique(
        "Gradient penalty, λ = 0.1",
        "Penalty",
        lambda c: {"penalty": "gradient_penalty", "penalty_weight": 0.1, "clip": 0.0} if c.penalty == "none" else {},
        "A slope of 1 between data and samples helps other losses than Wasserstein's too (Fedus et al. 2018).",
    ),
    "zero_centred": Technique(
        "Zero-centred penalty, λ = 0.1",
        "Penalty",
        lambda c: {"penalty": "zero_centred", "penalty_weight": 0.1, "clip": 0.0} if c.penalty == "none" else {},
        "D is flattened on the way from the data to the samples (Thanh-Tung et al. 2019).",
    ),
    "spectral_norm": Technique(
        "Spectral normalisation",
        "Normalisation",
        _always(spectral_norm=True, clip=0.0),
        "D's slope is bounded by its own weights (Miyato et al. 2018).",
    ),
    "noise": Technique(
        "Noise on D's inputs",
        "Noise",
        lambda c: {"instance_noise": _blur(c), "noise_decay": 0} if c.instance_noise == 0 else {},
        "Noise on what D sees makes real and generated samples overlap (Sønderby et al. 2016).",
    ),
    "decaying_noise": Technique(
        "Noise that fades",
        "Noise",
        lambda c: {"instance_noise": 2 * _blur(c), "noise_decay": 2000} if c.instance_noise == 0 else {},
        "Twice the noise at first and none after 2,000 steps (Sønderby et al. 2016; Arjovsky and Bottou 2017).",
    ),
    "broad_noise": Technique(
        "Broad noise that fades",
        "Noise",
        lambda c: {"instance_noise": 0.5, "noise_decay": 2000} if c.instance_noise == 0 else {},
        "Noise of σ 0.5 at first and none after 2,000 steps. The hacks advise noise that fades; the numbers are ours.",
    ),
    "label_smoothing": Technique(
        "One-sided label smoothing",
        "Noise",
        _always(label_smoothing=0.1),
        "D is told 0.9 for real, so it is never quite sure (Salimans et al. 2016).",
    ),
    "label_flip": Technique(
        "Flipped labels, 5 %", "Noise", _always(label_flip=0.05), "Some wrong labels keep D unsure (the GAN hacks)."
    ),
    "packed_2": Technique(
        "Packed in pairs",
        "Groups",
        _always(pack=2),
        "D judges two samples at once, so it sees that they are the same (Lin et al. 2018).",
    ),
    "packed_4": Technique(
        "Packed in fours", "Groups", _always(pack=4), "D judges four samples at once (Lin et al. 2018)."
    ),
    "discrimination": Technique(
        "Minibatch discrimination",
        "Groups",
        _always(minibatch="discrimination"),
        "D sees how near each sample is to the others of its batch (Salimans et al. 2016).",
    ),
    "deviation": Technique(
        "Minibatch deviation",
        "Groups",
        _always(minibatch="deviation"),
        "D sees how much the samples of a batch differ (Karras et al. 2018).",
    ),
    "simultaneous": Technique(
        "Both move at once",
        "Updates",
        _always(updates="simultaneous"),
        "Both players take their gradients at the same weights (Mescheder et al. 2017).",
    ),
    "extragradient": Technique(
        "A look ahead",
        "Updates",
        _always(updates="extragradient"),
        "Both players step by the gradients that they find one step ahead (Gidel et al. 2019).",
    ),
    "consensus": Technique(
        "Consensus, γ = 10",
        "Updates",
        _always(updates="simultaneous", consensus=10.0),
        "Both players also make their gradients smaller, which damps the circling (Mescheder et al. 2017).",
    ),
    "unrolled_1": Technique(
        "Unrolled, K = 1",
        "Updates",
        _always(unroll=1),
        "G answers the D of one step ahead, and foresees that it will be rejected (Metz et al. 2016).",
    ),
    "unrolled_5": Technique(
        "Unrolled, K = 5", "Updates", _always(unroll=5), "G answers the D of five steps ahead (Metz et al. 2016)."
    ),
    "unrolled_10": Technique(
        "Unrolled, K = 10", "Updates", _always(unroll=10), "G answers the D of ten steps ahead (Metz et al. 2016)."
    ),
    "averaged": Technique(
        "Average of G's weights",
        "Averages",
        lambda c: {"ema": 0.995} if c.ema == 0 else {},
        "An average of G's weights sits in the middle of the circle (Yazıcı et al. 2018).",
    ),
    "faster_critic": Technique(
        "Two more D updates per G update",
        "Steps",
        lambda c: {"k": min(10, c.k + 2)},
        "More D updates for each of G's let D's map follow G's samples (Goodfellow et al. 2014).",
    ),
    "five_critic_updates": Technique(
        "k = 5",
        "Steps",
        _always(k=5),
        "A D that is nearly right tells G all that is wrong (Arjovsky et al. 2017).",
    ),
    "slower_critic": Technique(
        "A slower D",
        "Steps",
        _slower_critic,
        "Fewer or shorter D steps keep D unsure enough to teach.",
    ),
    "longer_critic_steps": Technique(
        "lr of D × 3, at least 0.001",
        "Steps",
        lambda c: {"lr_d": min(1.0, max(1e-3, _rounded(3 * c.lr_d)))},
        "Longer D steps: D has to learn before G can (Heusel et al. 2017).",
    ),
    "slower_generator": Technique(
        "lr of G ÷ 3",
        "Steps",
        lambda c: {"lr_g": _rounded(c.lr_g / 3)},
        "Shorter G steps let D's map keep up with G's samples (Heusel et al. 2017).",
    ),
    "slower_both": Technique(
        "Both lr ÷ 3",
        "Steps",
        lambda c: {"lr_g": _rounded(c.lr_g / 3), "lr_d": _rounded(c.lr_d / 3)},
        "Shorter steps stay where the other player's answer is still valid.",
    ),
    "much_slower": Technique(
        "Both lr ÷ 10",
        "Steps",
        lambda c: {"lr_g": _rounded(c.lr_g / 10), "lr_d": _rounded(c.lr_d / 10)},
        "Ten times shorter steps stay where the other player's answer is still valid.",
    ),
    "less_momentum": Technique(
        "β₁ = 0",
        "Optimiser",
        lambda c: {"beta1": 0.0} if set(c.optimizers) != {"rmsprop"} and c.beta1 >= 0.5 else {},
        "Momentum keeps players going in a direction that the other has already answered (Gidel et al. 2019).",
    ),
    "optimistic_adam": Technique(
        "Optimistic Adam",
        "Optimiser",
        _always(optimizer="optimistic_adam"),
        "Each step foresees that the gradient goes on changing as it just did (Daskalakis et al. 2018).",
    ),
    "sgd_for_d": Technique(
        "SGD for D, Adam for G",
        "Optimiser",
        _always(d_optimizer="sgd", lr_d=0.1),
        "D moves by its plain gradient, so it slows down where it is nearly right (the GAN hacks). Its steps are not "
        "scaled, so its learning rate is 0.1.",
    ),
    "fading_steps": Technique(
        "Learning rates that fade",
        "Steps",
        _always(lr_decay=4000),
        "Ever shorter steps come to rest where long ones circle (Mescheder et al. 2018).",
    ),
    "rmsprop": Technique(
        "RMSprop",
        "Optimiser",
        _always(optimizer="rmsprop"),
        "No momentum, and steps scaled by the newest gradients (Arjovsky et al. 2017).",
    ),
    "larger_batch": Technique(
        "Batch × 4",
        "Batch",
        lambda c: {"batch_size": min(2048, 4 * c.batch_size)},
        "More samples in a batch show more of the modes at once (Brock et al. 2019).",
    ),
    "top_k": Technique(
        "The better half of the fakes",
        "Batch",
        _always(top_k=0.5),
        "G learns from the samples that D takes for the most real, and from no others (Sinha et al. 2020).",
    ),
    "replay": Technique(
        "Old fakes shown again",
        "Batch",
        _always(replay=0.5),
        "Half of D's fakes are of earlier batches, so D keeps its no to what G has left (Shrivastava et al. 2017).",
    ),
    "feature_matching": Technique(
        "Feature matching",
        "Loss",
        _always(feature_matching=True),
        "G matches the mean of D's last hidden layer, and so can't run after one mode (Salimans et al. 2016).",
    ),
    "low_dimensional_z": Technique(
        "z of 2", "Networks", _always(latent_dim=2), "A G with few inputs moves as a sheet, and slowly."
    ),
    "high_dimensional_z": Technique(
        "z of 64",
        "Networks",
        _always(latent_dim=64),
        "More inputs than the data have dimensions leave nothing to tear.",
    ),
    "wider": Technique(
        "G twice as wide",
        "Networks",
        lambda c: {"g_width": min(512, 2 * c.g_width)},
        "A larger G can bend its latents to more places.",
    ),
    "smooth_discriminator": Technique(
        "tanh in D", "Networks", _always(d_activation="tanh"), "A D without kinks has a slope that changes slowly."
    ),
    "plain_start": Technique(
        "He's weights, in the data's units",
        "Start",
        _always(**_PLAIN_START),
        "Weights and inputs of order one let D learn many times faster than Metz's (He et al. 2015).",
    ),
    "small_start": Technique(
        "Last layers × 0.1", "Start", _always(last_gain=0.1), "G starts as one small cloud, and D unsure of everything."
    ),
}
"""What a GAN can be helped by."""


def _as_vae(c: RunConfig) -> Changes:
    if c.method != AUTOENCODER:
        return {}
    return {"method": VAE, "decoder": "bernoulli" if c.on_images else "gaussian"}


WITHOUT_D: dict[str, Technique] = {
    "as_vae": Technique(
        "A variational autoencoder",
        "Method",
        _as_vae,
        "Its KL draws the codes to where random ones are drawn (Kingma and Welling 2013).",
    ),
    "with_entropy": Technique(
        "A weight on the entropy, β = 1",
        "Loss",
        lambda c: {"entropy": 1.0} if c.method == LIKELIHOOD and c.entropy == 0 else {},
        "Points are asked to keep apart (Nowozin et al. 2016).",
    ),
    "weaker_kl": Technique(
        "β = 1",
        "Loss",
        lambda c: {"vae_beta": 1.0} if c.vae_beta > 1 else {},
        "With β = 1 the loss is the bound itself: a code may tell what it is worth (Kingma and Welling 2013).",
    ),
}
"""What methods without a discriminator can be helped by."""

ALL = TECHNIQUES | WITHOUT_D
