"""The tests of Shapewright."""
