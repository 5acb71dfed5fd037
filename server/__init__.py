"""Shapewright: says which TensorFlow and Keras lines will fail, and what shape every expression has, while you type."""

__version__ = "0.1.0"
