"""The repair domain on real crates, with the real compiler, in the real sandbox."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rusta_cargo.repair import Candidate, Replacement, Situation
from rusta_conductor import sessions
from rusta_conductor.home import Home
from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.specs import ProposerSpec
from rusta_conductor.testing import reference
from rusta_schemas.anchor import Anchor
from rusta_schemas.bundle import PatchBundle

MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n\n[workspace]\n'
Lay = Callable[..., Path]
Repair = Callable[..., Any]  # a Ran of this folder's conftest

COUNTER = """//! Counts words.
use std::collections::BTreeMap;

pub fn count(text: &str) -> BTreeMap<String, usize> {
    let found = BTreeMap::new();
    for word in text.split_whitespace() {
        *found.entry(word.to_string()).or_insert(0) += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted() {
        assert_eq!(count("a b a")["a"], 2);
    }
}
"""


def crate(lay: Lay, source: str | bytes, **files: str | bytes) -> Path:
    more = {path.replace("__", "/") + ".rs": text for path, text in files.items()}
    return lay({"Cargo.toml": MANIFEST, "src/lib.rs": source, **more})


def digests(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_a_crate_is_mended_and_proved(lay: Lay, repair: Repair) -> None:
    root = crate(lay, COUNTER)
    before = digests(root)
    ran = repair(root)
    assert ran.outcome == "repaired"
    assert b"let mut found = BTreeMap::new();" in ran.after("src/lib.rs")
    assert digests(root) == before, "the tree of the user was touched"

    bundle = PatchBundle.model_validate(ran.data["bundle"])
    assert (bundle.k_lines, bundle.k_files, bundle.domain) == (1, 1, "repair")
    assert bundle.root == str(root)
    assert bundle.base_hashes == {"src/lib.rs": before["src/lib.rs"]}
    assert bundle.result_hashes["src/lib.rs"] == hashlib.sha256(ran.after("src/lib.rs")).hexdigest()
    assert [step.ok for step in bundle.proof.steps] == [True, True]
    assert bundle.proof.steps[1].summary == "1 passed"
    made = {data["key"] for data in ran.kinds("started")}
    assert {step.key for step in bundle.proof.steps} <= made
    assert ran.data["mended"][0]["code"] == "E0596"
    assert [anchor for anchor in bundle.anchors if "E0596" in anchor.path]
    assert all(isinstance(anchor, Anchor) for anchor in bundle.anchors)


def test_what_was_decided_is_replayed_without_a_tool(lay: Lay, repair: Repair) -> None:
    ran = repair(crate(lay, COUNTER))
    report = ran.replay()
    assert (report.outcome, report.calls) == ("repaired", len(ran.kinds("done")))


def test_the_steps_of_the_contract_are_made(lay: Lay, repair: Repair) -> None:
    ran = repair(crate(lay, COUNTER))
    signals = [data["signal"] for data in ran.kinds("transition")]
    assert signals == [
        "sensed", "need_probe", "probed", "ready", "proposed", "green", "reflected", "remembered",
    ]  # fmt: skip
    verbs = ran.verbs()
    assert verbs[:4] == ["surroundings", "tree_hashes", "cargo_metadata", "cargo_check"]
    assert verbs[-3:] == ["apply_edits", "cargo_check", "cargo_test"]
    contract = ran.kinds("opened")[0]["contract"]
    assert {o["before"] for o in contract["obligations"]} == {
        "need_probe",
        "ready",
        "proposed",
        "green",
    }
    assert contract["anchored"]
    (search,) = ran.decisions("search")
    assert search["checked"][-1]["ok"]


def test_line_endings_and_the_byte_order_mark_are_kept(lay: Lay, repair: Repair) -> None:
    source = COUNTER.replace("use std::collections::BTreeMap;\n", "").replace("Counts", "Zählt Wörter: counts")
    dos = b"\xef\xbb\xbf" + source.replace("let found", "let mut found").replace("\n", "\r\n").encode()
    root = crate(lay, dos)
    ran = repair(root)
    assert ran.outcome == "repaired", ran.summary
    after = ran.after("src/lib.rs")
    assert after.startswith(b"\xef\xbb\xbf//! Z\xc3\xa4hlt")
    assert b"use std::collections::BTreeMap;\r\n" in after
    assert after.count(b"\n") == after.count(b"\r\n")
    kept = b"".join(line for line in after.splitlines(keepends=True) if b"use std::collections" not in line)
    assert kept.replace(b"\r\n", b"") == dos.replace(b"\r\n", b"")


TWO_FAULTS = """pub fn first(names: &[String]) -> String {
    names[0]
}

pub fn double(value: i32) -> i64 {
    let twice: i64 = value * 2;
    twice
}
"""


def test_several_errors_are_mended_together(lay: Lay, repair: Repair) -> None:
    ran = repair(crate(lay, TWO_FAULTS))
    assert ran.outcome == "repaired"
    assert ran.data["bundle"]["k_lines"] == 2
    assert {error["code"] for error in ran.data["mended"]} == {"E0508", "E0308"}


TWO_PHASES = """pub fn count(text: &str) -> HashMap<String, usize> {
    let found = HashMap::new();
    for word in text.split_whitespace() {
        *found.entry(word.to_string()).or_insert(0) += 1;
    }
    found
}
"""


def test_an_error_that_hides_another_is_mended_first(lay: Lay, repair: Repair) -> None:
    ran = repair(crate(lay, TWO_PHASES))
    assert ran.outcome == "repaired"
    assert len(ran.data["steps"]) == 2
    after = ran.after("src/lib.rs")
    assert b"use std::collections::HashMap;" in after
    assert b"let mut found" in after
    told = [node for report in ran.decisions("search") for node in report["checked"]]
    assert [node["parent"] for node in told if node["ok"]] == [1]


MISLED = """pub fn leave_two(items: &[u8]) -> (Option<u8>, usize) {
    let rest = items.iter().copied();
    let first = head(rest);
    (first, rest.len())
}

fn head<I: Iterator<Item = u8>>(mut items: I) -> Option<u8> {
    items.next()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_rest_is_shorter() {
        assert_eq!(super::leave_two(&[7, 8, 9]), (Some(7), 2));
    }
}
"""


def test_what_compiles_and_fails_a_test_is_taken_back(lay: Lay, repair: Repair) -> None:
    ran = repair(crate(lay, MISLED))
    signals = [data["signal"] for data in ran.kinds("transition")]
    assert "red" in signals, signals
    assert "rolled_back" in signals
    assert ran.outcome == "repaired", ran.summary
    assert b"head(&mut rest)" in ran.after("src/lib.rs")
    assert b"clone" not in ran.after("src/lib.rs")
    assert ran.replay().outcome == "repaired"


def test_a_program_that_fails_its_tests_is_left_with_the_evidence(lay: Lay, repair: Repair) -> None:
    ran = repair(crate(lay, COUNTER.replace("let found", "let mut found").replace("+= 1", "+= 2")))
    assert ran.outcome == "abstained"
    (test,) = ran.data["failing_tests"]
    assert test["name"].endswith("tests::words_are_counted")
    assert (test["path"], test["line"]) == ("src/lib.rs", 18)
    assert "left: 4" in test["message"]
    assert "words_are_counted" in ran.summary


def test_a_sound_crate_has_nothing_to_mend(lay: Lay, repair: Repair) -> None:
    ran = repair(crate(lay, COUNTER.replace("let found", "let mut found")))
    assert ran.outcome == "nothing_to_do"
    assert ran.data["tests"] == "1 passed"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"Cargo.toml": MANIFEST + '[dependencies]\nno-such-crate = "7"\n'}, "no-such-crate"),
        ({"Cargo.toml": MANIFEST + '[[bin]]\nname = "gone"\npath = "src/gone.rs"\n'}, "gone"),
        ({"src/lib.rs": b"// \xff\xfe\npub fn a() {}\n"}, "UTF-8"),
        ({"build.rs": 'fn main() { panic!("no luck") }'}, "build"),
    ],
    ids=["dependency", "target", "encoding", "build-script"],
)  # fmt: skip
def test_what_is_no_fault_of_the_source_is_named(
    lay: Lay, repair: Repair, files: dict[str, str | bytes], words: str
) -> None:
    ran = repair(lay({"Cargo.toml": MANIFEST, "src/lib.rs": "", **files}))
    assert ran.outcome == "abstained"
    assert words in ran.summary
    assert "bundle" not in ran.data


def test_a_manifest_that_is_no_toml_is_mended(lay: Lay, repair: Repair) -> None:
    broken = MANIFEST.replace('version = "0.1.0"', 'version = "0.1.0')
    root = lay({"Cargo.toml": broken, "src/lib.rs": COUNTER.replace("let found", "let mut found")})
    ran = repair(root, also=("manifest",))
    assert ran.outcome == "repaired", ran.summary
    assert list(ran.data["bundle"]["base_hashes"]) == ["Cargo.toml"]


def test_what_the_tests_say_is_never_changed(lay: Lay, repair: Repair) -> None:
    root = crate(
        lay,
        COUNTER.replace("let found", "let mut found"),
        tests__all='use demo::cuont;\n\n#[test]\nfn counts() {\n    assert_eq!(cuont("a").len(), 1);\n}\n',
    )
    ran = repair(root)
    assert ran.outcome == "abstained"
    assert any("an assertion of the test counts of tests/all.rs" in why for why in ran.data["refused"])


CALLED = """use demo::twice;

#[test]
fn it_doubles() {
    let asked = 4;
    assert_eq!(twice(asked), 8)
    assert_eq!(twice(1), 2);
}
"""
TWICE = "/// The double.\npub fn twice(n: u32) -> u32 {\n    n * 2\n}\n"


def test_the_syntax_of_an_integration_test_is_mended(lay: Lay, repair: Repair) -> None:
    ran = repair(crate(lay, TWICE, tests__calls=CALLED))
    assert ran.outcome == "repaired"
    assert b"assert_eq!(twice(asked), 8);\n" in ran.after("tests/calls.rs")
    assert b"assert_eq!(twice(1), 2);" in ran.after("tests/calls.rs")


def test_what_a_test_says_otherwise_is_asked_about(lay: Lay, repair: Repair) -> None:
    called = CALLED.replace("twice(asked), 8)", "said, 8);").replace("4;", "4usize;\n    let said = twice(asked);")
    ran = repair(crate(lay, TWICE, tests__calls=called))
    assert ran.outcome == "abstained"
    assert "it is hardly what you want" in ran.summary
    assert any("changes a test that does not compile" in text for text in ran.data["decides"])


def test_a_budget_that_runs_out_parks_with_the_best_so_far(lay: Lay, repair: Repair, home: Path) -> None:
    root = crate(lay, TWO_PHASES)
    ran = repair(root, budget={"probes": 2})
    assert ran.finish.parked is not None
    assert ran.finish.resource == "probes"
    assert ran.outcome == "partial"
    assert len(ran.data["leaves"]) == 1
    assert ran.data["diff"]

    with sessions.resume(ran.host, Home(home), ran.episode, budget={"probes": 50}) as session:
        finish = session.run()
    assert finish.result is not None
    assert finish.result.outcome == "repaired"
    assert session.episode.journal.replayed_calls == len(ran.kinds("done"))


MISSING_FIELD = """pub struct Point { pub x: i32, pub y: i32 }

pub fn origin() -> Point {
    Point { x: 0 }
}
"""


class Strangers:
    """A plugin of somebody else: one proposer that helps, one that raises, one that points anywhere."""

    @hookimpl
    def rusta_proposers(self) -> Iterable[ProposerSpec]:
        functions = (("helpful", helpful), ("broken", broken), ("lost", lost))
        return [
            ProposerSpec(name, "repair", "test", reference(function), order=20 + place)
            for place, (name, function) in enumerate(functions)
        ]


def helpful(situation: Situation) -> Iterator[Candidate]:
    for index, error in enumerate(situation.diagnostics):
        place = error.primary
        if error.code == "E0063" and place is not None:
            source = situation.source(place.path)
            end = source.index(b" }", place.start)
            yield Candidate(
                "fill the field with its default",
                (Replacement(path=place.path, start=end, end=end, text=", ..Default::default()"),),
                0.2,
                diagnostic=index,
            )
            yield Candidate(
                "fill the field with zero",
                (Replacement(path=place.path, start=end, end=end, text=", y: 0"),),
                0.1,
                diagnostic=index,
                cites=("E0063", "E0560", "nonsense: no key"),
            )


def broken(_: Situation) -> list[Candidate]:
    raise ZeroDivisionError("not my day")


def lost(_: Situation) -> list[Candidate]:
    def put(path: str, start: int) -> Candidate:
        return Candidate("somewhere", (Replacement(path=path, start=start, end=start, text="x"),), 0.9)

    return [
        put("src/lib.rs", 10_000),
        put("/etc/passwd", 0),
        put("src/none.rs", 0),
        put("Cargo.lock", 0),
    ]


def test_proposers_of_strangers_help_and_cannot_hurt(lay: Lay, repair: Repair) -> None:
    ran = repair(crate(lay, MISSING_FIELD), plugins=(Strangers(),))
    assert ran.outcome == "repaired"
    assert ran.data["proposers"] == ["helpful"]
    assert b"Point { x: 0, y: 0 }" in ran.after("src/lib.rs")
    paths = [anchor["path"] for anchor in ran.data["bundle"]["anchors"]]
    assert any("E0560" in path for path in paths)
    notes = " ".join(data["text"] for data in ran.kinds("note"))
    assert "ZeroDivisionError" in notes
    assert "outside 'src/lib.rs'" in notes
    assert ran.replay().outcome == "repaired"


FOUR_FAULTS = """mod stock {
    pub struct Item { weight: u32, pub name: String }
    pub struct Shelf { height: u32, pub items: Vec<Item> }
    pub struct Hall { length: u32, pub shelves: Vec<Shelf> }
    fn unit() -> &'static str { "cm" }
}

pub fn heavy(item: &stock::Item) -> bool {
    item.weight > 20
}

pub fn tall(shelf: &stock::Shelf) -> bool {
    shelf.height > 200
}

pub fn long(hall: &stock::Hall) -> String {
    format!("{} {}", hall.length, stock::unit())
}
"""


def test_many_independent_errors_take_few_checks(lay: Lay, repair: Repair) -> None:
    ran = repair(crate(lay, FOUR_FAULTS), without=("suggestions",), also=("visibility",))
    assert ran.outcome == "repaired", ran.summary
    assert len(ran.data["mended"]) == 4
    assert ran.data["bundle"]["k_lines"] == 4
    assert len(ran.data["steps"]) == 1
    assert ran.data["steps"][0].startswith("4 changes at once")


def test_only_the_proposers_that_the_goal_names_are_asked(lay: Lay, repair: Repair) -> None:
    """So that a replay does not meet one that was installed since."""
    ran = repair(crate(lay, MISSING_FIELD), plugins=(Strangers(),), proposers=("suggestions",))
    assert ran.outcome == "abstained"


def test_a_proposer_can_be_left_out(lay: Lay, repair: Repair) -> None:
    root = crate(lay, COUNTER)
    ran = repair(root, without=("suggestions",))
    assert ran.outcome == "abstained"
    assert "nothing proposes a change" in ran.summary


MOODY_BUILD = """use std::{env, fs, path::Path};
fn main() {
    println!("cargo:rustc-check-cfg=cfg(moody)");
    let memory = Path::new(&env::var("OUT_DIR").unwrap()).join("seen");
    if !memory.exists() {
        fs::write(&memory, "").unwrap();
        println!("cargo:rustc-cfg=moody");
    }
}
"""
MOODY = """pub fn a() -> u32 {
    let value = 1;
    #[cfg(moody)]
    { value = 2; }
    value
}
"""


def test_a_base_that_compiles_at_a_second_look_proves_nothing(lay: Lay, repair: Repair) -> None:
    ran = repair(crate(lay, MOODY, build=MOODY_BUILD))
    assert ran.outcome == "fault", ran.summary
    assert "second look" in ran.summary
    assert "bundle" not in ran.data


def test_a_member_of_a_workspace_is_mended_where_the_fault_is(lay: Lay, repair: Repair) -> None:
    member = '[package]\nname = "{0}"\nversion = "0.1.0"\nedition = "2021"\n'
    root = lay(
        {
            "Cargo.toml": '[workspace]\nmembers = ["core", "app"]\nresolver = "2"\n',
            "core/Cargo.toml": member.format("core-parts"),
            "core/src/lib.rs": "pub fn part() -> u32 {\n    let x = 1;\n    x += 1;\n    x\n}\n",
            "app/Cargo.toml": member.format("app") + '[dependencies]\ncore-parts = { path = "../core" }\n',
            "app/src/main.rs": "fn main() { println!(\"{}\", core_parts::part()); }\n",
        }
    )  # fmt: skip
    ran = repair(root / "app")
    assert ran.outcome == "repaired", ran.summary
    assert list(ran.data["bundle"]["base_hashes"]) == ["core/src/lib.rs"]
    started = [data["action"] for data in ran.kinds("started")]
    checks = [action["args"]["packages"] for action in started if action["verb"] == "cargo_check"]
    assert set(map(tuple, checks)) == {("app",)}


FILE = """fn half(value: u32) -> u32 {
    let result = value;
    result /= 2;
    result
}

fn main() {
    println!("{}", half(8));
}

#[test]
fn halves() {
    assert_eq!(half(8), 4);
}
"""


def test_a_single_file_is_mended_without_cargo(lay: Lay, repair: Repair) -> None:
    path = lay({"half.rs": FILE}) / "half.rs"
    ran = repair(path, edition="2018")
    assert ran.outcome == "repaired"
    assert b"let mut result" in ran.after("half.rs")
    assert not any(verb.startswith("cargo") for verb in ran.verbs())
    steps = ran.data["bundle"]["proof"]["steps"]
    assert [step["summary"] for step in steps] == ["compiles", "1 passed"]
    assert all("--edition 2018" in step["command"] for step in steps)


def test_without_tests_the_confidence_is_lower(lay: Lay, repair: Repair) -> None:
    path = lay({"half.rs": FILE}) / "half.rs"
    tested = repair(path).data["bundle"]
    untested = repair(path, domain="repair_untested", tests=False).data["bundle"]
    assert len(untested["proof"]["steps"]) == 1
    assert untested["confidence"] < tested["confidence"]


def test_a_proof_names_no_command_that_was_not_run(lay: Lay, repair: Repair) -> None:
    """A file without tests is not built for them, and the proof says so."""
    path = lay({"plain.rs": 'fn main() {\n    let n = 1;\n    n += 1;\n    println!("{n}");\n}\n'}) / "plain.rs"
    steps = repair(path).data["bundle"]["proof"]["steps"]
    assert [step["command"] for step in steps][1:] == ["tests"]
    assert "there are none" in steps[1]["summary"]
