"""Situations of programs that compile and fail a test, without any tool: what proposers of behaviour are asked with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from rusta_cargo.repair.project import Package, Project, Target
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable, TestFailure
from rusta_cargo.repair.proposing import fault_of
from rusta_cargo.repair.syntax import parse
from rusta_cargo.repair.tree import BASE, TreeState, replace_in
from rusta_schemas.diagnostic import Replacement

Source = str | Mapping[str, str]
Propose = Callable[[Situation], Iterable[Candidate]]


def files_of(source: Source) -> dict[str, bytes]:
    named = {"src/lib.rs": source} if isinstance(source, str) else source
    return {path: text.encode() for path, text in named.items()}


def scene(source: Source, failing: Iterable[TestFailure] | str, passing: Iterable[str] = ()) -> Situation:
    """A crate ``demo``; tests are named as cargo_test names them, those of the library by their path alone."""
    files = files_of(source)
    failures = [TestFailure(failing)] if isinstance(failing, str) else list(failing)

    def read(path: str) -> bytes:
        if path not in files:
            raise SourceUnavailable(path)
        return files[path]

    def probe(verb: str, args: object) -> object:
        raise AssertionError(f"a proposer asked {verb} in a test that has no tools")

    targets = [Target("demo", "lib", "src/lib.rs")]
    targets += [Target(p[6:-3], "test", p) for p in files if p.startswith("tests/")]
    project = Project((Package("demo", "", "2021", tuple(targets)),))
    tests = tuple(TestFailure(_full(test.name), test.message, test.path, test.line, test.output) for test in failures)
    return Situation(
        (),
        read,
        probe,
        project,
        "2021",
        tests,
        passing=tuple(map(_full, passing)),  # type: ignore[arg-type]
    )


def _full(name: str) -> str:
    return name if " " in name else f"demo demo::{name}"


def candidates(propose: Propose, situation: Situation) -> list[Candidate]:
    return sorted(propose(situation), key=lambda item: -item.prior)


def after(candidate: Candidate, situation: Situation) -> dict[str, str]:
    """The changed files."""
    tree = BASE.replace(candidate.replacements, situation.read)
    return {path: data.decode() for path, data in tree.overrides.items()}


def texts(propose: Propose, situation: Situation) -> list[str]:
    """The library after each candidate, the likeliest first."""
    return [after(item, situation).get("src/lib.rs", "") for item in candidates(propose, situation)]


def check_behaviour(propose: Propose, situation: Situation) -> list[Candidate]:
    """Deterministic, well-formed, apply, can be taken back byte by byte, parse, and give different trees."""
    found = list(propose(situation))
    assert found == list(propose(situation)), "asked again, it says something else"
    seen: dict[str, str] = {}
    for candidate in found:
        assert fault_of(candidate, situation) is None
        assert "\n" not in candidate.title
        tree: TreeState = BASE.replace(candidate.replacements, situation.read)
        assert tree.overrides, f"{candidate.title!r} changes nothing"
        assert tree.identity not in seen, (candidate.title, seen[tree.identity])
        seen[tree.identity] = candidate.title
        for path, data in tree.overrides.items():
            before = situation.read(path)
            assert not parse(data).root_node.has_error, f"{candidate.title!r}: {data.decode()}"
            assert replace_in(data, _back(candidate, path, before)) == before
    return found


def _back(candidate: Candidate, path: str, before: bytes) -> list[Replacement]:
    shift, back = 0, []
    mine = [item for item in candidate.replacements if item.path == path]
    for item in sorted(mine, key=lambda r: (r.start, r.end)):
        length, start = len(item.text.encode()), item.start + shift
        old = before[item.start : item.end].decode()
        back.append(Replacement(path=path, start=start, end=start + length, text=old))
        shift += length - (item.end - item.start)
    return back
