"""One realistic mistake in a whole program of the installed books: many cases a minute, each with a known original.

A program has no tests, so the judge can only compile it; what these cases tell is whether a patch is the author's text,
by the hundred, where crates give a dozen in the same time. A program is one whose block compiles by itself and is long
enough to be more than a line of syntax. Like crates, pages are split in two by their hash.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from rusta_cargo import Toolchain, tokens
from rusta_eval.cases import MAIN, Case, Strike, case_id, compile_text, in_learn, struck, write_json
from rusta_eval.documents import BOOKS, Block, blocks
from rusta_eval.errors import EvalError
from rusta_eval.mutations import mutate

FORMAT = 2
SHORTEST = 12
_DRAWS = 8


def originals(toolchain: Toolchain, cache: Path, workers: int, tell: Callable[[str], None]) -> list[Block]:
    """The programs of the books that compile, from the cache if they are there.

    Raises:
        EvalError: the documentation is not installed.
    """
    place = cache / f"originals-{toolchain.identity[:16]}-{FORMAT}.json"
    if place.is_file():
        return [Block(**item) for item in json.loads(place.read_text(encoding="utf-8"))]
    docs = toolchain.docs
    if docs is None:
        raise EvalError(f"the toolchain at {toolchain.sysroot} has no documentation; rustup component add rust-docs")
    unique: dict[tuple[bytes, ...], Block] = {}
    for book in BOOKS:
        for block in blocks(docs, book, broken=False):
            if block.source.count("\n") >= SHORTEST:
                unique.setdefault(tokens(block.source.encode()), block)
    tell(f"compiling {len(unique)} programs of the documentation once; the result is kept")
    with ThreadPoolExecutor(workers) as pool:
        fine = pool.map(lambda block: compile_text(toolchain, block.source, block.edition)[0], unique.values())
        found = [block for block, ok in zip(unique.values(), fine, strict=True) if ok]
    write_json(place, [asdict(block) for block in found])
    return found


def programs(
    toolchain: Toolchain,
    cache: Path,
    seed: int,
    *,
    unseen: bool = False,
    workers: int = 2,
    tell: Callable[[str], None] = lambda _text: None,
) -> list[Case]:
    """A case for each program in which a mistake is noticed, in the order of the pages."""
    place = cache / f"programs-{seed}-{toolchain.identity[:16]}-{FORMAT}.json"
    if place.is_file():
        cases = [Case.from_json(item) for item in json.loads(place.read_text(encoding="utf-8"))]
    else:
        blocks_ = originals(toolchain, cache, workers, tell)
        tell(f"making a mistake in each of {len(blocks_)} programs; the result is kept")
        with ThreadPoolExecutor(workers) as pool:
            made = pool.map(lambda block: _case(toolchain, block, seed), blocks_)
            cases = [case for case in made if case is not None]
        write_json(place, [case.to_json() for case in cases])
    return _measured(cases) if unseen else cases


def _measured(cases: Sequence[Case]) -> list[Case]:
    return [case for case in cases if not in_learn(case.name)]


def _case(toolchain: Toolchain, block: Block, seed: int) -> Case | None:
    """The first mistake that the compiler notices, of a few."""
    generator = random.Random(f"{seed}:programs:{block.place}")
    text = block.source.encode()
    for _ in range(_DRAWS):
        found = mutate(text, generator)
        if found is None:
            return None
        strike = Strike(MAIN, found.start, found.end, found.text, found.operator)
        broken = struck(text, strike)
        if tokens(broken) == tokens(text):
            continue
        ok, faults = compile_text(toolchain, broken.decode("utf-8", "replace"), block.edition)
        # Without its `main` a program is a library to the product, and in order.
        if ok or not faults or any(fault.code == "E0601" for fault in faults):
            continue
        first = faults[0]
        return Case(
            id=case_id("programs", block.edition, broken.decode("utf-8", "replace")),
            set="programs",
            origin=f"{block.place} {found.operator}",
            edition=block.edition,
            code=first.code,
            category=first.category,
            message=first.message,
            source=broken.decode("utf-8", "replace"),
            strike=strike,
            diagnostics=tuple(fault.rendered for fault in faults[:3]),
            original=block.source,
        )
    return None
