"""A run as a standalone PyTorch script: readable, with the parts that this run uses, and the same numbers.

Only torch and NumPy are needed to run it. Its random streams, its initial weights and the order of its operations are
the Trainer's, so its losses are too, up to rounding. Nothing here imports torch.
"""

import textwrap
from datetime import date

from playground.config import POINT_DATASETS, SETTINGS, RunConfig
from playground.data.image_table import IMAGE_DATASETS
from playground.exports.script import game, image_files, losses
from playground.exports.script.networks import network_classes, parameters
from playground.exports.script.plan import Changes, Plan, ScriptError
from playground.exports.script.samplers import sampler

__all__ = ["Changes", "ScriptError", "script"]

BLOCK_NUMBERS, BLOCK_ROWS = 65_536, 2048
"""How long a stream's block is: the numbers of training/streams.py."""

STREAMS = '''
def generator_for(purpose):
    """A source of random numbers for each purpose: more draws for one never shift those of another."""
    return np.random.default_rng([SEED, *purpose.encode()])


class Stream:
    """Random rows, drawn in long blocks (one call of NumPy costs more than a layer) and handed out in slices."""

    def __init__(self, purpose, draw, rows):
        self.rng, self.draw, self.rows = generator_for(purpose), draw, rows
        self.used = rows

    def take(self, n):
        """The next n rows; what is left of a block that is too short for them is dropped."""
        if self.used + n > self.rows:
            self.block = torch.from_numpy(self.draw(self.rng, self.rows).astype(np.float32))
            self.used = 0
        self.used += n
        return self.block[self.used - n : self.used]

'''

ORDER = '''
def in_random_order(rng, rows):
    """Indices of images, (rows, 1): epoch after epoch, each in a new order."""
    return np.concatenate([rng.permutation(len(pixels)) for _ in range(rows // len(pixels))])[:, None]

'''

ARGUMENTS = '''
def whole(least):
    """Reads an argument: a whole number from `least` up."""

    def read(text):
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"must be a whole number from {least} up (got {text!r})")
        return int(text)

    return read

'''

LATENTS = {
    "normal": """
def draw_latents(rng, n):
    return rng.standard_normal((n, {dim}), dtype=np.float32)

""",
    "uniform": """
def draw_latents(rng, n):
    return -1.0 + 2.0 * rng.random((n, {dim}), dtype=np.float32)

""",
}


def script(
    start: RunConfig,
    *,
    steps: int,
    changes: Changes = (),
    shape: tuple[int, int] | None = None,
    classes: int | None = None,
    title: str = "",
    note: str = "",
) -> str:
    """The text of a Python file that trains this run.

    start: the settings at step 0. changes: (step, new values by name), in order. shape, classes: height and width of
    the images and how many classes they have, needed for one's own. title, note: for the head.
    Raises ScriptError for a run that can't be written so.
    """
    plan = Plan.of(start, changes, steps)
    if start.on_images:
        shape = image_files.shape_of(start.dataset, shape)
        known = len(IMAGE_DATASETS[start.dataset].classes)
        count = (known if classes is None else classes) if start.conditional else 0
    else:
        shape, count = None, 0
    body = [
        ARGUMENTS,
        _settings(plan),
        _data(plan, count),
        network_classes(plan, shape, count),
        STREAMS,
        losses.losses(plan),
        losses.penalties(plan),
        game.updates(plan),
        game.players(plan),
        game.changing(plan),
        _setup(plan, count),
        game.loop(plan),
        _ending(plan, shape, count),
    ]
    text = "\n".join(part.strip("\n") + "\n\n" for part in body if part)
    return _tidy(_head(plan, title, note) + _imports(text) + "\n\n" + text)


