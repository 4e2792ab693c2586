"""Propagation: the documented example, every strategy, thread and twin with the same bits, and refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_burst.engine.cost import (
    COMPLEMENT,
    DESTINATION_SPLIT,
    PUSH,
    Costs,
    Shape,
    choose,
    crossovers,
    narrow_from,
    read_costs,
    write_costs,
)
from rusta_burst.engine.propagation import STRATEGIES, SynapticPropagationEngine
from rusta_burst.errors import InvalidInput

EXAMPLE: tuple[Any, ...] = (
    *([1, 1, 1, 2, 2, 3], [10, 11, 12, 10, 13, 14], [255, 128, 200, 255, 100, 150]),
    *([255, 255, 200, 255, 255, 255], [0, 1, 0, 0, 0, 0], [True] * 6),
)
MAPPING = {10: 1, 11: 1, 12: 1, 13: 2, 14: 2}
TABLE = ("words", "weights", "psp", "starts", "factors", "rows", "order", "column_sum")


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    """Synapses of every kind: repeated, to oneself, few or many values of psp, in any order."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    neurons = draw(st.sampled_from([1, 2, 63, 64, 65, 300]))
    count = draw(st.sampled_from([0, 1, 2, 50, 3000]))
    psp = draw(st.sampled_from([1, 2, 256]))
    source = rng.integers(0, neurons, count)
    if draw(st.booleans()):
        source = np.sort(source)
    kind = source % 3 == 0 if draw(st.booleans()) else rng.integers(0, 2, count)
    return {
        "edges": (
            *(source, rng.integers(0, neurons, count), rng.integers(0, 256, count)),
            *(rng.choice(rng.integers(0, 256, psp), count), np.asarray(kind).astype(int)),
        ),
        "mask": None if draw(st.booleans()) else rng.random(count) < 0.7,
        "neurons": neurons,
        "fired": rng.permutation(neurons)[: draw(st.sampled_from([0, 1, neurons // 2, neurons]))].astype(np.uint32),
    }


def engine(network: dict[str, Any], **options: Any) -> SynapticPropagationEngine:
    made = SynapticPropagationEngine(**options)
    made.build_index(*network["edges"], network["mask"], neurons=network["neurons"])
    return made


def by_hand(network: dict[str, Any]) -> np.ndarray:
    """The sums from their definition."""
    source, target, weight, psp, kind = network["edges"]
    fires = np.isin(source, network["fired"])
    if network["mask"] is not None:
        fires &= network["mask"]
    out = np.zeros(network["neurons"], np.int64)
    np.add.at(out, target[fires], (np.where(kind == 0, 1, -1) * weight * psp)[fires])
    return out


def test_the_documented_example_gives_the_documented_numbers() -> None:
    made = SynapticPropagationEngine()
    made.build_index(*EXAMPLE)
    made.set_neuron_mapping(MAPPING)
    found = made.propagate([1, 2])
    unit = 255 * 255
    assert found[1] == [(10, 1.0), (11, -128 * 255 / unit), (12, 200 * 200 / unit), (10, 1.0)]
    assert found[2] == [(13, 100 * 255 / unit)]
    assert made.statistics.total_propagations == 1
    assert made.statistics.total_synapses_processed == 5
    assert made.sums([1, 2]).tolist()[10:14] == [2 * unit, -32640, 40000, 25500]
    assert made.propagate([3]) == {2: [(14, 150 * 255 / unit)]}


@given(networks())
@settings(deadline=None, max_examples=30)
def test_every_strategy_thread_count_and_twin_gives_the_same_bits(network: dict[str, Any]) -> None:
    expected = by_hand(network)
    fired = network["fired"]
    single, double = engine(network, threads=1), engine(network, threads=2)
    twin = engine(network, use_native=False)
    assert np.array_equal(twin.sums(fired), expected)
    for made in (single, double):
        for name in (*STRATEGIES, None):
            if name is not None and "split" in name and made.threads == 1:
                continue
            out = np.full(network["neurons"], 7, np.int32)
            events = made.propagate_into(fired, out, strategy=name)
            assert np.array_equal(out, expected), name
            made.propagate_into(fired, out, strategy=name, clear=False)
            assert np.array_equal(out, 2 * expected), name
            assert events == made.events(fired)[0].size
            if made.shape.has_narrow and name not in (None, "source split"):
                made.propagate_into(fired, out, strategy=name, narrow=True)
                assert np.array_equal(out, expected), name
                made.propagate_into(fired, out, strategy=name, narrow=True, clear=False)
                assert np.array_equal(out, 2 * expected), name
    for name in TABLE:
        assert np.array_equal(getattr(single.table, name), getattr(twin.table, name)), name


@given(networks())
@settings(deadline=None, max_examples=40)
def test_events_come_in_the_order_of_firing_then_of_the_input(network: dict[str, Any]) -> None:
    source, target, weight, psp, kind = network["edges"]
    mask = np.ones(source.size, np.bool_) if network["mask"] is None else network["mask"]
    expected = [
        (int(target[k]), int((1 if kind[k] == 0 else -1) * weight[k] * psp[k]))
        for f in network["fired"]
        for k in np.flatnonzero((source == f) & mask)
    ]
    for native in (None, False):
        targets, contributions = engine(network, use_native=native).events(network["fired"])
        assert list(zip(targets.tolist(), contributions.tolist(), strict=True)) == expected


@pytest.mark.parametrize("targets", [2**24, 2**24 + 1])
def test_targets_beyond_24_bits_take_the_wide_layout(targets: int) -> None:
    ids = np.array([0, 1, 2, 1])
    reached = np.array([targets - 1, 5, targets - 2, 5])
    for native in (None, False):
        made = SynapticPropagationEngine(use_native=native, complement=False)
        made.build_index(ids, reached, [255, 3, 2, 1], [255] * 4, [0, 1, 0, 1], neurons=3, targets=targets)
        assert made.layout == ("wide" if targets > 2**24 else "uniform")
        for name in ("push", "destination split") if native is None and made.threads > 1 else (None,):
            sums = made.sums([0, 1, 2], strategy=name)
            assert sums[[targets - 1, targets - 2, 5]].tolist() == [65025, 510, -1020]
            assert np.count_nonzero(sums) == 3


def test_memory_of_a_synapse() -> None:
    """At 100 synapses a neuron: at most 5 bytes each where a source has one psp, and 6 where every synapse has its own."""
    rng = np.random.default_rng(0)
    source = np.repeat(np.arange(2000), 100)
    target, weight = rng.integers(0, 2000, source.size), rng.integers(0, 256, source.size)
    for psp, layout, most in ((source % 256, "uniform", 4.5), (rng.integers(0, 256, source.size), "mixed", 5.5)):
        made = SynapticPropagationEngine()
        made.build_index(source, target, weight, psp, source % 2, keep_order=False)
        assert made.layout == layout
        assert made.nbytes / source.size <= most


def test_memory_of_a_synapse_where_rows_are_short() -> None:
    """30 synapses a neuron: rows, column sums and what a burst works in fit into the fifth byte."""
    rng = np.random.default_rng(0)
    source = np.repeat(np.arange(20_000), 30)
    target, weight = rng.integers(0, 20_000, source.size), rng.integers(0, 256, source.size)
    made = SynapticPropagationEngine()
    made.build_index(source, target, weight, np.full(source.size, 255), source % 2, keep_order=False)
    assert made.nbytes / source.size <= 5


def _replaced(place: int, value: Any) -> tuple[Any, ...]:
    return (*EXAMPLE[:place], value, *EXAMPLE[place + 1 :])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (_replaced(0, [1, 2]), "target: expected 2 values, got 6"),
        (_replaced(0, [[1, 2, 3], [1, 2, 3]]), r"source: expected one dimension, got shape \(2, 3\)"),
        (_replaced(0, [-1, 1, 1, 2, 2, 3]), r"source\[0\] is -1"),
        (_replaced(0, [1.5, 1, 1, 2, 2, 3]), r"source\[0\] is 1.5"),
        (_replaced(0, [float("nan"), 1, 1, 2, 2, 3]), r"source\[0\] is nan"),
        (_replaced(0, ["a"] * 6), "source: expected numbers"),
        (_replaced(1, [10, 11, 2**32, 10, 13, 14]), r"target\[2\] is 4294967296"),
        (_replaced(2, [255, 128, 256, 255, 100, 150]), r"weights\[2\] is 256; expected whole numbers from 0 to 255"),
        (_replaced(3, [255] * 5), "conductances: expected 6 values, got 5"),
        (_replaced(4, [0, -1, 0, 0, 0, 0]), r"types\[1\] is -1"),
        (_replaced(5, [True] * 5), "valid_mask: expected 6 values, got 5"),
        (_replaced(5, [2] * 6), r"valid_mask\[0\] is 2"),
    ],
)
def test_bad_input_is_refused_and_the_old_index_stays(arguments: tuple[Any, ...], message: str) -> None:
    made = SynapticPropagationEngine()
    made.build_index(*EXAMPLE)
    before = made.sums([1, 2])
    with pytest.raises(ValueError, match=message):
        made.build_index(*arguments)
    assert np.array_equal(made.sums([1, 2]), before)


@pytest.mark.parametrize(
    ("fired", "message"),
    [
        ([1, 15], r"fired\[1\] is 15"),
        (np.array([15], np.uint32), r"fired\[0\] is 15"),
        ([-1], r"fired\[0\] is -1"),
        ([2, 1, 2], "fired: 2 stands twice"),
        (np.array([2, 2], np.uint32), "fired: 2 stands twice"),
        ([[1]], "one dimension"),
    ],
)
@pytest.mark.parametrize("strategy", [None, "push", "complement", "dense"])
def test_bad_ids_leave_the_buffer_and_later_bursts_as_they_were(fired: Any, message: str, strategy: str | None) -> None:
    for native in (None, False):
        made = SynapticPropagationEngine(use_native=native)
        made.build_index(*EXAMPLE)
        out = np.full(15, 3, np.int32)
        with pytest.raises(ValueError, match=message):
            made.propagate_into(fired, out, strategy=strategy)
        assert (out == 3).all()
        assert made.sums([1, 2], strategy=strategy)[10] == 2 * 65025


@pytest.mark.parametrize(
    ("out", "message"),
    [
        (np.zeros(14, np.int32), "expected an int32 array of 15 elements"),
        (np.zeros(15, np.int64), "got int64"),
        (np.zeros(30, np.int32)[::2], "contiguous"),
        ([0] * 15, "got list"),
    ],
)
def test_buffers_that_do_not_fit_are_refused(out: Any, message: str) -> None:
    made = SynapticPropagationEngine()
    made.build_index(*EXAMPLE)
    with pytest.raises(InvalidInput, match=message):
        made.propagate_into([1], out)


def test_what_cannot_be_done_is_said() -> None:
    with pytest.raises(InvalidInput, match="no index yet"):
        SynapticPropagationEngine().sums([1])
    with pytest.raises(InvalidInput, match="threads"):
        SynapticPropagationEngine(threads=0)
    made = SynapticPropagationEngine(complement=False)
    made.build_index(*EXAMPLE)
    with pytest.raises(InvalidInput, match="set_neuron_mapping"):
        made.propagate([1])
    with pytest.raises(InvalidInput, match="complement"):
        made.sums([1], strategy="complement")
    with pytest.raises(InvalidInput, match="none of push"):
        made.sums([1], strategy="guess")
    with pytest.raises(InvalidInput, match=r"mapping\[0\] is -1"):
        made.set_neuron_mapping({-1: 1})


@pytest.mark.parametrize("psps", [1, 2, 256])
def test_an_index_built_by_two_threads_is_the_same(psps: int) -> None:
    rng = np.random.default_rng(psps)
    count, neurons = 140_000, 3000  # fewer are indexed by one thread
    source = np.sort(rng.integers(0, neurons, count)) if psps == 2 else rng.integers(0, neurons // 2, count)
    psp = rng.choice(np.arange(256)[-psps:], count)
    columns = (source, rng.integers(0, neurons, count), rng.integers(0, 256, count), psp, source % 5 == 0)
    mask = rng.random(count) < 0.9
    made = []
    for options in ({"threads": 1}, {"threads": 2}, {"use_native": False}):
        made.append(SynapticPropagationEngine(complement=False, **options))  # type: ignore[arg-type]
        made[-1].build_index(*columns, mask, neurons=neurons)
    for name in TABLE:
        assert np.array_equal(getattr(made[0].table, name), getattr(made[1].table, name)), name
        assert np.array_equal(getattr(made[0].table, name), getattr(made[2].table, name)), name


def test_sums_of_16_bits_are_taken_only_where_none_can_leave_them() -> None:
    for weight, psp, more, fits in ((255, 200, 128, True), (255, 200, 129, False), (255, [200, 100], 128, False)):
        made = SynapticPropagationEngine()
        ids = np.arange(2 * more)
        psps = np.resize(psp, 2 * more)
        made.build_index(ids, np.repeat([0, 1], more), np.full(2 * more, weight), psps, np.repeat([0, 1], more))
        assert made.shape.has_narrow is (fits and made.uses_native)
        if made.shape.has_narrow:
            out = np.empty(2 * more, np.int32)
            made.propagate_into(ids, out, strategy="push", narrow=True)
            assert out[:2].tolist() == [128 * 255 * 200, -128 * 255 * 200]
        elif made.uses_native:
            with pytest.raises(InvalidInput, match="narrow: sums in 16 bits need"):
                made.propagate_into(ids, np.empty(2 * more, np.int32), strategy="push", narrow=True)
        assert made.sums(ids)[0] == 255 * int(psps[:more].sum())


def test_targets_without_an_area_are_counted() -> None:
    made = SynapticPropagationEngine()
    made.build_index(*EXAMPLE)
    made.set_neuron_mapping({10: 4_000_000_000})
    assert made.propagate([1]) == {4_000_000_000: [(10, 1.0)]}
    assert made.statistics.unmapped_events == 2


def test_sums_that_would_not_fit_into_32_bits_are_refused() -> None:
    count = 33_026  # one more than 2^31 / 65,025
    made = SynapticPropagationEngine()
    columns = (np.zeros(count, int), np.zeros(count, int), *(np.full(count, 255),) * 2, np.zeros(count, int))
    with pytest.raises(InvalidInput, match="target 0: its synapses could add up to 2147515650"):
        made.build_index(*columns)
    made.build_index(*(column[1:] for column in columns))
    assert made.sums([0])[0] == 33_025 * 65_025


def test_an_empty_index_works() -> None:
    for native in (None, False):
        made = SynapticPropagationEngine(use_native=native)
        made.build_index([], [], [], [], [])
        assert made.sums([]).size == 0
        made.build_index([], [], [], [], [], neurons=5)
        assert made.sums([1, 4]).tolist() == [0] * 5


def test_the_choice_states_its_reason_and_follows_the_burst() -> None:
    shape = Shape(1_000_000, 1_000_000, 100_000_000, 2, True, True, True, True)
    many, all_but_few = (choose(shape, fired) for fired in (100_000, 990_000))
    assert choose(shape, 20, clear=False).strategy == PUSH
    assert many.threads == 2
    assert all_but_few.strategy == COMPLEMENT
    assert "complement on 2 thread(s) for 990000 fired" in all_but_few.reason
    assert "push" in all_but_few.reason
    assert not many.narrow
    narrow = replace(shape, has_narrow=True)
    assert "sums in 16 bits" in choose(narrow, 20_000).reason
    assert not choose(narrow, 100).narrow
    assert 100 < narrow_from(narrow) < 20_000
    assert narrow_from(shape) == 1_000_001
    split, complement = crossovers(shape)
    assert choose(shape, split, clear=False).strategy != PUSH
    assert 100 < split < complement <= 1_000_000
    assert choose(Shape(10, 10, 100, 1, False, False, False, False), 10).strategy != DESTINATION_SPLIT


def test_costs_are_read_as_they_were_written(tmp_path: Path) -> None:
    costs = replace(Costs(), event=3.25, wake=900.0)
    assert read_costs(write_costs(costs, "a machine", tmp_path / "costs.json")) == costs
    assert json.loads((tmp_path / "costs.json").read_text("utf-8"))["machine"] == "a machine"


@pytest.mark.parametrize(
    "told", ["", "[]", "{}", '{"nanoseconds": []}', '{"nanoseconds": {"row": -1}}', '{"nanoseconds": {"rows": 1}}']
)
def test_damaged_costs_are_refused_with_the_way_out(told: str, tmp_path: Path) -> None:
    (tmp_path / "costs.json").write_text(told, "utf-8")
    with pytest.raises(InvalidInput, match=r"costs\.json does not hold costs .*bench burst --fit"):
        read_costs(tmp_path / "costs.json")
