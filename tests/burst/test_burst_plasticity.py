"""Learning: weights stay weights, small changes are not lost, and every rule does what its text says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from burst_worlds import connectomes, example
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_burst import Area, Connectome, InvalidInput, Neurons, RuleSpec, Synapses
from rusta_burst.dynamics.burst import Burst
from rusta_burst.dynamics.models import leaky
from rusta_burst.engine.native import kernels
from rusta_burst.plasticity.memory import GROWTH, LIFE, LONG_TERM
from rusta_burst.plasticity.own import ONE
from rusta_burst.plasticity.registry import available, make_rules
from rusta_burst.plasticity.traces import Traces
from rusta_burst.running.drives import Background, Stimulus
from rusta_burst.running.machine import Machine, Settings


def joined(rule: RuleSpec, *, weight: int = 100, inhibitory: int = 0, count: int = 1) -> Connectome:
    """``count`` pairs, 2k -> 2k + 1, whose synapses are too weak to make anybody fire."""
    ids = np.arange(count) * 2
    synapses = Synapses.of(ids, ids + 1, weight=weight, psp=1, type=inhibitory, rule=1)
    return Connectome.of(["a"], Neurons.of(2 * count, threshold=60_000), synapses, [rule])


def played(made: Connectome, spikes: dict[int, list[int]], bursts: int, seed: int = 0) -> Machine:
    """A machine in which exactly the given neurons fired in the given bursts."""
    rows = [(burst, neuron, 65_000) for burst, fired in spikes.items() for neuron in fired]
    machine = Machine(made, Settings(seed=seed, stimulus=Stimulus.of(np.asarray(rows, np.int64).reshape(-1, 3))))
    for _ in range(bursts):
        report = machine.step()
        assert report.fired.tolist() == sorted(spikes.get(report.burst, []))
    return machine


def fine(machine: Machine) -> list[float]:
    synapses = machine.network.synapses
    return list(synapses.fine_weights(np.arange(synapses.count)))


def test_our_rules_are_installed_as_plug_ins() -> None:
    ours = {"homeostasis", "stdp_pair", "stdp_reward", "stdp_window"}
    assert {name for name, source in available().items() if source == "rusta"} >= ours


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (RuleSpec("magic"), "rule 1: there is no plasticity 'magic'; installed are:"),
        (RuleSpec("stdp_pair", {"tau": 3}), "plasticity 'stdp_pair' has no parameter 'tau'; there are: a_plus"),
        (RuleSpec("stdp_pair", {"tau_plus": 0}), "tau_plus is 0; expected a number from 0.01"),
        (RuleSpec("stdp_window", {"window": 2.5}), "window is 2.5; expected a whole number from 1 to 1024"),
        (RuleSpec("stdp_reward", {"reward_neuron": 99}), "reward_neuron is 99, there is no such neuron"),
    ],
)
def test_a_rule_that_does_not_fit_is_refused_by_name(rule: RuleSpec, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        make_rules(joined(rule))


@settings(max_examples=25, deadline=None)
@given(connectomes(rules=True), st.integers(0, 2**32))
def test_learning_leaves_a_valid_connectome_and_touches_only_its_own(made: Connectome, seed: int) -> None:
    drives = tuple(Background(area.name, 100_000, 0.4) for area in made.areas)
    machine = Machine(made, Settings(seed=seed, drives=drives))
    for _ in range(12):
        machine.step()
    now = machine.learned()
    static = made.synapses.rule == 0
    assert (now.synapses.weight[static] == made.synapses.weight[static]).all()
    for name, values in made.synapses.columns().items():
        if name != "weight":
            assert now.synapses.columns()[name].tolist() == values.tolist()
    assert all(0 <= weight < 256 for weight in fine(machine))


RULES = [
    RuleSpec("stdp_pair", {"a_plus": 2.3, "a_minus": 1.7, "tau_plus": 3.0, "tau_minus": 5.0}),
    RuleSpec("stdp_window", {"window": 2, "ltp": 0.7, "ltd": 0.3}),
    RuleSpec("stdp_reward", {"reward_neuron": 0}),
]


def learned(seed: int, *, use_native: bool, targets: int) -> tuple[list[float], list[object], set[str]]:
    """Fine weights and states of all rules after some bursts of a random network, and which rules ran natively."""
    rng = np.random.default_rng(seed)
    count, size = int(rng.integers(2, 40)), int(rng.integers(1, 400))
    source, target = rng.integers(0, count, size), rng.integers(0, min(targets, count), size)
    weight, psp, kind = (rng.integers(0, top, size) for top in (256, 256, 2))
    delay, rule = rng.integers(1, 4, size), rng.integers(0, len(RULES) + 1, size)
    synapses = Synapses.of(source, target, weight=weight, psp=psp, type=kind, delay=delay, rule=rule)
    rules = make_rules(Connectome.of(["a"], Neurons.of(count), synapses, RULES))
    model = leaky(count, threshold=40_000.0, refractory=rng.integers(0, 3, count))
    network = Burst(
        *(model, source, target, weight, psp, kind),
        delay=delay, plastic=rule != 0, plasticity=rules, seed=seed, use_native=use_native,
    )  # fmt: skip
    for _ in range(15):
        network.inject(np.arange(count), rng.integers(0, 60_000, count))
        network.step()
    native = {plugin.name for plugin in rules if vars(plugin)["_own"].learners is not None}
    states = [value.tolist() for plugin in rules for value in plugin.state().values()]
    return list(network.synapses.fine_weights(np.arange(network.synapses.count))), states, native


@pytest.mark.skipif(kernels() is None, reason="the native part is not there")
@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([3, 1000]))
def test_native_rules_and_numpy_give_the_same_bits(seed: int, targets: int) -> None:
    *native, ran = learned(seed, use_native=True, targets=targets)
    *twin, none = learned(seed, use_native=False, targets=targets)
    assert native == twin
    assert (ran, none) == ({rule.kind for rule in RULES}, set())


def reference(spikes: dict[int, list[int]], bursts: int, p: dict[str, float], weight: float) -> float:
    """Pair plasticity of one synapse 0 -> 1 in floating point, straight from the formula."""
    sender = receiver = 0.0
    for burst in range(bursts):
        sender *= math.exp(-1 / p["tau_plus"])
        receiver *= math.exp(-1 / p["tau_minus"])
        pre, post = 0 in spikes.get(burst, []), 1 in spikes.get(burst, [])
        if pre:
            weight -= p["a_minus"] * receiver
        if post:
            weight += p["a_plus"] * sender
        sender, receiver = sender + pre, receiver + post
    return weight


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sets(st.integers(0, 1)), min_size=1, max_size=30),
    st.floats(0.5, 3), st.floats(0.5, 3), st.floats(2, 30), st.floats(2, 30),
)  # fmt: skip
def test_pairs_of_spikes_change_weights_as_the_formula_says(trains: list[set[int]], up: float, down: float, rise: float, fall: float) -> None:  # fmt: skip
    p = {"a_plus": up, "a_minus": down, "tau_plus": rise, "tau_minus": fall}
    spikes = {burst: sorted(fired) for burst, fired in enumerate(trains)}
    machine = played(joined(RuleSpec("stdp_pair", p)), spikes, len(trains))
    expected = min(255.0, max(0.0, reference(spikes, len(trains), p, 100.0)))
    changes = 2 * sum(len(fired) for fired in trains)
    assert abs(fine(machine)[0] - expected) <= (changes + 1) / 256 + 0.01


def test_changes_far_below_a_step_are_not_lost() -> None:
    """Each pair is worth 1/1000 of a weight: a quarter of the engine's residue. 4,000 of them must make 4."""
    rule = RuleSpec("stdp_pair", {"a_plus": 0.001 / math.exp(-1), "a_minus": 0.0, "tau_plus": 1.0})
    count, rounds = 50, 80
    made = joined(rule, count=count)
    spikes = {burst: [2 * k + burst % 2 for k in range(count)] for burst in range(2 * rounds)}
    for burst in list(spikes):
        if burst % 2 == 0:
            spikes[burst] = [2 * k for k in range(count)]
    machine = played(made, spikes, 2 * rounds)
    gained = np.asarray(fine(machine)) - 100.0
    one = sum(0.001 * math.exp(-2 * k) for k in range(rounds))  # earlier spikes of the sender count a little too
    expected = sum(0.001 * math.exp(-2 * j) for r in range(rounds) for j in range(r + 1))
    assert one > 0
    assert gained.mean() == pytest.approx(expected, rel=0.15)
    assert gained.std() > 0  # they are rounded apart from each other


