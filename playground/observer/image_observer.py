"""Looks at a run on images: a grid of digits, their classes, distances in a classifier's features."""

from collections.abc import Collection
from functools import cached_property, lru_cache

import numpy as np
import torch
from torch import Tensor
from typing_extensions import override

from playground.data.image_data import Images
from playground.data.pixels import as_bytes
from playground.frame import Frame, Layer, Row, Scene, columns
from playground.metrics.classes import class_report
from playground.metrics.evaluation import FloorEstimate
from playground.metrics.image_evaluation import ImageEvaluation, ImageEvaluator
from playground.metrics.neighbours import nearest_neighbours
from playground.metrics.pixels import PixelPca, edges, pixel_pca
from playground.observer.aspects import ON_IMAGES
from playground.observer.base import Observer
from playground.training.classifier import Classifier, ClassifierTraining
from playground.training.learner import Learner
from playground.training.source import ImageSource

GRID_SIDE = 10
FILM = 10
"""Images in one frame of the filmstrip: the first of the grid."""
GAME_IMAGES = 256
"""Fresh images at which what belongs to a method is measured."""
REFERENCE = 5000
"""Real images of each split whose features are kept for comparing."""
WALK = 11
"""Images on a walk between two latents, ends included."""


class ImageObserver(Observer):
    """Digits from fixed latents; classes, Fréchet distance and EMD in a stated feature space."""

    picture_size = GRID_SIDE**2
    game_size = GAME_IMAGES
    lane_size = 16

    def __init__(self, learner: Learner) -> None:
        super().__init__(learner, ON_IMAGES[learner.config.method])
        assert isinstance(learner.task.source, ImageSource)
        self._source = learner.task.source
        self._images = learner.task.source.images
        self._preparation = preparation(self._images)
        self._stacked = self._images.single is not None
        self._evaluator: ImageEvaluator | None = None
        self._evaluator_size = 0
        side = torch.arange(self.picture_size) % max(self._source.classes, 1)
        codes = torch.nn.functional.one_hot(side, self._source.classes).float() if self._source.classes else None
        self._picture_classes = None if codes is None else codes.expand(len(learner.seeds), -1, -1).to(learner.device)

    @override
    def scene(self) -> Scene:
        return Scene(
            kind="images",
            seeds=len(self._learner.seeds),
            image=self._images.shape,
            grid_side=GRID_SIDE,
            classes=() if self._stacked else self._images.classes,
            steps_per_epoch=self.steps_per_epoch,
        )

    @override
    def lanes(self) -> np.ndarray:
        return as_bytes(super().lanes())

    @property
    def steps_per_epoch(self) -> float:
        """Generator steps in which D sees as many real images as there are."""
        config = self._learner.config
        return self._source.count / (config.batch_size * config.k)

    @property
    def epoch(self) -> float:
        """How often D has seen each real image so far: k and the batch may have changed on the way."""
        learner, seen, until = self._learner, 0.0, self._learner.steps
        k, batch = learner.config.k, learner.config.batch_size
        for step, changed in reversed(learner.changes):
            seen += (until - step) * k * batch
            until = step
            k, batch = changed.get("k", [k])[0], changed.get("batch_size", [batch])[0]
        return (seen + until * k * batch) / self._source.count

    @torch.no_grad()
    def picture(self, lane: int = 0, layers: Collection[Layer] = ()) -> Frame:
        """The grid of digits, always from the same latents, for one seed."""
        values = self._values(lane) | {"epoch": self.epoch}
        if self._picture_classes is not None:
            values["classes"] = self._picture_classes[lane].argmax(-1).tolist()
        made = self._learner.show(self._picture_latents, self._picture_classes)
        more_values, more_arrays = self._aspect.picture(lane, layers, made[lane])
        images = self._pictures(made.cpu().numpy())[lane]
        return Frame(values | more_values, {"images": images} | more_arrays)

    def film(self, lane: int = 0) -> np.ndarray:
        """The first images of the grid, (FILM, h, w) uint8, for the filmstrip."""
        images: np.ndarray = self.picture(lane).arrays["images"][:FILM]
        return images

    @override
    def measure(self) -> Row:
        rngs = self._rngs()
        values = self._aspect.numbers(rngs)
        values["epoch"] = [self.epoch] * len(rngs)
        evaluator = self.evaluator()
        if evaluator is None:
            return Row(self._learner.steps, columns(values), None)
        found: list[ImageEvaluation] = []
        samples = self.samples(rngs, evaluator.n)
        for images, rng in zip(self._formed(samples), rngs, strict=True):
            features, probabilities = self._preparation.features((images + 1) / 2)
            found.append(evaluator.evaluate(features, probabilities, rng))
        values |= {name: [one.values()[name] for one in found] for name in found[0].values()}
        values["sharpness"] = [edges((lane + 1) / 2) / self._preparation.edges for lane in self._formed(samples)]
        histograms = [tuple(one.class_histogram.tolist()) for one in found if one.class_histogram is not None]
        if self._stacked:
            histograms = []  # a thousand shares of a thousand samples say nothing
        return Row(self._learner.steps, columns(values), tuple(histograms) or None)

    @override
    def shares(self) -> np.ndarray | None:
        evaluator, labels = self.evaluator(), self._images.labels
        if evaluator is None or labels is None or self._stacked:
            return None
        samples = self.samples(self._rngs(), evaluator.n)[:, : evaluator.n_classes]
        count = len(self._images.classes)
        found = []
        for images in self._formed(samples):
            _, probabilities = self._preparation.features((images + 1) / 2)
            assert probabilities is not None, "labelled images have a classifier"
            found.append(class_report(probabilities, np.full(count, 1 / count)).histogram)
        return np.stack(found)

    @property
    @override
    def sample_size(self) -> int:
        return self._learner.config.image_samples

    def evaluator(self) -> ImageEvaluator | None:
        """The measures at the config's sample size; None until the classifier is trained."""
        size = self._learner.config.image_samples
        if not self._preparation.done:
            return None
        if self._evaluator is None or size != self._evaluator_size:
            self._evaluator, self._evaluator_size = self._preparation.evaluator(size), size
        return self._evaluator

    @override
    def floors(self) -> FloorEstimate:
        evaluator = self.evaluator()
        assert evaluator is not None, "floors come after the preparation"
        return FloorEstimate(evaluator, np.random.default_rng([*b"floors"]))

    @property
    @override
    def floor_key(self) -> tuple[object, ...]:
        return self._images.digest, self._learner.config.image_samples

    @property
    @override
    def prepared(self) -> bool:
        return self._preparation.done

    @override
    def prepare(self, seconds: float) -> None:
        self._preparation.step(seconds)

    @property
    @override
    def preparing(self) -> tuple[str, float]:
        return self._preparation.status, self._preparation.progress

    def neighbours(self, lane: int, index: int, count: int = 5) -> tuple[np.ndarray, list[str] | None, list[float]]:
        """The training images nearest to one of the picture: images (count, h, w), their labels, their distances."""
        query = self.picture(lane).arrays["images"][index].reshape(1, -1) / 255
        flat = self._images.images.reshape(len(self._images.images), -1)
        found, distances = nearest_neighbours(query, flat, count)
        labels = self._images.labels
        names = None if labels is None else [self._images.classes[label] for label in labels[found[0]]]
        return self._images.images[found[0]], names, distances[0].tolist()

    @torch.no_grad()
    def walk(self, lane: int, start: int, end: int) -> np.ndarray:
        """Images on the straight line between two of the picture's latents, (WALK, h, w), ends included."""
        z = self._picture_latents[lane]
        part = torch.linspace(0, 1, WALK, device=z.device)[:, None]
        codes = self._picture_classes
        blended = None if codes is None else codes[lane][start] + part * (codes[lane][end] - codes[lane][start])
        return self._draw_lane(lane, z[start] + part * (z[end] - z[start]), blended)

    @torch.no_grad()
    def arithmetic(self, lane: int, a: int, b: int, c: int) -> np.ndarray:
        """The images of latents a, b, c and a − b + c, (4, h, w), as Radford et al. 2015 add and subtract faces."""
        z = self._picture_latents[lane]
        codes = self._picture_classes
        latents = torch.stack([z[a], z[b], z[c], z[a] - z[b] + z[c]])
        classes = None if codes is None else codes[lane][[a, b, c, c]]
        return self._draw_lane(lane, latents, classes)

    def _draw_lane(self, lane: int, z: Tensor, classes: Tensor | None) -> np.ndarray:
        """Images of one lane's latents; the other lanes draw the same and are not looked at."""
        lanes = len(self._learner.seeds)
        codes = None if classes is None else classes.expand(lanes, -1, -1)
        images: np.ndarray = self._draw(z.expand(lanes, -1, -1), codes)[lane]
        return images

    def _draw(self, z: Tensor, classes: Tensor | None) -> np.ndarray:
        """What G makes of latents, as bytes: (S, n, h, w)."""
        return self._pictures(self._learner.show(z, classes).cpu().numpy())

    def _formed(self, flat: np.ndarray) -> np.ndarray:
        """(S, n, pixels) -> (S, n, h, w), stacks with their channels last."""
        return flat.reshape(*flat.shape[:2], *self._images.form)

    def _pictures(self, flat: np.ndarray) -> np.ndarray:
        """(S, n, pixels) in [−1, 1] -> (S, n, h, w) in 0 to 255, stacks with their channels last; NaN is black."""
        return self._formed(as_bytes(flat))


