# ruff: noqa: ARG002 - the signatures are the protocol's
"""The domain ``flash``: a program goes onto a device, with proof, or the device stays as it was.

Sense asks the device, plan holds the program against it, probe flashes a twin. The proposal is the program. Validate
stages it beside the active one and proves it there; only then reflect swaps. What fails before the swap is thrown away,
what fails after it is taken back byte for byte.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from rusta_conductor.contract import Contract, Obligation
from rusta_conductor.domain import GiveUp, Judgement, NeedProbe, Proposal, Ready, Result
from rusta_conductor.episode import Episode
from rusta_schemas.action import Action
from rusta_schemas.base import JsonObject
from rusta_schemas.effects import Effect
from rusta_schemas.observation import Observation

EXIT_CODES = {"flashed": 0, "unchanged": 0, "refused": 1, "rolled-back": 1, "failed": 1, "unknown": 4}


class FlashDomain:
    """Goal: ``{"program": sha256 of the .fbz, "name", "device", "rows", "allow_delta", "in_place"}``.

    Where only weights of mutable slots differ from the active program, and the goal allows it, they are replaced in place:
    nothing is staged then, the proof is made on the active program, and a refuted swap is taken back by the same way.

    Outcomes: ``flashed``; ``unchanged`` (it is on the device already, and proved); ``refused`` (nothing was written);
    ``rolled-back`` (the program before is active, byte for byte); ``failed`` (nothing was activated); ``unknown`` (the
    device was lost in the swap).
    """

    name = "flash"

    def __init__(self) -> None:
        self._sensed: Observation | None = None
        self._checked: Observation | None = None
        self._dry: Observation | None = None
        self._proved: Observation | None = None
        self._written: Observation | None = None
        self._in_place = False
        self._end: tuple[str, str] = ("flashed", "")

    def contract(self) -> Contract:
        return Contract(
            effects=frozenset({Effect.READ, Effect.SANDBOX, Effect.DEVICE}),
            obligations=(
                Obligation("tried on a twin before it is proposed", "proposed", ("flash_dry_run",)),
                Obligation("written and read back", "green", ("flash_write", "flash_replace"), since="proposed"),
                Obligation("proved on the device", "green", ("flash_prove",), since="proposed"),
            ),
            anchored=False,
        )

    def workspace(self, goal: JsonObject, home: Path) -> AbstractContextManager[object]:
        return nullcontext()

    def sense(self, episode: Episode) -> None:
        self._sensed = self._call(episode, "flash_sense", device=episode.goal["device"])

    def plan(self, episode: Episode) -> NeedProbe | Ready | GiveUp:
        assert self._sensed is not None
        if not self._sensed.ok:
            return GiveUp("failed", self._sensed.summary)
        if self._checked is None:
            profile = self._sensed.data["profile"]
            self._checked = self._call(episode, "flash_check", program=episode.goal["program"], profile=profile)
        if not self._checked.ok:
            return GiveUp("refused", self._checked.summary)
        refusal = str(self._checked.data["refusal"])
        if not refusal and not episode.goal["allow_delta"]:
            refusal = str(self._checked.data["delta_refusal"])
        if refusal:
            return GiveUp("refused", refusal)
        if self._dry is None:
            if self._target == self._before and self._is_proved(self._prove(episode, staged=False)):
                return GiveUp("unchanged", f"{self._target[:12]} is active already and answers as it should")
            return NeedProbe()
        if episode.goal["in_place"] and self._before:
            goal = episode.goal
            compared = self._call(episode, "flash_compare", program=goal["program"], device=goal["device"])
            self._in_place = compared.ok and compared.data["in_place"] is True
        return Ready()

    def probe(self, episode: Episode) -> GiveUp | None:
        assert self._sensed is not None
        self._dry = self._call(
            episode, "flash_dry_run", program=episode.goal["program"], profile=self._sensed.data["profile"],
            seed=episode.seed, rows=episode.goal["rows"],
        )  # fmt: skip
        if not self._is_proved(self._dry):
            return GiveUp("refused", f"the twin refutes it: {self._dry.summary}")
        return None

    def propose(self, episode: Episode) -> Proposal | GiveUp:
        assert self._checked is not None
        assert self._dry is not None
        what, now = str(self._checked.data["name"]), self._before[:12] or "nothing"
        return Proposal(
            summary=f"{what} ({self._target[:12]}) in place of {now} on {episode.goal['device']}",
            lines=0,
            files=1,
            payload={
                "in_place": self._in_place,
                "program": self._target, "before": self._before, "device": episode.goal["device"],
                "transfers": self._dry.data["transfers"], "modelled_us": self._dry.data["modelled_us"],
            },
        )  # fmt: skip

    def validate(self, episode: Episode, proposal: Proposal) -> Judgement:
        goal = episode.goal
        if self._in_place:
            self._written = self._call(
                episode, "flash_replace", program=goal["program"], device=goal["device"], before=self._before
            )  # fmt: skip
        else:
            self._written = self._call(episode, "flash_write", program=goal["program"], device=goal["device"])
        if not self._written.ok:
            return Judgement(False, self._written.summary)
        if self._written.data["before"] != self._before:
            return Judgement(False, f"somebody flashed {str(self._written.data['before'])[:12]} in the meantime")
        keys = episode.last_keys
        self._proved = self._prove(episode, staged=not self._in_place)
        return Judgement(self._is_proved(self._proved), self._proved.summary, keys + episode.last_keys)

    def rollback(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> GiveUp | None:
        if self._in_place:
            back = self._restore(episode)
            if back.ok:
                return GiveUp("rolled-back", f"{judgement.why}. {self._before[:12]} is active again, byte for byte")
            return GiveUp("unknown", f"{judgement.why}; taking it back failed too: {back.summary}. {self._advice}")
        gone = self._call(episode, "flash_discard", device=episode.goal["device"])
        if not gone.ok:
            return GiveUp("failed", f"{judgement.why}. Nothing was activated, but the device does not answer now")
        if gone.data["active"] != self._before:
            active = str(gone.data["active"])[:12] or "no program"
            return GiveUp("failed", f"{judgement.why}. Nothing was activated; {active} is active")
        return GiveUp("rolled-back", f"{judgement.why}. {self._before[:12] or 'No program'} is active, as before")

    def reflect(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> None:
        if self._in_place:
            return
        device = episode.goal["device"]
        swapped = self._call(episode, "flash_activate", device=device, to=self._target, before=self._before)
        if swapped.ok and self._is_proved(self._prove(episode, staged=False)):
            return
        why = "after the swap the device answers otherwise" if swapped.ok else swapped.summary
        back = self._restore(episode)
        if back.ok:
            self._end = ("rolled-back", f"{why}. {self._before[:12] or 'No program'} is active again, byte for byte")
        else:
            self._end = ("unknown", f"{why}; taking it back failed too: {back.summary}. {self._advice}")

    def remember(self, episode: Episode, given_up: GiveUp | None) -> Result:
        data: JsonObject = {"device": episode.goal["device"], "name": episode.goal["name"], "in_place": self._in_place}
        if self._checked is not None and self._checked.ok:
            data |= {
                "program": self._target, "before": self._before, "delta": self._checked.data["delta"],
                "info_bytes": self._checked.data["info_bytes"], "data_bytes": self._checked.data["data_bytes"],
                "budget": self._checked.data["budget"],
            }  # fmt: skip
        for name, seen in (("dry_run", self._dry), ("proof", self._proved)):
            if seen is not None and seen.ok:
                data[name] = dict(seen.data)
        if given_up is not None:
            return Result(given_up.outcome, given_up.reason, data)
        outcome, why = self._end
        assert self._proved is not None
        text = why or f"{episode.goal['name']} is active on {episode.goal['device']}; {self._proved.summary}"
        return Result(outcome, text, data)

    def partial(self, episode: Episode) -> Result | None:
        return None

    def exit_code(self, result: Result) -> int:
        """The code of the command, by the outcome."""
        return EXIT_CODES[result.outcome]

    def render(self, result: Result, console: Any) -> None:
        """The result for people."""
        from rusta_akida.flashing.showing import show_flash

        show_flash(result, console)

    @property
    def _target(self) -> str:
        assert self._checked is not None
        return str(self._checked.data["program_hash"])

    @property
    def _before(self) -> str:
        assert self._sensed is not None
        return str(self._sensed.data["active"])

    @property
    def _advice(self) -> str:
        return f"Look with 'rusta akida devices', then flash again; kept: {self._before[:12] or 'no program'}"

    def _restore(self, episode: Episode) -> Observation:
        device = episode.goal["device"]
        return self._call(episode, "flash_restore", device=device, to=self._before, before=self._target)

    def _prove(self, episode: Episode, *, staged: bool) -> Observation:
        goal = episode.goal
        return self._call(
            episode, "flash_prove", program=goal["program"], device=goal["device"], staged=staged, seed=episode.seed,
            rows=goal["rows"],
        )  # fmt: skip

    def _is_proved(self, seen: Observation) -> bool:
        return seen.ok and seen.data["mismatches"] == 0

    def _call(self, episode: Episode, verb: str, **args: Any) -> Observation:
        return episode.call(Action(verb=verb, args=args))
