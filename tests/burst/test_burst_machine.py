"""A connectome that runs: its input, its state kept and taken up, and edits on the way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from burst_worlds import connectomes, example
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_burst import Connectome, DamagedFile, InvalidInput, RuleSpec
from rusta_burst.editing.operations import parse
from rusta_burst.running import states
from rusta_burst.running.carrying import LiveEdits, edited
from rusta_burst.running.drives import Background, Stimulus
from rusta_burst.running.machine import Machine, Settings
from rusta_burst.running.reports import Activity, memory_estimate, neuron_view, overview


def driven(made: Connectome, seed: int = 1) -> Machine:
    return Machine(made, Settings(seed=seed, drives=tuple(Background(area.name, 70_000, 0.3) for area in made.areas)))


def digest(machine: Machine) -> str:
    return states.digest_of(states.capture(machine))


@settings(max_examples=15, deadline=None)
@given(made=connectomes(rules=True), before=st.integers(0, 12), after=st.integers(1, 8))
def test_a_snapshot_goes_on_exactly(
    made: Connectome, before: int, after: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("s") / "a.snapshot"
    first = driven(made)
    for _ in range(before):
        first.step()
    assert states.save(first, path) == digest(first)
    second = driven(made)
    states.resume(second, path)
    for _ in range(after):
        assert first.step().fired.tolist() == second.step().fired.tolist()
    assert digest(first) == digest(second)
    assert first.learned().equals(second.learned())


def test_a_snapshot_of_another_network_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.snapshot"
    states.save(driven(example()), path)
    with pytest.raises(InvalidInput, match="a snapshot of connectome"):
        states.resume(driven(example(weight=3)), path)
    machine = driven(example(RuleSpec("stdp_pair")))
    before = digest(machine)
    arrays, _ = states.load(path)
    with pytest.raises(InvalidInput, match="it is of another network"):
        states.put_back(machine, arrays)
    assert digest(machine) == before
    whole = path.read_bytes()
    for at in range(0, len(whole), 41):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        with pytest.raises(DamagedFile):
            states.load(path)


def test_a_spike_goes_round_the_ring_and_its_input_is_told() -> None:
    machine = Machine(example(), Settings(stimulus=Stimulus.of([[2, 0, 60_000], [2, 0, 1]])))
    fired = [machine.step().fired.tolist() for _ in range(6)]
    assert fired == [[], [], [0], [10], [1], [11]]
    assert machine.from_outside(0, 2) == 60_001
    assert machine.from_outside(1, 2) == 0


def test_a_background_depends_on_seed_and_burst_alone_and_is_as_likely_as_it_says() -> None:
    made = example()
    runs = []
    for seed in (1, 1, 2):
        machine = Machine(made, Settings(seed=seed, drives=(Background("front", 60_000, 0.25),)))
        runs.append([machine.step().fired.tolist() for _ in range(200)])
    assert runs[0] == runs[1] != runs[2]
    first = sum(neuron < 10 for fired in runs[0] for neuron in fired)
    assert first > 200 * 10 * 0.25 * 0.8
    every = Machine(made, Settings(drives=(Background("front", 60_000),)))
    assert every.step().fired.tolist() == list(range(10))


@pytest.mark.parametrize(
    ("text", "told"),
    [("front", "must look like AREA=AMOUNT"), ("front=x", "must look like"), ("front=1@2", "chance is 2.0"), ("front=99999999999", "32 bits")],
)  # fmt: skip
def test_drives_that_do_not_fit_are_refused(text: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        Background.parse(text)


def test_drives_are_parsed_and_go_to_areas_that_are_there() -> None:
    assert Background.parse("a=b=5@0.5") == Background("a=b", 5, 0.5)
    assert str(Background.parse("front=-5")) == "front=-5"
    with pytest.raises(InvalidInput, match="there is no area 'side'"):
        Machine(example(), Settings(drives=(Background("side", 1),)))
    with pytest.raises(InvalidInput, match="neuron 20 is not there"):
        Machine(example(), Settings(stimulus=Stimulus.of([[0, 20, 1]])))


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "line 1 must be"), ("a,b\n", "line 1 must be"), ("burst,neuron,amount\n1,2\n", "line 2: '1,2'"), ("burst,neuron,amount\n1,-2,3\n", "row 0 is"), ("burst,neuron,amount\n1,2,99999999999999999999999\n", "stim.csv")],
)  # fmt: skip
def test_a_stimulus_that_does_not_fit_is_refused_by_line(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "stim.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DamagedFile, match=told):
        Stimulus.read(path)


def test_an_edit_that_changes_nothing_changes_nothing() -> None:
    machine = driven(example(RuleSpec("stdp_pair"), RuleSpec("homeostasis", {"interval": 3})))
    for _ in range(7):
        machine.step()
    other = edited(machine, parse([]))
    for _ in range(9):
        assert machine.step().fired.tolist() == other.step().fired.tolist()
    assert digest(machine) == digest(other)


def test_what_stays_keeps_its_state_and_spikes_on_their_way_arrive() -> None:
    made = example(delay=[3] * 20)
    plain = Machine(made, Settings(stimulus=Stimulus.of([[0, 0, 60_000], [0, 5, 60_000]])))
    live = LiveEdits(Machine(made, plain.settings))
    plain.step()
    assert live.step().fired.tolist() == [0, 5]
    live.add(parse([{"op": "remove_neurons", "ids": [5, 7]}, {"op": "compact"}, {"op": "add_area", "name": "side"}]))
    live.add(
        parse(
            [
                {"op": "add_neurons", "area": "side", "count": 1},
                {"op": "add_synapses", "source": [0], "target": [18], "weight": 255},
            ]
        )
    )
    seen = [live.step().fired.tolist() for _ in range(3)]
    assert live.indexed == 1
    # Neuron 10 of old is 8 now; the new synapse (delay 1) brought the spike of burst 0 in burst 1.
    assert seen == [[18], [], [8]]
    assert [plain.step().fired.tolist() for _ in range(3)] == [[], [], [10, 15]]


def test_many_small_edits_are_indexed_seldom() -> None:
    live = LiveEdits(Machine(example()))
    for k in range(500):
        live.add(parse([{"op": "add_synapses", "source": [k % 10], "target": [10], "weight": 1}]))
    assert live.indexed == 0
    live.step()
    assert live.indexed == 1
    assert len(live.machine.connectome.synapses) == 520
    live.add(parse([{"op": "remove_neurons", "ids": [99]}]))
    with pytest.raises(InvalidInput, match="operation 0"):
        live.flush()
    live.step()
    assert len(live.machine.connectome.synapses) == 520


def test_reports_count_what_there_is() -> None:
    told = overview(example(RuleSpec("stdp_pair")))
    assert (told["neurons"], told["synapses"], told["learning"], told["self_joins"]) == (20, 20, 20, 0)
    assert [area["leaving"] for area in told["areas"]] == [10, 10]
    assert memory_estimate(example()) == 20 * 5 + 20 * 80
    view = neuron_view(example(), 10)
    assert (view["incoming"], view["outgoing"]) == (1, 1)
    assert view["strongest_incoming"][0]["source"] == 0
    with pytest.raises(InvalidInput, match="neuron 20 is not there"):
        neuron_view(example(), 20)


def test_an_activity_report_has_the_rates_of_areas() -> None:
    machine = Machine(example(), Settings(drives=(Background("front", 60_000),)))
    activity = Activity(machine)
    for _ in range(4):
        report = machine.step()
        activity.note(report.burst, report.fired, report.events)
    told = activity.report()
    assert told["rates"] == {"front": 1.0, "back": 0.75}
    assert (told["bursts"], told["spikes"], told["busiest"], told["silent"]) == (4, 70, 20, 0)
    assert np.sum(activity.counts) == 70
