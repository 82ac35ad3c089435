"""Examples that a run was not trained on: fresh points, or test images."""

import numpy as np
import torch
from torch import Tensor

from playground.data.image_data import Images
from playground.data.pixels import HALF, as_bytes
from playground.observer.draws import Rngs
from playground.training.learner import Learner

CODES = 1000
"""Examples whose codes a picture shows, and test images on which numbers are measured."""
LINES = 200
"""Points of a picture that are drawn with their reconstructions."""
ROW = 10
"""Images beside each other: a row of them, and below it what the decoder makes of them."""


class UnseenPoints:
    """Fresh points of the data's distribution."""

    def __init__(self, learner: Learner, measured: int) -> None:
        """measured: on so many points numbers are taken."""
        self._learner = learner
        self._measured = measured
        self._data = learner.data
        drawn = self._data.stratified(np.random.default_rng([*b"unseen"]), CODES)
        self.coded = torch.from_numpy(drawn.astype(np.float32)).to(learner.device)
        """Always the same, (CODES, dim)."""
        modes = self._data.modes
        near = None if modes is None else np.linalg.norm(drawn[:, None] - modes.centres, axis=-1).argmin(1)
        self.classes = None if near is None or len(np.unique(near)) > ROW else near.astype(np.uint8)
        """What colours their codes: the nearest mode; None where there are too many to tell apart, or none."""
        self.rebuilt = self.coded[:: CODES // LINES]
        """Those that are shown with their reconstructions."""

    def take(self, rngs: Rngs) -> Tensor:
        """Examples on which numbers are measured, (S, n, dim)."""
        return self._learner.task.source.sample(rngs, self._measured)[0].to(self._learner.device)

    def exact(self, x: Tensor) -> dict[str, list[float]]:
        """The mean of the data's own log p at points (S, n, dim), in nats."""
        places = x.cpu().numpy().astype(float)
        return {"exact": [float(np.log(self._data.density(lane)).mean()) for lane in places]}

    def pictured(self, made: Tensor) -> np.ndarray:
        """Examples (n, dim) as a picture has them."""
        points: np.ndarray = made.cpu().numpy()
        return points

    def where(self) -> dict[str, np.ndarray]:
        """Where those are whose codes are shown, (CODES, dim)."""
        return {"coded": self.pictured(self.coded)}

    def beside(self, made: Tensor) -> np.ndarray:
        """Those that are shown with what was made of them, (LINES, 2 · dim)."""
        return np.concatenate([self.pictured(self.rebuilt), self.pictured(made)], axis=1)


class UnseenImages:
    """Test images, evenly over their split: the two halves of MNIST's were written by different people."""

    def __init__(self, learner: Learner, images: Images) -> None:
        count = len(images.test_images)
        places = np.linspace(0, count - 1, min(CODES, count)).astype(np.intp)
        flat = images.test_images[places].reshape(len(places), -1)
        self.coded = torch.from_numpy(flat.astype(np.float32) / HALF - 1).to(learner.device)
        few = images.test_labels is not None and len(images.classes) <= ROW
        self.classes = images.test_labels[places].astype(np.uint8) if few and images.test_labels is not None else None
        self.rebuilt = self.coded[: ROW * ROW // 2]
        self._form = images.form
        self._lanes = len(learner.seeds)

    def take(self, rngs: Rngs) -> Tensor:
        """All of them, for every lane: (S, n, dim)."""
        return self.coded.expand(self._lanes, -1, -1)

    def exact(self, x: Tensor) -> dict[str, list[float]]:
        """Nobody knows how likely an image is."""
        return {}

    def pictured(self, made: Tensor) -> np.ndarray:
        """Examples (n, pixels) as bytes, (n, h, w) or with their channels last."""
        return as_bytes(made.cpu().numpy()).reshape(-1, *self._form)

    def where(self) -> dict[str, np.ndarray]:
        """Images are at no place."""
        return {}

    def beside(self, made: Tensor) -> np.ndarray:
        """Rows of them, and below each what was made of it."""
        both = np.stack([self.pictured(self.rebuilt), self.pictured(made)])
        rows = both.reshape(2, -1, min(ROW, both.shape[1]), *self._form).swapaxes(0, 1)
        return rows.reshape(-1, *self._form)


Unseen = UnseenPoints | UnseenImages


def unseen(learner: Learner, measured: int) -> Unseen:
    """Of the learner's kind of data. measured: on so many points numbers are taken."""
    images = learner.task.source.images
    return UnseenPoints(learner, measured) if images is None else UnseenImages(learner, images)
