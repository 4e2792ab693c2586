"""Proposers that ask what the dependencies offer: real errors of cargo, real crates on a shelf of our own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from cargo_scenes import situation_in

from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_cargo.repair.proposers import (
    configured_out,
    crate_features,
    crate_methods,
    crate_paths,
    lost_dependencies,
    lost_imports,
    lost_methods,
    misspelt_imports,
    traits,
)
from rusta_cargo.repair.proposing import fault_of
from rusta_cargo.repair.tree import BASE

HEAD = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\n'
Proposer = Callable[[Situation], Iterable[Candidate]]
Ask = Callable[..., list[str]]


@pytest.fixture
def ask(tmp_path: Path, config: str) -> Ask:
    """The changed file after each candidate of a proposer, the likeliest first."""

    def run(proposer: Proposer, source: str, dependencies: str = 'swift-feet = "0.3"\n') -> list[str]:
        files = {"Cargo.toml": HEAD + dependencies, "src/lib.rs": source, ".cargo/config.toml": config}
        situation = situation_in(tmp_path / "demo", files)
        found = sorted(proposer(situation), key=lambda one: -one.prior)
        assert found == sorted(proposer(situation), key=lambda one: -one.prior), "asked again, it says something else"
        texts = []
        for candidate in found:
            assert fault_of(candidate, situation) is None
            (after,) = BASE.replace(candidate.replacements, situation.source).overrides.values()
            texts.append(after.decode())
        assert len(set(texts)) == len(texts)
        return texts

    return run


def test_the_only_mention_of_a_crate_was_its_trait(ask: Ask) -> None:
    source = "pub fn far(steps: &[u32]) -> u32 {\n    steps.leap()\n}\n"
    assert ask(lost_methods.propose, source) == [f"use swift_feet::prelude::*;\n\n{source}"]


def test_a_lost_trait_joins_the_imports(ask: Ask) -> None:
    body = "pub fn far(steps: &[u32]) -> u32 {\n    let _: HashSet<u32> = HashSet::new();\n    steps.stride()\n}\n"
    wanted = f"use std::collections::HashSet;\nuse swift_feet::prelude::*;\n\n{body}"
    assert wanted in ask(lost_methods.propose, f"use std::collections::HashSet;\n\n{body}")


@pytest.mark.parametrize(
    "source",
    [
        "pub struct S;\npub fn f(s: S) {\n    s.jump();\n}\n",  # nobody has a trait with it
        "pub struct S;\nimpl S {\n    fn leap_far(&self) {}\n}\npub fn f(s: S) {\n    s.leap_fra();\n}\n",
        "pub fn f(n: u32) -> u32 {\n    n.secret()\n}\n",  # a function that is private there
    ],
)
def test_methods_that_no_dependency_has_are_left_alone(ask: Ask, source: str) -> None:
    assert ask(lost_methods.propose, source) == []


def test_without_dependencies_nobody_is_asked(ask: Ask) -> None:
    source = "pub fn far(steps: &[u32]) -> u32 {\n    steps.leap()\n}\n"
    assert ask(lost_methods.propose, source, "") == []


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("pub fn first(r: Sprinter) -> u32 {\n    r.0\n}\n", "use swift_feet::Sprinter;"),
        ("pub fn four() -> u32 {\n    legs!(2)\n}\n", "use swift_feet::legs;"),
        ("pub fn half(n: u32) -> u32 {\n    slow(n)\n}\n", "use swift_feet::pace::slow;"),
        ("pub fn half(n: u32) -> u32 {\n    pace::slow(n)\n}\n", "use swift_feet::pace;"),
    ],
)
def test_names_that_only_a_dependency_has_are_imported(ask: Ask, source: str, line: str) -> None:
    assert ask(lost_imports.propose, source)[0] == f"{line}\n\n{source}"


def test_a_name_of_a_crate_that_is_mentioned_is_found_where_the_compiler_says_nothing(ask: Ask) -> None:
    source = "use swift_feet::Sprinter;\n\npub fn half(runner: Sprinter) -> u32 {\n    slow(runner.0)\n}\n"
    texts = ask(lost_imports.propose, source)
    assert any("use swift_feet::pace::slow;\n" in text for text in texts)


def test_a_slip_in_an_import_whose_right_name_is_used(ask: Ask) -> None:
    whole = "use swift_feet::pace::slow;\n\npub fn half(n: u32) -> u32 {\n    slow(n)\n}\n"
    assert ask(misspelt_imports.propose, whole.replace("pace::slow;", "pace::slowly;"))[0] == whole


def test_both_items_of_a_name_are_offered(ask: Ask) -> None:
    source = "pub fn f(p: Pace) -> u32 {\n    p.0\n}\n"
    found = ask(lost_imports.propose, source)
    assert {text.splitlines()[0] for text in found} == {
        "use swift_feet::pace::steady::Pace;",
        "use swift_feet::pace::wild::Pace;",
    }


def test_a_path_that_leads_nowhere_gets_its_module(ask: Ask) -> None:
    assert ask(crate_paths.propose, "use swift_feet::slow;\n\npub fn half(n: u32) -> u32 {\n    slow(n)\n}\n")[0] == (
        "use swift_feet::pace::slow;\n\npub fn half(n: u32) -> u32 {\n    slow(n)\n}\n"
    )
    assert ask(crate_paths.propose, "pub fn half(n: u32) -> u32 {\n    swift_feet::slow(n)\n}\n") == [
        "pub fn half(n: u32) -> u32 {\n    swift_feet::pace::slow(n)\n}\n"
    ]


def test_a_method_that_the_crate_calls_otherwise(ask: Ask) -> None:
    head = "use swift_feet::Sprinter;\n\npub fn fast(runner: Sprinter) -> u32 {\n    runner."
    assert f"{head}top_speed()\n}}\n" in ask(crate_methods.propose, f"{head}top_speed_of()\n}}\n")


@pytest.mark.parametrize(
    "source",
    [
        "pub struct Own;\n\npub fn f(own: Own) {\n    own.top_speed_of();\n}\n",
        "use swift_feet::Sprinter;\n\npub fn f(runner: Sprinter) {\n    runner.whatever();\n}\n",
        "pub fn f(text: &str) {\n    text.top_speed_of();\n}\n",
    ],
)
def test_methods_of_others_are_left_alone(ask: Ask, source: str) -> None:
    assert ask(crate_methods.propose, source) == []


@pytest.mark.parametrize(
    "source",
    [
        "use swift_feet::nowhere;\n",
        "use crate::slow;\n",
        "use std::slow;\n",
        "use swift_feet::{legs, slow};\n\npub fn f() -> u32 {\n    legs!(slow(2))\n}\n",  # only a list's item is wrong
    ],
)
def test_other_paths_are_left_alone(ask: Ask, source: str) -> None:
    assert ask(crate_paths.propose, source) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('swift-feet = "0.3"\n', 'swift-feet = { version = "0.3", features = ["clock"] }\n'),
        ('swift-feet = { version = "0.3" }\n', 'swift-feet = { version = "0.3", features = ["clock"] }\n'),
        (
            'swift-feet = { version = "0.3", features = ["derive"] }\n',
            'swift-feet = { version = "0.3", features = ["derive", "clock"] }\n',
        ),
        (
            '\n[dependencies.swift-feet]\nversion = "0.3"\n',
            '\n[dependencies.swift-feet]\nversion = "0.3"\nfeatures = ["clock"]\n',
        ),
    ],
)
def test_a_module_behind_a_feature(ask: Ask, before: str, after: str) -> None:
    source = "use swift_feet::clock::tick;\n\npub fn now() -> u32 {\n    tick()\n}\n"
    assert ask(crate_features.propose, source, before)[0] == HEAD + after


def test_a_derive_macro_behind_a_feature(ask: Ask) -> None:
    wanted = HEAD + 'swift-feet = { version = "0.3", features = ["derive"] }\n'
    assert ask(crate_features.propose, "use swift_feet::Walk;\n\n#[derive(Walk)]\npub struct S;\n")[0] == wanted
    assert ask(crate_features.propose, "#[derive(swift_feet::Walk)]\npub struct S;\n")[0] == wanted


STROLLING = 'swift-feet = { version = "0.3", features = ["derive"] }\n'


@pytest.mark.parametrize("written", ["Stroll", "swift_feet::Stroll"])
def test_a_derive_of_another_crate_is_added_as_it_is_written_here(ask: Ask, written: str) -> None:
    head = "use swift_feet::{Stroll, stroll};\n\n" if written == "Stroll" else "use swift_feet::stroll;\n\n"
    source = f"""{head}#[derive(Debug, {written})]
