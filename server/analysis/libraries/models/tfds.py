"""Data sets of TensorFlow Datasets: the features of the common ones, by their public descriptions.

The package itself is neither imported nor needed. A feature is a shape (None where images differ), a dtype, and how many
classes a label has. How many examples a split has is noted where it has been the same in all versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Feature:
    """One feature; classes: how many a label has. kind: its class there."""

    shape: tuple[int | None, ...] = ()
    dtype: str = "int64"
    classes: int | None = None
    kind: str = "Tensor"


@dataclass(frozen=True)
class Described:
    """A data set: its features by name, which two `as_supervised` gives, its splits and their sizes."""

    features: Mapping[str, Feature]
    supervised: tuple[str, str] | None = None
    splits: Mapping[str, int | None] = field(default_factory=dict)


_TEXT = Feature((), "string", None, "Text")


def _label(classes: int) -> Feature:
    return Feature((), "int64", classes, "ClassLabel")


def _image(*shape: int | None) -> Feature:
    return Feature(shape, "uint8", None, "Image")


def _pictures(
    size: tuple[int | None, ...], classes: int, splits: Mapping[str, int | None], **more: Feature
) -> Described:
    return Described({"image": _image(*size), "label": _label(classes), **more}, ("image", "label"), splits)


def _sentences(classes: int, splits: Mapping[str, int | None], *names: str) -> Described:
    features = {"idx": Feature((), "int32"), "label": _label(classes), **dict.fromkeys(names, _TEXT)}
    return Described(features, None, splits)


_ANY = (None, None, 3)
_DIGITS = {"train": 60_000, "test": 10_000}
_SMALL = {"train": 50_000, "test": 10_000}
DATA_SETS: dict[str, Described] = {
    "mnist": _pictures((28, 28, 1), 10, _DIGITS),
    "fashion_mnist": _pictures((28, 28, 1), 10, _DIGITS),
    "kmnist": _pictures((28, 28, 1), 10, _DIGITS),
    "emnist": _pictures((28, 28, 1), 62, {"train": 697_932, "test": 116_323}),
    "emnist/letters": _pictures((28, 28, 1), 37, {"train": 88_800, "test": 14_800}),
    "emnist/balanced": _pictures((28, 28, 1), 47, {"train": 112_800, "test": 18_800}),
    "cifar10": _pictures((32, 32, 3), 10, _SMALL, id=_TEXT),
    "cifar100": _pictures((32, 32, 3), 100, _SMALL, id=_TEXT, coarse_label=_label(20)),
    "svhn_cropped": _pictures((32, 32, 3), 10, {"train": 73_257, "test": 26_032, "extra": 531_131}, id=_TEXT),
    "cats_vs_dogs": _pictures(_ANY, 2, {"train": None}, **{"image/filename": _TEXT}),
    "tf_flowers": _pictures(_ANY, 5, {"train": 3_670}),
    "oxford_flowers102": _pictures(_ANY, 102, {"train": 1_020, "test": 6_149, "validation": 1_020}, file_name=_TEXT),
    "oxford_iiit_pet": _pictures(
        _ANY,
        37,
        {"train": 3_680, "test": 3_669},
        file_name=_TEXT,
        segmentation_mask=_image(None, None, 1),
        species=_label(2),
        head_bbox=Feature((4,), "float32", None, "BBoxFeature"),
    ),
    "food101": _pictures(_ANY, 101, {"train": 75_750, "validation": 25_250}),
    "beans": _pictures((500, 500, 3), 3, {"train": 1_034, "validation": 133, "test": 128}),
    "horses_or_humans": _pictures((300, 300, 3), 2, {"train": 1_027, "test": 256}),
    "rock_paper_scissors": _pictures((300, 300, 3), 3, {"train": 2_520, "test": 372}),
    "malaria": _pictures(_ANY, 2, {"train": 27_558}),
    "eurosat": _pictures((64, 64, 3), 10, {"train": 27_000}, filename=_TEXT),
    "eurosat/rgb": _pictures((64, 64, 3), 10, {"train": 27_000}, filename=_TEXT),
    "stl10": _pictures((96, 96, 3), 10, {"train": 5_000, "test": 8_000, "unlabelled": 100_000}),
    "imdb_reviews": Described(
        {"label": _label(2), "text": _TEXT},
        ("text", "label"),
        {"train": 25_000, "test": 25_000, "unsupervised": 50_000},
    ),
    "yelp_polarity_reviews": Described(
        {"label": _label(2), "text": _TEXT}, ("text", "label"), {"train": 560_000, "test": 38_000}
    ),
    "ag_news_subset": Described(
        {"description": _TEXT, "label": _label(4), "title": _TEXT},
        ("description", "label"),
        {"train": 120_000, "test": 7_600},
    ),
    "glue/sst2": _sentences(2, {"train": 67_349, "validation": 872, "test": 1_821}, "sentence"),
    "glue/cola": _sentences(2, {"train": 8_551, "validation": 1_043, "test": 1_063}, "sentence"),
    "glue/mrpc": _sentences(2, {"train": 3_668, "validation": 408, "test": 1_725}, "sentence1", "sentence2"),
    "iris": Described(
        {"features": Feature((4,), "float32"), "label": _label(3)}, ("features", "label"), {"train": 150}
    ),
    "penguins/processed": Described(
        {"features": Feature((4,), "float32"), "species": _label(3)}, ("features", "species"), {"train": 334}
    ),
    "speech_commands": Described(
        {"audio": Feature((None,), "int16", None, "Audio"), "label": _label(12)},
        ("audio", "label"),
        {"train": 85_511, "validation": 10_102, "test": 4_890},
    ),
    "ted_hrlr_translate/pt_to_en": Described(
        {"en": _TEXT, "pt": _TEXT}, ("pt", "en"), {"train": 51_785, "validation": 1_193, "test": 1_803}
    ),
}
DATA_SETS["imdb_reviews/plain_text"] = DATA_SETS["imdb_reviews"]