class Preparation:
    """What measuring images needs once per dataset: a classifier, or a PCA of the pixels where there are no labels."""

    def __init__(self, images: Images) -> None:
        self._images = images
        single = images.single or images
        self._training = ClassifierTraining(single) if single.labels is not None else None
        self._pca: PixelPca | None = None

    @property
    def done(self) -> bool:
        """Whether images can be measured."""
        return self._training is None or self._training.done

    @property
    def progress(self) -> float:
        """How much of it is done, from 0 to 1."""
        return 1.0 if self._training is None else self._training.progress

    @property
    def status(self) -> str:
        """What is being prepared, in a sentence."""
        return "" if self._training is None else self._training.status

    @cached_property
    def edges(self) -> float:
        """How sharp the test images are, their pixels from 0 to 1."""
        return edges(self._images.test_images) / 255

    def step(self, seconds: float) -> None:
        """Work on it for about this long."""
        if self._training is not None:
            self._training.step(seconds)

    def features(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Features of images (n, h, w), and the probabilities of their classes if there is a classifier.

        Of stacks (n, h, w, c) each channel is looked at by itself: its features follow each other, and the probability
        of a class is the product of theirs.
        """
        classifier = self._classifier()
        if classifier is not None and self._images.single is not None:
            count, height, width, channels = images.shape
            flat = np.moveaxis(images, -1, 1).reshape(-1, height, width)
            probabilities, features = classifier.classify(flat)
            red, green, blue = probabilities.reshape(count, channels, -1).swapaxes(0, 1)
            return features.reshape(count, -1), np.einsum("na,nb,nc->nabc", red, green, blue).reshape(count, -1)
        if classifier is not None:
            probabilities, features = classifier.classify(images)
            return features, probabilities
        if self._pca is None:
            self._pca = pixel_pca(self._images.images)
        return self._pca.project(images), None

    def evaluator(self, size: int) -> ImageEvaluator:
        """The measures with so many generated images."""
        real, labels = self._images, self._images.labels
        rng = np.random.default_rng([*b"reference"])
        train = rng.permutation(len(real.images))[:REFERENCE]
        train_features, probabilities = self.features(real.images[train])
        # Evenly over the split: the two halves of MNIST's test images were written by different people.
        test = np.linspace(0, len(real.test_images) - 1, min(REFERENCE, len(real.test_images))).astype(np.intp)
        test_features, _ = self.features(real.test_images[test])
        weights = None
        if probabilities is not None and labels is not None:
            weights = np.bincount(labels, minlength=len(real.classes)) / len(labels)
        return ImageEvaluator(
            train_features,
            test_features,
            train_probabilities=probabilities,
            test_labels=None if real.test_labels is None else real.test_labels[test],
            class_weights=weights,
            n_classes=size,
            n_fid=size,
        )

    def _classifier(self) -> Classifier | None:
        return None if self._training is None else self._training.result()


@lru_cache(maxsize=4)
def preparation(images: Images) -> Preparation:
    """One for each set of images in this process: runs share it."""
    return Preparation(images)
