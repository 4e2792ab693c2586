"""What the proposer offers in situations made by hand."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from rusta_plugin_example.proposer import team_renames
from rusta_plugin_example.renames import FILE, RenamesError

from rusta_cargo.repair import Candidate, Project, Replacement, Situation, SourceUnavailable
from rusta_schemas.base import JsonObject
from rusta_schemas.diagnostic import Category, Diagnostic, Level, Span
from rusta_schemas.observation import Observation

TABLE = b'[renames]\nread_settings = "load_profile"\nClock = "Timer"\n'
CODE = b"fn main() { let p = read_settings(); wait(Clock::new(), read_settings()); }\n"


def error(source: bytes, name: bytes, nth: int = 0, code: str = "E0425") -> Diagnostic:
    """What the compiler says of the n-th use of ``name``."""
    start = -1
    for _ in range(nth + 1):
        start = source.index(name, start + 1)
    column = start - source.rfind(b"\n", 0, start)
    line = source.count(b"\n", 0, start) + 1
    span = Span(
        path="src/main.rs",
        start=start,
        end=start + len(name),
        line=line,
        column=column,
        end_line=line,
        end_column=column + len(name),
        primary=True,
    )
    message = f"cannot find `{name.decode()}` in this scope"
    return Diagnostic(
        level=Level.ERROR,
        code=code,
        category=Category.NAME,
        phase=2,
        message=message,
        spans=(span,),
    )


def situation(files: Mapping[str, bytes], *errors: Diagnostic) -> Situation:
    def read(path: str) -> bytes:
        if path not in files:
            raise SourceUnavailable(path)
        return files[path]

    def probe(verb: str, args: JsonObject) -> Observation:
        raise AssertionError(f"this proposer needs no probe, and made {verb} with {args}")

    return Situation(errors, read, probe, Project(()))


def offered(files: Mapping[str, bytes], *errors: Diagnostic) -> list[Candidate]:
    return list(team_renames(situation(files, *errors)))


def test_all_uses_of_a_name_are_one_candidate() -> None:
    files = {"src/main.rs": CODE, FILE: TABLE}
    first, second = (error(CODE, b"read_settings", nth) for nth in (0, 1))
    (candidate,) = offered(files, first, second)
    assert candidate.title == "rename read_settings to load_profile (rusta-renames.toml)"
    assert candidate.diagnostic is None
    assert candidate.replacements == tuple(
        Replacement(path="src/main.rs", start=start, end=start + 13, text="load_profile") for start in (20, 56)
    )


def test_several_names_are_also_offered_together() -> None:
    files = {"src/main.rs": CODE, FILE: TABLE}
    both, one, other = offered(files, error(CODE, b"read_settings"), error(CODE, b"Clock", code="E0433"))
    assert set(both.replacements) == {*one.replacements, *other.replacements}
    assert (both.diagnostic, one.diagnostic, other.diagnostic) == (None, 0, 1)


@pytest.mark.parametrize("code", ["E0308", None])
def test_other_errors_are_left_alone(code: str | None) -> None:
    fault = error(CODE, b"read_settings").model_copy(update={"code": code})
    assert offered({"src/main.rs": CODE, FILE: TABLE}, fault) == []


def test_without_a_table_nothing_is_offered() -> None:
    assert offered({"src/main.rs": CODE}, error(CODE, b"read_settings")) == []


def test_a_wrong_table_is_named() -> None:
    with pytest.raises(RenamesError, match=r"rusta-renames\.toml has no table"):
        offered({"src/main.rs": CODE, FILE: b""}, error(CODE, b"read_settings"))
