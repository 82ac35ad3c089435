"""An encoder and a decoder as they are looked at: examples beside their reconstructions, codes, and a grid decoded."""

from collections.abc import Collection
from typing import Any

import numpy as np
import torch
from scipy.special import ndtri
from torch import Tensor
from typing_extensions import override

from playground.data.distribution import Floats
from playground.frame import Layer
from playground.models.lanes import in_lane
from playground.observer.aspects.aspect import Aspect, Picture
from playground.observer.aspects.unseen import ROW, unseen
from playground.observer.draws import Draws, Rngs
from playground.observer.plane import CodePlane
from playground.training.autoencoder import Autoencoder
from playground.training.learner import Learner
from playground.training.vae import Vae

ACTIVE = 0.01
"""A number of the code is active where the variance of its mean over the data is larger (Burda et al. 2016)."""
PRIOR_VARIANCE = {"normal": 1.0, "uniform": 1 / 3}
EDGE = 0.05
"""Prior mass beyond each end of the grid of codes."""


class CodesAspect(Aspect):
    """What an autoencoder has beside examples made of random codes."""

    def __init__(self, learner: Learner, draws: Draws, picture_latents: Tensor, fresh: int) -> None:
        super().__init__(learner, draws, picture_latents, fresh)
        assert isinstance(learner, Autoencoder)
        self._coder = learner
        self._unseen = unseen(learner, fresh)

    @override
    @torch.no_grad()
    def numbers(self, rngs: Rngs) -> dict[str, list[float]]:
        x = self._unseen.take(rngs)
        own = {name: values.tolist() for name, values in self.on_unseen(x, rngs).items()}
        return super().numbers(rngs) | own | self.told(x)

    def on_unseen(self, x: Tensor, rngs: Rngs) -> dict[str, Tensor]:
        """Numbers of each seed, (S,), on examples that it was not trained on, (S, n, dim)."""
        return {
            "test_error": self._coder.error(x, self._coder.shown_maker).mean(1),
            "prior_gap": self._off_the_prior(self._coder.codes(x)),
        }

    def told(self, x: Tensor) -> dict[str, list[float]]:
        """Numbers that say something of the examples themselves."""
        return {}

    @override
    @torch.no_grad()
    def picture(self, lane: int, layers: Collection[Layer], fake: Tensor) -> Picture:
        """reconstructions: examples beside what is made of them. codes: (CODES, 2), of examples that were not trained
        on, with code_classes, what colours them, `coded`, where those are that are points, and `posteriors`, how far
        each code may be off, as CodePlane.ellipses has it. decoded: what is made of a grid of codes, row by row from
        the top. The values say which plane it is, and where the prior is on it."""
        values: dict[str, Any] = {}
        arrays: dict[str, np.ndarray] = {}
        if "reconstructions" in layers:
            arrays["reconstructions"] = self._unseen.beside(self._made(lane, self._code(lane, self._unseen.rebuilt)))
        if "codes" in layers or "decoded" in layers:
            plane = CodePlane(self._code(lane, self._unseen.coded).cpu().numpy().astype(float))
            values["plane"] = plane.told | {"prior": self._learner.config.prior}
            if "codes" in layers:
                arrays |= self._unseen.where() | {"codes": plane.places}
                if (variances := self._variances(lane, self._unseen.coded)) is not None:
                    arrays["posteriors"] = plane.ellipses(variances)
                if self._unseen.classes is not None:
                    arrays["code_classes"] = self._unseen.classes
            if "decoded" in layers:
                z = torch.from_numpy(plane.grid(self._steps()).astype(np.float32)).to(self._learner.device)
                arrays["decoded"] = self._unseen.pictured(self._made(lane, z))
        return values, arrays

    def _steps(self) -> Floats:
        """Places along each axis of the grid of codes, in units of the prior: equal mass lies between two."""
        shares = np.linspace(EDGE, 1 - EDGE, ROW)
        return ndtri(shares) if self._learner.config.prior == "normal" else 2 * shares - 1

    def _code(self, lane: int, x: Tensor) -> Tensor:
        """One lane's codes of examples (n, dim): (n, latent_dim)."""
        said = in_lane(self._coder.networks["encoder"], lane, x[None])[0]
        return said[:, : self._learner.config.latent_dim]

    def _variances(self, lane: int, x: Tensor) -> Floats | None:
        """Of each number of one lane's codes of examples (n, dim), (n, latent_dim); None where a code is certain."""
        return None

    def _made(self, lane: int, codes: Tensor) -> Tensor:
        """What one lane's decoder makes of codes (n, latent_dim): (n, dim)."""
        return in_lane(self._coder.shown_maker, lane, codes[None])[0]

    def _off_the_prior(self, codes: Tensor) -> Tensor:
        """KL from the normal with the moments of codes (S, n, d) to that with the prior's, for each lane, in nats; less
        what as many codes drawn from a normal prior would measure, by the chance of the draw: d (d + 3) / 4n."""
        z = codes.double()
        variance, dim = PRIOR_VARIANCE[self._learner.config.prior], z.shape[-1]
        centred = z - z.mean(1, keepdim=True)
        covariance = centred.transpose(1, 2) @ centred / (z.shape[1] - 1) / variance
        spread = covariance.diagonal(dim1=1, dim2=2).sum(1) - dim - torch.linalg.slogdet(covariance).logabsdet
        off: Tensor = 0.5 * (spread + z.mean(1).square().sum(1) / variance)
        return (off - dim * (dim + 3) / (4 * z.shape[1])).clamp(min=0)


class VaeAspect(CodesAspect):
    """A VAE's bound beside what it could be, and how many numbers of its code are used."""

    @override
    def on_unseen(self, x: Tensor, rngs: Rngs) -> dict[str, Tensor]:
        vae = self._coder
        assert isinstance(vae, Vae)
        n, dim = x.shape[1], vae.config.latent_dim
        drawn = np.stack([rng.standard_normal((n, dim), dtype=np.float32) for rng in rngs])
        noise = torch.from_numpy(drawn).to(x.device)
        log_p, kl = vae.terms(x, noise, vae.shown_maker)
        middle, log_sigma = vae.posterior(x)
        return {
            "reconstruction": -log_p.mean(1),  # on the bound's own examples, so that the three add up
            "kl": kl.mean(1),
            "bound": (log_p - kl).mean(1),
            "active_units": (middle.var(1) > ACTIVE).sum(1).double(),
            "prior_gap": self._off_the_prior(middle + log_sigma.exp() * noise),
        }

    @override
    def _variances(self, lane: int, x: Tensor) -> Floats | None:
        said = in_lane(self._coder.networks["encoder"], lane, x[None])[0]
        variances: Floats = (2 * said[:, self._learner.config.latent_dim :]).exp().cpu().numpy().astype(float)
        return variances

    @override
    def told(self, x: Tensor) -> dict[str, list[float]]:
        return self._unseen.exact(x)
