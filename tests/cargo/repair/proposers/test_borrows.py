"""Borrows that overlap what they exclude."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.borrows import propose

RESTORED = {
    "a copy of an element": """
        pub fn push(mut values: Vec<i32>) -> i32 {
            let first = «¦&»values[0];
            values.push(4);
            first + 0
        }
    """,
    "a use that comes too late": """
        pub fn clear(mut text: String) -> String {
            let word = text.split(' ').next().unwrap();
        «    println!("{}", word);
            text.clear();
        ¦    text.clear();
            println!("{}", word);
        »    text
        }
    """,
    "a receiver that need not be mutable": """
        pub struct Grid { cells: Vec<u8>, width: usize }
        impl Grid {
            fn width(&«¦mut »self) -> usize { self.width }
            pub fn set(&mut self, v: u8) { let cell = &mut self.cells; let _ = v; cell.push(1); }
            pub fn run(&mut self) -> usize { let all = &self.cells; let w = self.width(); all.len() + w }
        }
    """,
    "a guard": """
        use std::sync::Mutex;
        pub struct Pool { free: Mutex<Vec<u32>>, count: u32 }
        impl Pool {
            fn grow(&mut self) { self.count += 1; }
            pub fn take(&mut self) -> u32 {
                let guard = self.free.lock().unwrap();
                let count = guard.len() as u32;
        «        drop(guard);
        ¦»        self.grow();
                count
            }
        }
    """,
    "two elements of a slice": """
        pub fn exchange(mut values: Vec<String>) -> Vec<String> {
            «values.swap(0, 1)¦std::mem::swap(&mut values[0], &mut values[1])»;
            values
        }
    """,
    "a receiver tied to the type": """
        pub struct Parser<'a> { text: &'a str, at: usize }
        impl<'a> Parser<'a> { fn next(&«¦'a »mut self) -> usize { self.at += self.text.len(); self.at } }
        pub fn run(text: &str) -> usize { let mut parser = Parser { text, at: 0 }; parser.next(); parser.next() }
    """,
    "a loop by index": """
        pub struct Game { units: Vec<u32>, score: u32 }
        impl Game {
            fn add(&mut self, points: u32) { self.score += points; }
            pub fn run(&mut self) {
                for «i in 0..self.units.len()¦unit in &self.units» {
                    self.add(«self.units[i]¦*unit»);
                }
            }
        }
    """,
    "an argument of its own": """
        pub struct Log { lines: Vec<String>, level: u32 }
        impl Log {
            fn next(&mut self) -> u32 { self.level += 1; self.level }
            fn slot(&mut self, at: u32) -> &mut String { &mut self.lines[at as usize] }
            pub fn write(&mut self) {
        «        let next = self.next();
                self.slot(next).push('x');
        ¦        self.slot(self.next()).push('x');
        »    }
        }
    """,
}
SILENT = [
    'pub fn f() -> u8 { "" }',
    "pub fn f() -> u8 { nothing(3) }",
    "pub struct A { x: u8 } pub fn f() -> A { A { } }",
]


@pytest.mark.parametrize("name", RESTORED)
def test_it_is_restored(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_other_errors_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
