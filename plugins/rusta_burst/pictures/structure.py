"""Pictures of a connectome: weights, and areas with what joins them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rusta_burst.connectome.model import Connectome
from rusta_burst.pictures.style import FAINT, INK, colour, drawing, empty, figure

_MOST_AREAS = 40


def weights(connectome: Connectome) -> Any:
    """How many synapses have which weight: excitatory upwards, inhibitory downwards, learning ones darker."""
    made, axes = figure(7, 3.6)
    with drawing():
        s = connectome.synapses
        if not len(s):
            empty(axes, "no synapses")
            return made
        edges = np.arange(0, 257, 4)
        for kind, sign, tone, name in ((0, 1, "#0072b2", "excitatory"), (1, -1, "#d55e00", "inhibitory")):
            below = np.zeros(len(edges) - 1)
            for learns, alpha in ((True, 1.0), (False, 0.45)):
                chosen = (s.type == kind) & ((s.rule > 0) == learns)
                if not chosen.any():
                    continue
                counts, _ = np.histogram(s.weight[chosen], edges)
                label = f"{name}, {'learning' if learns else 'static'}: {int(chosen.sum()):,}"
                axes.bar(edges[:-1], sign * counts, 4, sign * below, align="edge", color=tone, alpha=alpha, label=label)
                below = below + counts
        axes.axhline(0, color=INK, linewidth=0.6)
        axes.set_xlim(0, 256)
        axes.set_xlabel("weight")
        axes.set_ylabel("synapses")
        axes.yaxis.set_major_formatter(lambda value, _: f"{abs(value):,.0f}")
        axes.set_title(f"weights of {len(s):,} synapses")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return made


def areas(connectome: Connectome) -> Any:
    """Areas as discs (area: neurons) on a ring, joined by arrows (width: synapses; orange: mostly inhibitory)."""
    from matplotlib.patches import FancyArrowPatch

    made, axes = figure(7.5, 7)
    with drawing():
        counts = np.bincount(connectome.neurons.area[connectome.neurons.alive == 1], minlength=len(connectome.areas))[
            : len(connectome.areas)
        ]
        shown = sorted(int(k) for k in np.argsort(-counts, kind="stable")[:_MOST_AREAS])
        axes.set_axis_off()
        axes.set_aspect("equal")
        axes.set_xlim(-2.0, 2.0)
        axes.set_ylim(-1.95, 1.95)
        if not shown:
            empty(axes, "no areas")
            return made
        spot = {k: _on_ring(n, len(shown)) for n, k in enumerate(shown)}
        biggest = max(1, int(counts.max()))
        reach = min(0.22, 1.6 / max(4, len(shown)))
        radius = {k: 0.35 * reach + 0.65 * reach * math.sqrt(counts[k] / biggest) for k in shown}
        joins = _joins(connectome, spot)
        most = max((count for _, _, count, _ in joins), default=1)
        for source, target, count, inhibiting in joins:
            width = 0.6 + 4.5 * math.sqrt(count / most)
            tone = "#d55e00" if inhibiting > 0.5 else "#8a8a8a"
            if source == target:
                _loop(axes, spot[source], radius[source], width, tone, count)
                continue
            axes.add_patch(
                FancyArrowPatch(
                    spot[source],
                    spot[target],
                    connectionstyle="arc3,rad=0.18",
                    arrowstyle="-|>",
                    mutation_scale=9 + width,
                    shrinkA=radius[source] * 100,
                    shrinkB=radius[target] * 100,
                    linewidth=width,
                    color=tone,
                    alpha=0.75,
                )
            )
            _label(axes, spot[source], spot[target], count)
        looped = {source for source, target, _, _ in joins if source == target}
        for k in shown:
            x, y = spot[k]
            axes.scatter([x], [y], s=(radius[k] * 2 * 100) ** 2 * 0.785, color=colour(k), zorder=3, linewidths=0)
            space = radius[k] * (3.4 if k in looped else 1.0) + 0.12
            away = 1 + space / math.hypot(x, y) if len(shown) > 1 else 1
            axes.text(
                x * away, y * away - (radius[k] + 0.16 if len(shown) == 1 else 0),
                f"{connectome.areas[k].name[:22]}\n{counts[k]:,}",
                ha=_side(x), va="center", fontsize=8, color=INK, zorder=4,
            )  # fmt: skip
        left = len(connectome.areas) - len(shown)
        axes.set_title(
            f"{len(connectome.areas)} areas, {int(counts.sum()):,} neurons, {len(connectome.synapses):,} synapses"
            + (f" ({left} smaller areas are not shown)" if left else "")
        )
    return made


def _on_ring(number: int, count: int) -> tuple[float, float]:
    if count == 1:
        return 0.0, 0.0
    angle = math.pi / 2 - 2 * math.pi * number / count
    return math.cos(angle), math.sin(angle)


def _side(x: float) -> str:
    return "center" if abs(x) < 0.25 else ("left" if x > 0 else "right")


def _joins(connectome: Connectome, spot: dict[int, Any]) -> list[tuple[int, int, int, float]]:
    """(source area, target area, synapses, share that inhibits), the strongest last so that it lies on top."""
    s, area, size = connectome.synapses, connectome.neurons.area.astype(np.int64), len(connectome.areas)
    key = area[s.source] * size + area[s.target]
    pairs, inverse, counts = np.unique(key, return_inverse=True, return_counts=True)
    inhibiting = np.bincount(inverse, weights=s.type.astype(np.float64), minlength=len(pairs))
    found = [
        (int(pair // size), int(pair % size), int(count), float(share / count))
        for pair, count, share in zip(pairs, counts, inhibiting, strict=True)
    ]
    return sorted((join for join in found if join[0] in spot and join[1] in spot), key=lambda join: join[2])


def _label(axes: Any, start: tuple[float, float], end: tuple[float, float], count: int) -> None:
    (x, y), (u, v) = start, end
    # A point a little before the middle, moved to where the arc bulges.
    mx, my = 0.55 * x + 0.45 * u, 0.55 * y + 0.45 * v
    axes.text(mx + 0.09 * (v - y), my - 0.09 * (u - x), _short(count), fontsize=7, color=INK, ha="center", va="center",
              zorder=5, bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.8})  # fmt: skip


def _loop(axes: Any, place: tuple[float, float], radius: float, width: float, tone: str, count: int) -> None:
    from matplotlib.patches import Arc

    x, y = place
    length = math.hypot(x, y)
    outward = (x / length, y / length) if length else (0.0, 1.0)
    cx, cy = x + outward[0] * radius * 1.25, y + outward[1] * radius * 1.25
    axes.add_patch(Arc((cx, cy), radius * 1.5, radius * 1.5, linewidth=width, color=tone, alpha=0.75, zorder=2))
    axes.text(cx + outward[0] * radius, cy + outward[1] * radius, _short(count), fontsize=7, color=INK, ha="center",
              va="center", zorder=5, bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": FAINT,
                                           "linewidth": 0.0, "alpha": 0.8})  # fmt: skip


def _short(count: int) -> str:
    for limit, divisor, unit in ((10_000_000, 1e6, "M"), (10_000, 1e3, "k")):
        if count >= limit:
            return f"{count / divisor:.0f}{unit}"
    return f"{count:,}"
