"""Benchmarks of Rusta against named peers, run by ``python3 xtask.py bench NAME``.

Every figure is a ratio of two things measured in the same run, in interleaved rounds, so that a loaded machine moves
both. Nothing here is part of the installed product.
"""
