"""Tests of the library bridge; they pass on every TensorFlow that is supported."""