def test_rounding_depends_on_the_seed_alone() -> None:
    made = joined(RuleSpec("stdp_pair", {"a_plus": 0.0021}), count=20)
    spikes = {burst: [2 * k + burst % 2 for k in range(20)] for burst in range(10)}
    first, again, other = (fine(played(made, spikes, 10, seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_weights_saturate_at_both_ends() -> None:
    up = played(joined(RuleSpec("stdp_pair", {"a_plus": 200.0}), weight=250), {0: [0], 1: [1]}, 2)
    assert up.learned().synapses.weight.tolist() == [255]
    down = played(joined(RuleSpec("stdp_pair", {"a_minus": 200.0}), weight=3), {0: [1], 1: [0]}, 2)
    assert down.learned().synapses.weight.tolist() == [0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sets(st.integers(0, 1)), min_size=1, max_size=15), st.integers(1, 4))
def test_the_window_rule_is_what_its_text_says(trains: list[set[int]], window: int) -> None:
    spikes = {burst: sorted(fired) for burst, fired in enumerate(trains)}
    rule = RuleSpec("stdp_window", {"window": window, "constant": 2, "ltp": 3, "ltd": 1})
    machine = played(joined(rule), spikes, len(trains))
    weight = 100
    for burst in range(window - 1, len(trains)):
        frames = trains[burst - window + 1 : burst + 1]
        if any(frames):
            weight = min(255, max(0, weight + (6 if all(frame == {0, 1} for frame in frames) else -2)))
    assert machine.learned().synapses.weight.tolist() == [weight]


def test_a_reward_pays_what_was_eligible_and_nothing_else() -> None:
    made = Connectome.of(
        ["a"], Neurons.of(6, threshold=60_000), Synapses.of([0, 2], [1, 3], weight=100, psp=1, rule=1),
        [RuleSpec("stdp_reward", {"a_plus": 10.0, "reward_neuron": 4, "punish_neuron": 5})],
    )  # fmt: skip
    pair = {0: [0], 1: [1]}
    assert fine(played(made, pair, 6)) == [100.0, 100.0]
    rewarded = fine(played(made, {**pair, 3: [4]}, 6))
    assert rewarded[0] == pytest.approx(100 + 10 * math.exp(-1 / 20) * math.exp(-2 / 100), abs=0.05)
    assert rewarded[1] == 100.0
    punished = fine(played(made, {**pair, 3: [5]}, 6))
    assert punished[0] == pytest.approx(200 - rewarded[0], abs=0.05)
    machine = played(made, pair, 2)
    machine.rules[0].reward(0.5)  # type: ignore[attr-defined]
    machine.step()
    assert fine(machine)[0] > 104
    with pytest.raises(InvalidInput, match="reward is nan"):
        machine.rules[0].reward(math.nan)  # type: ignore[attr-defined]


def test_homeostasis_moves_rates_towards_the_target() -> None:
    rule = RuleSpec("homeostasis", {"target": 0.2, "interval": 10, "strength": 0.5})
    quiet = played(joined(rule), {}, 10)
    assert fine(quiet)[0] == pytest.approx(150.0, abs=0.01)
    busy = played(joined(rule), {burst: [1] for burst in range(0, 10, 2)}, 10)
    assert fine(busy)[0] == pytest.approx(100 * 0.5, abs=0.01)
    inhibiting = played(joined(rule, inhibitory=1), {}, 10)
    assert fine(inhibiting) == [100.0]


def test_traces_decay_the_same_whether_looked_at_often_or_once() -> None:
    often, once = Traces(1, 7.0), Traces(1, 7.0)
    for traces in (often, once):
        traces.add([0], ONE, 0)
    for burst in range(1, 60):
        assert abs(int(often.read([0], burst)[0]) - ONE * math.exp(-burst / 7.0)) < 2
    assert once.read([0], 10**6).tolist() == [0]
    negative = Traces(1, 5.0)
    negative.add([0], -ONE, 0)
    assert abs(int(negative.read([0], 5)[0]) + ONE * math.exp(-1)) < 2


def watching(window: int = 2, slots: int = 2) -> Connectome:
    areas = [Area("eye"), Area("memory", kind="memory", window=window, watches=("eye",))]
    return Connectome.of(areas, Neurons.of(4 + slots, area=[0] * 4 + [1] * slots, threshold=60_000))


def remembered(made: Connectome, spikes: dict[int, list[int]], bursts: int) -> tuple[Machine, dict[int, list[int]]]:
    rows = [(burst, neuron, 65_000) for burst, fired in spikes.items() for neuron in fired]
    machine = Machine(made, Settings(stimulus=Stimulus.of(np.asarray(rows, np.int64).reshape(-1, 3))))
    fired: dict[int, list[int]] = {}
    for _ in range(bursts):
        report = machine.step()
        own = [n for n in report.fired.tolist() if n >= 4]
        if own:
            fired[report.burst] = own
    return machine, fired


def test_a_memory_neuron_fires_when_its_pattern_is_seen_again() -> None:
    spikes = {1: [0, 1], 2: [2], 8: [0, 1], 9: [2]}
    machine, fired = remembered(watching(), spikes, 12)
    memory = machine.memories[0]
    # Windows (-, 01), (01, 2) and (2, -) are three patterns for two neurons; the third is refused.
    assert fired == {2: [4], 3: [5], 9: [4], 10: [5]}
    assert (memory.counts.formed, memory.counts.recalled, memory.counts.refused) == (2, 2, 2)
    assert memory.living == 2


def test_what_is_not_seen_again_is_forgotten() -> None:
    machine, _ = remembered(watching(window=1, slots=1), {1: [0], LIFE + 5: [1]}, LIFE + 8)
    memory = machine.memories[0]
    assert (memory.counts.formed, memory.counts.forgotten, memory.counts.refused) == (2, 1, 0)


def test_what_is_seen_often_is_never_forgotten() -> None:
    often = math.ceil((LONG_TERM - LIFE) / (GROWTH - 1)) + 2
    machine, _ = remembered(watching(window=1, slots=1), {burst: [0] for burst in range(often)}, often + 150)
    assert machine.memories[0].permanent == 1
    assert machine.memories[0].counts.forgotten == 0


def test_a_memory_area_must_watch_something() -> None:
    from rusta_burst.plasticity.memory import MemoryArea

    with pytest.raises(InvalidInput, match="no memory area that watches"):
        MemoryArea(example(), "front")
