"""Images for training: every one once in an epoch, none of the test split, each with its own label."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch

from playground.config import RunConfig
from playground.data import own_images
from playground.data.errors import DataError
from playground.data.image_data import Images, load
from playground.training.checkpoint import pack, restored
from playground.training.source import ImageSource, PointSource, make_source
from playground.training.trainer import Trainer

CPU = torch.device("cpu")
COUNT = 1500


def source(seeds: int = 1, *, conditional: bool = False, images: Images | None = None) -> ImageSource:
    return ImageSource(images or load("digits"), conditional, list(range(seeds)), CPU)


def indices(origin: ImageSource, batch: int, batches: int) -> np.ndarray:
    """What a source would train on: (S, batch · batches) positions in the train split."""
    taken = torch.cat([origin.stream.take(batch) for _ in range(batches)], dim=1)
    return taken.squeeze(-1).numpy().astype(int)


def as_bytes(pixels: torch.Tensor) -> set[bytes]:
    """Each image (…, pixels) in [−1, 1] as the bytes it was made of."""
    stored = ((pixels + 1) * 127.5).round().byte().reshape(-1, pixels.shape[-1])
    return {image.numpy().tobytes() for image in stored}


@pytest.mark.parametrize("batch", [1, 30, 64, 500])
def test_every_epoch_visits_every_image_once(batch: int) -> None:
    order = indices(source(2), batch, 2 * COUNT // batch)
    for lane in order:
        assert sorted(lane[:COUNT]) == list(range(COUNT))
        assert len(np.unique(lane[COUNT:])) == len(lane[COUNT:])  # too few for a batch are dropped at the end
        assert not np.array_equal(lane[: len(lane) - COUNT], lane[COUNT:])
    assert not np.array_equal(order[0], order[1])


def test_what_is_dropped_is_less_than_a_batch_in_two_epochs() -> None:
    order = indices(source(), 64, 4 * (2 * COUNT // 64))[0]
    visits = np.bincount(order, minlength=COUNT)  # eight epochs less four times 56 images
    assert visits.sum() == 8 * COUNT - 4 * (2 * COUNT % 64)
    assert 4 <= visits.min() and visits.max() == 8


def test_the_order_is_each_seeds_own() -> None:
    three, alone = source(3), ImageSource(load("digits"), False, [1], CPU)
    np.testing.assert_array_equal(indices(three, 64, 60)[1], indices(alone, 64, 60)[0])


def test_the_test_split_is_never_trained_on() -> None:
    digits = load("digits")
    origin = source()
    seen = set[bytes]()
    for _ in range(50):
        seen |= as_bytes(origin.take(origin.stream.take(60))[0])
    seen |= as_bytes(origin.sample([np.random.default_rng(0)], 5000)[0])
    train, test = ({image.tobytes() for image in split} for split in (digits.images, digits.test_images))
    assert seen == train
    assert len(test - train) > 290 and not seen & (test - train)


def test_black_is_minus_one_and_white_is_one() -> None:
    digits = load("digits")
    pixels, classes = source().take(torch.tensor([[[3.0], [1499.0]]]))
    assert pixels.shape == (1, 2, 64) and pixels.dtype == torch.float32 and classes is None
    np.testing.assert_allclose(pixels[0], digits.images[[3, 1499]].reshape(2, 64) / 127.5 - 1, atol=1e-6)
    assert pixels.min() == -1 and pixels.max() == 1


def test_labels_go_with_their_images() -> None:
    digits = load("digits")
    assert digits.labels is not None
    label_of = {image.tobytes(): label for image, label in zip(digits.images, digits.labels, strict=True)}
    origin = source(2, conditional=True)
    for pixels, codes in (
        origin.take(origin.stream.take(200)),
        origin.sample([np.random.default_rng(lane) for lane in (0, 1)], 200),
    ):
        assert codes is not None and codes.shape == (2, 200, 10) and codes.dtype == torch.float32
        assert set(codes.flatten().tolist()) == {0.0, 1.0} and (codes.sum(-1) == 1).all()
        stored = ((pixels + 1) * 127.5).round().byte().reshape(-1, 64).numpy()
        expected = [label_of[image.tobytes()] for image in stored]
        assert codes.argmax(-1).flatten().tolist() == expected


def test_looking_draws_from_other_generators_than_training() -> None:
    origin = source()
    origin.stream.take(10)
    before = str(origin.stream.state())
    rng = np.random.default_rng(5)
    first, _ = origin.sample([rng], 20)
    assert str(origin.stream.state()) == before
    again, _ = origin.sample([np.random.default_rng(5)], 20)
    assert torch.equal(first, again) and not torch.equal(first, origin.sample([rng], 20)[0])


def test_images_without_labels_have_no_classes_to_be_told() -> None:
    bare = replace(load("digits"), labels=None, test_labels=None, classes=())
    origin = source(conditional=True, images=bare)
    assert origin.classes == 0
    assert origin.take(origin.stream.take(5))[1] is None


def test_the_largest_indices_survive_as_single_floats() -> None:
    """Streams carry float32, which is exact up to 2^24; the most images that are read are 200,000."""
    many = np.zeros((200_000, 4, 4), np.uint8)
    order = ImageSource(replace(load("digits"), images=many, labels=None), False, [0], CPU).stream.take(200_000)
    assert np.array_equal(np.sort(order.long().flatten().numpy()), np.arange(200_000))


def test_the_config_decides_where_examples_come_from(tmp_path: Path) -> None:
    assert isinstance(make_source(RunConfig(), [0], CPU, tmp_path), PointSource)
    images = make_source(RunConfig(dataset="digits", conditional=True), [0], CPU, tmp_path)
    assert isinstance(images, ImageSource) and (images.dim, images.shape, images.classes) == (64, (8, 8), 10)


def uploaded(shade: int) -> str:
    """The id of forty images of about this shade."""
    file = BytesIO()
    np.savez(file, images=np.random.default_rng(shade).integers(shade, shade + 16, (40, 8, 8), dtype=np.uint8))
    file.seek(0)
    return own_images.register(file)


def test_a_checkpoint_goes_on_with_its_own_images_after_somebody_elses_upload() -> None:
    images = uploaded(3)
    config = RunConfig(dataset="own_images", images_id=images, network="lecture", batch_size=8)
    trainer = Trainer(config)
    trainer.step()
    kept = pack(trainer.state())
    theirs = uploaded(200)
    again = restored(kept)
    assert make_source(config, [0], CPU).sample([np.random.default_rng(0)], 20)[0].mean() < -0.85
    for one in (trainer, again):
        one.step()
    assert pack(again.state()) == pack(trainer.state())
    (own_images.KEPT.folder() / f"{images}.npz").unlink()
    with pytest.raises(DataError, match=f"The images '{images}' are not on this machine"):
        restored(kept)
    assert own_images.available(theirs)


def test_a_checkpoint_from_before_images_had_ids_finds_the_file(tmp_path: Path) -> None:
    """As the playground wrote them: no images_id among the settings, and one file for everybody."""
    (tmp_path / "own_images").mkdir()
    (tmp_path / "own_images" / "own_images.npz").write_bytes(own_images.content(uploaded(3)))
    trainer = Trainer(RunConfig(dataset="own_images", network="lecture", batch_size=8), folder=tmp_path)
    trainer.step()
    state = trainer.state()
    del state["config"]["images_id"]
    again = restored(pack(state), folder=tmp_path)
    for one in (trainer, again):
        one.step()
    assert pack(again.state()) == pack(trainer.state())
