"""Autoencoders and VAEs: gradients in double precision, the KL by Monte Carlo, the bound, collapse, images."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import expit

from playground.config import ConfigError, RunConfig, read
from playground.frame import decode, encode
from playground.observer import observe
from playground.observer.plane import CodePlane
from playground.training import learners
from playground.training.autoencoder import Autoencoder
from playground.training.vae import LOWEST, STARTS, Vae
from tests.training.test_likelihood import double

TINY: dict[str, Any] = {
    "g_activation": "tanh", "d_activation": "tanh", "g_depth": 1, "d_depth": 1, "g_width": 3, "d_width": 3,
    "batch_size": 5,
}  # fmt: skip
CODES: list[dict[str, Any]] = [
    {"method": "autoencoder", "latent_dim": 1},
    {"method": "vae", "latent_dim": 2, "vae_beta": 0.7},
    {"method": "vae", "latent_dim": 1, "vae_beta": 4.0, "dataset": "digits", "decoder": "bernoulli"},
    {"method": "vae", "latent_dim": 2, "dataset": "digits"},
]


def small(**changes: Any) -> RunConfig:
    return RunConfig(**(TINY | {"dataset": "moons"} | changes))


def loss_of(config: RunConfig, x: np.ndarray, noise: np.ndarray, parts: list[np.ndarray], scale: float) -> float:
    """The loss of one lane written out again, from weights in the order of encoder, decoder, its log σ."""
    on_vae = config.method == "vae"
    w, b, v, c = parts[:4]
    said = np.tanh(x / scale @ w + b) @ v + c
    sigma_of = parts.pop(4)[0, 0] if on_vae and config.decoder == "gaussian" else 0.0
    w, b, v, c = parts[4:]
    d = config.latent_dim
    z, kl = said, np.zeros(len(x))
    if on_vae:
        m, s = said[:, :d], said[:, d:]
        z, kl = m + np.exp(s) * noise, 0.5 * (m**2 + np.exp(2 * s) - 1 - 2 * s).sum(1)
    a = scale * (np.tanh(z @ w + b) @ v + c)
    made = np.tanh(a) if config.on_images else a
    if not on_vae:
        return float(((x - made) ** 2).sum(1).mean())
    if config.decoder == "bernoulli":
        white, p = (x + 1) / 2, expit(2 * a)
        log_p = (white * np.log(p) + (1 - white) * np.log(1 - p)).sum(1)
    else:
        sigma = scale * math.exp(LOWEST + math.log1p(math.exp(sigma_of - LOWEST)))
        log_p = (-0.5 * ((x - made) / sigma) ** 2 - math.log(sigma) - 0.5 * math.log(2 * math.pi)).sum(1)
    return float((-log_p + config.vae_beta * kl).mean())


@pytest.mark.parametrize("changes", CODES)
def test_the_gradient_agrees_with_numpy(changes: dict[str, Any]) -> None:
    """By finite differences in double precision, of up to 40 weights of each network."""
    config = small(**changes)
    learner = double(learners.fresh(config))
    x = learner.task.real()[0].double()
    noise = torch.randn(1, config.batch_size, config.latent_dim, dtype=torch.float64)
    if isinstance(learner, Vae):
        log_p, kl = learner.terms(x, noise, learner.maker)
        loss = (config.vae_beta * kl - log_p).mean(1)
    else:
        loss = learner.error(x, learner.maker).mean(1)
    players = [learner.players["d"], learner.players["g"]]
    scale = 1.0 if config.on_images else config.distribution().scale

    def at(vectors: list[np.ndarray]) -> float:
        pairs = zip(players, vectors, strict=True)
        parts = [part[0].numpy() for player, vector in pairs for part in player.weights.split(torch.from_numpy(vector))]
        return loss_of(config, x[0].numpy(), noise[0].numpy(), parts, scale)

    whole = [part for player in players for part in player.weights.parts]
    gradients = torch.autograd.grad(loss, whole, torch.ones_like(loss))
    flat = torch.cat([part.flatten() for part in gradients]).numpy()
    vectors = [player.weights.vector.detach().numpy().copy() for player in players]
    assert at(vectors) == pytest.approx(loss.item(), rel=1e-7)
    start = 0
    for which, vector in enumerate(vectors):
        for i in np.linspace(0, len(vector) - 1, 40).astype(int):
            moved = [[each.copy() for each in vectors] for _ in range(2)]
            moved[0][which][i] += 1e-6
            moved[1][which][i] -= 1e-6
            quotient = (at(moved[0]) - at(moved[1])) / 2e-6
            assert flat[start + i] == pytest.approx(quotient, rel=1e-5, abs=1e-6)
        start += len(vector)


def test_the_kl_in_closed_form_is_that_of_monte_carlo() -> None:
    learner = learners.fresh(small(method="vae", latent_dim=3, seeds=2))
    assert isinstance(learner, Vae)
    x = learner.task.real()[0]
    with torch.no_grad():
        middle, log_sigma = (said.double() for said in learner.posterior(x))
        _, kl = learner.terms(x, torch.zeros_like(middle, dtype=torch.float32), learner.maker)
        noise = torch.randn(20_000, *middle.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
        z = middle + log_sigma.exp() * noise
        log_q = -0.5 * noise.square() - log_sigma
        drawn = (log_q + 0.5 * z.square()).sum(-1)
    error = drawn.std(0) / math.sqrt(len(noise))
    assert ((drawn.mean(0) - kl).abs() < 5 * error).all() and (kl > 0.01).all()


def test_a_decoder_that_ignores_its_code_is_a_normal_whose_bound_is_known() -> None:
    """Collapsed by hand: μ = 0, σ = 1, the mean 0. Then the bound is E log N(x; 0, σ²), and no unit is active."""
    learner = learners.fresh(small(method="vae", seeds=2, dataset="swiss_roll"))
    assert isinstance(learner, Vae)
    with torch.no_grad():
        for player in learner.players.values():
            player.weights.vector.zero_()
        learner.maker.get_parameter("log_sigma").fill_(STARTS)
    learner.average.load_state_dict(learner.maker.state_dict())
    observer = observe(learner)
    row = observer.measure().values
    sigma = learner.log_spread(learner.maker)[0].exp().item()
    x = learner.data.sample(np.random.default_rng(0), 200_000)
    exact = -0.5 * (x**2).sum(1).mean() / sigma**2 - 2 * math.log(sigma) - math.log(2 * math.pi)
    assert row["bound"][0] == pytest.approx(exact, rel=0.05)
    assert max(row["active_units"]) == 0 and max(map(abs, row["prior_gap"])) < 0.05
    with torch.no_grad():
        made = learner.show(torch.tensor([0.0, 0.0, 1.0, -1.0]).expand(2, 1, 4))  # z, and the decoder's noise
    np.testing.assert_allclose(made[0, 0], [sigma, -sigma], rtol=1e-5)
    learner.step()
    assert learner.losses["kl"].tolist() == [0, 0]


def test_codes_off_the_prior_are_measured_as_the_kl_between_normals() -> None:
    learner = learners.fresh(small(method="autoencoder", prior="uniform", latent_dim=2))
    aspect: Any = observe(learner)._aspect
    rng = np.random.default_rng(0)
    z = torch.from_numpy(rng.standard_normal((1, 50_000, 2)) * [2.0, 0.5] + [1.0, 0.0])
    v = 1 / 3
    exact = 0.5 * (4 / v + 0.25 / v + 1 / v - 2 - math.log(4 / v) - math.log(0.25 / v))
    assert aspect._off_the_prior(z).item() == pytest.approx(exact, rel=0.02)


def test_the_bound_never_passes_the_exact_log_p_and_comes_near_it() -> None:
    config = RunConfig(
        method="vae",
        dataset="normal_1d",
        latent_dim=1,
        g_width=16,
        d_width=16,
        lr_g=5e-3,
        lr_d=5e-3,
        beta1=0.9,
        seeds=4,
    )
    learner = learners.fresh(config)
    for _ in range(400):
        learner.step()
    row = observe(learner).measure().values
    gaps = np.subtract(row["exact"], row["bound"])
    assert (gaps > -0.05).all() and (gaps < 0.15).all()
    assert max(row["jsd"]) < 0.05


@pytest.mark.parametrize("method", ["autoencoder", "vae"])
def test_a_picture_of_images_shows_reconstructions_codes_and_a_grid(method: str) -> None:
    config = small(method=method, dataset="digits", latent_dim=5, seeds=2, g_width=16, d_width=16)
    learner = learners.fresh(config)
    learner.step()
    frame = decode(encode(observe(learner).picture(1, {"reconstructions", "codes", "decoded"})))
    assert frame.arrays["images"].shape == frame.arrays["decoded"].shape == (100, 8, 8)
    assert frame.arrays["codes"].shape == (297, 2) and set(frame.arrays["code_classes"]) == set(range(10))
    assert frame.values["plane"]["numbers"] == 5 and 0.4 < frame.values["plane"]["held"] <= 1
    rows = frame.arrays["reconstructions"].reshape(10, 10, 8, 8)
    images = learner.task.source.images
    assert images is not None and np.array_equal(rows[0, 0], images.test_images[0])
    assert isinstance(learner, Autoencoder)
    flat = torch.from_numpy(rows[2].reshape(1, 10, 64) / 127.5 - 1).float().expand(2, -1, -1)
    with torch.no_grad():
        made = learner.maker(learner.codes(flat))[1].numpy()
    assert np.abs((made + 1) * 127.5 - rows[3].reshape(10, 64)).max() <= 1
    assert set(observe(learner).picture().arrays) == {"images"}


def test_a_picture_of_points_has_lines_to_their_reconstructions() -> None:
    learner = learners.fresh(small(method="autoencoder", latent_dim=1))
    frame = observe(learner).picture(0, {"reconstructions"})
    assert frame.arrays["reconstructions"].shape == (200, 4)


@pytest.mark.parametrize(("method", "dataset"), [("vae", "moons"), ("vae", "normal_1d"), ("autoencoder", "moons")])
def test_a_picture_of_points_has_codes_at_their_places(method: str, dataset: str) -> None:
    """A posterior's variances in the plane of the codes are those of the encoder, lane by lane."""
    learner = learners.fresh(small(method=method, dataset=dataset, latent_dim=2, seeds=2))
    arrays = decode(encode(observe(learner).picture(1, {"codes"}))).arrays
    coded = arrays["coded"]
    assert coded.shape == (1000, learner.data.dim) and arrays["codes"].shape == (1000, 2)
    with torch.no_grad():
        said = learner.networks["encoder"](torch.from_numpy(coded.copy()).expand(2, -1, -1))[1].numpy()
    np.testing.assert_allclose(arrays["codes"], said[:, :2], atol=1e-5)
    assert ("posteriors" in arrays) == (method == "vae")
    if method == "vae":
        variances = np.exp(2 * said[:, 2:])
        np.testing.assert_allclose(arrays["posteriors"], np.insert(variances, 1, 0, axis=1), rtol=1e-4, atol=1e-6)


