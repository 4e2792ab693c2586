"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes says how busy the machine is, not whether the product is right.
settings.register_profile("rusta", deadline=None)
settings.load_profile("rusta")
