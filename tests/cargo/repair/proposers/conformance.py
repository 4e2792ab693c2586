"""What every proposer must keep, checked with real diagnostics of rustc; and helpers for the tests of proposers.

``check_proposer(propose, sources)`` is the shared property test. A source is the text of one file, or a mapping of
paths to texts whose root is ``main.rs`` or ``lib.rs``. What rustc said is kept on disk, so that a second run is quick.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from rusta_cargo.messages import parse_stream
from rusta_cargo.places import Places
from rusta_cargo.repair.project import Package, Project, Target
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_cargo.repair.proposing import fault_of
from rusta_cargo.repair.syntax import parse
from rusta_cargo.repair.tree import BASE, TreeState, replace_in
from rusta_schemas.diagnostic import Diagnostic, Level, Replacement

Source = str | Mapping[str, str]
Propose = Callable[[Situation], Iterable[Candidate]]
_STORE = Path(tempfile.gettempdir()) / f"rusta-conformance-{os.getuid()}"


@functools.cache
def rustc() -> str:
    """The compiler itself, not the proxy in front of it."""
    root = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True).stdout.strip()
    return f"{root}/bin/rustc"


def files_of(source: Source) -> dict[str, bytes]:
    """The files of a source; a lone text is a program when it has a main function, else a library."""
    if isinstance(source, str):
        name = "main.rs" if re.search(r"\bfn\s+main\s*\(", source) else "lib.rs"
        return {name: source.encode()}
    return {path: text.encode() for path, text in source.items()}


def compile_files(files: Mapping[str, bytes], edition: str = "2021") -> tuple[bool, tuple[Diagnostic, ...]]:
    """(it compiles, its errors) of a crate."""
    digest = hashlib.sha256(f"{rustc()} {edition}".encode())
    for path, data in sorted(files.items()):
        digest.update(f"\0{path}\0{len(data)}\0".encode() + data)
    kept = _STORE / digest.hexdigest()
    if kept.exists():
        raw = kept.read_bytes()
    else:
        raw = _run(files, edition)
        _STORE.mkdir(mode=0o700, exist_ok=True)
        temporary = kept.with_suffix(f".{os.getpid()}")
        temporary.write_bytes(raw)
        temporary.replace(kept)
    status, _, output = raw.partition(b"\n")
    stream = parse_stream(output, Places("/x", "/x", files.get))
    return status == b"0", tuple(item for item in stream.diagnostics if item.level is Level.ERROR)


def _run(files: Mapping[str, bytes], edition: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        for path, data in files.items():
            place = Path(folder) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        root = "main.rs" if "main.rs" in files else "lib.rs"
        kind = "bin" if root == "main.rs" else "lib"
        done = subprocess.run(
            [rustc(), "--edition", edition, "--crate-name", "case", "--crate-type", kind, "--emit=metadata",
             "--error-format=json", "-o", f"{folder}/out.rmeta", root],
            cwd=folder, capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        return b"%d\n" % done.returncode + done.stderr


def situation_of(source: Source, edition: str = "2021") -> Situation:
    """The situation that rustc's errors for ``source`` make. There must be one."""
    files = files_of(source)
    fine, errors = compile_files(files, edition)
    assert not fine, "the source compiles"
    assert errors, "rustc says nothing that can be read"

    def read(path: str) -> bytes:
        if path not in files:
            raise SourceUnavailable(path)
        return files[path]

    def probe(verb: str, args: object) -> object:
        raise AssertionError(f"a proposer asked {verb} in a test that has no tools")

    root = "main.rs" if "main.rs" in files else "lib.rs"
    kind = "bin" if root == "main.rs" else "lib"
    package = Package("case", "", edition, (Target("case", kind, root),))
    return Situation(errors, read, probe, Project((package,), manifest=False), edition, files=tuple(sorted(files)))  # type: ignore[arg-type]


def candidates(propose: Propose, source: Source, edition: str = "2021") -> list[Candidate]:
    """What the proposer offers, the likeliest first."""
    return sorted(propose(situation_of(source, edition)), key=lambda item: -item.prior)


