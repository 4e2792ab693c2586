"""Values that may not leave their thread: what is restored, what is left alone, and the form of the candidates."""

from __future__ import annotations

import pytest
from conformance import assert_fixed, assert_silent, check_proposer

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
# (a program that compiles, a piece of it, what stands there by mistake)
MISTAKES = [
    (PROGRAM_1, "FnOnce() + Send + 'static", "FnOnce() + 'static"),
    (PROGRAM_1, "Box<dyn Fn() -> u32 + Send>", "Box<dyn Fn() -> u32>"),
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
