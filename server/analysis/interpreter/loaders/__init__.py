"""Data that programs load: known by their documents, without a download and without reading a file.

One module for each library or kind of loader. Importing the package registers the models of all of them.
"""

from . import (
    directories,
    image_generators,
    keras_datasets,
    pandas_functions,
    pandas_methods,
    pictures,
    scikit_data,
    scikit_preprocessing,
    text_files,
    tfds,
    words,
)

__all__ = [
    "directories",
    "image_generators",
    "keras_datasets",
    "pandas_functions",
    "pandas_methods",
    "pictures",
    "scikit_data",
    "scikit_preprocessing",
    "text_files",
    "tfds",
    "words",
]
