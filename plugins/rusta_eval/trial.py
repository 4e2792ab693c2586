"""One case from end to end: laid on disk, run through the product and the baselines, judged, and told as one record."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from rusta_cargo import Toolchain, find_toolchain
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_eval.anchors import resolved
from rusta_eval.baselines import Outcome, cargo_fix, greedy, look_at_crate, look_at_file
from rusta_eval.cases import MAIN, Case, struck, write_json
from rusta_eval.crates import Crate, load, read_tree
from rusta_eval.judge import NO_EDIT, Files, Judgement, judge_crate, judge_file
from rusta_eval.lab import Lab
from rusta_eval.product import Offer, run_product
from rusta_schemas.canonical import digest

RECORD = 5
# Of what is kept of the baselines; they do not change with the product.
BASELINES = 4
_SHOWN = 4000
_TARGET = "target"


@dataclass(frozen=True)
class Settings:
    """What a run is made with; two records are comparable when theirs are equal.

    budget: of the product, a case. product: digest of the product's sources. without: proposers that are off.
    """

    budget: Mapping[str, float] = field(default_factory=lambda: {"probes": 120.0, "wall": 120.0})
    without: tuple[str, ...] = ()
    seed: int = 0
    baselines: bool = True
    product: str = ""
    lanes: int = 2
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def fingerprint(self) -> str:
        return digest([RECORD, json.loads(json.dumps(asdict(self)))])[:16]


@dataclass(frozen=True)
class Ground:
    """A case on disk. root: its tree; before: its files; path: what the product is given."""

    case: Case
    root: Path
    path: Path
    before: dict[str, bytes]
    original: dict[str, bytes] | None
    crate: Crate | None


def lay(case: Case, slot: Path, lab_home: Path) -> Ground:
    """Write the case below ``slot``. Cases of one crate get the same folder, so that dependencies stay built.

    A crate is laid as its developer has it when the mistake happens: the target folder holds what he built before, and
    the lab, in which the baselines work, has built the same.
    """
    if not case.crate:
        root = slot / "file"
        if root.exists():
            shutil.rmtree(root)
        root.mkdir(parents=True)
        before = {MAIN: case.source.encode()}
        (root / MAIN).write_bytes(before[MAIN])
        return Ground(case, root, root / MAIN, before, {MAIN: case.original.encode()} if case.original else None, None)
    folder = Path(case.crate)
    root = slot / "crates" / folder.name
    for entry in root.iterdir() if root.is_dir() else ():
        if entry.name != _TARGET:
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
    shutil.copytree(folder, root, symlinks=True, dirs_exist_ok=True)
    if not (root / _TARGET).is_dir():
        _develop(root, lab_home)
    original = read_tree(folder)
    before = dict(original)
    for strike in case.strikes:
        before[strike.path] = struck(before[strike.path], strike)
        (root / strike.path).write_bytes(before[strike.path])
    return Ground(case, root, root, before, original if case.strike is not None else None, load(folder))


def _develop(root: Path, lab_home: Path) -> None:
    """Build the sound crate at ``root`` and its tests in the lab; what comes of it becomes its target folder."""
    with Lab(root, lab_home, find_toolchain(root), tuple(_registries(root))) as lab:
        lab.cargo("check", "--all-targets")
        lab.cargo("test", "--no-run")
        shutil.copytree(lab.target, root / _TARGET, symlinks=True)


def run_case(case: Case, settings: Settings, out: str, cache_folder: str, slot: str) -> dict[str, Any]:
    """The record of one case. Never raises for what the product does."""
    began = time.time()
    lab_home = Path(cache_folder) / "lab"
    ground = lay(case, Path(slot), lab_home)
    toolchain = find_toolchain(ground.root)
    home = Path(out) / "home"
    offer = run_product(
        _host(), home, ground.path, ground.before,
        edition=None if case.crate else case.edition, budget=settings.budget, seed=settings.seed,
        without=settings.without, lanes=settings.lanes, original=ground.original,
    )  # fmt: skip
    readable = tuple(_registries(ground.root))
    with Lab(ground.root, lab_home, toolchain, readable) as lab:
        # Before the product's patch is judged: the baselines must not find it built.
        others = _baselines(case, ground, lab, Path(cache_folder)) if settings.baselines else {}
        product = _product_record(offer, ground, lab, toolchain, Home(home))
    return {
        "v": RECORD,
        "id": case.id,
        "settings": settings.fingerprint,
        "set": case.set,
        "origin": case.origin,
        "name": case.name,
        "category": case.category,
        "code": case.code,
        "operator": case.operator,
        "message": case.message,
        "expect": case.expect,
        "diagnostics": list(case.diagnostics),
        "strike": asdict(case.strike) if case.strike else None,
        "more": [asdict(strike) for strike in case.more],
        "source": case.source[:_SHOWN],
        "product": product,
        "took": round(time.time() - began, 2),
        **others,
    }


def judge(ground: Ground, lab: Lab, after: Mapping[str, bytes]) -> Judgement:
    """The verdict on the case's tree with the files ``after`` in place of its own."""
    whole: Files = {**ground.before, **after}
    if ground.crate is None:
        return judge_file(lab, ground.case.edition, ground.before[MAIN], whole[MAIN], ground.original)
    return judge_crate(lab, ground.before, whole, ground.original, ground.crate.expected)


