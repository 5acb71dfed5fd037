"""Models: the few calls where running the library is wrong or impossible.

Importing the package registers the names of all of them (`classification.modelled`).
"""

from . import callbacks, contexts, datasets, gradients, loaders, objects, optimizers, tensor_arrays, training

__all__ = [
    "callbacks",
    "contexts",
    "datasets",
    "directories",
    "gradients",
    "loaders",
    "objects",
    "optimizers",
    "tensor_arrays",
    "training",
]
