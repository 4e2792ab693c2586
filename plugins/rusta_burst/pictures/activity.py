"""Pictures of a run: who fired when, how much each area fires, and potentials of single neurons."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.connectome.model import Connectome
from rusta_burst.errors import InvalidInput
from rusta_burst.pictures.style import FAINT, colour, drawing, empty, figure
from rusta_burst.storage.recordings import Recording

I8 = npt.NDArray[np.int64]
_DOTS = 60_000
_ROWS, _COLUMNS = 400, 1200
_AREAS = 12


def raster(connectome: Connectome, recording: Recording) -> Any:
    """Every spike a dot, neurons ordered by area; above, the share of all neurons that fires. Many spikes become a density."""
    _same_network(connectome, recording)
    place, edges = _ordered(connectome)
    made, (top, axes) = figure(9, 5.2, 2, sharex=True, height_ratios=[1, 4])
    with drawing():
        times, rows = recording.times(), place[recording.neurons]
        alive = max(1, int(connectome.neurons.alive.sum()))
        bursts = np.arange(recording.first, recording.first + recording.bursts)
        top.fill_between(bursts, 100 * recording.counts() / alive, step="mid", color=FAINT, linewidth=0)
        top.set_ylabel("firing, %")
        top.set_ylim(bottom=0)
        made.suptitle(f"{len(times):,} spikes of {alive:,} neurons in {recording.bursts:,} bursts", x=0.01, ha="left")
        if not len(times):
            empty(axes, "nobody fired")
            return made
        if len(times) > _DOTS:
            _density(axes, times, rows, recording, alive)
        else:
            _dots(axes, times, rows, edges)
        _area_bands(axes, connectome, edges)
        axes.set_xlim(recording.first - 0.5, recording.first + recording.bursts - 0.5)
        axes.set_ylim(alive - 0.5, -0.5)
        axes.set_xlabel("burst")
    return made


def rates(connectome: Connectome, recording: Recording) -> Any:
    """The share of each area that fires, burst by burst; long runs are averaged over stretches."""
    _same_network(connectome, recording)
    made, axes = figure(9, 3.6)
    with drawing():
        if not recording.bursts:
            empty(axes, "no bursts")
            return made
        width = max(1, recording.bursts // 400)
        stretches = max(1, recording.bursts // width)
        names = _shown(connectome, recording)
        for number in names:
            own = (connectome.neurons.area == number) & (connectome.neurons.alive == 1)
            fired = np.bincount(
                recording.times()[own[recording.neurons]] - recording.first, minlength=recording.bursts
            )[: stretches * width]
            share = fired.reshape(stretches, -1).mean(axis=1) / max(1, int(own.sum()))
            middle = recording.first + (np.arange(stretches) + 0.5) * width - 0.5
            axes.plot(middle, 100 * share, color=colour(number), label=connectome.areas[number].name, linewidth=1.1)
        axes.set_xlabel("burst" if width == 1 else f"burst (means of {width})")
        axes.set_ylabel("neurons firing, %")
        axes.set_ylim(bottom=0)
        left = len(connectome.areas) - len(names)
        axes.set_title("rate of each area" + (f" ({left} quieter ones are not shown)" if left else ""))
        if names:
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return made


def potentials(connectome: Connectome, recording: Recording) -> Any:
    """Potentials of the watched neurons after each burst, with their thresholds dashed and their spikes as ticks.

    Raises:
        InvalidInput: no neuron was watched.
    """
    _same_network(connectome, recording)
    watched = recording.watched[:8]
    if not len(watched) or not len(recording.potentials):
        raise InvalidInput("the recording has no potentials; run again with --watch NEURON")
    made, axes = figure(9, 1.0 + 1.15 * len(watched), len(watched), sharex=True, squeeze=False)
    with drawing():
        bursts = np.arange(recording.first, recording.first + recording.bursts)
        times = recording.times()
        for k, neuron in enumerate(watched.tolist()):
            line = axes[k, 0]
            threshold = float(connectome.neurons.threshold[neuron])
            area = int(connectome.neurons.area[neuron])
            line.plot(bursts, recording.potentials[:, k], color=colour(area), linewidth=1.0)
            line.axhline(threshold, color=FAINT, linewidth=0.8, linestyle="--")
            spikes = times[recording.neurons == neuron]
            line.plot(spikes, np.full(len(spikes), threshold), "|", color=colour(area), markersize=9)
            line.set_ylabel(f"neuron {neuron}")
            line.margins(x=0)
        axes[0, 0].set_title("potential after each burst; dashed: threshold; ticks: spikes")
        axes[-1, 0].set_xlabel("burst")
    return made


def _same_network(connectome: Connectome, recording: Recording) -> None:
    if len(recording.neurons) and int(recording.neurons.max()) >= len(connectome.neurons):
        raise InvalidInput(
            f"neuron {int(recording.neurons.max())} of the recording is not in the connectome, which has "
            f"{len(connectome.neurons)}; give the connectome that was run"
        )
    if len(recording.watched) and int(recording.watched.max()) >= len(connectome.neurons):
        raise InvalidInput("the watched neurons of the recording are not in the connectome; give the one that was run")


def _ordered(connectome: Connectome) -> tuple[I8, I8]:
    """The row of each neuron when they are sorted by area, and the first row of each area."""
    alive = connectome.neurons.alive == 1
    key = np.where(alive, connectome.neurons.area.astype(np.int64), len(connectome.areas))
    order = np.argsort(key, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    edges = np.searchsorted(key[order], np.arange(len(connectome.areas) + 1))
    return place, edges


def _dots(axes: Any, times: I8, rows: I8, edges: I8) -> None:
    area = np.searchsorted(edges, rows, side="right") - 1
    size = float(np.clip(9000 / max(1, len(times)), 0.4, 9))
    for number in np.unique(area).tolist():
        mine = area == number
        axes.scatter(times[mine], rows[mine], s=size, color=colour(number), linewidths=0, rasterized=True)


def _density(axes: Any, times: I8, rows: I8, recording: Recording, alive: int) -> None:
    columns, lines = min(_COLUMNS, recording.bursts), min(_ROWS, alive)
    counts, _, _ = np.histogram2d(
        rows, times, bins=(lines, columns),
        range=((-0.5, alive - 0.5), (recording.first - 0.5, recording.first + recording.bursts - 0.5)),
    )  # fmt: skip
    per_cell = (alive / lines) * (recording.bursts / columns)
    extent = (recording.first - 0.5, recording.first + recording.bursts - 0.5, alive - 0.5, -0.5)
    share = 100 * counts / per_cell
    image = axes.imshow(
        share, aspect="auto", extent=extent, cmap="Blues", vmin=0, vmax=max(1e-9, float(np.quantile(share, 0.99))),
        interpolation="nearest",
    )  # fmt: skip
    axes.figure.colorbar(image, ax=axes, label="firing, % of the cell", shrink=0.8)


def _area_bands(axes: Any, connectome: Connectome, edges: I8) -> None:
    sizes = np.diff(edges)
    shown = np.argsort(-sizes, kind="stable")[:_AREAS]
    ticks = sorted(int(k) for k in shown if sizes[k])
    axes.set_yticks([(edges[k] + edges[k + 1] - 1) / 2 for k in ticks], [connectome.areas[k].name[:18] for k in ticks])
    for edge in edges[1:-1]:
        axes.axhline(edge - 0.5, color=FAINT, linewidth=0.5)
    for label, k in zip(axes.get_yticklabels(), ticks, strict=True):
        label.set_color(colour(k))


def _shown(connectome: Connectome, recording: Recording) -> list[int]:
    spikes = np.bincount(connectome.neurons.area[recording.neurons], minlength=len(connectome.areas))
    busiest = np.argsort(-spikes, kind="stable")[:_AREAS]
    return sorted(int(k) for k in busiest)
