"""The usual shape of a proposer."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.macro_calls import propose

RESTORED = {
    "bang missing where items stand": """
trait Size { fn size() -> usize; }
macro_rules! sized { ($a:ty, $n:expr) => { impl Size for $a { fn size() -> usize { $n } } }; }
sized«!¦» { u8, 1 }
fn main() { println!("{}", u8::size()); }
""",
    "bang extra": """
fn twice(x: u8) -> u8 { x * 2 }
fn main() {
    println!("{}", twice«¦!»(2));
}
""",
    "macro order": """
«macro_rules! sq { ($x:expr) => { $x * $x }; }
¦»fn main() {
    println!("{}", sq!(2));
}
«¦macro_rules! sq { ($x:expr) => { $x * $x }; }
»
""",
    "macro arity": """
macro_rules! add { ($a:expr, $b:expr) => { $a + $b }; }
fn main() { println!("{}", add!(1«,¦» 2)); }
""",
    "macro arity2": """
macro_rules! add { ($a:expr, $b:expr) => { $a + $b }; }
fn main() { println!("{}", add!(1, 2«¦, 3»)); }
""",
    "macro semi": """
macro_rules! kv { ($k:expr => $v:expr) => { ($k, $v) }; }
fn main() { println!("{:?}", kv!(1 «=>¦,» 2)); }
""",
    "macro repeat sep": """
macro_rules! lst { ($($x:expr)«,¦»*) => { vec![$($x),*] }; }
fn main() { println!("{:?}", lst!(1, 2)); }
""",
    "assert missing comma": """
fn main() { let a = 1; assert_eq!(a«,¦» 1); }
""",
    "vec semi": """
fn main() { let n: Vec<i32> = vec![0; 3]; let m = vec![1, 2«, ¦; »3]; println!("{:?}{:?}", n, m); }
""",
    "matches macro": """
fn main() { let x = Some(1); println!("{}", «matches¦match»!(x, Some(_))); }
""",
    "n macro nested arity": """
macro_rules! max { ($a:expr, $b:expr) => { if $a > $b { $a } else { $b } }; }
fn main() { let x = max!(1«,¦» 2); println!("{}", x); }
""",
    "n macro mod": """
«#[macro_use]
¦»mod helpers {
    macro_rules! twice { ($x:expr) => { $x * 2 }; }
}
fn main() { println!("{}", twice!(2)); }
""",
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub fn f(x: String) -> (String, String) { let y = x; (x, y) }",
    "pub fn f(a: &str, b: &str) -> &str { if a.len() > b.len() { a } else { b } }",
    "pub fn f(x: Option<u8>) -> u8 { match x { Some(n) => n } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_it_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_it_is_silent(source: str) -> None:
    assert_silent(propose, source)


def test_it_keeps_what_every_proposer_must() -> None:
    check_proposer(propose, [pair(text)[0] for text in RESTORED.values()])
