"""The episode's state machine. ``transitions`` holds the table; the driver outside does the work.

Sense --sensed--> Plan --need_probe[probes_left]--> Probe --probed--> Plan
Plan --ready--> Propose --proposed[anchored, small]--> Validate --green[proved]--> Reflect --> Remember --> End
Validate --red--> Rollback --rolled_back[probes_left]--> Probe
Plan | Probe | Propose | Rollback --give_up--> Remember
"""

from __future__ import annotations

from dataclasses import dataclass

from transitions import Machine as Table

from rusta_conductor.contract import Contract, no_network
from rusta_conductor.errors import UsageError
from rusta_conductor.gates import Anchored, Gate, Obligations, ProbesLeft, Proved, Small

STATES = ("sense", "plan", "probe", "propose", "validate", "reflect", "rollback", "remember", "end")


@dataclass(frozen=True)
class Arrow:
    signal: str
    source: str
    target: str
    gates: tuple[Gate, ...] = ()


ARROWS: tuple[Arrow, ...] = (
    Arrow("sensed", "sense", "plan"),
    Arrow("need_probe", "plan", "probe", (ProbesLeft(),)),
    Arrow("probed", "probe", "plan"),
    Arrow("ready", "plan", "propose"),
    Arrow("proposed", "propose", "validate", (Anchored(), Small())),
    Arrow("green", "validate", "reflect", (Proved(),)),
    Arrow("red", "validate", "rollback"),
    Arrow("rolled_back", "rollback", "probe", (ProbesLeft(),)),
    Arrow("reflected", "reflect", "remember"),
    Arrow("remembered", "remember", "end"),
    *(Arrow("give_up", source, "remember") for source in ("plan", "probe", "propose", "rollback")),
)


SIGNALS = tuple(dict.fromkeys(arrow.signal for arrow in ARROWS))


def check_contract(contract: Contract) -> None:
    """Make sure that a contract can be kept at all, and that none of its obligations is dead.

    Raises:
        UsageError: it allows the network, or an obligation speaks of a signal that the machine does not have.
    """
    no_network(contract.effects)
    for obligation in contract.obligations:
        for signal in (obligation.before, obligation.since):
            if signal is not None and signal not in SIGNALS:
                raise UsageError(
                    f"obligation {obligation.name!r} speaks of signal {signal!r}; there are: {', '.join(SIGNALS)}"
                )


class Machine:
    """Where an episode stands, and which moves the table has."""

    def __init__(self) -> None:
        self.state: str = STATES[0]
        self._table = Table(
            model=self,
            states=list(STATES),
            initial=STATES[0],
            transitions=[{"trigger": arrow.signal, "source": arrow.source, "dest": arrow.target} for arrow in ARROWS],
            auto_transitions=False,
            send_event=False,
            queued=False,
        )

    def arrow(self, signal: str) -> Arrow:
        """The move that ``signal`` makes from here.

        Raises:
            UsageError: the table has none; the signals it has are named.
        """
        for arrow in ARROWS:
            if arrow.signal == signal and arrow.source == self.state:
                return arrow
        here = sorted(arrow.signal for arrow in ARROWS if arrow.source == self.state)
        raise UsageError(f"signal {signal!r} is not known in state {self.state!r}; there: {', '.join(here) or 'none'}")

    def gates(self, arrow: Arrow) -> tuple[Gate, ...]:
        """All gates of a move: its own, and the contract's obligations for its signal."""
        return (*arrow.gates, Obligations(arrow.signal))

    def move(self, arrow: Arrow) -> None:
        """Go. The caller has asked the gates."""
        self._table.events[arrow.signal].trigger(self)
