"""The lecture's own numbers: its perceptron for seven epochs of MNIST, then the small DCGAN for three."""

from playground.recipes import RECIPES
from playground.recipes.measured import told
from playground.reproduce.exercise import trained
from tests.benchmarks.timing import table
from tests.data.serving import real_mnist

SEEDS = 3
COLUMNS = {
    "g_loss": "G's loss",
    "d_loss": "D's loss",
    "classes": "classes of 10",
    "clear_classes": "clear classes",
    "fid": "Fréchet",
}


def outcomes() -> None:
    """Epoch averages of both losses, D's as the sum of its halves, and the classes: median and range over the seeds."""
    folder = real_mnist()
    if folder is None:
        print("\nThe lecture's numbers need the real MNIST: name its folder in GAN_PLAYGROUND_DATA.")
        return
    for name, epochs in (("lecture", 7), ("dcgan", 3)):
        recipe = RECIPES[name]
        config = recipe.config.replace(dataset="mnist", seeds=SEEDS)
        rows = [
            [str(epoch), *(told(values[column]) if column in values else "" for column in COLUMNS)]
            for epoch, values, _ in trained(config, range(1, epochs + 1), folder)
        ]
        table(
            f"{recipe.label} on the real MNIST, seeds 0 to {SEEDS - 1} side by side",
            ["epoch", *COLUMNS.values()],
            rows,
        )