def _head(plan: Plan, title: str, note: str) -> str:
    config = plan.start
    changed = [f"{name}={value}" for name, value in config.to_query().items() if name not in ("seed", "seeds")]
    data = IMAGE_DATASETS[config.dataset].label if config.on_images else POINT_DATASETS[config.dataset]
    lines = [
        f'"""{_plain(title) + ": a" if title else "A"} GAN on {data}, from the GAN playground ({date.today()}).',
        "",
        *_wrapped("The run's settings: " + (", ".join(changed) or "the defaults") + "."),
        "",
        "Needs torch and numpy, nothing else. It repeats the run of the playground: the same random numbers, the",
        "same initial weights, the same updates in the same order. The losses agree up to rounding, which grows in",
        "the course of a long run, as it does between two machines.",
        "",
    ]
    if note:
        lines += [*_wrapped(_plain(note)), ""]
    if config.on_images:
        lines += [*_wrapped(f"--data: {image_files.whereabouts(config.dataset)}."), ""]
    if config.seeds > 1:
        last = config.seed + config.seeds - 1
        beside = (
            f"The run trained the seeds {config.seed} to {last} side by side; --seed picks one of them. Side by side "
            "the sums are rounded differently from the first step on, so the losses drift apart sooner than those of a "
            "run of one seed, often within a hundred steps."
        )
        lines += [*_wrapped(beside), ""]
    usage = "python script.py" + (" --data PATH" if config.on_images else "") + " [--seed N] [--steps N] [--every N]"
    return "\n".join([*lines, f"    {usage}", '"""', "", ""])


def _imports(text: str) -> str:
    """The imports that the text needs."""
    modules = ["argparse"]
    modules += [name for name in ("base64", "copy", "gzip", "math", "zlib") if f"{name}." in text]
    found = "\n".join(f"import {name}" for name in sorted(modules)) + "\n"
    if "Path(" in text:
        found += "from pathlib import Path\n"
    found += "from types import SimpleNamespace\n\nimport numpy as np\nimport torch\n"
    return found + f"from torch import nn\n{'from torch.nn import functional' * ('functional.' in text)}\n"


def _settings(plan: Plan) -> str:
    config = plan.start
    parse = [
        "parser = argparse.ArgumentParser()",
        f'parser.add_argument("--seed", type=whole(0), default={config.seed})',
        f'parser.add_argument("--steps", type=whole(1), default={plan.steps}, help="updates of G")',
        'parser.add_argument("--every", type=whole(1), default=100, help="print the losses every so many steps")',
        'parser.add_argument("--out", default="samples.npy", help="where generated examples go at the end")',
    ]
    if config.on_images:
        parse.append('parser.add_argument("--data", required=True, help="see the head of this file")')
    parse += ["arguments = parser.parse_args()", "SEED, STEPS = arguments.seed, arguments.steps", ""]
    turned = plan.turned()
    entries = []
    for name, value in turned.items():
        written = f'"{value}"' if isinstance(value, str) else repr(value)
        entries.append(f"    {f'{name}={written},':<24}  # {_comment(name)}")
    return "\n".join([*parse, "s = SimpleNamespace(  # the settings", *entries, ")"])


def _comment(name: str) -> str:
    row = SETTINGS[name]
    text = row.label[0].lower() + row.label[1:] if row.label[1:2].islower() else row.label
    return _plain(f"{text}, in {row.unit}" if row.unit and row.unit != "×" else text)


def _data(plan: Plan, classes: int) -> str:
    config = plan.start
    if plan.data is None:
        text = image_files.reader(config.dataset)
        text += "\n\nimages, image_labels = read_images(arguments.data)\n"
        text += "pixels = torch.from_numpy(images.reshape(len(images), -1).copy())\n"
        if classes:
            text += "real_labels = torch.from_numpy(image_labels.astype(np.int64))\n"
            text += f"CLASSES = {classes}\n"
        return text + ORDER
    text = sampler(plan.data)
    if plan.data.scale != 1:
        text += (
            f"\n\nSCALE = {plan.data.scale!r}"
            "  # the data's root mean square coordinate: both networks work in units of it\n"
        )
    return text


