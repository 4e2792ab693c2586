"""The machine has the design's table, refuses every other move, and asks its gates."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_conductor import machine
from rusta_conductor.contract import Contract, Obligation
from rusta_conductor.errors import UsageError
from rusta_conductor.machine import ARROWS, SIGNALS, STATES, Machine, check_contract
from rusta_schemas.effects import Effect

# The design's picture. Reflect --> Remember --> End are the arrows `reflected` and `remembered`.
PICTURE = """
Sense --sensed--> Plan --need_probe[probes_left]--> Probe --probed--> Plan
Plan --ready--> Propose --proposed[anchored, small]--> Validate --green[proved]--> Reflect
Reflect --reflected--> Remember --remembered--> End
Validate --red--> Rollback --rolled_back[probes_left]--> Probe
Plan | Probe | Propose | Rollback --give_up--> Remember
"""


def drawn() -> set[tuple[str, str, str, tuple[str, ...]]]:
    found = set()
    for line in PICTURE.strip().splitlines():
        first, *rest = re.split(r" --([a-z_]+)(?:\[([a-z_, ]+)\])?--> ", line.strip())
        sources = first
        for signal, gates, target in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
            names = tuple(gates.split(", ")) if gates else ()
            for source in sources.split(" | "):
                found.add((signal, source.lower(), target.lower(), names))
            sources = target
    return found


def test_the_table_is_the_picture() -> None:
    table = {(a.signal, a.source, a.target, tuple(g.name for g in a.gates)) for a in ARROWS}
    assert table == drawn()
    assert len(table) == len(ARROWS)
    assert set(STATES) == {state for _, s, t, _ in table for state in (s, t)}


def test_the_module_s_own_picture_is_the_design_s() -> None:
    """Its docstring writes Reflect --> Remember --> End without the signals."""
    ours = " ".join((machine.__doc__ or "").split())
    for signal in {row[0] for row in drawn()} - {"reflected", "remembered"}:
        assert f"--{signal}" in ours


def at(state: str) -> Machine:
    """A machine that walked to ``state``."""
    machine, paths = Machine(), {STATES[0]: ()}
    frontier = [STATES[0]]
    while frontier:
        here = frontier.pop(0)
        for arrow in ARROWS:
            if arrow.source == here and arrow.target not in paths:
                paths[arrow.target] = (*paths[here], arrow.signal)
                frontier.append(arrow.target)
    for signal in paths[state]:
        machine.move(machine.arrow(signal))
    assert machine.state == state
    return machine


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("signal", [*SIGNALS, "to_end", "initial", "reset", "", "SENSED"])
def test_every_signal_in_every_state(state: str, signal: str) -> None:
    machine = at(state)
    targets = [a.target for a in ARROWS if a.signal == signal and a.source == state]
    if targets:
        machine.move(machine.arrow(signal))
        assert [machine.state] == targets
        return
    with pytest.raises(UsageError) as error:
        machine.arrow(signal)
    assert repr(signal) in str(error.value)
    assert repr(state) in str(error.value)
    for known in (a.signal for a in ARROWS if a.source == state):
        assert known in str(error.value), "the message names what would do"
    assert machine.state == state


@given(st.lists(st.sampled_from(SIGNALS), max_size=40))
def test_a_walk_only_follows_arrows(signals: list[str]) -> None:
    machine = Machine()
    table = {(a.signal, a.source): a.target for a in ARROWS}
    for signal in signals:
        before = machine.state
        try:
            machine.move(machine.arrow(signal))
        except UsageError:
            assert (signal, before) not in table
            assert machine.state == before
        else:
            assert machine.state == table[signal, before]
    if machine.state == "end":
        assert not any(a.source == "end" for a in ARROWS)


def test_there_are_no_automatic_moves() -> None:
    """`transitions` would add `to_end()` and the like; a way around the gates."""
    machine = Machine()
    assert not [name for name in dir(machine) if name.startswith("to_")]


def test_every_move_is_held_to_the_contract() -> None:
    machine = Machine()
    for arrow in ARROWS:
        names = [gate.name for gate in machine.gates(arrow)]
        assert names == [*(gate.name for gate in arrow.gates), "contract"]


@pytest.mark.parametrize("obligation", [Obligation("typo", "proposd"), Obligation("typo", "proposed", since="sensd")])
def test_an_obligation_that_can_never_bind_is_refused(obligation: Obligation) -> None:
    with pytest.raises(UsageError, match="typo"):
        check_contract(Contract(obligations=(obligation,)))


def test_no_contract_allows_the_network() -> None:
    with pytest.raises(UsageError, match="network"):
        check_contract(Contract(effects=frozenset({Effect.NETWORK})))
    check_contract(Contract(effects=frozenset(Effect) - {Effect.NETWORK}))
