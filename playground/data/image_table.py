"""The table of image datasets: one row each, with its files, their sums and where they come from.

The embedded digits (digits.npz) are the 1,797 images of scikit-learn's `load_digits`, which are the test set of UCI's
"Optical Recognition of Handwritten Digits" (E. Alpaydin, C. Kaynak 1998, doi 10.24432/C50P49, licence CC BY 4.0).
Changed: their values v of 0..16 are stored as round(255 v / 16), in uint8.
"""

from dataclasses import dataclass

from playground.data.errors import DataError


@dataclass(frozen=True)
class DataFile:
    """A file as its mirrors serve it: SHA-256 in hexadecimal, size in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class ImageDataset:
    """A row of the table.

    label and description: for a student. source: who made it, and its licence. classes: names, by label.
    files: train images, train labels, test images, test labels, or a single .npz.
    downloads: what the mirrors serve, in the order of `files`. mirrors: addresses that end with a slash, best first.
    side: height and width of an image, of one's own at most. single: of stacks, the row of the images that they are
    made of; its files are theirs.
    """

    label: str
    description: str
    source: str
    classes: tuple[str, ...]
    files: tuple[str, ...]
    downloads: tuple[DataFile, ...] = ()
    mirrors: tuple[str, ...] = ()
    side: int = 28
    single: str = ""

    @property
    def size(self) -> int:
        """What there is to download, in bytes."""
        return sum(file.size for file in self.downloads)


def _idx_dataset(
    label: str,
    description: str,
    source: str,
    classes: tuple[str, ...],
    mirrors: tuple[str, ...],
    sums: tuple[tuple[str, int], ...],
) -> ImageDataset:
    """A row in MNIST's format, whose four files have MNIST's names. sums: SHA-256 and size of each."""
    downloads = tuple(DataFile(name, *facts) for name, facts in zip(_IDX_FILES, sums, strict=True))
    return ImageDataset(label, description, source, classes, _IDX_FILES, downloads, mirrors)


_IDX_FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)
_DIGITS = tuple("0123456789")


def _stacked(label: str, description: str, single: str, side: int) -> ImageDataset:
    """A row of stacks of three digits."""
    source = "After Metz et al. 2016 (1611.02163), section 3.3.1, scaled down: 20,000 stacks, drawn once"
    return ImageDataset(
        label, description, source, tuple(f"{i:03d}" for i in range(1000)), (), side=side, single=single
    )


# MNIST's sums were compared with real files. Those of the other two are listed, without having been compared with files
# here, in torchvision/prototype/datasets/_builtin/mnist.py and in torchvision-ruby, which agree.
IMAGE_DATASETS: dict[str, ImageDataset] = {
    "digits": ImageDataset(
        "Digits, 8 × 8",
        "1,797 handwritten digits of 8 × 8 pixels, part of the playground: small, fast, and always there.",
        "E. Alpaydin, C. Kaynak 1998 (UCI, doi 10.24432/C50P49), by way of scikit-learn; CC BY 4.0. Test: the last 297",
        _DIGITS,
        ("digits.npz",),
        side=8,
    ),
    "mnist": _idx_dataset(
        "MNIST",
        "70,000 handwritten digits of 28 × 28 pixels: what the first GANs were trained on.",
        "Y. LeCun, C. Cortes, C. J. C. Burges 1998; CC BY-SA 3.0",
        _DIGITS,
        # The first is torchvision's, the second that of TensorFlow Datasets.
        ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"),
        (
            ("440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", 9_912_422),
            ("3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", 28_881),
            ("8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", 1_648_877),
            ("f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", 4_542),
        ),
    ),
    "fashion_mnist": _idx_dataset(
        "Fashion-MNIST",
        "70,000 pieces of clothing in ten classes, 28 × 28 pixels: harder than digits, in the same format.",
        "H. Xiao, K. Rasul, R. Vollgraf 2017 (1708.07747), Zalando; MIT licence",
        (
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        (
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
        (
            ("3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26_421_880),
            ("a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29_515),
            ("346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4_422_102),
            ("67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5_148),
        ),
    ),
    "kmnist": _idx_dataset(
        "Kuzushiji-MNIST",
        "70,000 cursive Japanese characters in ten classes, 28 × 28 pixels; each class has several shapes.",
        "KMNIST Dataset (CODH), adapted from Kuzushiji Dataset (NIJL and others), doi 10.20676/00000341; CC BY-SA 4.0",
        ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
        ("https://codh.rois.ac.jp/kmnist/dataset/kmnist/", "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"),
        (
            ("51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4", 18_165_135),
            ("e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17", 29_497),
            ("edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5", 3_041_136),
            ("20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c", 5_120),
        ),
    ),
    "stacked_digits": _stacked(
        "Stacked digits, 8 × 8",
        "Three of the small digits as the red, the green and the blue of one image: 1,000 classes to find.",
        "digits",
        side=8,
    ),
    "stacked_mnist": _stacked(
        "Stacked MNIST, scaled down",
        "Three MNIST digits as the red, the green and the blue of one image: the literature's test with 1,000 modes.",
        "mnist",
        side=28,
    ),
    "own_images": ImageDataset(
        "Your own images",
        "An .npz file with `images` (n, h, w) of uint8, sides of up to 32 pixels, and `labels` (n,) if there are any.",
        "Whoever made them. Test: one image in seven",
        (),
        ("own_images.npz",),
        side=32,
    ),
}


def dataset(name: str) -> ImageDataset:
    """A row of the table. Raises DataError."""
    if name not in IMAGE_DATASETS:
        raise DataError(f"{name[:40]!r} is no image dataset; they are {', '.join(IMAGE_DATASETS)}.")
    return IMAGE_DATASETS[name]


def source_of(name: str) -> str:
    """The row whose files a dataset needs: its own, or that of the images of which it is a stack. Raises DataError."""
    return dataset(name).single or name


def listed(names: tuple[str, ...]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
