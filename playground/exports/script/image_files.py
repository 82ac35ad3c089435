"""The image files' reader as text."""

from playground.data.image_table import IMAGE_DATASETS
from playground.exports.script.plan import ScriptError

SHAPES = {"digits": (8, 8), "mnist": (28, 28), "fashion_mnist": (28, 28), "kmnist": (28, 28)}
"""Height and width; those of one's own images are the run's."""

_IDX = r'''
def read_idx(folder, name):
    """An array of MNIST's format: big-endian 32-bit numbers (kind, sizes), then bytes. Gzipped or not."""
    path = Path(folder, name)
    content = (path if path.exists() else path.with_suffix("")).read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    dimensions = content[3]
    shape = np.frombuffer(content, ">u4", dimensions, offset=4).astype(int)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def read_images(folder):
    """The training images (n, h, w) and their labels (n,)."""
    return read_idx(folder, "train-images-idx3-ubyte.gz"), read_idx(folder, "train-labels-idx1-ubyte.gz")
'''

_DIGITS = '''
def read_images(path):
    """The training images (n, h, w) and their labels (n,): the last 297 of the file are for testing."""
    with np.load(path) as file:
        return file["images"][:1500], file["labels"][:1500]
'''

_OWN = '''
def read_images(path):
    """The training images (n, h, w) and their labels (n,), or None: one image in seven is held out for testing."""
    with np.load(path) as file:
        images, labels = file["images"], file["labels"] if "labels" in file else None
    order = np.random.default_rng(0).permutation(len(images))
    if labels is not None:
        _, first, labels = np.unique(labels, return_index=True, return_inverse=True)
        order = np.concatenate([order[~np.isin(order, first)], first])  # each class keeps its first image
    train = np.ones(len(images), bool)
    train[order[: max(1, len(images) // 7)]] = False
    return images[train], None if labels is None else labels[train]
'''

_READERS = {"digits": _DIGITS, "own_images": _OWN}

_WHERE = {
    "digits": "digits.npz, which the run page exports beside this script ('Digits data')",
    "own_images": "the .npz file of your own images, as you uploaded it",
}


def reader(dataset: str) -> str:
    """Text that defines read_images(path)."""
    return _READERS.get(dataset, _IDX)


def whereabouts(dataset: str) -> str:
    """What the script has to be given with --data, in words."""
    row = IMAGE_DATASETS[dataset]
    return _WHERE.get(dataset) or f"the folder with {' and '.join(row.files[:2])} of {row.label}, gzipped or not"


def shape_of(dataset: str, shape: tuple[int, int] | None) -> tuple[int, int]:
    """Height and width of the dataset's images. Raises ScriptError where nobody says."""
    found = shape or SHAPES.get(dataset)
    if found is None:
        raise ScriptError("A script for your own images needs a run that has begun: it says how large they are.")
    return found
