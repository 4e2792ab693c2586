"""The quantisation report as a picture. Needs matplotlib: ``pip install rusta[plots]``."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from rusta_akida.errors import QuantiseError
from rusta_akida.quantiser.report import QuantisationReport
from rusta_akida.storage import write_file

COLOURS = ("#1b6ca8", "#c47b1b", "#8a3a6b")


def plot_report(report: QuantisationReport, path: Path | str, title: str = "") -> Path:
    """Draw the report to ``path``; its ending, .png or .svg, says as what."""
    target = Path(path)
    if target.suffix not in (".png", ".svg"):
        raise QuantiseError(f"{target} ends in {target.suffix!r}; a picture is .png or .svg")
    try:
        from matplotlib import rc_context
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise QuantiseError("a picture needs matplotlib: pip install 'rusta[plots]'") from None
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    bars, curves = figure.subplots(1, 2, width_ratios=(1, 1.5))
    figures = [*(stage.figure for stage in report.stages), report.max_abs]
    names = ["float", "states", "states\nand weights", "float weights\nby maximum"]
    drawn = bars.bar(names, figures, color=[*COLOURS, "#999999"])
    bars.bar_label(drawn, [f"{value:.3g}" for value in figures], padding=2, fontsize=8)
    positive = [value for value in figures if value > 0]
    if positive and max(positive) / min(positive) > 20:
        bars.set_yscale("log")
        bars.margins(y=0.15)
    bars.set_ylabel(f"{report.measure}, {report.rows} rows")
    bars.tick_params(axis="x", labelsize=7)
    bars.spines[["top", "right"]].set_visible(False)
    for stage, colour in zip(report.stages, COLOURS, strict=True):
        edges = np.linspace(stage.low, stage.high if stage.high > stage.low else stage.low + 1, len(stage.counts) + 1)
        share = stage.counts / max(1, int(stage.counts.sum())) / np.diff(edges)
        curves.stairs(share, edges, color=colour, label=stage.name, linewidth=1.4)
    curves.set_xlabel("value of the readout (potential × scale + offset)")
    curves.set_ylabel("density")
    curves.legend(frameon=False, fontsize=8)
    curves.spines[["top", "right"]].set_visible(False)
    figure.suptitle(title or f"{report.weight_bits}-bit weights on {report.activation_bits}-bit states", fontsize=11)
    drawing = io.BytesIO()
    # Without a date and with fixed ids, the same report gives the same bytes.
    kind = target.suffix[1:]
    with rc_context({"svg.hashsalt": "rusta"}):
        figure.savefig(drawing, format=kind, dpi=140, metadata={"Date": None} if kind == "svg" else {"Software": None})
    write_file(target, drawing.getvalue())
    return target
