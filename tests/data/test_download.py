"""The downloads, from mirrors on this machine that behave in every bad way."""

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest

from playground.data import download as module
from playground.data.download import download
from playground.data.image_data import IMAGE_DATASETS, DataError, available, load
from tests.data.serving import Mirror, mirrors, row, small_mnist, write

FILES = small_mnist()
NAMES = tuple(FILES)
Use = Callable[[list[Mirror]], None]
BAD_WAYS = {
    "missing": "answered 404",
    "page": "broke off after 27 of",
    "corrupt": "sent something else (its SHA-256 is wrong)",
    "long": "sent more than the",
    "dropped": "broke off after",
    "silent": "sent nothing for 0.3 s",
    "trickle": "is too slow",
}
SENTENCE = (
    "Get train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz and "
    "t10k-labels-idx1-ubyte.gz in another way and put them, gzipped or not, into '{}'."
)


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GAN_PLAYGROUND_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(module, "PATIENCE_S", 0.3)
    monkeypatch.setattr(module, "CONNECT_S", 2.0)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Makes these mirrors those of MNIST, and the test's files its files."""

    def put(running: list[Mirror]) -> None:
        monkeypatch.setitem(IMAGE_DATASETS, "mnist", row(FILES, [mirror.address for mirror in running]))

    return put


def contents(folder: Path) -> dict[str, bytes]:
    """Everything in a folder and below it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_good_mirror(tmp_path: Path, use: Use) -> None:
    told: list[tuple[int, int]] = []
    with mirrors(FILES, "good") as running:
        use(running)
        assert download("mnist", tmp_path, lambda done, total: told.append((done, total))) == tmp_path / "mnist"
    assert contents(tmp_path) == {f"mnist/{name}": content for name, content in FILES.items()}
    assert [path.name for path in tmp_path.iterdir()] == ["mnist"]
    assert sorted(path.name for path in (tmp_path / "mnist").iterdir()) == sorted(FILES)
    assert available("mnist", tmp_path)
    assert len(load("mnist", tmp_path).images) == 300
    total = sum(map(len, FILES.values()))
    assert {entry[1] for entry in told} == {total}
    assert (told[0][0], told[-1][0]) == (0, total)
    assert [entry[0] for entry in told] == sorted(entry[0] for entry in told)
    assert len(told) < 300


@pytest.mark.parametrize("way", ["encoded", "chunked"])
def test_a_file_that_is_sent_in_another_way_is_the_same_file(tmp_path: Path, use: Use, way: str) -> None:
    with mirrors(FILES, way) as running:
        use(running)
        download("mnist", tmp_path)
    assert contents(tmp_path / "mnist") == FILES


@pytest.mark.parametrize("way", BAD_WAYS)
def test_a_bad_mirror_is_followed_by_the_next(tmp_path: Path, use: Use, way: str) -> None:
    with mirrors(FILES, way, "good") as running:
        use(running)
        download("mnist", tmp_path)
        assert running[1].asked == [name for name in NAMES if name in running[1].asked]
        assert NAMES[0] in running[1].asked
    assert contents(tmp_path / "mnist") == FILES


@pytest.mark.parametrize(("way", "reason"), BAD_WAYS.items())
def test_where_every_mirror_fails_nothing_is_left_behind(tmp_path: Path, use: Use, way: str, reason: str) -> None:
    with mirrors(FILES, way, "missing") as running:
        use(running)
        with pytest.raises(DataError) as failed:
            download("mnist", tmp_path)
        host = running[0].address.removeprefix("http://").rstrip("/")
    sentence = str(failed.value)
    assert sentence.startswith("MNIST could not be downloaded, nothing was changed: for train-images-idx3-ubyte.gz ")
    assert f"{host} {reason}" in sentence
    assert "answered 404" in sentence
    assert sentence.endswith(SENTENCE.format(tmp_path / "mnist"))
    assert list((tmp_path / "mnist").iterdir()) == []


def test_without_a_network_the_four_files_and_their_place_are_named(tmp_path: Path, use: Use) -> None:
    with mirrors(FILES, "good", "good") as running:
        use(running)
    with pytest.raises(DataError) as failed:  # nobody listens there any more
        download("mnist", tmp_path)
    assert str(failed.value).count("can't be reached") == 2
    assert str(failed.value).endswith(SENTENCE.format(tmp_path / "mnist"))


def test_a_mirror_that_answers_nothing_at_all(tmp_path: Path, use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Mirror, "finish_request", lambda self, *_: self.closing.wait(10))
    with mirrors(FILES, "good") as running:
        use(running)
        with pytest.raises(DataError, match="did not answer in time"):
            download("mnist", tmp_path)


def test_files_that_are_there_are_not_fetched_again(tmp_path: Path, use: Use) -> None:
    """One is whole, one is plain nonsense, one is nonsense of the right size, one is not there."""
    write(tmp_path / "mnist", FILES)
    (tmp_path / "mnist" / NAMES[1]).write_bytes(b"nonsense")
    (tmp_path / "mnist" / NAMES[2]).write_bytes(bytes(len(FILES[NAMES[2]])))
    (tmp_path / "mnist" / NAMES[3]).unlink()
    told: list[int] = []
    with mirrors(FILES, "good") as running:
        use(running)
        download("mnist", tmp_path, lambda done, _: told.append(done))
        assert running[0].asked == [*NAMES[1:]]
        download("mnist", tmp_path)
        assert running[0].asked == [*NAMES[1:]]
    assert told[0] == len(FILES[NAMES[0]])
    assert contents(tmp_path / "mnist") == FILES


def test_a_failure_in_the_middle_changes_nothing(tmp_path: Path, use: Use) -> None:
    """Two files could be had, the third could not: the old four stay, and not a mixture."""
    old = small_mnist(train=200)
    write(tmp_path / "mnist", old)
    partly = {name: FILES[name] for name in NAMES[:2]}
    with mirrors(partly, "good") as running:
        use(running)
        with pytest.raises(DataError, match="for t10k-images-idx3-ubyte.gz .* answered 404"):
            (tmp_path / "mnist" / NAMES[2]).write_bytes(b"old and broken")
            download("mnist", tmp_path)
    assert contents(tmp_path / "mnist") == old | {NAMES[2]: b"old and broken"}


class FullDisk:
    """A file on a disk that has room for a kilobyte."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._room = file, 1024

    def __enter__(self) -> "FullDisk":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, piece: bytes) -> int:
        self._file.write(piece[: self._room])
        self._room -= len(piece)
        if self._room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return len(piece)


