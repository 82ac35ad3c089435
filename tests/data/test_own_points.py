"""Points of somebody's own: kept by their content, read strictly, and what is sampled is what the density says."""

import dataclasses
import json
import os
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import trapezoid

from playground import config as settings
from playground.config import ConfigError, RunConfig
from playground.data import own_points
from playground.data.errors import DataError
from playground.data.kernel import MAX_COMPONENTS, bandwidth, merged
from playground.data.own_points import OwnPoints


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(own_points.KEPT.variable, str(tmp_path / "points"))
    own_points.load.cache_clear()
    return tmp_path / "points"


def three(bandwidth: float = 0.1) -> OwnPoints:
    centres = np.array([[0.0, 0.0], [1.0, 0.5], [-1.0, 2.0]])
    return OwnPoints(centres, np.array([0.5, 0.3, 0.2]), bandwidth, "drawing", 3, "the fine brush", "A note.")


def test_points_come_back_as_they_were(kept: Path) -> None:
    own = three()
    name = own_points.register(own)
    assert len(name) == 24 and (kept / f"{name}.npz").is_file()
    back = own_points.load(name)
    np.testing.assert_array_equal(back.centres, own.centres)
    np.testing.assert_array_equal(back.weights, own.weights)
    assert (back.bandwidth, back.origin, back.count, back.rule, back.note) == (0.1, "drawing", 3, own.rule, own.note)
    assert back.id == name and own_points.load(name) is back
    assert [path.name for path in kept.iterdir()] == [f"{name}.npz"]


def test_a_name_stands_for_all_of_the_content() -> None:
    assert three().id == three().id
    assert three().id != three(bandwidth=0.2).id
    other = OwnPoints(three().centres, three().weights, 0.1, "table", 3, "the fine brush", "A note.")
    assert other.id != three().id


def test_a_config_learns_them_by_name() -> None:
    config = RunConfig(dataset="own_points", points_id=own_points.register(three()))
    data = config.distribution()
    assert data.estimated and data.bandwidth == 0.1 == data.sigma
    assert data.modes is None and data.dim == 2
    assert settings.read_text(config.to_query()) == config
    assert config.distribution() is data


def test_the_density_is_that_of_the_samples() -> None:
    data = three(0.2).distribution
    axis = np.linspace(*data.extent, 121)
    points = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1)
    heights = data.density(points.reshape(-1, 2)).reshape(121, 121)
    assert float(trapezoid(trapezoid(heights, axis, axis=0), axis)) == pytest.approx(1, abs=1e-6)
    edges = np.linspace(-3, 3, 13)
    for draw in (data.sample, data.stratified):
        drawn = draw(np.random.default_rng(1), 20_000)
        counts, _, _ = np.histogram2d(drawn[:, 0], drawn[:, 1], bins=[edges, edges])
        np.testing.assert_allclose(counts / 20_000, data.cell_masses(edges), atol=0.012)


def test_strata_give_each_point_its_share() -> None:
    data = three(0.01).distribution
    drawn = data.stratified(np.random.default_rng(0), 10)
    nearest = np.linalg.norm(drawn[:, None] - three().centres, axis=2).argmin(axis=1)
    assert np.bincount(nearest).tolist() == [5, 3, 2]


@pytest.mark.parametrize(
    "id, sentence",
    [("", "There are no points of your own yet: draw some"), ("0" * 24, "The points '0{24}' are not on this machine")],
)
def test_points_that_are_not_here_are_told_in_a_sentence(id: str, sentence: str) -> None:
    assert not own_points.available(id)
    with pytest.raises(DataError, match=sentence):
        RunConfig(dataset="own_points", points_id=id).distribution()


@pytest.mark.parametrize("id", ["../../etc/passwd", "0" * 23, "0" * 25, "G" * 24, "0" * 24 + "\n", "A" * 24])
def test_a_name_is_24_hexadecimal_digits_or_refused(id: str) -> None:
    for name in ("points_id", "images_id"):
        with pytest.raises(ConfigError, match=f"{name} must be empty or 24 hexadecimal digits"):
            settings.read({name: id})


def test_a_file_that_was_changed_is_not_used(kept: Path) -> None:
    name = own_points.register(three())
    (kept / f"{name}.npz").write_bytes(three(0.3).to_bytes())
    with pytest.raises(DataError, match="was changed"):
        own_points.load(name)
    assert not own_points.available(name)


