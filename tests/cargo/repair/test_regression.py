"""What the tests have to say about a patch."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.repair.proposer import TestFailure
from rusta_cargo.repair.regression import TestOutcome, outcome_of, regression
from rusta_schemas.observation import Observation, Status


def ran(passed: tuple[str, ...] = (), failed: tuple[str, ...] = (), ignored: tuple[str, ...] = ()) -> TestOutcome:
    return TestOutcome(
        not failed, True, passed, tuple(TestFailure(name, f"{name} broke\nmore") for name in failed), ignored
    )  # fmt: skip


def test_without_a_base_every_test_has_to_pass() -> None:
    assert regression(None, ran(("a", "b"))) is None
    assert regression(None, ran()) is None
    why = regression(None, ran(("a",), ("b", "c")))
    assert why == "the test b and 1 more fails: b broke"


def test_a_test_that_failed_before_may_fail_still() -> None:
    assert regression(ran(("a",), ("b",)), ran(("a",), ("b",))) is None
    assert regression(ran(("a", "b")), ran(("a",), ("b",))) is not None
    assert regression(ran(("a",), ("b",)), ran(("a", "b"))) is None


def test_a_test_must_not_disappear() -> None:
    why = regression(ran(("a", "b", "c")), ran(("a",)))
    assert why == "2 test(s) are gone, such as b"


def test_a_test_must_not_be_ignored_now() -> None:
    assert regression(ran(("a", "b")), ran(("a",), ignored=("b",))) is not None
    assert regression(ran(("a",), ignored=("b",)), ran(("a",), ignored=("b",))) is None


def test_a_base_that_did_not_compile_counts_as_none() -> None:
    base = TestOutcome(False, compiled=False)
    assert regression(base, ran(("a",))) is None
    assert regression(base, ran(("a",), ("b",))) is not None


def test_tests_that_do_not_run_prove_nothing() -> None:
    assert regression(None, TestOutcome(False, compiled=False)) == "the tests do not compile"
    why = regression(None, TestOutcome(False, failure="it timed out"))
    assert why == "the tests could not be run: it timed out"
    assert regression(None, TestOutcome(False, compiled=True)) is not None


def test_an_observation_without_result_is_no_outcome() -> None:
    seen = Observation(verb="cargo_test", status=Status.TIMEOUT, summary="too long")
    outcome = outcome_of(seen, "k")
    assert outcome.failure == "too long"
    assert outcome.key == "k"


names = st.sets(st.sampled_from("abcdefg")).map(lambda found: tuple(sorted(found)))


@given(names, names, names, names)
def test_what_passed_before_passes_in_every_accepted_patch(
    passed: tuple[str, ...], failed: tuple[str, ...], now: tuple[str, ...], broken: tuple[str, ...]
) -> None:
    before = ran(tuple(set(passed) - set(failed)), failed)
    after = ran(tuple(set(now) - set(broken)), broken)
    if regression(before, after) is None:
        assert set(before.passed) <= set(after.passed)
        assert before.names <= after.names
