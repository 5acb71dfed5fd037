"""Models: the few calls where running the library is wrong or impossible."""