pub struct One;

#[derive(Debug)]
pub struct Two;

pub fn go(one: One, two: Two) {{
    stroll(&one);
    stroll(&two);
}}
"""
    wanted = source.replace("#[derive(Debug)]", f"#[derive(Debug, {written})]")
    assert ask(traits.propose, source, STROLLING)[0] == wanted


def test_a_bound_of_another_crate_that_nobody_derives_is_no_derive(ask: Ask) -> None:
    source = (
        "use swift_feet::stroll;\n\n#[derive(Debug)]\npub struct Two;\n\npub fn go(two: Two) {\n    stroll(&two);\n}\n"
    )
    assert not any("Debug, Stroll" in text for text in ask(traits.propose, source, STROLLING))


def test_two_features_of_one_crate_are_asked_for_together(ask: Ask) -> None:
    source = "use swift_feet::Walk;\nuse swift_feet::clock::tick;\n\n#[derive(Walk)]\npub struct S(pub u32);\n\npub fn now() -> S {\n    S(tick())\n}\n"
    both = ask(crate_features.propose, source)
    assert any('"clock"' in text and '"derive"' in text for text in both)


def test_what_another_crate_configures_out_is_nothing_to_change_there(ask: Ask) -> None:
    assert ask(configured_out.propose, "use swift_feet::clock::tick;\n") == []


@pytest.mark.parametrize(
    "source",
    [
        "use swift_feet::nowhere::at_all;\n",
        "use crate::clock;\n",
        "#[derive(Walkk)]\npub struct S;\n",
        "use swift_feet::pace::slow;\n\npub fn f() -> u8 {\n    slow(2)\n}\n",
    ],
)
def test_what_no_feature_brings_is_left_alone(ask: Ask, source: str) -> None:
    assert ask(crate_features.propose, source) == []


def test_a_crate_on_this_machine_is_depended_on(ask: Ask) -> None:
    source = "use swift_feet::pace::slow;\n\npub fn half(n: u32) -> u32 {\n    slow(n)\n}\n"
    assert ask(lost_dependencies.propose, source, "") == [
        f'{HEAD}swift-feet = "0.3"\n',
        f'{HEAD}swift-feet = "0.2"\n',
    ]


@pytest.mark.parametrize("name", ["nobody_has_this", "crate_of_mine", "demo"])
def test_a_crate_that_is_nowhere_is_not_asked_for(ask: Ask, name: str) -> None:
    assert ask(lost_dependencies.propose, f"use {name}::x;\n", "") == []
