"""Rows that several parts make."""

from __future__ import annotations

from typing import Any

from rusta_bench.table import Row

Figures = dict[str, Any]


def ratio(what: str, peer: str, theirs: float, own: float, floor: float, detail: str = "") -> Row:
    """How many times as fast ours is; ``theirs`` and ``own`` in milliseconds."""
    value = theirs / own
    told = f"{own:.3g} ms against {theirs:.3g} ms" + (f"; {detail}" if detail else "")
    return Row(what, peer, value, "×", f"≥ {floor:g} ×", value >= floor, told)


def missing(what: str, peer: str, figures: Figures) -> Row:
    """A peer that gave no figures; its row is neither met nor missed."""
    return Row(what, peer, float("nan"), "", "", None, str(figures["error"]))
