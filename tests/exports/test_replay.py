"""A recorded run as one file: what is in it is complete, strict, small, and asks for nothing from outside."""

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.config import RunConfig
from playground.exports.kinds import export
from playground.feed.export import KINDS
from playground.feed.replay_pictures import FORETELLS, Pictures, packed
from playground.frame import Frame, Row, Scene, decode, encode
from playground.runs.store import Batch, RunBatch, RunStore, StoreError
from tests.exports.conftest import Record

PACKED = Path(__file__).parents[1] / "js" / "pictures.json"
NASTY = np.array([[0.0, -0.0, np.nan], [np.inf, -np.inf, 6e-8], [-1.5, 3.25, -6e4]])


def replayed(store: RunStore, run: str) -> tuple[str, dict[str, bytes]]:
    """The file's text, and what is packed in it, by the ids of its scripts."""
    text = export(store, run, "replay", KINDS)[2].decode()
    return text, packed_in(text)


def packed_in(text: str) -> dict[str, bytes]:
    found = re.findall(r'<script type="application/gzip;base64" id="gp-(\w+)">([^<]*)</script>', text)
    return {name: gzip.decompress(base64.b64decode(content)) for name, content in found}


def strict(content: bytes) -> Any:
    return json.loads(content, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


def frames_of(pictures: Pictures) -> list[dict[str, np.ndarray]]:
    """The pictures' arrays, as a browser has to read them."""
    stacks = []
    for stack in pictures.stacks:
        dtype = np.dtype(stack.dtype)
        shape = (stack.count, *stack.shape)
        size = int(np.prod(shape)) * dtype.itemsize
        planes = np.frombuffer(pictures.content[stack.at : stack.at + size], np.uint8).reshape(dtype.itemsize, -1)
        whole = sum(plane.astype(np.uint64) << 8 * (dtype.itemsize - 1 - i) for i, plane in enumerate(planes))
        numbers = np.asarray(whole).astype(f"u{dtype.itemsize}").reshape(shape)
        if stack.foretells != "nothing":
            numbers = (numbers >> 1) ^ (0 - (numbers & 1)).astype(numbers.dtype)
            for axis in {"before": (0,), "neighbours": (-1, -2)}[stack.foretells]:
                numbers = np.cumsum(numbers, axis=axis, dtype=numbers.dtype)
        if dtype.kind == "f":
            sign = numbers.dtype.type(1 << (8 * dtype.itemsize - 1))
            numbers = np.where(numbers & sign, numbers & ~sign, ~numbers).astype(numbers.dtype).view(dtype)
        stacks.append((stack.name, numbers))
    return [{stacks[which][0]: stacks[which][1][nth] for which, nth in each["arrays"]} for each in pictures.frames]


def test_the_file_holds_all_of_the_run_and_asks_for_nothing(store: RunStore, record: Record) -> None:
    run = record(steps=40, changes={20: {"k": 3}}, name="Ring & <b>co</b>", seeds=2)
    text, held = replayed(store, run)
    assert set(held) == {"scripts", "record", "pictures"} and len(text) < 600_000
    assert "<title>Ring &amp; &lt;b&gt;co&lt;/b&gt;</title>" in text and "<li>step 20: k 1 → 3</li>" in text
    assert "default-src 'none'" in text  # the browser itself refuses whatever a script might ask for
    assert not re.search(r'(?:src|href|action)\s*=|url\(|@import|"https?:', re.sub(r"<a class[^>]*>", "", text))
    told = strict(held["record"])
    assert told["steps"] == store.keyframe_steps(run) and len(told["latest"]) == len(told["steps"])
    assert told["stage"]["lesson"] is False  # a lesson's stage has no name and no reading
    kinds = [message["type"] for message in told["messages"]]
    assert {"hello", "state", "rows", "reading", "keyframes", "summary"} <= set(kinds)
    rows = next(message for message in told["messages"] if message["type"] == "rows")
    assert rows["columns"]["step"] == [0, 10, 20, 30, 40] and "jsd_lo" in rows["columns"]
    assert not next(message for message in told["messages"] if message["type"] == "hello")["record"]["mine"]


def test_its_scripts_are_the_stages_own_and_name_one_another(store: RunStore, record: Record) -> None:
    scripts = strict(replayed(store, record())[1]["scripts"])
    assert "stage/stage.js" in scripts and "replay/replay.js" in scripts
    for name, text in scripts.items():
        named = re.findall(r'^(?:import|\}) [^"]*from "([^"]+)";', text, re.MULTILINE)
        assert set(named) <= set(scripts), name


def test_a_comparison_is_one_file_too(store: RunStore, record: Record) -> None:
    """Each run's own steps in its own place, all pictures in one block, and what luck has to do with it."""
    runs = [record(steps=40, seeds=2, name="A <b>"), record("b-run", steps=20, seeds=2, changes={0: {"k": 3}})]
    name, media_type, content = export(store, ",".join(runs), "replay", KINDS)
    assert (name, media_type) == ("a-b-and-1-more-replay.html", "text/html")
    text = content.decode()
    held = packed_in(text)
    told = strict(held["record"])
    assert [run["id"] for run in told["comparison"]["runs"]] == runs and not told["comparison"]["home"]
    assert [run["steps"] for run in told["runs"]] == [store.keyframe_steps(run) for run in runs]
    steps = [frame["values"]["step"] for frame in told["pictures"]["frames"]]
    assert steps == [step for run in told["runs"] for step in run["steps"]]
    assert "Differences over seeds at step 20" in text and "<td>JSD</td>" in text and "A &lt;b&gt;" in text
    assert "replay/compared.js" in strict(held["scripts"]) and "default-src 'none'" in text


def test_what_can_not_be_compared_is_one_sentence(store: RunStore, record: Record) -> None:
    run, other = record(steps=10), record("b-run", steps=10)
    with pytest.raises(StoreError, match="2 to 6 different runs"):
        export(store, f"{run},{run}", "replay", KINDS)
    with pytest.raises(StoreError, match="one run at a time"):
        export(store, f"{run},{other}", "script", KINDS)


def test_its_pictures_are_those_that_the_store_keeps(store: RunStore, record: Record) -> None:
    run = record()
    _, held = replayed(store, run)
    told = strict(held["record"])["pictures"]
    stacks = [Stack for Stack in told["stacks"]]
    assert {stack["name"] for stack in stacks} == {"fake", "discriminator"}
    assert {stack["foretells"] for stack in stacks} <= set(FORETELLS)
    sizes = {"uint8": 1, "float16": 2, "float32": 4}
    ends = [stack["at"] + stack["count"] * int(np.prod(stack["shape"])) * sizes[stack["dtype"]] for stack in stacks]
    assert [stack["at"] for stack in stacks] == [0, *ends[:-1]] and ends[-1] == len(held["pictures"])
    kept = decode(store.keyframe(run, told["frames"][0]["values"]["step"])[1])
    assert told["frames"][0]["values"] == dict(kept.values)


@pytest.mark.parametrize("dtype", ["float16", "float32", "uint8"])
@pytest.mark.parametrize("shape", [(3, 3), (9,), (1, 3, 3)])
def test_packing_loses_nothing(dtype: str, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    with np.errstate(all="ignore"):
        first = NASTY.astype(dtype).reshape(shape)
    arrays = [first, first, *(rng.normal(size=shape).astype(dtype) for _ in range(5))]
    arrays.append(rng.integers(0, 255, (2, 2)).astype(dtype))  # another shape of the same name: a stack of its own
    found = frames_of(packed([Frame({"step": i}, {"fake": array}) for i, array in enumerate(arrays)]))
    for given, back in zip(arrays, found, strict=True):
        assert back["fake"].dtype == given.dtype and back["fake"].tobytes() == given.tobytes()


def test_every_way_of_foretelling_is_used_where_it_helps() -> None:
    rng = np.random.default_rng(1)
    still = rng.normal(size=(400, 2)).astype(np.float16)
    plane = np.add.outer(np.arange(20.0), np.arange(20.0)).astype(np.float16)
    frames = [
        Frame({}, {"fake": still, "noise": rng.normal(size=900).astype(np.float32), "map": plane * (1 + i)})
        for i in range(4)
    ]
    found = {stack.name: stack.foretells for stack in packed(frames).stacks}
    assert found == {"fake": "before", "noise": "nothing", "map": "neighbours"}


def test_the_browsers_reader_is_tried_on_what_is_made_today() -> None:
    """tests/js/pictures.test.js reads these bytes; the pictures are those that it expects."""
    smooth = np.add.outer(np.arange(4.0), np.arange(4.0)).astype(np.float16)
    frames = [
        Frame({"step": i}, {"fake": NASTY.astype(np.float32) * (1 + i), "discriminator": smooth + i, "images": image})
        for i, image in enumerate(np.arange(24, dtype=np.uint8).reshape(2, 1, 3, 4))
    ]
    pictures = packed(frames)
    told = {"frames": pictures.frames, "stacks": [vars(stack) for stack in pictures.stacks]}
    made = json.dumps({"pictures": told, "content": base64.b64encode(pictures.content).decode()}) + "\n"
    assert PACKED.read_text() == made


def test_ten_thousand_steps_take_less_than_3_mb(store: RunStore) -> None:
    """As many pictures and rows as a run has at most, of random numbers, which can't be packed."""
    rng = np.random.default_rng(0)
    scene = Scene("points", 1, 2, (-3.0, 3.0), 64, rng.normal(size=(1000, 2)).tolist(), [[2.0, 0.0]])
    store.create("long", "ada", RunConfig(), scene=scene)
    place, columns = rng.normal(size=(1000, 2)), ("jsd", "emd", "d_loss", "g_loss", "d_real", "d_fake", "x_gradient")
    waves = np.sin(np.linspace(0, 6, 64))
    batch = RunBatch(steps=10_000, status="paused")
    for step in range(0, 10_001, 50):
        place = place + rng.normal(size=place.shape) / 10
        noisy = np.outer(waves * np.cos(step), waves) + rng.normal(size=(64, 64)) / 100
        arrays = {"fake": place.astype(np.float32), "discriminator": noisy.astype(np.float32)}
        batch.keyframes.append((step, encode(Frame({"step": step, "lane": 0, "log_odds": True}, arrays))))
    for step in range(0, 10_001, 10):
        batch.rows.append(Row(step, {name: (float(rng.normal()),) for name in columns}, ((1.0,),)))
    store.write(Batch({"long": batch}))
    assert len(store.keyframe_steps("long")) > 100
    assert len(export(store, "long", "replay", KINDS)[2]) < 3_000_000


def test_a_run_without_pictures_says_so(store: RunStore) -> None:
    store.create("empty", "ada", RunConfig())
    with pytest.raises(StoreError, match="recorded yet: train it first"):
        export(store, "empty", "replay", KINDS)
