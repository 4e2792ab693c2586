"""Connectomes and their spiking propagation, exactly reproducible."""
