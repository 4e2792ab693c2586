"""One realistic mistake in a real crate, found out by its build (``mutants``) or by its tests (``behaviour``).

The same crates, seed and number give the same cases on every machine with the same toolchain. For each case a file
is drawn (long ones more often), then an operator, then one of its places (:mod:`rusta_eval.mutations`); a mistake
that the crate does not notice is thrown away and the next one drawn.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rusta_cargo import Toolchain, tokens
from rusta_eval.cases import Case, Strike, case_id, in_learn, struck, write_json
from rusta_eval.compiler import Fault, faults_of
from rusta_eval.crates import Crate, read_tree
from rusta_eval.judge import failing, is_test_file
from rusta_eval.lab import REGISTRY, Lab
from rusta_eval.mutations import Mutation, mutate

FORMAT = 2
_DRAWS = 12
_NOT_STRUCK = ("build.rs", "examples/", "benches/")


@dataclass(frozen=True)
class Plan:
    """What to make. kind: build or behaviour; count: cases a crate."""

    seed: int = 1
    count: int = 5
    kind: str = "build"

    @property
    def set(self) -> str:
        return "mutants" if self.kind == "build" else "behaviour"


def draws(crate: str, files: dict[str, bytes], plan: Plan) -> Iterator[Strike]:
    """Mistakes in ``files`` without end, in an order that the name of the crate, the plan and the files decide."""
    generator = random.Random(f"{plan.seed}:{plan.kind}:{crate}")
    struck = {path: text for path, text in sorted(files.items()) if _may_be_struck(path)}
    weights = [len(tokens(text)) for text in struck.values()]
    barren = 0
    while struck and sum(weights) and barren < 200:
        path = generator.choices(list(struck), weights)[0]
        found: Mutation | None = mutate(struck[path], generator, plan.kind)
        if found is None:
            barren += 1
            continue
        barren = 0
        yield Strike(path, found.start, found.end, found.text, found.operator)


def _may_be_struck(path: str) -> bool:
    return path.endswith(".rs") and not is_test_file(path) and not path.startswith(_NOT_STRUCK)


def mutants_of(crate: Crate, plan: Plan, toolchain: Toolchain, cache: Path, registry: Path = REGISTRY) -> list[Case]:
    """The cases of one crate, from the cache if they were made before."""
    folder = Path(crate.folder)
    name = f"{folder.name}-{plan.kind}-{plan.seed}-{plan.count}-{toolchain.identity[:8]}-{FORMAT}.json"
    place = cache / "mutants" / name
    if place.is_file():
        return [Case.from_json(item) for item in json.loads(place.read_text(encoding="utf-8"))]
    files = read_tree(folder)
    cases: list[Case] = []
    seen: set[tuple[str, bytes]] = set()
    with Lab(folder, cache / "lab", toolchain, (registry,)) as lab:
        for number, strike in enumerate(draws(crate.name, files, plan)):
            if len(cases) >= plan.count or number >= plan.count * _DRAWS:
                break
            text = files[strike.path]
            broken = struck(text, strike)
            if (strike.path, broken) in seen or tokens(broken) == tokens(text):
                continue
            seen.add((strike.path, broken))
            case = _case(crate, plan, strike, broken, lab)
            if case is not None:
                cases.append(case)
    write_json(place, [case.to_json() for case in cases])
    return cases


def _case(crate: Crate, plan: Plan, strike: Strike, broken: bytes, lab: Lab) -> Case | None:
    """The case, when the crate notices the mistake in the way that is wanted."""
    lab.lay({strike.path: broken}, [strike.path])
    done = lab.cargo("check", "--all-targets", "--message-format=json", timeout_s=120)
    faults = faults_of(done.stdout)
    if done.stopped is not None:
        return None
    line = broken[: strike.start].count(b"\n") + 1
    origin = f"{crate.name} {strike.path}:{line} {strike.operator}"
    identity = case_id(plan.set, crate.name, strike.path, broken.decode("utf-8", "replace"))
    if plan.kind == "build":
        if done.ok or not faults:
            return None
        first = faults[0]
        return _made(identity, plan, origin, crate, strike, first, faults)
    if not done.ok:
        return None
    tested = lab.cargo("test", "--no-fail-fast", timeout_s=max(20.0, 5 * crate.test_s))
    failed = failing(tested.stdout.decode("utf-8", "replace"))
    if tested.stopped is not None or not failed:
        return None
    names = ", ".join(sorted(failed))
    told = Fault(None, f"fails: {names}"[:300], "tests", 0, f"fails: {names}"[:2000], ())
    return _made(identity, plan, origin, crate, strike, told, [told])


def _made(
    identity: str,
    plan: Plan,
    origin: str,
    crate: Crate,
    strike: Strike,
    first: Fault,
    faults: Sequence[Fault],
) -> Case:
    return Case(
        id=identity,
        set=plan.set,
        origin=origin,
        edition="",
        code=first.code,
        category=first.category,
        message=first.message,
        crate=crate.folder,
        strike=strike,
        diagnostics=tuple(fault.rendered for fault in faults[:3]),
    )


def mutants(
    crates: Sequence[Crate],
    plan: Plan,
    toolchain: Toolchain,
    cache: Path,
    workers: int = 2,
    tell: Callable[[str], None] = lambda _text: None,
) -> list[Case]:
    """The cases of all crates, in the order of the crates."""

    def make(crate: Crate) -> list[Case]:
        cases = mutants_of(crate, plan, toolchain, cache)
        tell(f"{crate.name}: {len(cases)} cases")
        return cases

    with ThreadPoolExecutor(workers) as pool:
        return [case for cases in pool.map(make, crates) for case in cases]


def part(crates: Sequence[Crate], half: str) -> list[Crate]:
    """The crates of one half of the split: ``learn``, ``measure``, or ``both``."""
    if half == "both":
        return list(crates)
    return [crate for crate in crates if in_learn(crate.name) == (half == "learn")]
