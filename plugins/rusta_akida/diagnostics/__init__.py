"""Compiler messages through a reservoir: which kind of fault does a text tell of, by its bytes alone."""
