"""Many variants in one build: the text of all of them, and what the tool says of each, with the real compiler."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_cargo.models import VariantArgs
from rusta_cargo.repair.syntax import parse
from rusta_cargo.tools.variants import test_variants as tool
from rusta_cargo.variants import body_around, switched
from rusta_conductor.errors import ToolError
from rusta_schemas.edits import Edit, apply_edits

MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n\n[workspace]\n'
SOURCE = """pub fn add(a: u32, b: u32) -> u32 { a - b }
pub const fn fixed() -> u32 { 7 }
pub fn odd(items: &[u32]) -> impl Iterator<Item = &u32> { items.iter().filter(|x| *x % 2 == 0) }
pub struct Pair<T> { left: T, right: T }
impl<T: Copy> Pair<T> {
    pub fn swap(&mut self) -> T { let t = self.left; self.left = self.right; fn inner() -> u8 { 1 } inner(); t }
}
pub const LIMIT: u32 = 9;
"""


def edit(old: str, new: str, source: str = SOURCE) -> Edit:
    start = source.index(old)
    end = start + len(old.encode())
    return Edit(path="src/lib.rs", start=start, end=end, removed=old, inserted=new)


def test_a_variant_is_an_arm_of_its_function() -> None:
    found = switched(
        {"src/lib.rs": SOURCE.encode()},
        [(1, [edit("a - b", "a + b")]), (2, [edit("a - b", "b")]), (3, [edit("= self.right", "= t")])],
    )
    text = found.files["src/lib.rs"]
    assert [text[arm.start : arm.end].decode() for arm in found.arms[:2]] == ["{ a + b }", "{ b }"]
    assert found.variant_at("src/lib.rs", found.arms[2].start) == 3
    assert found.variant_at("src/lib.rs", 0) is None
    assert not parse(text).root_node.has_error
    assert text.count(b"_ => { a - b } } }") == 1


@pytest.mark.parametrize("old", ["items.iter()", "9", "left: T", "add(a"])
def test_what_no_body_can_hold_stays_apart(old: str) -> None:
    assert body_around(SOURCE.encode(), [edit(old, "x")]) is None
    found = switched({"src/lib.rs": SOURCE.encode()}, [(1, [edit(old, "x")])])
    assert found.apart == {1}
    assert not found.files


def test_a_constant_function_is_loosened_only_when_asked() -> None:
    source, variants = {"src/lib.rs": SOURCE.encode()}, [(1, [edit("7", "8")])]
    assert switched(source, variants).apart == {1}
    found = switched(source, variants, loosen=True)
    assert found.loosened
    assert b"pub  fn fixed() -> u32 {" in found.files["src/lib.rs"]
    assert not switched(source, [(1, [edit("a - b", "a + b")])], loosen=True).loosened


def test_edits_in_two_functions_stay_apart() -> None:
    two = [edit("a - b", "a"), edit("= self.right", "= t")]
    assert switched({"src/lib.rs": SOURCE.encode()}, [(1, two)]).apart == {1}


def test_where_the_type_is_hidden_an_expression_is_switched() -> None:
    body = body_around(SOURCE.encode(), [edit("% 2", "% 3")])
    assert body is not None
    assert SOURCE.encode()[body.start : body.end] == b"*x % 2 == 0"


def test_a_nested_function_is_switched_with_the_outer_one() -> None:
    body = body_around(SOURCE.encode(), [edit("{ 1 }", "{ 2 }")])
    assert body is not None
    assert SOURCE.encode()[body.start :].startswith(b"{ let t")


@given(st.lists(st.sampled_from(["a + b", "b - a", "a * b", "{ a }", "if a > b { a } else { b }"]), max_size=9))
def test_every_arm_is_the_body_with_its_edit(bodies: list[str]) -> None:
    source = SOURCE.encode()
    edits = [edit("a - b", new) for new in bodies]
    found = switched({"src/lib.rs": source}, [(i, [e]) for i, e in enumerate(edits, start=1)])
    text = found.files.get("src/lib.rs", source)
    assert len(found.arms) == len(bodies)
    for arm, change in zip(found.arms, edits, strict=True):
        start = source.index(b"{ a - b }")
        assert text[arm.start : arm.end] in apply_edits(source, [change])[start:]
    assert not parse(text).root_node.has_error


TESTED = """#![no_std]
pub fn clamp(x: i32, low: i32, high: i32) -> i32 {
    if x > low { low } else if x > high { high } else { x }
}
pub fn spin(n: u32) -> u32 { let mut k = 0; while k < n { k += 1; } k }
#[cfg(test)]
mod tests {
    use super::*;
    #[test] fn low() { assert_eq!(clamp(-5, 0, 9), 0); }
    #[test] fn inside() { assert_eq!(clamp(5, 0, 9), 5); }
    #[test] fn high() { assert_eq!(clamp(50, 0, 9), 9); }
    #[test] fn never() { assert_eq!(spin(3), 3); assert_eq!(clamp(-3, -9, -1), -3); }
}
"""
OUTSIDE = "#[test] fn outside() { assert_eq!(demo::clamp(-1, 0, 3), 0); assert_eq!(demo::clamp(0, 0, 3), 0); }\n"


def test_what_each_variant_does_to_the_tests(lay: Callable[..., Path], bench: Callable[..., object]) -> None:
    root = lay({"Cargo.toml": MANIFEST, "src/lib.rs": TESTED, "tests/out.rs": OUTSIDE})
    changes = [
        ("x > low", "x < low"),  # right
        ("x > low", "x >= low"),  # mends nothing
        ("x > low", "x < low && x != -5"),  # mends some
        ("{ low }", '{ "low" }'),  # no such type
        ("k += 1", "k += 0"),  # never ends
        ("#![no_std]", "#![no_std] "),  # in no function
    ]
    wanted = [f"demo demo::tests::{name}" for name in ("low", "inside", "high", "never")]
    args = VariantArgs(
        variants=tuple((edit(old, new, TESTED),) for old, new in changes),
        tests=(*wanted, "demo test:out::outside"),
        limit_s=2,
    )
    report = bench(root).call(tool, args)  # type: ignore[attr-defined]
    right, useless, some, build, hangs, apart = report.results
    assert (right.status, right.failing, right.broken) == ("ran", (), ())
    assert len(useless.failing) == 5
    assert some.failing == ("demo demo::tests::low",)
    assert build.status == "build"
    assert hangs.status == "ran"
    assert hangs.stopped
    assert apart.status == "apart"
    assert report.builds == 2


def test_a_test_that_passed_and_fails_now_is_named(lay: Callable[..., Path], bench: Callable[..., object]) -> None:
    root = lay(
        {
            "Cargo.toml": MANIFEST,
            "src/lib.rs": TESTED.replace("x > low", "x < low"),
            "tests/out.rs": OUTSIDE.replace("-1, 0, 3), 0)", "-1, 0, 3), 3)"),
        }
    )
    source = TESTED.replace("x > low", "x < low")
    args = VariantArgs(
        variants=((edit("{ low }", "{ high }", source),),),
        tests=("demo test:out::outside",),
        passing=tuple(f"demo demo::tests::{name}" for name in ("low", "inside", "high", "never")),
    )
    (result,) = bench(root).call(tool, args).results  # type: ignore[attr-defined]
    assert result.failing == ()
    assert result.broken == ("demo demo::tests::low",)


def test_tests_that_pass_without_a_change_prove_nothing(lay: Callable[..., Path], bench: Callable[..., object]) -> None:
    source = TESTED.replace("x > low", "x < low")
    root = lay({"Cargo.toml": MANIFEST, "src/lib.rs": source})
    args = VariantArgs(variants=((edit("{ low }", "{ low + 0 }", source),),), tests=("demo demo::tests::low",))
    with pytest.raises(ToolError, match="unchanged tree"):
        bench(root).call(tool, args)  # type: ignore[attr-defined]


def test_a_single_file_has_variants_too(lay: Callable[..., Path], bench: Callable[..., object]) -> None:
    source = (
        "fn half(x: u32) -> u32 { x * 2 }\nfn main() { half(2); }\n#[test] fn halves() { assert_eq!(half(8), 4); }\n"
    )
    root = lay({"half.rs": source})
    change = edit("x * 2", "x / 2", source).model_copy(update={"path": "half.rs"})
    args = VariantArgs(variants=((change,),), tests=("probe::halves",))
    (result,) = bench(root / "half.rs").call(tool, args).results  # type: ignore[attr-defined]
    assert (result.status, result.failing) == ("ran", ())


DOCUMENTED = """/// Twice.
///
/// ```
/// assert_eq!(demo::twice(2), 4);
/// ```
/// ```should_panic
/// demo::twice(0);
/// ```
/// ```
/// assert_eq!(demo::twice(1), 2);
/// ```
pub const fn twice(x: u32) -> u32 { assert!(x > 99); x + 1 }
#[test] fn big() { assert!(twice(100) > 1); }
"""


@pytest.mark.parametrize("edition", ["2021", pytest.param("2024", marks=pytest.mark.slow)])
def test_examples_of_the_documentation_are_built_once(
    lay: Callable[..., Path], bench: Callable[..., object], edition: str
) -> None:
    root = lay({"Cargo.toml": MANIFEST.replace("2021", edition), "src/lib.rs": DOCUMENTED})
    changes = [("x > 99", "x > 0"), ("x > 99); x + 1", "x > 0); x * 2"), ("x > 99); x + 1", "true); x * 2")]
    stem = "demo doc::src/lib.rs - twice"
    args = VariantArgs(
        variants=tuple((edit(old, new, DOCUMENTED),) for old, new in changes),
        tests=(stem, f"{stem} #3"),
        passing=("demo demo::big",),
    )
    report = bench(root).call(tool, args)  # type: ignore[attr-defined]
    some, both, careless = report.results
    assert some.failing == (stem,)
    assert (both.failing, careless.failing) == ((), ())
    assert report.builds == 1
    # an example that should panic and does not passes by failing
    turned = DOCUMENTED.replace("x > 99); x + 1", "true); x * 2")
    root = lay({"src/lib.rs": turned})
    args = VariantArgs(
        variants=((edit("true", "x > 0", turned),), (edit("x * 2", "x * 3", turned),)), tests=(f"{stem} #2",)
    )
    mended, useless = bench(root).call(tool, args).results  # type: ignore[attr-defined]
    assert mended.failing == ()
    assert useless.failing == (f"{stem} #2",)


USED_AS_CONSTANT = """pub const fn side() -> usize { 3 }
pub static ROOM: [u8; side()] = [0; side()];
pub fn area() -> usize { side() + side() }
#[test] fn nine() { assert_eq!(area(), 9); }
"""


def test_a_function_that_is_needed_as_a_constant_stays_apart(
    lay: Callable[..., Path], bench: Callable[..., object]
) -> None:
    root = lay({"Cargo.toml": MANIFEST, "src/lib.rs": USED_AS_CONSTANT})
    changes = [("{ 3 }", "{ 4 }"), ("+ side()", "* side()")]
    args = VariantArgs(
        variants=tuple((edit(old, new, USED_AS_CONSTANT),) for old, new in changes), tests=("demo demo::nine",)
    )
    constant, right = bench(root).call(tool, args).results  # type: ignore[attr-defined]
    assert constant.status == "apart"
    assert (right.status, right.failing) == ("ran", ())


SLOW = """pub fn slow(x: u32) -> u32 { std::thread::sleep(std::time::Duration::from_millis(400)); x + 1 }
#[test] fn it() { assert_eq!(slow(1), 9); }
"""


def test_what_there_is_no_time_for_is_put_off(lay: Callable[..., Path], bench: Callable[..., object]) -> None:
    root = lay({"Cargo.toml": MANIFEST, "src/lib.rs": SLOW})
    variants = tuple((edit("x + 1", f"x + {number}", SLOW),) for number in range(40, 80))
    args = VariantArgs(variants=variants, tests=("demo demo::it",))
    results = bench(root).call(tool, args, timeout_s=14).results  # type: ignore[attr-defined]
    states = [result.status for result in results]
    assert states[0] == "ran"
    assert states[-1] == "late"
    assert states == sorted(states, key=["ran", "late"].index)


DEEP = """pub fn deep(n: u32) -> u32 {
    if n == 0 { return 0; }
    let held = [n; 64];
    deep(n - 1) + held[0] - held[1] + 2
}
#[test] fn it() { assert_eq!(deep(120), 120); }
"""


@pytest.mark.slow
def test_a_function_that_calls_itself_has_the_stack_for_all_its_bodies(
    lay: Callable[..., Path], bench: Callable[..., object]
) -> None:
    root = lay({"Cargo.toml": MANIFEST, "src/lib.rs": DEEP})
    variants = tuple((edit("+ 2", f"+ {number}", DEEP),) for number in (1, *range(3, 103)))
    results = bench(root).call(tool, VariantArgs(variants=variants, tests=("demo demo::it",))).results  # type: ignore[attr-defined]
    assert [bool(result.failing) for result in results] == [False] + [True] * 100
