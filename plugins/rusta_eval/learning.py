"""Learning from the records of earlier runs: what the product's data files are made of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from rusta_cargo import FEATURES, HEADS
from rusta_eval import calibration, priors
from rusta_eval.cli import OUT
from rusta_eval.errors import EvalError
from rusta_eval.measures import Record
from rusta_eval.runner import RECORDS

PRIORS, CALIBRATION = "priors.toml", "calibration.json"


def learn(places: Sequence[Path], *, write: bool, out: Path | None) -> str:
    """Learn from record files, or from folders that hold some; gives what to tell.

    Args:
        places: default: everything below ``out/eval``. out: where the files go; default: the product's data folder.

    Raises:
        EvalError: there are no records, or none of the learning half.
    """
    files = record_files(places or [OUT])
    records = newest(files)
    learn_half, measure_half = priors.learnt_on(records), priors.held_out(records)
    if not learn_half:
        raise EvalError(
            "no records to learn from; run `python3 xtask.py eval:slices` or `eval:mutants`, or name their folders"
        )
    counts = priors.count(learn_half)
    about = {
        "cases": len(learn_half),
        "trials": sum(len(r["product"]["trials"]) for r in learn_half),
        "sets": sorted({str(r["set"]) for r in learn_half}),
    }
    lines = [f"{len(learn_half)} cases to learn from, {len(measure_half)} held out; {len(counts)} kinds of candidates"]
    fits = calibration.fits(learn_half, measure_half)
    for head in HEADS:
        fit = fits.get(head)
        if fit is None:
            lines.append(f"{head}: too few offers that say what was known of them, or all alike; not fitted")
        else:
            before, after = ("–" if e is None else f"{e:.3f}" for e in (fit.ece_before, fit.ece_after))
            lines.append(
                f"{head}: fitted on {fit.learnt} offers; ECE on {fit.held_out} held out {before} before, {after} after"
            )
    if write:
        folder = out or Path(str(resources.files("rusta_cargo"))) / "repair" / "data"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PRIORS).write_text(priors.to_toml(counts, about), encoding="utf-8")
        lines.append(f"written: {folder / PRIORS}")
        if len(fits) == len(HEADS):
            data = {"v": 2, "features": list(FEATURES), **{head: fit.to_json() for head, fit in fits.items()}}
            (folder / CALIBRATION).write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
            lines.append(f"written: {folder / CALIBRATION}")
        elif fits:
            lines.append(f"{CALIBRATION} stays as it is: both numbers or none")
    return "\n".join(lines) + "\n"


def record_files(places: Sequence[Path]) -> list[Path]:
    """The record files that ``places`` are or hold."""
    found: list[Path] = []
    for place in places:
        found += [place] if place.is_file() else sorted(place.rglob(RECORDS))
    return found


def newest(files: Sequence[Path]) -> list[Record]:
    """The last record of every case, over all files in the order of their age; ablations are left out."""
    found: dict[str, Record] = {}
    for file in sorted(files, key=lambda f: f.stat().st_mtime):
        if "ablation" in file.parts:
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            try:
                record = json.loads(line)
            except ValueError:  # the line at which a run was killed
                continue
            if "lost" not in record:
                found[record["id"]] = record
    return list(found.values())
