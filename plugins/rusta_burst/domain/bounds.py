"""Whether the activity of a changed connectome is still what it should be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rusta_burst.domain.goals import ChangeGoal

_FEWEST = 20
"""An area needs so many spikes in the reference for its rate to be held against it."""


def out_of_bounds(
    goal: ChangeGoal, reference: Mapping[str, Any], activity: Mapping[str, Any], neurons: int, made: Mapping[str, Any]
) -> str | None:
    """The first bound that is broken, in a sentence; None when all hold.

    Args:
        reference, activity: reports of ``burst_step`` for the connectome before and after the change.
        neurons: living neurons after the change. made: the report of ``burst_edit``.
    """
    if int(made["memory_bytes"]) > goal.most_memory:
        return f"a run would take about {int(made['memory_bytes']):,} bytes, {goal.most_memory:,} are allowed"
    most = goal.most_firing * max(1, neurons)
    if activity["busiest"] > max(most, reference["busiest"]):
        return f"{activity['busiest']:,} of {neurons:,} neurons fire in one burst, {most:,.0f} are allowed"
    if reference["spikes"] and not activity["spikes"]:
        return "nobody fires any more"
    for name, before in reference["rates"].items():
        after = activity["rates"].get(name)
        if after is None or name in goal.may_change or before * reference["bursts"] * neurons < _FEWEST:
            continue
        if abs(after - before) > goal.tolerance * before:
            return (
                f"area {name!r} fires at {100 * after:.3g} % instead of {100 * before:.3g} %, "
                f"more than {100 * goal.tolerance:g} % away"
            )
    return None
