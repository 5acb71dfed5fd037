"""Generators of repairs: each makes candidates, which count for nothing before `server.analysis.prove` has tried them."""
