"""The command ``rusta burst``."""
