"""Interprets a program on abstract values and tells its listeners what the libraries make of it."""
