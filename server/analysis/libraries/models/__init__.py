"""Models: the few calls where running the library is wrong or impossible.

Importing the package registers the names of all of them (`classification.modelled`).
"""

from . import callbacks, checks, contexts, datasets, gradients, loaders, objects, optimizers, tensor_arrays, training

__all__ = [
    "callbacks",
    "checks",
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
