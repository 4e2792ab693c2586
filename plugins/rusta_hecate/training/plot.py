"""The loss of a run as an SVG picture, drawn without any plotting library."""

from __future__ import annotations

import json
from pathlib import Path

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 760, 380, 56, 34, 16, 44
_POINTS = 400


def write_plot(log: Path, picture: Path) -> None:
    """Draw bits per byte over steps: each batch faintly, their running mean strongly."""
    rows = [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.exists() else []
    picture.write_text(_svg([(int(row["step"]), float(row["bits"])) for row in rows]), "utf-8")


def _svg(points: list[tuple[int, float]]) -> str:
    if not points:
        points = [(0, 8.0)]
    last = max(1, points[-1][0])
    ordered = sorted(bits for _, bits in points)
    high = min(8.0, ordered[int(0.98 * (len(ordered) - 1))] * 1.05)
    low = max(0.0, ordered[0] * 0.95)
    span = max(high - low, 1e-6)

    def place(step: float, bits: float) -> str:
        x = _LEFT + (_WIDTH - _LEFT - _RIGHT) * step / last
        y = _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - (min(bits, high) - low) / span)
        return f"{x:.1f},{y:.1f}"

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="20" font-size="14">Bits per byte of each step\'s batch, and their running mean</text>',
    ]
    for part in range(5):
        value = low + span * part / 4
        x, y = place(0, value).split(",")
        lines.append(f'<line x1="{x}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}" stroke="#dddddd"/>')
        lines.append(f'<text x="{_LEFT - 8}" y="{float(y) + 4:.1f}" text-anchor="end">{value:.2f}</text>')
        step = round(last * part / 4)
        x = place(step, low).split(",")[0]
        lines.append(f'<text x="{x}" y="{_HEIGHT - 24}" text-anchor="middle">{step}</text>')
    lines.append(f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 6}" text-anchor="middle">step</text>')
    stride = max(1, len(points) // _POINTS)
    faint = " ".join(place(*point) for point in points[::stride])
    lines.append(f'<polyline points="{faint}" fill="none" stroke="#9ecae1" stroke-width="1"/>')
    mean, smooth = points[0][1], []
    for count, (step, bits) in enumerate(points):
        mean += (bits - mean) * max(0.02, 1 / (count + 1))
        smooth.append(place(step, mean))
    lines.append(f'<polyline points="{" ".join(smooth[::stride])}" fill="none" stroke="#08519c" stroke-width="2"/>')
    return "\n".join([*lines, "</svg>", ""])
