"""One case through the real product: the same session that ``rusta repair`` opens, with a state folder of its own.

What is recorded comes from where a user would read it: the result of the episode, and its DevLog.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rusta_cargo import kind_of
from rusta_conductor.errors import RustaError
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_conductor.sessions import read_entries, start
from rusta_devlog import DevLogError, DevLogStore
from rusta_schemas.anchor import Anchor
from rusta_schemas.bundle import PatchBundle
from rusta_schemas.canonical import digest, sha256_hex
from rusta_schemas.edits import Edit, apply_to_files


@dataclass
class Offer:
    """What the product came to.

    outcome: repaired, abstained, parked, nothing_to_do, fault, refused or error. after: the files it would change.
    trials: the candidates that were compiled, in order, each with its proposer, its kind, its own prior and whether its
    tree is the author's, ``original``, whichever was taken in the end. asked: it
    was only shown, with a question; ``after`` is then what the shown patch would change. known: what the trust in it was
    made of.
    """

    outcome: str
    why: str = ""
    after: dict[str, bytes] = field(default_factory=dict)
    seconds: float = 0.0
    probes: int = 0
    rank: int | None = None
    confidence: float | None = None
    verbatim: float | None = None
    known: dict[str, Any] = field(default_factory=dict)
    asked: bool = False
    risk: str | None = None
    risk_reasons: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    proposers: tuple[str, ...] = ()
    priors: tuple[float, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    tests: int = 0
    errors: int = 0
    nearest: tuple[str, ...] = ()
    diff: str = ""
    trials: tuple[dict[str, Any], ...] = ()
    episode: str = ""


def run_product(
    host: PluginHost,
    home: Path,
    path: Path,
    read: Mapping[str, bytes],
    *,
    edition: str | None = None,
    budget: Mapping[str, float] | None = None,
    seed: int = 0,
    without: Sequence[str] = (),
    lanes: int = 2,
    original: Mapping[str, bytes] | None = None,
) -> Offer:
    """Repair ``path``; nothing on disk is changed.

    Args:
        read: the files of the target, by path. edition: of a single file. original: the files as their author had them.
    """
    goal: dict[str, Any] = {"path": str(path), "without": list(without), "lanes": lanes}
    if edition is not None:
        goal["edition"] = edition
    began = time.monotonic()
    place = Home(home)
    try:
        with start(host, place, "repair", goal, budget=budget, seed=seed) as session:
            episode = session.episode.id
            finish = session.run()
            spent = session.episode.budget.spent.get("probes", 0.0)
    except (RustaError, DevLogError, OSError) as error:
        return Offer("error", f"{type(error).__name__}: {error}", seconds=time.monotonic() - began)
    seconds = time.monotonic() - began
    result = finish.result
    outcome = "parked" if finish.parked is not None else result.outcome if result else "error"
    offer = Offer(
        outcome,
        finish.parked or (result.summary if result else ""),
        seconds=round(seconds, 3),
        probes=int(spent),
        episode=episode,
    )
    if result is not None:
        _from_result(offer, result.data, read)
    _from_log(offer, place, episode, None if original is None else _identity(read, original))
    return offer


def _identity(before: Mapping[str, bytes], original: Mapping[str, bytes]) -> str:
    """What the search calls the tree that is the author's text."""
    changed = [(path, data) for path, data in sorted(original.items()) if before.get(path) != data]
    return digest([[path, sha256_hex(data)] for path, data in changed])


def _from_result(offer: Offer, data: Mapping[str, Any], read: Mapping[str, bytes]) -> None:
    offer.errors = len(data.get("mended") or data.get("errors") or ())
    offer.nearest = tuple(
        f"{' + '.join(c['steps'])} → {'; '.join(c['leaves'])[:200] or c.get('refuted') or ''}"
        for c in data.get("candidates", ())
    )
    offer.verbatim, offer.known = data.get("verbatim"), dict(data.get("known") or {})
    if offer.outcome == "abstained" and data.get("edits"):
        offer.asked, offer.confidence = True, data.get("confidence")
        offer.after = _after(read, [Edit.model_validate(edit) for edit in data["edits"]])
    if offer.outcome != "repaired":
        return
    bundle = PatchBundle.model_validate(data["bundle"])
    offer.after = _after(read, bundle.edits)
    offer.confidence, offer.risk = bundle.confidence, str(bundle.risk)
    offer.risk_reasons = bundle.risk_reasons
    offer.steps = tuple(data.get("steps", ()))
    offer.proposers = tuple(data.get("proposers", ()))
    offer.diff = str(data.get("diff", ""))
    offer.anchors = bundle.anchors
    found = re.search(r"(\d+) passed", " ".join(step.summary for step in bundle.proof.steps))
    offer.tests = int(found[1]) if found else 0


def _after(read: Mapping[str, bytes], edits: Sequence[Edit]) -> dict[str, bytes]:
    return apply_to_files({edit.path: read[edit.path] for edit in edits if edit.path in read}, edits)


def _from_log(offer: Offer, home: Home, episode: str, original: str | None) -> None:
    """Which candidates were tried, which won, and how many were tried before it."""
    checked: list[dict[str, Any]] = []
    winner: int | None = None
    for entry in read_entries(DevLogStore(home.devlog).reader(episode)):
        if entry.kind != "decision":
            continue
        topic, value = entry.data.get("topic"), entry.data.get("value")
        if topic == "search" and isinstance(value, dict):
            found = value.get("checked")
            checked += [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
        elif topic == "proposal" and isinstance(value, dict) and isinstance(value.get("node"), int):
            winner = int(str(value["node"]))
    by_number = {int(item["node"]): item for item in checked}
    path: set[int] = set()
    if offer.outcome == "repaired" and winner is not None:
        current: int | None = winner
        while current is not None and current in by_number:
            path.add(current)
            current = by_number[current].get("parent")
        offer.rank = 1 + sum(1 for number in by_number if number < winner)
    trials = []
    for item in checked:
        above = by_number.get(item.get("parent") or 0)
        own = item["prior"] / above["prior"] if above and above["prior"] else item["prior"]
        trials.append(
            {
                "proposer": item["proposer"],
                "kind": kind_of(item["title"]),
                "prior": round(min(1.0, own), 4),
                "won": item["node"] in path,
                "ok": item["ok"],
                "original": item.get("tree") == original,
                "code": item.get("code"),
            }
        )
    offer.trials = tuple(trials)
    offer.priors = tuple(t["prior"] for t, i in zip(trials, checked, strict=True) if i["node"] in path)
