"""Pictures as inline SVG: no scripts, no assets, colours from the page so that light and dark both work."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from rusta_eval.measures import Bin, Row

SERIES = (("rusta", "a"), ("greedy", "b"), ("cargo fix", "c"))
# What became of a case: exactly the original, good in another way, by deletion, nothing offered, wrong.
PARTS = (("exact", "exact"), ("a", "good"), ("b", "by deletion"), ("c", "nothing offered"), ("wrong", "wrong"))


def bars(rows: Sequence[Row]) -> str:
    """Fixed shares of each row: the product and both baselines, one group a row."""
    height, left, width = 54, 120, 300
    parts = [_open(left + width + 50, height * len(rows) + 24, "share fixed, by group")]
    for share in (0, 25, 50, 75, 100):
        x = left + width * share / 100
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height * len(rows)}"/>')
        parts.append(_text(x, height * len(rows) + 16, f"{share}%", "middle"))
    for index, row in enumerate(rows):
        top = index * height + 6
        parts.append(_text(left - 8, top + 18, row.name, "end"))
        parts.append(_text(left - 8, top + 32, f"n={row.n}", "end", "faint"))
        for place, (value, (name, css)) in enumerate(zip((row.fixed, row.greedy, row.cargo_fix), SERIES, strict=True)):
            if value is None:
                continue
            y, length = top + place * 14, max(1.0, width * value)
            label = f"{name}: {100 * value:.1f} % of {row.n}"
            parts.append(
                f'<rect class="{css}" x="{left}" y="{y}" width="{length:.1f}" height="12" rx="2">'
                f"<title>{escape(label)}</title></rect>"
            )
            parts.append(_text(left + length + 4, y + 10, f"{100 * value:.0f}", "start", "faint"))
    return "".join([*parts, "</svg>"])


def reliability(bins: Sequence[Bin], what: str = "confidence") -> str:
    """A probability against the share that was right; the area of a dot is the number of offers."""
    if not any(item.n for item in bins):
        return ""
    size, left, top = 260, 44, 16
    parts = [
        _open(left + size + 16, size + top + 38, f"reliability of the {what}"),
        *_frame(left, size, top=top),
    ]
    parts.append(f'<line class="ideal" x1="{left}" y1="{size + top}" x2="{left + size}" y2="{top}"/>')
    most = max((b.n for b in bins), default=0)
    for item in bins:
        if item.n:
            x, y = left + size * item.confidence, top + size * (1 - item.right)
            radius = 3 + 11 * math.sqrt(item.n / most)
            label = f"{item.n} offers: {what} {item.confidence:.2f}, right {item.right:.2f}"
            parts.append(
                f'<circle class="a" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"><title>{label}</title></circle>'
            )
    parts.append(_text(left + size / 2, size + top + 32, what, "middle"))
    parts.append(_text(left + 6, top + 14, "share that is so", "start", "faint"))
    parts.append(_text(left + size - 6, top + size - 8, "area: how many offers", "end", "faint"))
    return "".join([*parts, "</svg>"])


def growth(series: Mapping[str, Sequence[float]], unit: str) -> str:
    """The share of cases done within a time or a number, on a logarithmic scale."""
    size, left, width = 220, 44, 320
    values = [value for numbers in series.values() for value in numbers if value > 0]
    if not values:
        return ""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)) + 1e-9)
    span = max(1, high - low)
    parts = [
        _open(left + width + 16, size + 46, f"share of cases within {unit}"),
        *_frame(left, size, width),
    ]
    for power in range(low, low + span + 1):
        x = left + width * (power - low) / span
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="8" y2="{size + 8}"/>')
        parts.append(_text(x, size + 24, f"{10.0**power:g}", "middle"))
    for numbers, (name, css) in zip(series.values(), SERIES, strict=False):
        ordered = sorted(max(value, 10.0**low) for value in numbers)
        points = [
            f"{left + width * (math.log10(v) - low) / span:.1f},{8 + size * (1 - (i + 1) / len(ordered)):.1f}"
            for i, v in enumerate(ordered)
        ]
        parts.append(f'<polyline class="{css} line" points="{" ".join(points)}"><title>{name}</title></polyline>')
    parts.append(_text(left + width / 2, size + 40, unit, "middle"))
    return "".join([*parts, "</svg>"])


def stacked(rows: Sequence[Row]) -> str:
    """What became of the cases of each row, as parts of the whole."""
    step, left, width = 24, 120, 300
    parts = [_open(left + width + 20, step * len(rows) + 28, "what became of the cases, by group")]
    for index, row in enumerate(rows):
        y, x = index * step + 4, float(left)
        parts.append(_text(left - 8, y + 12, row.name, "end"))
        for css, name, share in _parts(row):
            if share > 0:
                length = width * share
                parts.append(
                    f'<rect class="{css}" x="{x:.1f}" y="{y}" width="{length:.1f}" height="16">'
                    f"<title>{escape(f'{name}: {100 * share:.1f} % of {row.n}')}</title></rect>"
                )
                x += length
    for share in (0, 50, 100):
        parts.append(_text(left + width * share / 100, step * len(rows) + 20, f"{share}%", "middle"))
    return "".join([*parts, "</svg>"])


def _parts(row: Row) -> list[tuple[str, str, float]]:
    fixed, exact = row.fixed or 0.0, min(row.exact or 0.0, row.fixed or 0.0)
    deleted, wrong, abstained = row.deleted or 0.0, row.wrong / row.n if row.n else 0.0, row.abstained or 0.0
    shares = (exact, fixed - exact, deleted, abstained, wrong)
    return [(css, name, share) for (css, name), share in zip(PARTS, shares, strict=True)]


def shares(values: Mapping[str, float | None]) -> str:
    """Shares in 0..1 with their names, lying down; those of which nothing is known are left out."""
    known = {name: value for name, value in values.items() if value is not None}
    if not known:
        return ""
    step, left, width = 30, 236, 180
    parts = [_open(left + width + 50, step * len(known) + 8, "shares")]
    for index, (name, value) in enumerate(known.items()):
        y = index * step + 6
        parts.append(_text(left - 8, y + 13, name, "end"))
        parts.append(f'<rect class="frame" x="{left}" y="{y}" width="{width}" height="18"/>')
        parts.append(f'<rect class="a" x="{left}" y="{y}" width="{width * value:.1f}" height="18"/>')
        parts.append(_text(left + width + 6, y + 13, f"{100 * value:.0f} %", "start", "faint"))
    return "".join([*parts, "</svg>"])


def columns(counts: Mapping[str, int], what: str) -> str:
    """How many there are of each."""
    if not counts:
        return ""
    step, size, left = 34, 160, 36
    parts = [_open(left + step * len(counts) + 10, size + 60, what)]
    most = max(counts.values())
    for index, (name, number) in enumerate(counts.items()):
        x, length = left + index * step, size * number / most
        parts.append(
            f'<rect class="a" x="{x}" y="{size + 14 - length:.1f}" width="{step - 8}" height="{length:.1f}" rx="2">'
            f"<title>{escape(name)}: {number}</title></rect>"
        )
        parts.append(_text(x + step / 2 - 4, size + 10 - length, str(number), "middle", "faint"))
        parts.append(_text(x + step / 2 - 4, size + 28, name, "middle"))
    parts.append(_text(left + step * len(counts) / 2, size + 50, what, "middle"))
    return "".join([*parts, "</svg>"])


def counts(numbers: Mapping[str, int]) -> str:
    """How many there are of each, lying down, so that long names fit."""
    if not numbers:
        return ""
    step, left, width = 20, 150, 240
    parts = [_open(left + width + 50, step * len(numbers) + 8, "how many of each")]
    most = max(numbers.values())
    for index, (name, number) in enumerate(numbers.items()):
        y, length = index * step + 4, width * number / most
        parts.append(_text(left - 8, y + 12, name, "end"))
        parts.append(f'<rect class="a" x="{left}" y="{y}" width="{length:.1f}" height="14" rx="2"/>')
        parts.append(_text(left + length + 5, y + 12, str(number), "start", "faint"))
    return "".join([*parts, "</svg>"])


def legend() -> str:
    """Which colour is whose."""
    return _keys((css, name) for name, css in SERIES)


def parts_legend() -> str:
    """The colours of :func:`stacked`."""
    return _keys(PARTS)


def _keys(named: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<span class="key"><i class="{css}"></i>{name}</span>' for css, name in named)


def _frame(left: int, size: int, width: int | None = None, top: int = 8) -> list[str]:
    wide = width or size
    parts = [f'<rect class="frame" x="{left}" y="{top}" width="{wide}" height="{size}"/>']
    for share in (0, 50, 100):
        y = top + size * (1 - share / 100)
        parts.append(_text(left - 6, y + 4, f"{share}%", "end"))
        if width is None:
            parts.append(_text(left + size * share / 100, size + top + 16, f"{share / 100:g}", "middle"))
    return parts


def _open(width: float, height: float, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" style="max-width:{width:.0f}px" role="img" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title>'
    )


def _text(x: float, y: float, text: str, anchor: str, css: str = "") -> str:
    return f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