def _setup(plan: Plan, classes: int) -> str:
    config = plan.start
    dim = None if plan.data is None else plan.data.dim
    text = [LATENTS[config.prior].format(dim=config.latent_dim).strip("\n"), "", ""]
    text += [
        "torch.set_num_threads(1)  # the networks are small: more threads only cost time",
        'generator = Generator(generator_for("generator"))',
        'discriminator = Discriminator(generator_for("discriminator"))',
        parameters(config),
    ]
    if plan.averaged:
        text.append("average = copy.deepcopy(generator)")
    text.append("")
    if dim is None:
        text.append(f'data = Stream("data", in_random_order, -(-{BLOCK_ROWS} // len(pixels)) * len(pixels))')
    else:
        text.append(f'data = Stream("data", sample, {_rows(dim)})')
    rows = _rows(config.latent_dim)
    text.append(f'latents = {{player: Stream(f"latent_{{player}}", draw_latents, {rows}) for player in ("d", "g")}}')
    if classes or plan.labels or "gradient_penalty" in plan.penalties:
        text[1:1] = ["", "", "def uniform(rng, n):", "    return rng.random((n, 1), dtype=np.float32)"]
    if classes:
        text.append(
            f'class_draws = {{player: Stream(f"classes_{{player}}", uniform, {_rows(1)}) for player in ("d", "g")}}'
        )
    if plan.noise or plan.labels:
        text.append("g_updates = 0")
    if plan.noise:
        size = "pixels.shape[1]" if dim is None else str(dim)
        rows_of_noise = f"max({BLOCK_ROWS}, {BLOCK_NUMBERS} // pixels.shape[1])" if dim is None else str(_rows(dim))
        text.append(
            f'noise = Stream("noise", lambda rng, n: rng.standard_normal((n, {size}), dtype=np.float32), '
            f"{rows_of_noise})"
        )
        text.append("noise_since = 0")
    if plan.labels:
        text += [f'labels = Stream("labels", uniform, {_rows(1)})', "labels_since = 0"]
    if "gradient_penalty" in plan.penalties:
        text.append(f'mix = Stream("mix", uniform, {_rows(1)})')
    return "\n".join(text)


def _rows(dim: int) -> int:
    """The length of a stream's block of so many numbers a row."""
    return max(BLOCK_ROWS, BLOCK_NUMBERS // dim)


def _ending(plan: Plan, shape: tuple[int, int] | None, classes: int) -> str:
    last = plan.configs[-1]
    shown = "average" if last.ema > 0 else "generator"
    if shape is None:
        count = max(last.jsd_samples, last.emd_samples, last.mode_samples)
    else:
        count = last.image_samples
    text = [
        "# Generated examples, from the same latents as the playground's own export at this step.",
        'rng = np.random.default_rng([SEED, STEPS, *b"samples"])',
        "with torch.no_grad():",
        f"    z = torch.from_numpy(draw_latents(rng, {count}).astype(np.float32))",
    ]
    if classes:
        text += [
            f"    picked = torch.from_numpy(rng.random({count}, dtype=np.float32) * CLASSES).long()",
            "    z = torch.cat([z, functional.one_hot(picked, CLASSES).float()], dim=-1)",
        ]
    text.append(f"    samples = {shown}.eval()(z).numpy()")
    if shape is not None:
        text.append(
            "samples = ((samples + 1) * 127.5).clip(0, 255).round().astype(np.uint8)"
            f".reshape(-1, {shape[0]}, {shape[1]})"
        )
    text += ["np.save(arguments.out, samples)", 'print(f"{len(samples)} generated examples are in {arguments.out}.")']
    return "\n".join(text)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 100)


def _plain(text: str) -> str:
    """Words that can stand in a docstring or a comment."""
    return " ".join(text.replace("\\", "/").replace('"', "'").split())


def _tidy(text: str) -> str:
    """At most two empty lines on end, one at the end of the file."""
    while "\n\n\n\n" in text:
        text = text.replace("\n\n\n\n", "\n\n\n")
    return text.rstrip("\n") + "\n"
