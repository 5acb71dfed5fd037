"""Functions that load data: which of them are known without a download and without reading a file.

What they give is said by their documents and their sources; `interpreter.loaders` makes values of it. Tables of facts
stand here, one line for an array.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...values.intervals import Interval
from ..classification import modelled

BYTES = Interval(0, 255)


@dataclass(frozen=True)
class Array:
    """An array that is loaded: its dtypes (several where nobody says which), the shape behind the first dim, what it holds."""

    dtypes: tuple[str, ...]
    rest: tuple[int, ...] = ()
    interval: Interval | None = None


@dataclass(frozen=True)
class Split:
    """A data set that comes in two parts; train, test: how many examples each has."""

    train: int
    test: int
    x: Array
    y: Array


def _images(train: int, test: int, size: tuple[int, ...], classes: int, label: tuple[int, ...] = ()) -> Split:
    labels = Array(("uint8",), label, Interval(0, classes - 1))
    return Split(train, test, Array(("uint8",), size), labels)


#: `keras.datasets.<name>.load_data()` where it takes no argument that changes more than the labels.
IMAGES = {
    "mnist": _images(60_000, 10_000, (28, 28), 10),
    "fashion_mnist": _images(60_000, 10_000, (28, 28), 10),
    "cifar10": _images(50_000, 10_000, (32, 32, 3), 10, (1,)),
}
#: Of CIFAR-100 `load_batch` stacks what it reads, and the labels are a list of Python integers: int64, unlike CIFAR-10's.
CIFAR100_CLASSES = {"fine": 100, "coarse": 20}
#: Examples, features and dtypes of the tables of houses, and of the prices. Which dtype the features of California have in their
#: file nobody says.
HOUSES = {
    "boston_housing": (506, 13, ("float64",), "float64"),
    "california_housing": (20_640, 8, ("float32", "float64"), "float32"),
}
SMALL_CALIFORNIA = 600
#: Examples and classes of the texts.
IMDB, IMDB_CLASSES = (25_000, 25_000), 2
REUTERS, REUTERS_CLASSES = 11_228, 46

KERAS = ("keras", "tf_keras")
_SETS = (*IMAGES, "cifar100", *HOUSES, "imdb", "reuters")
modelled.register(
    *(f"{keras}.datasets.{name}.load_data" for keras in KERAS for name in _SETS),
    *(f"{keras}.datasets.{name}.get_word_index" for keras in KERAS for name in ("imdb", "reuters")),
    by="its arrays are known by their documents; nothing is downloaded",
)
#: Names of what makes numbers of texts, and rows of one length of lists; TensorFlow keeps the old ones beside Keras 3.
PADDING = tuple(f"{keras}.{name}.pad_sequences" for keras in KERAS for name in ("utils", "preprocessing.sequence"))
TOKENIZERS = tuple(f"{keras}.preprocessing.text.Tokenizer" for keras in (*KERAS, "tensorflow.keras"))
IMAGE_GENERATORS = tuple(f"{keras}.preprocessing.image.ImageDataGenerator" for keras in (*KERAS, "tensorflow.keras"))
modelled.register(*IMAGE_GENERATORS, by="what its iterators give is known; no file is looked at")
modelled.register(*TOKENIZERS, by="how many rows and columns it gives is known, not which words it knows")
modelled.register(*PADDING, by="(n, maxlen), where only the number of lists is known", asks="concrete")
modelled.register("numpy.loadtxt", "numpy.genfromtxt", by="an array of numbers; no file is read")
#: What opens a picture, makes an array of one, downloads a file.
PICTURES = tuple(f"{keras}.{name}.load_img" for keras in KERAS for name in ("utils", "preprocessing.image"))
ARRAYS_OF_IMAGES = tuple(f"{keras}.{name}.img_to_array" for keras in KERAS for name in ("utils", "preprocessing.image"))
PICTURES_OF_ARRAYS = tuple(name.replace("img_to_array", "array_to_img") for name in ARRAYS_OF_IMAGES)
DOWNLOADS = tuple(f"{keras}.utils.get_file" for keras in KERAS)
modelled.register(*PICTURES, by="a picture of the size that it is brought to; no file is opened")
modelled.register(*ARRAYS_OF_IMAGES, by="(height, width, channels) of a picture that was opened", asks="concrete")
modelled.register(
    *PICTURES_OF_ARRAYS, by="a picture of the size of an array, which the library takes or refuses", asks="concrete"
)
modelled.register(*DOWNLOADS, by="a path; nothing is downloaded")
