"""Broken programs with a known error: what a case is, and those that the installed documentation gives.

A case of the set ``index`` is a block of the error index that fails on this compiler with the code it is listed
under; a case of ``docs`` is a block of the other documentation that is said not to compile, and does not. Both
lists depend on the toolchain alone and are kept in the cache under its name.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from rusta_cargo import Toolchain
from rusta_eval.compiler import Fault, faults_of
from rusta_eval.documents import BOOKS, INDEX, LIBRARIES, Block, blocks
from rusta_eval.errors import EvalError
from rusta_eval.listed import halves
from rusta_schemas.canonical import digest

MAIN = "main.rs"
FORMAT = 2
_TYPE_ATTRIBUTE = re.compile(r"^\s*#!\s*\[\s*crate_type\b", re.MULTILINE)
_FEATURE = re.compile(r"^\s*#!\s*\[\s*feature\b", re.MULTILINE)


@dataclass(frozen=True)
class Strike:
    """The mistake in a mutant: ``text`` stands where the original had the bytes ``start..end`` of ``path``."""

    path: str
    start: int
    end: int
    text: str
    operator: str


def struck(text: bytes, strike: Strike) -> bytes:
    """``text`` with the mistake made in it."""
    return text[: strike.start] + strike.text.encode() + text[strike.end :]


@dataclass(frozen=True)
class Case:
    """One broken program.

    id: hash of its content. set: index, docs, mutants, behaviour, programs or canary. origin: where it is from, for people.
    code, category, message: of its first error, or of the one it is listed under. source: the text of a single file.
    crate: folder of a prepared crate. strike: the mistake that was made in it, more: further ones, each made in the text
    that the ones before it left. original: the text of a single file before that. expect: what a canary must come to.
    """

    id: str
    set: str
    origin: str
    edition: str
    code: str | None
    category: str
    message: str
    source: str = ""
    crate: str = ""
    strike: Strike | None = None
    expect: str = ""
    diagnostics: tuple[str, ...] = ()
    more: tuple[Strike, ...] = ()
    original: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Case:
        strike = data.get("strike")
        diagnostics = tuple(data.get("diagnostics", ()))
        more = tuple(Strike(**item) for item in data.get("more", ()))
        return cls(**{**data, "strike": Strike(**strike) if strike else None, "diagnostics": diagnostics, "more": more})

    @property
    def operator(self) -> str | None:
        return " + ".join(strike.operator for strike in self.strikes) or None

    @property
    def strikes(self) -> tuple[Strike, ...]:
        """Every mistake, in the order in which they were made."""
        return (self.strike, *self.more) if self.strike else ()

    @property
    def name(self) -> str:
        """What it is grouped by for splits: the crate, the page of a whole program, else the code."""
        if self.original:
            return self.origin.partition("#")[0]
        return Path(self.crate).name if self.crate else self.code or "none"


@dataclass
class Slice:
    """The cases of one set, and how many blocks were left out, by reason."""

    cases: list[Case] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)


def case_id(*parts: object) -> str:
    """The identity of a case: the same content has the same id in every run and on every machine."""
    return digest(list(parts))[:16]


def slices(
    toolchain: Toolchain,
    cache: Path,
    which: str,
    workers: int = 2,
    tell: Callable[[str], None] = lambda _text: None,
) -> Slice:
    """The cases of ``index`` or ``docs``, from the cache if they are there.

    Raises:
        EvalError: the documentation is not installed.
    """
    place = cache / f"{which}-{toolchain.identity[:16]}-{FORMAT}.json"
    if place.is_file():
        data = json.loads(place.read_text(encoding="utf-8"))
        return Slice([Case.from_json(item) for item in data["cases"]], data["left_out"])
    docs = toolchain.docs
    if docs is None:
        raise EvalError(f"the toolchain at {toolchain.sysroot} has no documentation; rustup component add rust-docs")
    books = (INDEX,) if which == "index" else (*BOOKS, *LIBRARIES)
    unique: dict[tuple[str, str], Block] = {}
    for book in books:
        for block in blocks(docs, book):
            unique.setdefault((block.source, block.edition), block)
    tell(f"compiling {len(unique)} blocks of the documentation once; the result is kept")
    found = Slice()
    with ThreadPoolExecutor(workers) as pool:
        for case, why in pool.map(partial(_classified, toolchain, which), unique.values()):
            if case is not None:
                found.cases.append(case)
            else:
                found.left_out[why] = found.left_out.get(why, 0) + 1
    data = {"cases": [case.to_json() for case in found.cases], "left_out": found.left_out}
    write_json(place, data)
    return found


def _classified(toolchain: Toolchain, which: str, block: Block) -> tuple[Case | None, str]:
    """The case that a block makes, or why it makes none."""
    ok, faults = compile_text(toolchain, block.source, block.edition)
    if ok:
        return None, "compiles today"
    if not faults:
        return None, "no error was reported"
    codes = {fault.code for fault in faults}
    nightly = _FEATURE.search(block.source) and codes & {"E0554", "E0658"}
    if nightly and block.code not in ("E0554", "E0658"):
        return None, "needs nightly features"
    if which == "index" and block.code is None:
        return None, "lists no code"
    if which == "index" and block.code not in codes:
        return None, "fails with another code"
    named = next((f for f in faults if f.code == block.code), faults[0]) if block.code else faults[0]
    case = Case(
        id=case_id(which, block.edition, block.source),
        set=which,
        origin=block.place,
        edition=block.edition,
        code=named.code,
        category=named.category,
        message=named.message,
        source=block.source,
        diagnostics=tuple(fault.rendered for fault in faults[:3]),
    )
    return case, ""


def compile_text(toolchain: Toolchain, source: str, edition: str) -> tuple[bool, list[Fault]]:
    """Compile one text without running anything: (whether it compiles, its errors)."""
    with tempfile.TemporaryDirectory(prefix="rusta-eval-") as folder:
        (Path(folder) / MAIN).write_text(source, encoding="utf-8")
        argv = [str(toolchain.tool("rustc")), *file_options(source, edition), MAIN]
        try:
            done = subprocess.run(
                [*argv, "-o", str(Path(folder) / "out.rmeta")],
                cwd=folder, capture_output=True, timeout=60, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return False, []
    return done.returncode == 0, faults_of(done.stderr)


def file_options(source: str, edition: str, *, test: bool = False) -> list[str]:
    """How rustc is called on a single file."""
    kind = [] if _TYPE_ATTRIBUTE.search(source) or test else ["--crate-type=bin"]
    what = ["--test"] if test else ["--emit=metadata"]
    return ["--edition", edition, "--crate-name=case", "--error-format=json", *kind, *what]


def write_json(place: Path, data: object) -> None:
    """Write a file of the cache so that nobody ever reads half of it."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = place.with_name(f".{place.name}.{os.getpid()}")
    temporary.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    temporary.replace(place)


def sample(cases: Sequence[Case], count: int | None, seed: int) -> list[Case]:
    """``count`` cases chosen by ``seed``, in their old order; all for None."""
    if count is None or count >= len(cases):
        return list(cases)
    ranked = sorted(cases, key=lambda case: hashlib.sha256(f"{seed}:{case.id}".encode()).digest())
    chosen = {case.id for case in ranked[:count]}
    return [case for case in cases if case.id in chosen]


def in_learn(name: str) -> bool:
    """Which half a crate or code belongs to: priors are learnt on one and measured on the other.

    Listed crates have their half in the list, whatever their version; all else is split by the hash of its name.
    """
    half = halves().get(name.rpartition("-")[0])
    if half is not None:
        return half == "learn"
    return hashlib.sha256(f"split:{name}".encode()).digest()[0] % 2 == 0


def chosen(cases: Iterable[Case], codes: Sequence[str], categories: Sequence[str]) -> Iterator[Case]:
    """The cases with one of ``codes`` and one of ``categories``; nothing named means all."""
    for case in cases:
        if (not codes or case.code in codes) and (not categories or case.category in categories):
            yield case
