"""How all pictures look: a quiet frame, colours that people with colour blindness can tell apart, no clutter."""

from __future__ import annotations

from typing import Any

from rusta_burst.exchange.formats import need

# Okabe & Ito, "Color universal design", 2008; without yellow, which is faint on white.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#555555")
INK, FAINT = "#222222", "#9a9a9a"

_RC: Any = {
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.labelsize": 9,
    "figure.dpi": 120,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "svg.hashsalt": "rusta",
    "svg.fonttype": "path",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
}


def figure(width: float, height: float, rows: int = 1, **grid: Any) -> tuple[Any, Any]:
    """A figure and its axes, in inches; drawn without a window.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    need("matplotlib", "plots")
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context(_RC):
        made = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(made)
        axes = made.subplots(rows, 1, **grid)
    return made, axes


def drawing() -> Any:
    """The settings as a context, for everything drawn into a figure."""
    from matplotlib import rc_context

    return rc_context(_RC)


def colour(number: int) -> str:
    """The colour of the n-th area."""
    return COLOURS[number % len(COLOURS)]


def empty(axes: Any, text: str) -> None:
    """Say that there is nothing to see."""
    axes.text(0.5, 0.5, text, ha="center", va="center", color=FAINT, transform=axes.transAxes)
    axes.set_xticks([])
    axes.set_yticks([])
