"""Tests of the analysis by its parts."""