def test_a_full_disk(tmp_path: Path, use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second mirror is not asked: it can't help."""
    old = write(tmp_path / "mnist", small_mnist(train=200))
    before = contents(old)
    real_open = Path.open

    def full(path: Path, mode: str = "r", *rest: Any, **named: Any) -> Any:
        file = real_open(path, mode, *rest, **named)
        return FullDisk(file) if mode == "wb" else file

    with mirrors(FILES, "good", "good") as running:
        use(running)
        monkeypatch.setattr(Path, "open", full)
        with pytest.raises(DataError) as failed:
            download("mnist", tmp_path)
        monkeypatch.undo()
        assert running[1].asked == []
    assert str(failed.value) == (
        f"MNIST can't be stored in '{old}': No space left on device; what was there before is unchanged."
    )
    assert contents(old) == before
    assert sorted(path.name for path in old.iterdir()) == sorted(before)


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"can't be stored in '.*file/mnist': Not a directory"):
        download("mnist", tmp_path / "file")


def test_progress_may_end_the_download(tmp_path: Path, use: Use) -> None:
    class Enough(Exception):
        pass

    def stop(done: int, _: int) -> None:
        if done:
            raise Enough

    with mirrors(FILES, "good") as running:
        use(running)
        with pytest.raises(Enough):
            download("mnist", tmp_path, stop)
    assert list((tmp_path / "mnist").iterdir()) == []


def test_leftovers_of_a_killed_download_go_after_a_day(tmp_path: Path, use: Use) -> None:
    old, young = tmp_path / "mnist" / ".download-old", tmp_path / "mnist" / ".download-young"
    for folder in (old, young):
        write(folder, {"tmpx": b"half a file"})
    os.utime(old, (time.time() - 90_000,) * 2)
    with mirrors(FILES, "good") as running:
        use(running)
        download("mnist", tmp_path)
    assert young.exists() and not old.exists()


def test_what_goes_where_the_variable_says(tmp_path: Path, use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_PLAYGROUND_DATA", str(tmp_path))
    with mirrors(FILES, "good") as running:
        use(running)
        assert download("mnist") == tmp_path / "mnist"


@pytest.mark.parametrize("name", ["digits", "own_images"])
def test_datasets_without_an_address(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="can't be downloaded: there is no address for it"):
        download(name, tmp_path)
    assert list(tmp_path.iterdir()) == []
