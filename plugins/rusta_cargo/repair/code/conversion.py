"""How a value of one type is made one of another, as people write it: the forms, the likeliest first.

Small rules each know one family of types. Layers (``Option``, ``Result``, boxes) are put on or taken off, and what
remains is converted again, two steps deep.
"""

from __future__ import annotations

from dataclasses import replace

from rusta_cargo.repair.code import conversion_layers, conversion_text
from rusta_cargo.repair.code.conversion_place import Choice, Place, form_of, joined

RULES = (*conversion_text.RULES, *conversion_layers.RULES)


def conversions(have: str, want: str, place: Place) -> list[Choice]:
    """The forms that turn a ``have`` into a ``want``, the likeliest first; none when the types say nothing."""
    return (place if place.rules else replace(place, rules=RULES)).convert(have, want)


__all__ = ["RULES", "Choice", "Place", "conversions", "form_of", "joined"]