def applied(candidate: Candidate, source: Source) -> dict[str, str]:
    """The files after a candidate."""
    files = files_of(source)
    tree = TreeState({}).replace(candidate.replacements, lambda path: files[path])
    return {path: tree.source(path, lambda p: files[p]).decode() for path in files}


def fixes(propose: Propose, source: Source, edition: str = "2021", most: int = 25) -> list[str]:
    """The texts (of the root file, or of all files joined) that compile, in the order of the candidates' priors."""
    good = []
    for candidate in candidates(propose, source, edition)[:most]:
        after = applied(candidate, source)
        if compile_files({path: text.encode() for path, text in after.items()}, edition)[0]:
            good.append("".join(after.values()))
    return good


def assert_fixed(propose: Propose, broken: Source, whole: Source, edition: str = "2021") -> None:
    """The likeliest candidate that compiles gives exactly ``whole``."""
    good = fixes(propose, broken, edition)
    wanted = "".join(data.decode() for data in files_of(whole).values())
    assert good, [item.title for item in candidates(propose, broken, edition)]
    assert good[0] == wanted


def assert_silent(propose: Propose, source: Source, edition: str = "2021") -> None:
    """The proposer has nothing to say."""
    assert [item.title for item in candidates(propose, source, edition)] == []


_CHANGE = re.compile("«([^¦»]*)¦([^»]*)»")


def pair(text: str) -> tuple[str, str]:
    """(broken, whole) of a text with marks ``«right¦wrong»``."""
    return _CHANGE.sub(r"\2", text), _CHANGE.sub(r"\1", text)


def assert_restored(propose: Propose, marked: str, edition: str = "2021") -> None:
    """The likeliest candidate that compiles undoes the ``«right¦wrong»`` of the text exactly."""
    broken, whole = pair(marked)
    assert compile_files(files_of(whole), edition)[0], "the whole text does not compile"
    assert_fixed(propose, broken, whole, edition)


def check_proposer(propose: Propose, sources: Iterable[Source], edition: str = "2021") -> None:
    """The shared property test.

    For each source: the candidates are the same when asked again; their form is right; they apply; what they did can
    be taken back byte by byte; a file that parsed still parses; no two of them give the same tree.
    """
    for source in sources:
        files = files_of(source)
        situation = situation_of(source, edition)
        found = list(propose(situation))
        assert found == list(propose(situation)), "asked again, it says something else"
        assert found == list(propose(situation_of(source, edition))), "it depends on what was asked before"
        seen: dict[str, str] = {}
        for candidate in found:
            fault = fault_of(candidate, situation)
            assert fault is None, fault
            assert "\n" not in candidate.title
            tree = BASE.replace(candidate.replacements, files.__getitem__)
            assert tree.overrides, f"{candidate.title!r} changes nothing"
            assert tree.identity not in seen, f"{candidate.title!r} does the same as {seen[tree.identity]!r}"
            seen[tree.identity] = candidate.title
            _reverts(candidate, files, tree)
            for path, after in tree.overrides.items():
                if not parse(files[path]).root_node.has_error:
                    assert not parse(after).root_node.has_error, (
                        f"{candidate.title!r} breaks the syntax:\n{after.decode()}"
                    )


def _reverts(candidate: Candidate, files: Mapping[str, bytes], tree: TreeState) -> None:
    for path, after in tree.overrides.items():
        before, shift = files[path], 0
        back: list[Replacement] = []
        mine = sorted((r for r in candidate.replacements if r.path == path), key=lambda r: (r.start, r.end))
        crlf = before.count(b"\r\n") > 0 and 2 * before.count(b"\r\n") > before.count(b"\n")
        for item in mine:
            text = item.text.replace("\r\n", "\n")
            length = len((text.replace("\n", "\r\n") if crlf else text).encode())
            start = item.start + shift
            old = before[item.start : item.end].decode()
            back.append(Replacement(path=path, start=start, end=start + length, text=old))
            shift += length - (item.end - item.start)
        assert replace_in(after, back) == before, f"{candidate.title!r} cannot be taken back"
