"""Recipes for points. `python -m playground reproduce` trains them and writes docs/recipes.md.

Networks are smaller and runs shorter than in the papers, so that a recipe tells its story within a minute or two on a
laptop; what was scaled down is said in `source`.
"""

from typing import Any

from playground.recipes.recipe import Recipe

_WGAN_GP: dict[str, Any] = {
    "loss": "wasserstein",
    "penalty": "gradient_penalty",
    "penalty_weight": 0.1,
    "k": 5,
    "lr_d": 2e-3,
    "beta2": 0.9,
}
_METZ: dict[str, Any] = {
    "loss": "minimax",
    "init": "orthogonal",
    "init_gain": 0.8,
    "last_gain": 1.0,
    "data_units": False,
    "d_input_divisor": 4.0,
    "g_width": 128,
    "d_width": 128,
    "d_depth": 1,
    "d_activation": "relu",
}
_GULRAJANI = "Gulrajani et al. 2017, figure 1 and their code for toys (λ = 0.1); networks 64 wide instead of 512"
_GULRAJANI_CLAIM = (
    "With the penalty the critic's level sets follow the data; with clipping they miss its higher moments (figure 1)."
)
_MESCHEDER = "Mescheder et al. 2018, equation 9"
_MESCHEDER_CLAIM = "R1 makes training converge locally, whatever γ > 0; without it GANs may circle the equilibrium."