def test_a_posterior_spreads_in_the_plane_as_its_codes_do() -> None:
    rng = np.random.default_rng(1)
    plane = CodePlane(rng.standard_normal((300, 5)) @ rng.standard_normal((5, 5)))
    variance = np.array([[0.5, 2.0, 0.1, 1.0, 3.0]])
    drawn = rng.standard_normal((200_000, 5)) * np.sqrt(variance) @ plane.axes.T
    exact = np.cov(drawn.T)
    np.testing.assert_allclose(plane.ellipses(variance)[0], [exact[0, 0], exact[0, 1], exact[1, 1]], atol=0.02)


def test_codes_of_the_prior_are_not_off_it_however_few_they_are() -> None:
    """The KL of a drawn sample is above 0 by chance: 0.4 nats for 300 codes of 20 numbers."""
    learner = learners.fresh(small(method="autoencoder", latent_dim=20, dataset="digits"))
    aspect: Any = observe(learner)._aspect
    z = torch.from_numpy(np.random.default_rng(0).standard_normal((50, 300, 20)))
    assert 0 <= aspect._off_the_prior(z).mean().item() < 0.06


def test_the_plane_of_codes_is_that_of_their_first_two_components() -> None:
    rng = np.random.default_rng(0)
    codes = rng.standard_normal((400, 4)) * [0.1, 3.0, 0.2, 1.0] + 5
    plane = CodePlane(codes)
    np.testing.assert_allclose(np.abs(plane.axes), [[0, 1, 0, 0], [0, 0, 0, 1]], atol=0.05)
    assert plane.told["held"] == pytest.approx(10 / 10.05, abs=0.01)
    grid = plane.grid(np.array([-1.0, 0.0, 1.0]))
    np.testing.assert_allclose(plane._seen(grid)[4], plane.told["zero"], atol=1e-3)  # the middle of the grid is z = 0
    np.testing.assert_allclose(np.diff(grid[:2], axis=0) @ plane.axes.T, [[1, 0]], atol=1e-9)
    line = CodePlane(codes[:, :1])
    assert line.grid(np.array([-2.0, 0.0, 2.0])).ravel().tolist() == np.linspace(-2, 2, 9).tolist()


def test_what_does_not_fit_is_refused_in_a_sentence() -> None:
    with pytest.raises(ConfigError, match="decoder must be gaussian for dataset=moons"):
        read({"method": "vae", "dataset": "moons", "decoder": "bernoulli"})
    with pytest.raises(ConfigError, match="prior can't be changed for method=vae"):
        read({"method": "vae", "prior": "uniform"})
    with pytest.raises(ConfigError, match="network can't be changed for method=autoencoder"):
        read({"method": "autoencoder", "dataset": "digits", "network": "dcgan"})
    with pytest.raises(ConfigError, match="vae_beta can't be changed for method=autoencoder"):
        read({"method": "autoencoder", "vae_beta": 4})
    assert read({"method": "autoencoder", "prior": "uniform"}).prior == "uniform"
