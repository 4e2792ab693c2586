"""Connectomes from and for other programs."""
