"""Combinations that can't train, or that would not do what they say, though each of their values is allowed."""

from collections.abc import Iterable

from playground.config.fields import SETTINGS, Fields, belongs
from playground.config.groups.data import DIRAC, SHIFTED
from playground.data.image_splits import CHANNELS
from playground.data.image_table import IMAGE_DATASETS
from playground.data.own_points import OWN_POINTS
from playground.methods import METHODS, fits
from playground.objectives import objective

MAX_SAMPLES_PER_STEP = 32_768
"""seeds × batch_size: what one discriminator pass may hold."""
MAX_PARAMETERS = 8_000_000
"""Weights of G and D together, over all seeds: with optimiser state this stays near 100 MB."""
MAX_REPLAYED = 8_000_000
"""Numbers in all fakes that are kept for D: 32 MB, in the worker and in each checkpoint."""

MAX_PAIRS = 1_048_576
"""seeds × batch_size²: pairs that minibatch discrimination may compare; each of its dozen tensors then takes 20 MB."""

MLP_ONLY = ("init", "init_gain", "last_gain")
"""Settings of the multilayer perceptron: the other networks start as their sources prescribe."""
POINTS_ONLY = ("data_units", "d_input_divisor")


def impossible(config: Fields) -> Iterable[str]:
    """One sentence for each such combination, naming its fields."""
    yield from _beside_the_method(config)
    samples, weights = config.seeds * config.batch_size, weights_of(config)
    if samples > MAX_SAMPLES_PER_STEP:
        yield f"seeds × batch_size must be at most {MAX_SAMPLES_PER_STEP:,} (got {samples:,})."
    if config.unroll > 0 and samples * (1 + config.unroll) > MAX_SAMPLES_PER_STEP:
        yield (
            f"seeds × batch_size × (1 + unroll) must be at most {MAX_SAMPLES_PER_STEP:,} "
            f"(got {samples * (1 + config.unroll):,}): the steps ahead are all held at once."
        )
    if config.unroll > 0 and config.consensus > 0:
        yield "unroll and consensus both change what G descends: set one of them to 0."
    if weights > MAX_PARAMETERS:
        yield (
            f"seeds, g_width, g_depth, d_width, d_depth and pack make {weights:,} weights; "
            f"at most {MAX_PARAMETERS:,} are allowed."
        )
    kept = samples * config.replay_batches * _numbers(config)
    if config.replay > 0 and kept > MAX_REPLAYED:
        yield (
            f"replay with these seeds × batch_size × replay_batches may keep {kept:,} numbers; "
            f"at most {MAX_REPLAYED:,} are allowed."
        )
    if config.network != "mlp" and not config.on_images:
        yield f"network must be mlp for dataset={config.dataset}: the others are made for images."
    if config.conditional and not config.on_images:
        yield f"conditional must be false for dataset={config.dataset}, which has no classes."
    if config.stacked and config.network == "dcgan":
        yield f"network must be mlp or lecture for dataset={config.dataset}: the DCGAN here knows no colours."
    if config.stacked and config.conditional:
        yield f"conditional must be false for dataset={config.dataset}: it has 1,000 classes."
    if config.auxiliary > 0 and not config.on_images:
        yield f"auxiliary must be 0 for dataset={config.dataset}, which has no classes."
    if config.auxiliary > 0 and not config.conditional:
        yield "auxiliary needs conditional=true: D names the classes that G was told."
    if config.auxiliary > 0 and config.pack > 1:
        yield "auxiliary needs pack=1: D names the class of one image."
    if config.feature_matching and config.pack > 1:
        yield "feature_matching needs pack=1: it compares the means of single examples."
    if config.auxiliary > 0 and config.feature_matching:
        yield "feature_matching takes the place of G's loss, auxiliary is a part of it: switch one of the two off."
    if config.spectral_norm and config.network != "mlp":
        yield f"spectral_norm must be false for network={config.network}: only the multilayer perceptron has it."
    if config.network != "mlp" and (started := _not_at_default(config, MLP_ONLY)):
        yield f"{started} can't be changed for network={config.network}: only the multilayer perceptron has it."
    if config.on_images and (scaled := _not_at_default(config, POINTS_ONLY)):
        yield f"{scaled} can't be changed for dataset={config.dataset}: images always run from −1 to 1."
    if config.dataset == DIRAC and (
        built := _not_at_default(config, (*MLP_ONLY, *POINTS_ONLY, "spectral_norm", "pack", "minibatch"))
    ):
        yield f"{built} can't be changed for dataset={DIRAC}, whose networks are one number each."
    if config.batch_size % config.pack:
        yield f"batch_size must be a multiple of pack={config.pack} (got {config.batch_size:,})."
    if config.minibatch != "none" and config.batch_size < 2 * config.pack:
        yield f"batch_size must be at least {2 * config.pack} for minibatch={config.minibatch} and pack={config.pack}."
    pairs = config.seeds * (config.batch_size // config.pack) ** 2
    if config.minibatch == "discrimination" and pairs > MAX_PAIRS:
        yield (
            f"seeds × (batch_size / pack)² must be at most {MAX_PAIRS:,} for minibatch=discrimination, which compares "
            f"all examples of a batch (got {pairs:,})."
        )
    if config.updates != "alternating" and config.k > 1:
        yield f"k must be 1 for updates={config.updates}: both players move once, together."
    if config.updates != "alternating" and config.g_first:
        yield f"g_first must be false for updates={config.updates}: both players move together."
    if config.consensus > 0 and config.updates != "simultaneous":
        yield f"consensus must be 0 for updates={config.updates}: it needs updates=simultaneous."
    if config.clip > 0 and config.penalty != "none":
        yield "clip and penalty both bound D's slope: set clip to 0 or penalty to none."
    if config.clip > 0 and config.spectral_norm:
        yield "clip has no effect under spectral_norm, which rescales D's weights: set clip to 0 or spectral_norm off."
    if config.feature_matching and config.dataset == DIRAC:
        yield f"feature_matching must be false for dataset={config.dataset}, whose D has no hidden layer."
    if config.feature_matching and config.top_k < 1:
        yield "feature_matching compares the means of all fakes: set top_k to 1 or feature_matching to false."
    if not objective(config).labels and (config.label_flip > 0 or config.label_smoothing > 0):
        yield f"label_flip and label_smoothing must be 0 for loss={config.loss}, whose D is shown no labels."


def _beside_the_method(config: Fields) -> Iterable[str]:
    """What the method can't learn, or has no use for."""
    method, row = config.method, config.learning
    if not fits(method, config.on_images):
        fitting = [name for name in METHODS if fits(name, config.on_images)]
        yield f"method must be one of {', '.join(fitting)} for dataset={config.dataset} (got {method})."
    if config.dataset in (DIRAC, SHIFTED) and not row.of_the_data:
        yield f"dataset={config.dataset} needs method=gan: its networks are those of a game (got method={method})."
    if config.dataset == OWN_POINTS and row.exact:
        yield (
            f"dataset={config.dataset} can't be learned by method={method}, which is told the exact density: that of "
            "points of your own is only an estimate."
        )
    if foreign := _not_at_default(config, (name for name in SETTINGS if not belongs(name, method))):
        yield f"{foreign} can't be changed for method={method}, to which it means nothing."
    if config.decoder == "bernoulli" and not config.on_images:
        yield f"decoder must be gaussian for dataset={config.dataset}: a Bernoulli decoder says how white a pixel is."
    if config.entropy > 0 and config.batch_size < 2:
        yield "batch_size must be at least 2 for entropy above 0: it is estimated from the distances in a batch."


def _not_at_default(config: Fields, names: Iterable[str]) -> str:
    """The first of these settings that is not at its default; empty where all are."""
    return next((name for name in names if getattr(config, name) != Fields.model_fields[name].default), "")


def _numbers(config: Fields) -> int:
    """Numbers in an example: a point's, or an image's; those of the largest where they are one's own."""
    if not config.on_images:
        return 2
    return IMAGE_DATASETS[config.dataset].side ** 2 * (CHANNELS if config.stacked else 1)


def weights_of(config: Fields) -> int:
    """Weights of G and D over all seeds, as multilayer perceptrons."""
    pixels = _numbers(config)
    return config.seeds * sum(
        width * (width + 1) * (depth - 1) + width * (inputs + outputs + 2)
        for width, depth, inputs, outputs in (
            (config.g_width, config.g_depth, config.latent_dim, pixels),
            (
                config.d_width,
                config.d_depth,
                config.pack * pixels,
                max(1, config.learning.per_code * config.latent_dim),
            ),
        )
    )
