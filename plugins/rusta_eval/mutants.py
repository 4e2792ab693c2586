"""One realistic mistake in a real crate, or several, found out by its build (``mutants``) or by its tests (``behaviour``).

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
    """What to make. kind: build or behaviour; count: cases a crate; mistakes: how many a case."""

    seed: int = 1
    count: int = 5
    kind: str = "build"
    mistakes: int = 1

    @property
    def set(self) -> str:
        return "mutants" if self.kind == "build" else "behaviour"


def draws(crate: str, files: dict[str, bytes], plan: Plan) -> Iterator[tuple[Strike, ...]]:
    """Mistakes in ``files`` without end, in an order that the name of the crate, the plan and the files decide."""
    generator = random.Random(f"{plan.seed}:{plan.kind}:{crate}")
    sound = {path: text for path, text in sorted(files.items()) if _may_be_struck(path)}
    weights = {path: len(tokens(text)) for path, text in sound.items()}
    barren = 0
    while sound and sum(weights.values()) and barren < 200:
        made = _mistakes(sound, weights, generator, plan)
        barren = barren + 1 if made is None else 0
        if made is not None:
            yield made


def _mistakes(
    sound: dict[str, bytes], weights: dict[str, int], generator: random.Random, plan: Plan
) -> tuple[Strike, ...] | None:
    """As many mistakes as the plan wants, each in a file of its own while there are any; long files more often."""
    texts, made = dict(sound), list[Strike]()
    while len(made) < plan.mistakes:
        free = [path for path in texts if weights[path] and path not in {strike.path for strike in made}]
        free = free or [path for path in texts if weights[path]]
        path = generator.choices(free, [weights[path] for path in free])[0]
        found: Mutation | None = mutate(texts[path], generator, plan.kind)
        if found is None:
            return None
        made.append(Strike(path, found.start, found.end, found.text, found.operator))
        texts[path] = struck(texts[path], made[-1])
    return tuple(made)


def _may_be_struck(path: str) -> bool:
    return path.endswith(".rs") and not is_test_file(path) and not path.startswith(_NOT_STRUCK)


def mutants_of(crate: Crate, plan: Plan, toolchain: Toolchain, cache: Path, registry: Path = REGISTRY) -> list[Case]:
    """The cases of one crate, from the cache if they were made before."""
    folder = Path(crate.folder)
    several = f"-{plan.mistakes}" if plan.mistakes > 1 else ""
    name = f"{folder.name}-{plan.kind}-{plan.seed}-{plan.count}{several}-{toolchain.identity[:8]}-{FORMAT}.json"
    place = cache / "mutants" / name
    if place.is_file():
        return [Case.from_json(item) for item in json.loads(place.read_text(encoding="utf-8"))]
    files = read_tree(folder)
    cases: list[Case] = []
    seen: set[tuple[tuple[str, bytes], ...]] = set()
    with Lab(folder, cache / "lab", toolchain, (registry,)) as lab:
        for number, strikes in enumerate(draws(crate.name, files, plan)):
            if len(cases) >= plan.count or number >= plan.count * _DRAWS:
                break
            broken = _broken(files, strikes)
            key = tuple(sorted(broken.items()))
            if key in seen or any(tokens(text) == tokens(files[path]) for path, text in broken.items()):
                continue
            seen.add(key)
            if len(broken) > 1 and not all(_noticed(path, text, lab) for path, text in broken.items()):
                continue
            case = _case(crate, plan, strikes, broken, lab)
            if case is not None:
                cases.append(case)
    write_json(place, [case.to_json() for case in cases])
    return cases


def _broken(files: dict[str, bytes], strikes: Sequence[Strike]) -> dict[str, bytes]:
    """The files that the mistakes were made in, as they are then."""
    broken: dict[str, bytes] = {}
    for strike in strikes:
        broken[strike.path] = struck(broken.get(strike.path, files[strike.path]), strike)
    return broken


def _noticed(path: str, text: bytes, lab: Lab) -> bool:
    """The mistakes of one file alone stop the build; of several in a case each has to count."""
    lab.lay({path: text}, [path])
    return not lab.cargo("check", "--all-targets", timeout_s=120).ok


def _case(crate: Crate, plan: Plan, strikes: tuple[Strike, ...], broken: dict[str, bytes], lab: Lab) -> Case | None:
    """The case, when the crate notices the mistake in the way that is wanted."""
    lab.lay(dict(broken), list(broken))
    done = lab.cargo("check", "--all-targets", "--message-format=json", timeout_s=120)
    faults = faults_of(done.stdout)
    if done.stopped is not None:
        return None
    places = []
    for strike in strikes:
        line = broken[strike.path][: strike.start].count(b"\n") + 1
        places.append(f"{strike.path}:{line} {strike.operator}")
    origin = f"{crate.name} {' + '.join(places)}"
    texts = [part for path, text in broken.items() for part in (path, text.decode("utf-8", "replace"))]
    identity = case_id(plan.set, crate.name, *texts)
    if plan.kind == "build":
        if done.ok or not faults:
            return None
        first = faults[0]
        return _made(identity, plan, origin, crate, strikes, first, faults)
    if not done.ok:
        return None
    tested = lab.cargo("test", "--no-fail-fast", timeout_s=max(20.0, 5 * crate.test_s))
    failed = failing(tested.stdout.decode("utf-8", "replace"))
    if tested.stopped is not None or not failed:
        return None
    names = ", ".join(sorted(failed))
    told = Fault(None, f"fails: {names}"[:300], "tests", 0, f"fails: {names}"[:2000], ())
    return _made(identity, plan, origin, crate, strikes, told, [told])


def _made(
    identity: str,
    plan: Plan,
    origin: str,
    crate: Crate,
    strikes: tuple[Strike, ...],
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
        strike=strikes[0],
        more=strikes[1:],
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
