"""Spiking propagation: the index, its kernels and the choice between them."""
