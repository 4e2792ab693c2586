"""Types in a form that is not allowed."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.type_forms import propose

RESTORED = {
    "arguments out of order": """pub struct View<'a, 'b, T> { of: &'a T, on: &'b T }
impl<'a, 'b> View<«'a, 'b, i32¦i32, 'a, 'b»> { pub fn sum(&self) -> i32 { *self.of + *self.on } }
""",
    "a quantifier in a quantifier": """pub trait Tr<'a, 'b> {}
pub fn f<T>(_: T) where for<«'a, 'b¦'a»> &'a T: «¦for<'b> »Tr<'a, 'b> {}
""",
    "two lifetimes of an object": """pub trait Foo<'f>: 'f {}
pub trait Bar<'b>: 'b {}
pub trait Both<'x, 'y>: Foo<'x> + Bar<'y> {}
pub struct K<'x: 'y, 'y> { k: Box<dyn Both<'x, 'y>« + 'x¦»> }
""",
    "a pointer to nothing": "pub fn f() -> bool { let p = 0 as *const «u8¦_»; p == std::ptr::null() }\n",
    "an unknown ABI": 'pub extern "«C¦fastest»" fn f() {}\n',
}
SILENT = [
    "pub struct V<T> { t: T }\npub fn f(v: V<u8, u8>) {}",
    "pub fn f() { let x = 3u8 as Missing; }",
    "pub trait T<'a> {}\npub fn f(x: &dyn T<'missing>) {}",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_mistakes_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
