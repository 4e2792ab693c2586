"""Reading the test harness's output: the real form, and everything a test may print into it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.libtest import (
    Verdict,
    find_panic,
    parse_libtest,
    parse_list,
    stable_doctest_names,
    test_name,
)

SAMPLE = b"""
running 9 tests
test tests::a ... ok
test tests::b2 - should panic ... FAILED
test tests::b - should panic ... ok
test tests::c ... ignored, slow one
test tests::b3 - should panic ... FAILED
test tests::d ... FAILED
direct test tests::e ... FAILED
test tests::f ... ok
from child
test tests::g ... ok

failures:

---- tests::b2 stdout ----

thread 'tests::b2' (1131) panicked at tt.rs:4:49:
x
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
note: panic did not contain expected string
      panic message: "x"
 expected substring: "z"
---- tests::b3 stdout ----
note: test did not panic as expected at tt.rs:5:29
---- tests::d stdout ----
out
failures:


thread 'tests::d' (1133) panicked at src/a b.rs:7:49:
assertion `left == right` failed: hey
  left: 1
 right: 2

---- tests::e stdout ----
Error: "bad"


failures:
    tests::b2
    tests::b3
    tests::d
    tests::e

test result: FAILED. 4 passed; 4 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.14s

"""


def test_a_real_run() -> None:
    run = parse_libtest(SAMPLE)
    assert run.complete
    assert {name for name, verdict in run.verdicts.items() if verdict is Verdict.FAILED} == {
        "tests::b2",
        "tests::b3",
        "tests::d",
        "tests::e",
    }
    assert run.verdicts["tests::c"] is Verdict.IGNORED
    assert run.outputs["tests::d"].startswith("out\nfailures:\n")
    assert "(1133)" not in run.outputs["tests::d"]


def test_panics() -> None:
    run = parse_libtest(SAMPLE)
    panic = find_panic(run.outputs["tests::d"])
    assert panic is not None
    assert (panic.path, panic.line, panic.column) == ("src/a b.rs", 7, 49)
    assert panic.message == "assertion `left == right` failed: hey\n  left: 1\n right: 2"
    assert find_panic(run.outputs["tests::e"]) is None
    old = find_panic("thread 'x' panicked at 'oh no', src/lib.rs:3:5\nnote: x")
    assert old is not None
    assert (old.message, old.path, old.line) == ("oh no", "src/lib.rs", 3)


def test_several_programs_one_after_the_other() -> None:
    run = parse_libtest(
        SAMPLE
        + b"\nrunning 1 test\ntest src/lib.rs - f (line 3) ... ok\n\n"
        + b"test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n"
    )
    assert run.complete
    assert run.announced == 10


def test_a_verdict_behind_what_the_test_printed() -> None:
    run = parse_libtest(
        b"running 1 test\ntest a ... from child\nok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured;\n"
    )
    assert run.verdicts == {"a": Verdict.OK}


def test_the_test_that_brought_the_program_down() -> None:
    run = parse_libtest(b"running 3 tests\ntest a ... ok\ntest b ... ")
    assert not run.complete
    assert run.started == "b"


def test_names() -> None:
    assert test_name("a::b - should panic") == "a::b"
    assert test_name("src/lib.rs - f (line 3) - compile fail") == "src/lib.rs - f (line 3)"
    assert parse_list(b"a::b: test\nbench: benchmark\nsrc/lib.rs - f (line 2): test\n\n2 tests\n") == (
        "a::b",
        "src/lib.rs - f (line 2)",
    )


def test_doctest_names_do_not_move_with_the_text() -> None:
    names = stable_doctest_names(("src/lib.rs - f (line 10)", "src/lib.rs - f (line 9)", "src/lib.rs - g (line 1)"))
    assert names == {
        "src/lib.rs - f (line 9)": "src/lib.rs - f",
        "src/lib.rs - f (line 10)": "src/lib.rs - f #2",
        "src/lib.rs - g (line 1)": "src/lib.rs - g",
    }


NAMES = st.lists(
    st.from_regex(r"[a-z]{1,4}(::[a-z]{1,4}){0,2}", fullmatch=True),
    min_size=1,
    max_size=6,
    unique=True,
)
PRINTED = st.lists(
    st.sampled_from(
        [
            "",
            "failures:",
            "    indented",
            "running 3 tests",
            "test x ... ok",
            "test result: ok. 9 passed; 0 failed;",
            "text",
            "ok",
        ]
    ),
    max_size=5,
)


def printed(verdicts: dict[str, Verdict], said: list[str]) -> list[str]:
    words = {Verdict.OK: "ok", Verdict.FAILED: "FAILED", Verdict.IGNORED: "ignored"}
    lines = ["", f"running {len(verdicts)} test{'s' if len(verdicts) != 1 else ''}"]
    lines += [f"test {name} ... {words[verdict]}" for name, verdict in verdicts.items()]
    failed = [name for name, verdict in verdicts.items() if verdict is Verdict.FAILED]
    if failed:
        lines += ["", "failures:", ""]
        for name in failed:
            lines += [f"---- {name} stdout ----", *said, ""]
        lines += ["", "failures:", *(f"    {name}" for name in failed)]
    counts = [list(verdicts.values()).count(verdict) for verdict in (Verdict.OK, Verdict.FAILED, Verdict.IGNORED)]
    word = "FAILED" if failed else "ok"
    lines += [
        "",
        f"test result: {word}. {counts[0]} passed; {counts[1]} failed; {counts[2]} ignored; 0 measured; 0 filtered out",
        "",
    ]
    return lines


@given(NAMES, st.data(), PRINTED)
def test_whatever_a_failing_test_prints(names: list[str], data: st.DataObject, said: list[str]) -> None:
    """Output of failing tests stands between the two lists and cannot pass for a verdict or an end."""
    verdicts = {name: data.draw(st.sampled_from(list(Verdict))) for name in names}
    run = parse_libtest("\n".join(printed(verdicts, said)).encode())
    assert run.verdicts == verdicts
    assert run.complete


@given(NAMES, st.data(), st.floats(0, 1))
def test_a_cut_run_claims_nothing_false(names: list[str], data: st.DataObject, part: float) -> None:
    verdicts = {name: data.draw(st.sampled_from(list(Verdict))) for name in names}
    lines = printed(verdicts, ["text"])
    run = parse_libtest("\n".join(lines[: int(part * (len(lines) - 2))]).encode())
    assert all(verdicts[name] is verdict for name, verdict in run.verdicts.items())
    assert not run.complete


@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(raw: bytes) -> None:
    parse_libtest(raw)
    parse_libtest(b"running 2 tests\n" + raw + b"\nfailures:\n" + raw)
