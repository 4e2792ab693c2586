"""Values that may not leave their thread: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import applied, assert_fixed, assert_silent, check_proposer, situation_of

from rusta_cargo.repair.proposers.threads import propose

PROGRAM_1 = """\
use std::sync::Arc;
use std::thread;

fn run<F: FnOnce() + Send + 'static>(work: F) {
    thread::spawn(work).join().unwrap();
}

fn start<T: Send + 'static>(value: T) -> thread::JoinHandle<T> {
    thread::spawn(move || value)
}

fn later(jobs: Vec<Box<dyn Fn() -> u32 + Send>>) -> u32 {
    let worker = thread::spawn(move || jobs.iter().map(|job| job()).sum());
    worker.join().unwrap()
}

fn main() {
    let shared = Arc::new(vec![1, 2, 3]);
    let copy = Arc::clone(&shared);
    run(move || println!("{}", copy.len()));
    println!("{:?} {}", start(4).join(), later(vec![]));
}
"""
PROGRAM_2 = """\
use std::sync::{Arc, Mutex};
use std::thread;

pub trait Sink: Send + Sync {
    fn put(&self, line: &str);
}

struct Lines(Mutex<Vec<String>>);

impl Sink for Lines {
    fn put(&self, line: &str) {
        self.0.lock().unwrap().push(line.to_string());
    }
}

type Check = Box<dyn Fn(&str, u8) -> bool + Send>;

fn main() {
    let sink: Arc<dyn Sink> = Arc::new(Lines(Mutex::new(Vec::new())));
    let check: Check = Box::new(|text, least| text.len() > usize::from(least));
    let mine = Arc::clone(&sink);
    let worker = thread::spawn(move || if check("abc", 2) { mine.put("one") });
    worker.join().unwrap();
}
"""
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (PROGRAM_1, "FnOnce() + Send + 'static", "FnOnce() + 'static"),
    (PROGRAM_1, "Box<dyn Fn() -> u32 + Send>", "Box<dyn Fn() -> u32>"),
    (PROGRAM_2, "Sink: Send + Sync {", "Sink {"),
    (PROGRAM_2, "-> bool + Send>", "-> bool>"),
]
NOT_MINE = [
    'fn main() {\n    let total = 1;\n    println!("{}", totl);\n}\n',
    'fn main() {\n    let name = String::from("a");\n    let other = name;\n    println!("{} {}", name, other);\n}\n',
    'fn main() {\n    let n: u8 = "a";\n    println!("{n}");\n}\n',
]


@pytest.mark.parametrize(("whole", "right", "wrong"), MISTAKES)
def test_restores(whole: str, right: str, wrong: str) -> None:
    assert_fixed(propose, whole.replace(right, wrong, 1), whole)


@pytest.mark.parametrize("source", NOT_MINE)
def test_leaves_alone(source: str) -> None:
    assert_silent(propose, source)


def test_form() -> None:
    check_proposer(propose, [whole.replace(right, wrong, 1) for whole, right, wrong in MISTAKES])


def test_what_is_borrowed_in_a_macro_is_locked_as_well() -> None:
    broken = """use std::cell::RefCell;
use std::sync::Arc;
pub fn f() {
    let r = Arc::new(RefCell::new(5));
    let q = r.clone();
    std::thread::spawn(move || { *q.borrow_mut() += 1; });
    println!("{}", r.borrow());
}
"""
    whole = broken.replace("cell::RefCell", "sync::Mutex").replace("RefCell", "Mutex")
    assert_fixed(
        propose, broken, whole.replace("borrow_mut()", "lock().unwrap()").replace("borrow()", "lock().unwrap()")
    )


def test_what_is_counted_in_two_ways_is_counted_in_one() -> None:
    wrong = "use std::rc::Rc;\nuse std::sync::Arc;\npub fn f(a: Arc<u8>) -> u8 { g(a) }\nfn g(a: Rc<u8>) -> u8 { *a }\n"
    assert any("use std::sync::Arc;\nuse std::sync::Arc" not in text and "a: Arc<u8>) -> u8 { *a }" in text
               for item in propose(situation_of(wrong)) for text in applied(item, wrong).values())  # fmt: skip
