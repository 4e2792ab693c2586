"""Memories at several frequencies (a continuum memory system): level ℓ learns every f_ℓ steps.

Between two of its steps a level is only read, its state stands still, and its parameters' gradients pile up in an error
buffer that is applied when it is its turn again.
"""