def archive(**members: bytes) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        for name, content in members.items():
            written.writestr(f"{name}.npy", content)
    return buffer.getvalue()


def npy(array: np.ndarray, pickled: bool = False) -> bytes:
    buffer = BytesIO()
    np.save(buffer, array, allow_pickle=pickled)
    return buffer.getvalue()


def about(**changes: object) -> bytes:
    facts = {"bandwidth": 0.1, "origin": "drawing", "count": 3, "rule": "", "note": ""} | changes
    return npy(np.frombuffer(json.dumps(facts).encode(), np.uint8))


POINTS = npy(np.array([[0.0, 0.0, 0.5], [1.0, 1.0, 0.5]]))


def test_the_files_of_the_next_test_would_be_good_otherwise() -> None:
    assert OwnPoints.from_bytes(archive(points=POINTS, about=about())).count == 3


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 nonsense",
        three().to_bytes()[:-40],
        archive(points=POINTS),
        archive(points=npy(np.array([[0.0, 0.0, "x"]], dtype=object), pickled=True), about=about()),
        archive(points=npy(np.zeros((2, 2))), about=about()),
        archive(points=npy(np.array([[np.nan, 0.0, 1.0]])), about=about()),
        archive(points=npy(np.array([[0.0, 1e9, 1.0]])), about=about()),
        archive(points=npy(np.array([[0.0, 0.0, 0.5]])), about=about()),
        archive(points=npy(np.zeros((0, 3))), about=about()),
        archive(points=POINTS, about=about(bandwidth=0)),
        archive(points=POINTS, about=about(bandwidth="wide")),
        archive(points=POINTS, about=about(origin="elsewhere")),
        archive(points=POINTS, about=about(rule="x" * 1000)),
        archive(points=POINTS, about=npy(np.frombuffer(b"[" * 5000, np.uint8))),
        archive(points=POINTS.replace(b"(2, 3)", b"(9, 3)"), about=about()),
        b"\0" * 10_000_000,
    ],
)
def test_a_file_from_elsewhere_is_read_strictly(content: bytes) -> None:
    with pytest.raises(DataError) as caught:
        OwnPoints.from_bytes(content)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_the_ones_used_longest_ago_are_forgotten(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_points, "KEPT", dataclasses.replace(own_points.KEPT, max_files=2))
    names = []
    for age, width in ((300, 0.1), (200, 0.2), (100, 0.3)):
        names.append(own_points.register(three(width)))
        os.utime(kept / f"{names[-1]}.npz", (1e9 - age, 1e9 - age))
    assert [own_points.available(name) for name in names] == [False, True, True]


def test_a_folder_that_cannot_be_written_is_told(kept: Path) -> None:
    kept.write_text("a file where the folder should be")
    with pytest.raises(DataError, match="can't be stored in"):
        own_points.register(three())


# The bandwidth --------------------------------------------------------------------------------------------------


def test_one_heap_gets_about_scotts_bandwidth() -> None:
    points = np.random.default_rng(0).standard_normal((2000, 2))
    assert 0.6 <= bandwidth(points) / 2000 ** (-1 / 6) <= 1.05


def test_narrow_heaps_get_a_narrow_one() -> None:
    rng = np.random.default_rng(0)
    points = rng.choice([-1.0, 1.0], (2000, 2)) + 0.05 * rng.standard_normal((2000, 2))
    assert 0.005 < bandwidth(points) < 0.05
    assert bandwidth(points) == bandwidth(points)


def test_equal_points_do_not_make_it_vanish() -> None:
    lattice = np.repeat([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], 50, axis=0)
    assert 1 / 500 <= bandwidth(lattice) < 1 / 100


def test_merging_keeps_mass_and_mean() -> None:
    points = np.random.default_rng(0).standard_normal((30_000, 2))
    places, weights = merged(points, 0.1)
    assert 1000 < len(places) <= MAX_COMPONENTS
    assert weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(weights @ places, points.mean(axis=0), atol=1e-9)
    few, shares = merged(np.repeat([[0.0, 1.0], [2.0, 3.0]], [3, 1], axis=0), 0.1)
    assert few.tolist() == [[0, 1], [2, 3]] and shares.tolist() == [0.75, 0.25]
