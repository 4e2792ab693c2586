"""The domain ``risk_notes``: proposes ``RISKS.md``, proves that it names every risky site, and hands over a bundle."""

# ruff: noqa: ARG002 - the signatures are the protocol's
from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from rusta_conductor.bundles import UNSEALED
from rusta_conductor.contract import Contract, Obligation
from rusta_conductor.domain import GiveUp, Judgement, NeedProbe, Proposal, Ready, Result
from rusta_conductor.errors import ToolError
from rusta_plugin_example.census import is_source
from rusta_plugin_example.page import MOST, PAGE, PageReport, write_page
from rusta_plugin_example.tool import Census
from rusta_schemas.action import Action
from rusta_schemas.base import JsonObject, to_json
from rusta_schemas.bundle import PatchBundle, Proof, ProofStep, Risk, bundle_id
from rusta_schemas.canonical import sha256_hex
from rusta_schemas.edits import changed_lines, diff_edits
from rusta_schemas.effects import Effect

if TYPE_CHECKING:
    from rusta_conductor.episode import Episode
    from rusta_schemas.observation import Observation


class Tree:
    """What the tools work in: the Rust sources below a folder, and the page when there is one."""

    def __init__(self, root: Path) -> None:
        self.root = root
        files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.rs") if path.is_file())
        if (root / PAGE).is_file():
            files.append(PAGE)
        self.base: Mapping[str, str] = dict.fromkeys(filter(lambda name: name == PAGE or is_source(name), files), "")

    def read_base(self, path: str) -> bytes:
        try:
            return (self.root / path).read_bytes()
        except OSError as error:
            raise ToolError(f"{self.root / path}: {error.strerror}") from None


class RiskNotes:
    """One episode. What it keeps between its steps, it has from observations: a replay comes to the same."""

    name = "risk_notes"

    def __init__(self) -> None:
        self._census: Observation | None = None
        self._present: Observation | None = None
        self._page = ""
        self._proof: ProofStep | None = None

    def contract(self) -> Contract:
        counted = Obligation("count first", before="proposed", verbs=("risk_census",))
        return Contract(effects=frozenset({Effect.READ}), obligations=(counted,), anchored=False)

    def workspace(self, goal: JsonObject, home: Path) -> AbstractContextManager[object]:
        return nullcontext(Tree(Path(str(goal["path"]))))

    def sense(self, episode: Episode) -> None:
        count = Action(verb="risk_census", args={"limit": MOST})
        self._census, self._present = episode.call_many([count, Action(verb="risk_page", args={})])

    def plan(self, episode: Episode) -> NeedProbe | Ready | GiveUp:
        assert self._census is not None
        assert self._present is not None
        for observation in (self._census, self._present):
            if not observation.ok:
                return GiveUp("failed", observation.summary)
        report = PageReport.model_validate(self._present.data)
        if not report.unlisted and not report.unfounded:
            return GiveUp("nothing_to_do", self._present.summary)
        return Ready()

    def propose(self, episode: Episode) -> Proposal | GiveUp:
        assert self._census is not None
        self._page = write_page(Census.model_validate(self._census.data).sites)
        lines = changed_lines(self._before(), self._page.encode())
        return Proposal(f"bring {PAGE} up to date", lines=lines, files=1, payload={"page": self._page})

    def validate(self, episode: Episode, proposal: Proposal) -> Judgement:
        observation = episode.call(Action(verb="risk_page", args={"page": self._page}))
        (key,) = episode.last_keys
        if not observation.ok:
            return Judgement(False, observation.summary)
        report = PageReport.model_validate(observation.data)
        green = not report.unlisted and not report.unfounded
        self._proof = ProofStep(command="risk_page", ok=green, summary=observation.summary, key=key)
        return Judgement(green, observation.summary, (key,))

    def remember(self, episode: Episode, given_up: GiveUp | None) -> Result:
        if given_up is not None:
            return Result(given_up.outcome, given_up.reason)
        assert self._proof is not None
        before, page = self._before(), self._page.encode()
        edits = diff_edits(PAGE, before, page)
        base: dict[str, str | None] = {PAGE: sha256_hex(before) if self._had_page() else None}
        bundle = PatchBundle(
            id=bundle_id(episode.id, edits, base),
            episode=episode.id,
            created=episode.now(),
            domain=self.name,
            root=str(episode.goal["path"]),
            summary=f"bring {PAGE} up to date",
            edits=edits,
            base_hashes=base,
            result_hashes={PAGE: sha256_hex(page)},
            k_lines=changed_lines(before, page),
            k_files=1,
            risk=Risk.LOW,
            confidence=1.0,
            proof=Proof(green=True, steps=(self._proof,), sandbox="none"),
            log_head=UNSEALED,
        )
        return Result("written", f"{PAGE}: {self._proof.summary}", {"bundle": to_json(bundle)})

    # This domain has one try and nothing to take back, so the other steps are short.

    def probe(self, episode: Episode) -> GiveUp | None:
        return None

    def rollback(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> GiveUp | None:
        return GiveUp("unproved", judgement.why)

    def reflect(self, episode: Episode, proposal: Proposal, judgement: Judgement) -> None:
        pass

    def partial(self, episode: Episode) -> Result | None:
        return None

    def _had_page(self) -> bool:
        assert self._present is not None
        return PageReport.model_validate(self._present.data).present is not None

    def _before(self) -> bytes:
        assert self._present is not None
        return (PageReport.model_validate(self._present.data).present or "").encode()
