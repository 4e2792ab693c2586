"""The commands ``rusta repair`` and ``rusta explain``."""
