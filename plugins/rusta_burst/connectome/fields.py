"""The arrays a connectome is made of: a name, a type, a default and a range each.

The unit of potential is one step of weight times psp: a synapse of weight 255 and psp 255 moves its target by 65,025.
Sums of such steps are whole numbers, and so exact in whatever order they are added. Times are counted in bursts.
"""

from __future__ import annotations

from typing import NamedTuple

NEVER = float("inf")
UNIT = 255 * 255
"""What a synapse of greatest weight and psp adds, in units of potential."""


class Field(NamedTuple):
    """One array. ``low`` and ``high`` are the smallest and the largest value that is allowed."""

    name: str
    dtype: str
    default: float
    low: float
    high: float
    meaning: str


_U16, _U32, _U8 = 2**16 - 1, 2**32 - 1, 255

NEURON_FIELDS = (
    Field("area", "u4", 0, 0, _U32, "index of its area in the list of areas"),
    Field("x", "i4", 0, 0, 2**31 - 1, "place in its area"),
    Field("y", "i4", 0, 0, 2**31 - 1, "place in its area"),
    Field("z", "i4", 0, 0, 2**31 - 1, "place in its area"),
    Field("threshold", "f8", UNIT, -1e300, 1e300, "fires at this potential or above"),
    Field("threshold_limit", "f8", NEVER, -1e300, NEVER, "does not fire above this potential"),
    Field("leak", "f8", 0.0, 0.0, 1.0, "share of the potential that is lost in a burst without a spike"),
    Field("refractory", "u2", 0, 0, _U16, "bursts of rest after a spike"),
    Field("fire_limit", "u2", 0, 0, _U16, "spikes in a row until it has to pause; 0: never"),
    Field("snooze", "u2", 0, 0, _U16, "further bursts of rest when the limit is reached"),
    Field("excitability", "f8", 1.0, 0.0, 1.0, "probability that it fires when it could"),
    Field("accumulates", "u1", 1, 0, 1, "keeps its potential from burst to burst; else it starts each at 0"),
    Field("potential", "f8", 0.0, -1e300, 1e300, "potential before the first burst"),
    Field("alive", "u1", 1, 0, 1, "0: was removed; its number is not used again until the connectome is compacted"),
)

SYNAPSE_FIELDS = (
    Field("source", "u4", 0, 0, _U32, "index of the neuron that sends"),
    Field("target", "u4", 0, 0, _U32, "index of the neuron that receives"),
    Field("weight", "u1", _U8, 0, _U8, "strength"),
    Field("psp", "u1", _U8, 0, _U8, "postsynaptic potential of a unit of weight"),
    Field("type", "u1", 0, 0, 1, "0 excitatory, 1 inhibitory"),
    Field("delay", "u1", 1, 1, _U8, "bursts from the spike of the source to the arrival at the target"),
    Field("rule", "u1", 0, 0, _U8, "0: static; n: learns by the n-th plasticity rule"),
)

NEURON = {field.name: field for field in NEURON_FIELDS}
SYNAPSE = {field.name: field for field in SYNAPSE_FIELDS}
