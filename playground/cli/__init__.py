"""The command line: the page's settings, trainer and metrics without a browser.

torch is imported where it is needed, so that help and listings start at once.
"""

import sys
from collections.abc import Sequence

import typer

from playground.cli.app import app as open_app
from playground.cli.evaluate import evaluate
from playground.cli.lessons import lesson, lessons
from playground.cli.listings import datasets, download, recipes
from playground.cli.reproduce import reproduce
from playground.cli.runs import runs
from playground.cli.sweep import sweep
from playground.cli.train import train
from playground.errors import PlaygroundError

BAD_INPUT = 2

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Open the GAN playground; train and evaluate GANs on toy distributions and images without a browser.",
)
for command in (train, evaluate, sweep, reproduce, download, recipes, datasets, lessons, lesson):
    app.command()(command)
app.command("app", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(open_app)
app.add_typer(runs, name="runs")


def main(arguments: Sequence[str] | None = None, name: str = "python -m playground") -> int:
    """Run a command and return its exit code: 0, or 1 for a run that diverged, 2 for bad input, 130 after Ctrl-C."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return int(app(given or ["--help"], prog_name=name, standalone_mode=False) or 0)
    except typer.TyperException as error:
        return _complain(error.format_message())
    except PlaygroundError as error:
        return _complain(str(error))


def _complain(sentence: str) -> int:
    print(f"Error: {sentence}", file=sys.stderr)
    return BAD_INPUT
