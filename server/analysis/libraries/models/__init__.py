"""Models: the few calls where running the library is wrong or impossible.

Importing the package registers the names of all of them (`classification.modelled`).
"""

from . import datasets, objects

__all__ = ["datasets", "objects"]
