"""Missing and repeated fields of struct expressions."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, fixes, pair

from rusta_cargo.repair.proposers.missing_fields import propose

RESTORED = {
    "the local of its name in the wrapper that the field is": """
        use std::mem::ManuallyDrop;
        pub struct Guard<T, F> { value: ManuallyDrop<T>, call: ManuallyDrop<F> }
        pub fn guard<T, F: FnOnce(T)>(v: T, call: F) -> Guard<T, F> {
            Guard { value: ManuallyDrop::new(v)«, call: ManuallyDrop::new(call)¦» }
        }
    """,
    "local of the name": """
        pub struct Server { host: String, port: u16, timeout: u64 }
        impl Server {
            pub fn new(host: String, port: u16, timeout: u64) -> Self {
                Self { host, «port, ¦»timeout }
            }
        }
    """,
    "several lines": """
        #[derive(Debug)]
        pub struct Job {
            pub id: u32,
            pub label: String,
            pub done: bool,
        }

        pub fn start(id: u32, label: &str) -> Job {
            Job {
                «id,
                ¦»label: label.to_string(),
                done: false,
            }
        }
    """,
    "last of several lines": """
        pub struct Job {
            pub id: u32,
            pub label: String,
        }

        pub fn start(id: u32, label: &str) -> Job {
            Job {
                id,«
                label: label.to_string(),¦»
            }
        }
    """,
    "after its siblings": """
        use std::ops::Sub;
        pub struct Vec3 { x: f32, y: f32, z: f32 }
        impl Sub for Vec3 {
            type Output = Vec3;
            fn sub(self, other: Vec3) -> Vec3 {
                Vec3 { x: self.x - other.x, «y: self.y - other.y, ¦»z: self.z - other.z }
            }
        }
    """,
    "own field": """
        #[derive(Clone)]
        pub struct Settings { depth: usize, name: String }
        impl Settings {
            pub fn deeper(&self) -> Settings {
                Settings { depth: self.depth + 1«, name: self.name.clone()¦» }
            }
        }
    """,
    "other expressions of the struct": """
        pub enum Mode { Fast, Slow }
        pub struct Run { mode: Mode, tries: u8 }
        pub fn a() -> Run { Run { mode: Mode::Slow, tries: 3 } }
        pub fn b() -> Run { Run { mode: Mode::Slow, tries: 4 } }
        pub fn c() -> Run { Run { «mode: Mode::Slow, ¦»tries: 5 } }
        pub fn is_fast(run: &Run) -> bool { matches!(run.mode, Mode::Fast) }
    """,
    "inside a macro's tokens": """
        pub struct Cell { row: usize, column: usize }
        pub fn cells(row: usize, column: usize) -> Vec<Cell> {
            vec![Cell { «row, ¦»column }]
        }
    """,
    "variant of an enum": """
        pub enum Event { Key { code: u32, shift: bool }, Quit }
        pub fn key(code: u32, shift: bool) -> Event {
            Event::Key { code«, shift¦» }
        }
    """,
    "generic struct": """
        pub struct Pair<A, B> { left: A, right: B }
        impl<A, B> Pair<A, B> {
            pub fn of(left: A, right: B) -> Pair<A, B> { Pair { «left, ¦»right } }
        }
    """,
    "repeated field whose name is another's": """
        pub struct Range { low: i32, high: i32 }
        pub fn range(a: i32, b: i32) -> Range { Range { low: a, «high¦low»: b } }
    """,
    "empty collections": """
        use std::collections::HashMap;
        pub struct Cache { entries: HashMap<String, u64>, hits: u64 }
        pub fn empty() -> Cache { Cache { «entries: HashMap::new(), ¦»hits: 0 } }
    """,
}
SILENT = [
    'pub fn f() -> u32 { "no" }',
    "pub struct A { x: u8 } pub fn f(a: A) -> u8 { a.y }",
    "pub struct A { x: u8 } pub fn f() -> A { A { x: 1, z: 2 } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_field_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_default_fills_the_rest() -> None:
    """A type that derives Default may take its other fields from it."""
    good = fixes(
        propose,
        "#[derive(Default)] pub struct A { x: u8, y: Vec<u8>, z: Option<u8> } pub fn f() -> A { A { x: 1 } }",
    )
    assert any("A { x: 1, ..Default::default() }" in text for text in good)


def test_struct_in_another_file() -> None:
    """The declaration lies behind ``mod``, and the order of its fields is kept."""
    whole = {
        "main.rs": "mod shapes;\nuse shapes::Rect;\nfn main() {\n    let width = 3;\n"
        '    let r = Rect { width, height: 2 };\n    println!("{}", r.area());\n}\n',
        "shapes/mod.rs": "pub struct Rect { pub width: u32, pub height: u32 }\n"
        "impl Rect { pub fn area(&self) -> u32 { self.width * self.height } }\n",
    }
    broken = {**whole, "main.rs": whole["main.rs"].replace("width, height", "height")}
    assert fixes(propose, broken)[0] == "".join(whole[path] for path in broken)


def test_repeated_declaration() -> None:
    """A struct that declares a field twice loses one, or takes the name that is used."""
    good = fixes(propose, "pub struct A { pub x: u8, pub x: u8 }\n")
    assert good[0] == "pub struct A { pub x: u8 }\n"
    broken, whole = pair("pub struct A { pub x: u8, pub «y¦x»: u8 } pub fn f(a: A) -> u8 { a.x + a.y }")
    assert fixes(propose, broken)[0] == whole


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
