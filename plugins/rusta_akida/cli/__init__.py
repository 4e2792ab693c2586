"""The commands ``rusta flash`` and ``rusta akida``."""