def _product_record(offer: Offer, ground: Ground, lab: Lab, toolchain: Toolchain, home: Home) -> dict[str, Any]:
    data = asdict(offer)
    del data["after"], data["anchors"]
    data["anchors"] = len(offer.anchors)
    data["resolved"] = resolved(offer.anchors, toolchain, home, offer.episode, ground.root) if offer.anchors else 0
    data["offered"] = offer.outcome == "repaired"
    verdict = Judgement(False, offer.outcome)
    if data["offered"]:
        verdict = judge(ground, lab, offer.after)
    data.update(verdict.to_json())
    data["asked"] = None
    if offer.asked:  # what the user would have had, had it been offered
        shown = judge(ground, lab, offer.after)
        data["asked"] = {
            "confidence": offer.confidence, "verbatim": offer.verbatim, "fixed": shown.fixed, "exact": shown.exact,
            "verdict": shown.verdict,
        }  # fmt: skip
        data["confidence"] = data["verbatim"] = None
    # Offered as proved, but the judge says that it is no repair: the one thing that must never happen.
    data["wrong"] = data["offered"] and not verdict.fixed and not verdict.deleted
    data["harness"] = verdict.verdict == NO_EDIT or (
        offer.outcome in ("nothing_to_do", "fault") and ground.case.expect != offer.outcome
    )
    data["diff"] = offer.diff[:_SHOWN]
    return data


def _baselines(case: Case, ground: Ground, lab: Lab, cache_folder: Path) -> dict[str, Any]:
    """Both baselines, from the cache when the case was measured before on this toolchain."""
    key = f"{case.id}-{lab.toolchain.identity[:8]}-{BASELINES}"
    place = cache_folder / "baselines" / f"{key}.json"
    if place.is_file():
        with contextlib.suppress(ValueError):
            found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
            return {name: {**record, "cached": True} for name, record in found.items()}
    edition = None if case.crate else case.edition
    look = look_at_file(lab, case.edition) if edition else look_at_crate(lab)
    results = {
        "greedy": greedy(look, ground.before),
        "cargo_fix": cargo_fix(lab, ground.before, edition),
    }
    records = {name: _outcome_record(outcome, ground, lab) for name, outcome in results.items()}
    write_json(place, records)
    return records


def forget_baselines(cache_folder: Path, cases: Iterable[Case]) -> None:
    """Have the baselines of ``cases`` measured anew."""
    for case in cases:
        for place in (cache_folder / "baselines").glob(f"{case.id}-*.json"):
            place.unlink(missing_ok=True)


def _outcome_record(outcome: Outcome, ground: Ground, lab: Lab) -> dict[str, Any]:
    verdict = Judgement(False, "does not compile")
    began = time.monotonic()
    if outcome.compiles and outcome.after:
        verdict = judge(ground, lab, outcome.after)
    return {
        **verdict.to_json(),
        "checks": outcome.checks,
        "seconds": outcome.seconds,
        # A baseline proves nothing by itself; this is what its user would have to spend on that.
        "proof_seconds": round(time.monotonic() - began, 3),
        "cached": False,
    }


def _registries(root: Path) -> Sequence[Path]:
    """The folder that a prepared crate takes its dependencies from."""
    import tomllib

    config = root / ".cargo" / "config.toml"
    if not config.is_file():
        return ()
    tables = tomllib.loads(config.read_text(encoding="utf-8")).get("source", {})
    return [Path(t["directory"]) for t in tables.values() if isinstance(t.get("directory"), str)]


@cache
def _host() -> PluginHost:
    return PluginHost.from_environment()
