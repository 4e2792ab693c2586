"""Many cases over a pool of processes; records are appended as they come, so that a run can be stopped and go on.

A record belongs to the settings it was made with, the product's own sources among them: after a change of the product
everything is measured anew, without being asked to.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from rusta_eval.cases import Case
from rusta_eval.errors import EvalError
from rusta_eval.trial import Settings, run_case
from rusta_schemas.canonical import digest, sha256_hex

RECORDS = "records.jsonl"
_EVERY_S = 10.0
Record = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Folders of a run. out: records, reports and the product's state; cache: what is kept between runs."""

    out: Path
    cache: Path

    @property
    def records(self) -> Path:
        return self.out / RECORDS


def product_digest() -> str:
    """Names the product's sources: every Python and data file of the packages that a repair runs through."""
    import rusta_cargo
    import rusta_conductor
    import rusta_devlog
    import rusta_schemas

    parts = []
    for package in (rusta_schemas, rusta_devlog, rusta_conductor, rusta_cargo):
        root = Path(package.__path__[0])
        parts += [[path.relative_to(root).as_posix(), sha256_hex(path.read_bytes())] for path in deciding(root)]
    return digest(parts)[:16]


def deciding(root: Path) -> list[Path]:
    """The files of a package that decide what a repair does: its code, and the data that it was given or has learnt."""
    chosen = (".py", ".toml", ".json", ".txt", ".rs")
    return [path for path in sorted(root.rglob("*")) if path.suffix in chosen and "cli" not in path.parts]


def finished(place: Place, settings: Settings) -> dict[str, Record]:
    """The records that are there for these settings, by case. A line that was cut off is left out."""
    found: dict[str, Record] = {}
    if place.records.is_file():
        for line in place.records.read_text(encoding="utf-8").splitlines():
            with contextlib.suppress(ValueError):
                record = json.loads(line)
                if record.get("settings") == settings.fingerprint:
                    found[record["id"]] = record
    return found


def run_all(
    cases: Sequence[Case],
    settings: Settings,
    place: Place,
    *,
    workers: int = 2,
    fresh: bool = False,
    executor: Callable[[], Executor] | None = None,
    run: Callable[..., Record] = run_case,
    show: bool = True,
) -> list[Record]:
    """The records of ``cases``, in their order.

    Args:
        fresh: measure again what is there. executor: makes the pool; default: ``workers`` processes. run: what a
        worker
            does with one case.

    Raises:
        EvalError: another run is writing to the same folder.
    """
    place.out.mkdir(parents=True, exist_ok=True)
    with _only_one(place):
        known = {} if fresh else finished(place, settings)
        todo = [case for case in cases if case.id not in known]
        _end_the_last_line(place.records)
        with place.records.open("a", encoding="utf-8") as file, _progress(len(cases), show) as tick:
            for case in cases:
                if case.id in known:
                    tick(known[case.id])
            for record in _results(todo, settings, place, workers, executor, run):
                _append(file, record)
                known[record["id"]] = record
                tick(record)
        return [known[case.id] for case in cases if case.id in known]


def _results(
    todo: Sequence[Case],
    settings: Settings,
    place: Place,
    workers: int,
    executor: Callable[[], Executor] | None,
    run: Callable[..., Record],
) -> Iterator[Record]:
    make = executor or (lambda: _pool(workers))
    # Cases of one crate one after the other and in one slot: its dependencies are then built once.
    queue = sorted(todo, key=lambda case: (case.crate, case.id))[::-1]
    tries: dict[str, int] = {}
    while queue:
        pool = make()
        slots = [str(place.out / "work" / f"slot-{number}") for number in range(workers)]
        running: dict[Future[Record], tuple[Case, str]] = {}
        last: dict[str, str] = {}
        broken = False
        try:
            while (queue and not broken) or running:
                while queue and slots and not broken:
                    slot = slots.pop()
                    case = _next(queue, last.get(slot), set(last.values()))
                    last[slot] = case.crate
                    try:
                        future = pool.submit(run, case, settings, str(place.out), str(place.cache), slot)
                    except BrokenProcessPool:
                        queue.append(case)
                        broken = True
                        break
                    running[future] = (case, slot)
                if not running:
                    break
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    case, slot = running.pop(future)
                    slots.append(slot)
                    try:
                        yield future.result()
                    except BrokenProcessPool:
                        broken = True
                        tries[case.id] = tries.get(case.id, 0) + 1
                        if tries[case.id] < 2:
                            queue.append(case)
                        else:
                            yield _lost(case, settings, "the process that measured it died twice")
                    except Exception as error:  # one case must not end the run
                        yield _lost(case, settings, f"{type(error).__name__}: {error}")
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _next(queue: list[Case], crate: str | None, taken: set[str]) -> Case:
    """Take the next case for a slot: of its own ``crate``, else of one that no slot works on, else any; last first."""
    places = range(len(queue) - 1, -1, -1)
    own = (place for place in places if queue[place].crate == crate)
    free = (place for place in places if queue[place].crate not in taken)
    return queue.pop(next(own, next(free, len(queue) - 1)))


def _pool(workers: int) -> Executor:
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def _lost(case: Case, settings: Settings, why: str) -> Record:
    """A case that could not be measured: a fault of the harness, and shown as one."""
    return {
        "v": 1, "id": case.id, "settings": settings.fingerprint, "set": case.set, "origin": case.origin,
        "name": case.name, "category": case.category, "code": case.code, "operator": case.operator,
        "message": case.message, "expect": case.expect, "diagnostics": list(case.diagnostics),
        "lost": why,
    }  # fmt: skip


def _end_the_last_line(path: Path) -> None:
    """A run that was killed may have left half a line; what follows must not be added to it."""
    if path.is_file() and path.stat().st_size:
        with path.open("rb+") as file:
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")


def _append(file: IO[str], record: Record) -> None:
    file.write(json.dumps(record, ensure_ascii=False) + "\n")
    file.flush()
    os.fsync(file.fileno())


@contextlib.contextmanager
def _only_one(place: Place) -> Iterator[None]:
    with (place.out / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise EvalError(
                f"another measurement writes to {place.out}; wait for it, or choose another folder with --out"
            ) from None
        yield


@contextlib.contextmanager
def _progress(total: int, show: bool) -> Iterator[Callable[[Record], None]]:
    """A bar on a terminal, a line every ten seconds elsewhere."""
    counts = {"done": 0, "fixed": 0, "greedy": 0, "wrong": 0}

    def take(record: Record) -> str:
        counts["done"] += 1
        product = record.get("product", {})
        counts["fixed"] += bool(product.get("fixed"))
        counts["wrong"] += bool(product.get("wrong"))
        counts["greedy"] += bool(record.get("greedy", {}).get("fixed"))
        wrong = f", {counts['wrong']} WRONG" if counts["wrong"] else ""
        return f"fixed {counts['fixed']}, greedy {counts['greedy']}{wrong} of {counts['done']}"

    if not show:
        yield lambda _record: None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.description}"),
        )
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("", total=total)
            yield lambda record: bar.update(task, advance=1, description=take(record))
    else:
        last = [time.monotonic()]

        def tick(record: Record) -> None:
            text = take(record)
            if time.monotonic() - last[0] >= _EVERY_S or counts["done"] == total:
                last[0] = time.monotonic()
                print(f"{counts['done']}/{total}: {text}", file=sys.stderr, flush=True)  # noqa: T201

        yield tick