POINT_RECIPES: dict[str, Recipe] = {
    "non_saturating": Recipe(
        "Non-saturating baseline",
        {},
        "Goodfellow et al. 2014, section 3",
        "All eight modes within about 2,000 steps, then the points sharpen slowly: the EMD comes near 0.2 early, "
        "the JSD falls to about 0.3 by step 4,000.",
        "Gives G much stronger gradients early in learning than minimax, with the same fixed point.",
        steps=4000,
    ),
    "minimax": Recipe(
        "Minimax",
        {"loss": "minimax"},
        "Goodfellow et al. 2014, equation 1",
        "The same game with G's saturating loss. As long as D is unsure it keeps up with the baseline; make D "
        "stronger and G's gradient vanishes.",
        "Early in learning, when D rejects samples with confidence, log(1 − D(G(z))) saturates.",
        steps=4000,
    ),
    "metz_ring": Recipe(
        "Metz's ring",
        _METZ | {"latent_dim": 256, "batch_size": 512, "lr_g": 1e-4, "lr_d": 1e-4},
        "Metz et al. 2016, appendix A, the GAN without unrolling: their networks, initial weights, scales and batch",
        "As in the paper's figure 2: at nearly every look 100 steps apart the clump of samples is at another mode, in "
        "8 of 8 seeds. The clump is several times as wide as a mode (σ 0.02), so hardly a sample is of high quality, "
        "and no count of modes sees what happens; the chart of modes over time does. Its steps are long: those of "
        "Mode hopping are several times as fast and show the same.",
        "Without unrolling, G rotates through the modes and never settles; it holds one of them at a time.",
        steps=10_000,
    ),
    "mode_hopping": Recipe(
        "Mode hopping",
        _METZ | {"latent_dim": 32, "lr_g": 2e-4, "lr_d": 2e-4, "batch_size": 128, "sigma_scale": 10.0},
        "Metz et al. 2016, figure 2 and appendix A: their initial weights and scales, modes ten times as wide, z of 32",
        "G sits on one mode, D learns to reject it, and G leaves for another: at looks 100 steps apart the mode with "
        "most samples was a different one nearly every time, in 8 of 8 seeds. The chart of modes over time shows it; "
        "a count of modes at one moment can't.",
        "Without unrolling, G rotates through the modes and never settles; it holds one of them at a time.",
        steps=4000,
    ),
    "mode_hopping_grid": Recipe(
        "Mode hopping, 25 Gaussians",
        _METZ
        | {
            "dataset": "gaussians",
            "gaussians": 25,
            "arrangement": "grid",
            "ring_radius": 4.0,
            "latent_dim": 32,
            "lr_g": 2e-4,
            "lr_d": 2e-4,
            "batch_size": 128,
        },
        "Mode hopping on a grid",
        "The clump is wider than a cell of the grid, so it lies over some five of the 25 modes at a time; at nearly "
        "every look another one has most of it.",
        "Without unrolling, G rotates through the modes and never settles; it holds one of them at a time.",
        steps=4000,
    ),
    "lost_modes": Recipe(
        "Lost modes",
        {
            "k": 5,
            "lr_d": 3e-3,
            "lr_g": 3e-4,
            "d_width": 128,
            "latent_dim": 1,
            "last_gain": 0.1,
            "batch_size": 128,
            "sigma_scale": 5.0,
        },
        "This playground: a D that is far ahead, and a G that starts small, with one number to draw from",
        "Within 1,000 steps G sits on one to three of the eight modes, with nine samples in ten well inside them, and "
        "there it stays: the same modes at every later look. Nothing at those modes tells G of the others.",
        "D judges each sample by itself, so nothing in its gradient keeps G's samples apart (Salimans et al. 2016).",
        steps=2000,
    ),
    "lost_modes_grid": Recipe(
        "Lost modes, 25 Gaussians",
        {
            "dataset": "gaussians",
            "gaussians": 25,
            "arrangement": "grid",
            "ring_radius": 4.0,
            "k": 5,
            "lr_d": 3e-3,
            "lr_g": 1e-4,
            "d_width": 128,
            "latent_dim": 1,
            "last_gain": 0.1,
            "batch_size": 128,
        },
        "Lost modes on a grid, with a G a third as fast",
        "One to five of the 25 modes, with some four samples in five well inside them; from look to look the same mode "
        "has most. With a faster G the samples wander from mode to mode instead.",
        "D judges each sample by itself, so nothing in its gradient keeps G's samples apart (Salimans et al. 2016).",
        steps=4000,
    ),
    "strong_discriminator": Recipe(
        "D too strong",
        {"loss": "minimax", "k": 5, "lr_d": 3e-3, "lr_g": 3e-4, "d_width": 128},
        "Arjovsky and Bottou 2017",
        "D wins within a few hundred steps: its loss is near 0.1 and the JSD that it implies near log 2, while the "
        "EMD stays above 1 and G holds on to three to five modes.",
        "As D approaches its optimum, the gradient of G's minimax loss goes to zero.",
        steps=3000,
    ),
    "instance_noise": Recipe(
        "Decaying input noise",
        {"instance_noise": 0.5, "noise_decay": 5000},
        "Sønderby et al. 2016; Arjovsky and Bottou 2017",
        "Noise lets the two distributions overlap, so D teaches from the start: even shares by step 1,000. As it "
        "fades, the points sharpen.",
        "With noise on both inputs of D the supports overlap, and training becomes stable.",
        steps=6000,
    ),
    "label_noise": Recipe(
        "Label noise",
        {"label_flip": 0.05, "label_smoothing": 0.1},
        "Salimans et al. 2016 (smoothing); flipped labels are folklore",
        "Hard to tell from the baseline: with k = 1 and equal learning rates D is never confident here, so there is"
        " little for the noise to mend.",
        "One-sided smoothing keeps D from being overconfident.",
        steps=4000,
    ),
    "wgan_clipping": Recipe(
        "WGAN with clipping",
        {
            "loss": "wasserstein",
            "clip": 0.03,
            "k": 5,
            "optimizer": "rmsprop",
            "lr_g": 5e-4,
            "lr_d": 5e-4,
            "beta2": 0.99,
        },
        "Arjovsky et al. 2017; c = 0.03 instead of 0.01, larger learning rates",
        "The EMD falls to about 0.2 by step 4,000. Clipping makes the critic simple: it reads hardly more than 0, "
        "and the points stay a little off the modes.",
        "No mode collapse was seen, and the critic's loss follows the quality of the samples.",
        steps=4000,
    ),
    "wgan_gp": Recipe(
        "WGAN-GP, eight Gaussians",
        _WGAN_GP,
        _GULRAJANI,
        "The EMD falls from the first steps and the modes' shares are even by step 500 (reverse KL below 0.01); "
        "the points stay a little off the modes, so the JSD follows late.",
        _GULRAJANI_CLAIM,
        steps=4000,
    ),
    "wgan_gp_grid": Recipe(
        "WGAN-GP, 25 Gaussians",
        _WGAN_GP | {"dataset": "grid25"},
        _GULRAJANI,
        "All or nearly all of the 25 modes with even shares, but the points stay well off them: high quality below "
        "a fifth.",
        _GULRAJANI_CLAIM,
        steps=4000,
    ),
    "wgan_gp_roll": Recipe(
        "WGAN-GP, Swiss roll",
        _WGAN_GP | {"dataset": "swiss_roll"},
        _GULRAJANI,
        "The points follow the spiral: the EMD falls from 1 to about 0.14, near its noise floor.",
        _GULRAJANI_CLAIM,
        steps=4000,
    ),
    "r1_weak": Recipe(
        "R1, γ = 0.1",
        {"penalty": "r1", "penalty_weight": 0.1},
        _MESCHEDER,
        "All modes with even shares (reverse KL about 0.002, a third of the baseline's); otherwise like the baseline.",
        _MESCHEDER_CLAIM,
        steps=4000,
    ),
    "r1": Recipe(
        "R1, γ = 1",
        {"penalty": "r1", "penalty_weight": 1.0},
        _MESCHEDER,
        "All modes with even shares; the points sharpen more slowly than with γ = 0.1.",
        _MESCHEDER_CLAIM,
        steps=4000,
    ),
    "r1_strong": Recipe(
        "R1, γ = 10",
        {"penalty": "r1", "penalty_weight": 10.0},
        _MESCHEDER,
        "Calm and slow: shares as even as can be, but after 4,000 steps most points are still far off the modes, "
        "and one may be missing.",
        _MESCHEDER_CLAIM,
        steps=4000,
    ),
    "relativistic": Recipe(
        "Relativistic with R1 + R2",
        {"loss": "relativistic", "penalty": "r1_r2", "penalty_weight": 0.1},
        "Jolicoeur-Martineau 2018; with both penalties Huang et al. 2024 (R3GAN)",
        "All modes with even shares and the lowest EMD of these losses; sharp points take longer than 4,000 steps.",
        "Judging each fake against a real point, with both penalties, converges locally and drops no modes.",
        steps=4000,
    ),
    "two_time_scale": Recipe(
        "Two time scales",
        {"lr_d": 4e-3},
        "Heusel et al. 2017: D learns faster than G, one update each",
        "No better than the baseline here: all modes, somewhat uneven shares, a slightly higher EMD. The ring is "
        "too easy to need it.",
        "With separate learning rates training converges to a local Nash equilibrium.",
        steps=4000,
    ),
    "spectral_norm": Recipe(
        "Spectral normalisation",
        {"loss": "hinge", "spectral_norm": True, "k": 5, "lr_d": 2e-3},
        "Miyato et al. 2018, with the hinge loss",
        "All modes, with rare exceptions, and even shares without a penalty; five updates of D for each of G.",
        "Bounding D's Lipschitz constant by 1 stabilises training without a penalty.",
        steps=4000,
    ),
    "without_average": Recipe(
        "High learning rate, no average",
        {"lr_g": 5e-3, "lr_d": 5e-3},
        "Yazıcı et al. 2018, the case that averaging mends",
        "Sharp points in most seeds, but the shares keep swinging, and in some seeds the JSD is four times as high "
        "at step 4,000.",
        "Without averaging, G's distribution keeps moving around the data.",
        steps=4000,
    ),
    "averaged": Recipe(
        "High learning rate, averaged G",
        {"lr_g": 5e-3, "lr_d": 5e-3, "ema": 0.99},
        "Yazıcı et al. 2018",
        "The same game, seen through an average of G's last hundred steps or so: nine points in ten of high quality"
        " in every seed. An average over a thousand steps (0.999) blurs the ring instead: G moves too far in that "
        "time.",
        "A running average of G's weights cancels the cycling; the averaged G is better than any single one.",
        steps=4000,
    ),
    "imbalanced": Recipe(
        "Unequal modes",
        {"dataset": "imbalanced_ring"},
        "This playground: the ring with weights that fall tenfold",
        "Six of eight modes in the median: it is the rare ones that are missing or thin. Watch the last bars of the"
        " mode chart.",
        "None to hold it against. GANs are known to drop rare modes first.",
        steps=4000,
    ),
    "parallel_lines": Recipe(
        "Parallel lines, Wasserstein",
        {
            "dataset": "parallel_lines",
            "loss": "wasserstein",
            "penalty": "gradient_penalty",
            "penalty_weight": 0.1,
            "k": 5,
            "lr_g": 3e-4,
            "beta2": 0.9,
        },
        "Arjovsky et al. 2017, example 1",
        "Exactly as in the paper: the EMD falls from 1 in a straight line while the JSD stays at log 2, until the "
        "lines touch around step 3,000; only then does the JSD fall.",
        "The JSD is log 2 for every θ but 0 and gives no direction; the EMD is |θ| and falls as the lines come closer.",
        steps=4000,
    ),
    "parallel_lines_js": Recipe(
        "Parallel lines, minimax",
        {"dataset": "parallel_lines", "loss": "minimax", "k": 5, "lr_g": 2e-4, "lr_d": 5e-3},
        "Arjovsky et al. 2017, example 1",
        "D tells the lines apart perfectly within a few hundred steps, its loss and G's gradient are 0, and nothing"
        " moves again: JSD log 2, EMD 1.",
        "With D near its optimum the gradient of the JSD is 0 as long as the lines do not touch.",
        steps=4000,
    ),
    "gan_lab": Recipe(
        "GAN Lab's default",
        {
            "dataset": "ganlab_gaussians",
            "g_width": 8,
            "d_width": 8,
            "d_activation": "relu",
            "batch_size": 150,
            "optimizer": "sgd",
            "beta1": 0.0,
            "k": 2,
            "lr_d": 0.1,
            "lr_g": 0.03,
            "prior": "uniform",
        },
        "Kahng et al. 2019, GAN Lab",
        "Both blobs are covered within a few hundred steps; later the points wander around them a little and the "
        "EMD stays near 0.3.",
        "The generated points come to lie on the real ones within a few thousand steps.",
        steps=6000,
    ),
}
