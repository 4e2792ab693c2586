"""``cargo_check`` on real crates: errors and their places, manifests, workspaces, build scripts, limits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rusta_cargo.models import CheckArgs, CheckReport, NoArgs
from rusta_cargo.tools.checking import cargo_check, clippy
from rusta_cargo.tools.metadata import cargo_metadata
from rusta_conductor.errors import Cancelled, ToolError, ToolTimeout
from rusta_schemas.diagnostic import Category, Diagnostic, Level
from rusta_schemas.edits import Edit

Lay = Callable[..., Path]
MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n'
DEFAULT = CheckArgs(targets="default")


def only(report: CheckReport) -> Diagnostic:
    assert not report.ok
    (found,) = report.diagnostics
    return found


def test_an_edit_breaks_and_its_absence_mends(lay: Lay, bench: Callable) -> None:
    root = lay({"Cargo.toml": MANIFEST, "src/lib.rs": "pub fn f() -> u8 { 1 }\n"})
    it = bench(root)
    assert it.call(cargo_check, DEFAULT) == CheckReport(
        ok=True, phase=99, errors=0, warnings=0, command="cargo check", exit_code=0
    )
    broken = DEFAULT.model_copy(update={"edits": (it.edit("src/lib.rs", "{ 1 }", '{ "ü" }'),)})
    first = it.call(cargo_check, broken)
    found = only(first)
    assert (found.code, found.category, found.phase, first.phase) == ("E0308", Category.TYPE, 3, 3)
    assert found.primary is not None
    assert (found.primary.path, found.primary.start, found.primary.end) == ("src/lib.rs", 19, 23)
    assert found.rendered.startswith("error[E0308]")
    assert it.call(cargo_check, DEFAULT).ok
    assert it.call(cargo_check, broken) == first, "the same call gives the same report"
    assert (root / "src/lib.rs").read_text() == "pub fn f() -> u8 { 1 }\n"
    assert sorted(path.name for path in root.iterdir()) == ["Cargo.toml", "src"], "the tree itself is never written"


def test_an_error_behind_a_link_is_one_of_the_file_it_leads_to(lay: Lay, bench: Callable) -> None:
    root = lay(
        {
            "Cargo.toml": MANIFEST,
            "src/lib.rs": "pub mod one;\npub mod more {\n    pub mod two;\n}\n",
            "shared/one.rs": "pub fn f() -> u8 { 'a' }\n",
            "shared/inner/two.rs": "pub fn f() -> u8 { 'b' }\n",
        }
    )
    (root / "src/one.rs").symlink_to("../shared/one.rs")
    (root / "src/more").symlink_to(root / "shared/inner")
    it = bench(root)
    report = it.call(cargo_check, DEFAULT)
    assert sorted(d.primary.path for d in report.diagnostics) == ["shared/inner/two.rs", "shared/one.rs"]
    mended = (it.edit("shared/one.rs", "'a'", "1"), it.edit("shared/inner/two.rs", "'b'", "2"))
    assert it.call(cargo_check, DEFAULT.model_copy(update={"edits": mended})).ok


def test_every_broken_target_is_told_of(lay: Lay, bench: Callable) -> None:
    broken = "fn main() {\n    let x: u8 = demo::f;\n}\n"
    targets = {f"examples/e{number}.rs": broken for number in range(6)}
    report = bench(
        lay({"Cargo.toml": MANIFEST, "src/lib.rs": "pub fn f() -> u8 { 1 }\n", "src/main.rs": broken, **targets})
    ).call(cargo_check, CheckArgs())
    assert [d.primary.path for d in report.diagnostics] == [*sorted(targets), "src/main.rs"]


def test_both_library_builds_say_it_once_and_warnings_are_optional(lay: Lay, bench: Callable) -> None:
    it = bench(
        lay(
            {
                "Cargo.toml": MANIFEST,
                "src/lib.rs": 'pub fn f() { let x: u8 = ""; }\nuse std::fmt;\n',
            }
        )
    )
    quiet = it.call(cargo_check, CheckArgs())
    assert (quiet.errors, len(quiet.diagnostics)) == (1, 1)
    loud = it.call(cargo_check, CheckArgs(warnings=True))
    assert [d.level for d in loud.diagnostics].count(Level.ERROR) == 1
    assert len(loud.diagnostics) == 1 + loud.warnings


def test_a_missing_dependency_is_phase_0_with_advice(lay: Lay, bench: Callable) -> None:
    it = bench(lay({"Cargo.toml": f'{MANIFEST}[dependencies]\nno-such-crate = "1"\n', "src/lib.rs": ""}))
    found = only(it.call(cargo_check, DEFAULT))
    assert found.phase == 0
    assert "no-such-crate" in found.rendered
    assert any("no network" in note.message for note in found.notes)


def test_a_manifest_broken_by_an_edit_is_phase_0_with_a_place(lay: Lay, bench: Callable) -> None:
    it = bench(lay({"Cargo.toml": MANIFEST, "src/lib.rs": ""}))
    edit = it.edit("Cargo.toml", "version = ", "version = = ")
    report = it.call(cargo_check, CheckArgs(targets="default", edits=(edit,)))
    found = only(report)
    assert report.phase == 0
    assert found.primary is not None
    assert (found.primary.path, found.primary.line) == ("Cargo.toml", 3)


def test_a_virtual_workspace_with_the_fault_in_a_dependency(lay: Lay, bench: Callable) -> None:
    member = '[package]\nname = "{}"\nversion = "0.1.0"\nedition = "2024"\n'
    root = lay(
        {
            "Cargo.toml": '[workspace]\nmembers = ["app", "core"]\nresolver = "3"\n',
            "app/Cargo.toml": member.format("app")
            + '[dependencies]\ncore_part = { path = "../core", package = "core" }\n',
            "app/src/main.rs": "fn main() { core_part::f(); }",
            "core/Cargo.toml": member.format("core")
            + '[features]\nmore = []\n[[bin]]\nname = "extra"\nrequired-features = ["more"]\n',
            "core/src/lib.rs": "pub fn f() { let v = vec![1]; drop(v); drop(v); }",
            "core/src/bin/extra.rs": "fn main() { nope }",
        }
    )
    it = bench(root / "app")
    assert it.workspace.project.package == "app"
    found = only(it.call(cargo_check, CheckArgs(targets="default", packages=("app",))))
    assert (found.code, found.unit) == ("E0382", "core core")
    assert found.primary is not None
    assert found.primary.path == "core/src/lib.rs"
    mended = it.edit("core/src/lib.rs", "drop(v); drop(v);", "drop(v);")
    assert it.call(cargo_check, CheckArgs(edits=(mended,))).ok
    featured = it.call(cargo_check, CheckArgs(edits=(mended,), packages=("core",), features=("more",)))
    assert only(featured).unit == "core bin:extra"

    metadata = it.call(cargo_metadata, NoArgs())
    assert [package.manifest for package in metadata.packages] == [
        "app/Cargo.toml",
        "core/Cargo.toml",
    ]
    assert (metadata.workspace_root, metadata.default_members) == (".", ("app", "core"))
    app, core = metadata.packages
    assert (app.path_dependencies, app.edition) == (("core",), "2024")
    assert [(t.name, t.kinds, t.src, t.required_features) for t in core.targets] == [
        ("core", ("lib",), "core/src/lib.rs", ()),
        ("extra", ("bin",), "core/src/bin/extra.rs", ("more",)),
    ]


BUILD = """
use std::{env, fs};
fn main() {
    println!("cargo:rerun-if-changed=schema.txt");
    let text = fs::read_to_string("schema.txt").unwrap();
    fs::write("src/made.rs", format!("pub const MADE: &str = {text:?};")).unwrap();
    let home = fs::read_dir(env::var("HOME").unwrap()).map(|d| d.count());
    let net = std::net::TcpStream::connect("127.0.0.1:1").is_ok();
    println!("cargo:warning=home {home:?} net {net} secret {:?}", env::var("RUSTA_TEST_SECRET"));
}
"""


def test_a_build_script_runs_isolated_and_its_files_stay(
    lay: Lay, bench: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUSTA_TEST_SECRET", "s3cret")
    root = lay(
        {
            "Cargo.toml": MANIFEST,
            "build.rs": BUILD,
            "schema.txt": "1",
            "src/lib.rs": "mod made; pub use made::MADE;",
        }
    )
    it = bench(root)
    assert it.call(cargo_check, DEFAULT).ok
    # Cargo does not run the script again here; without its file the crate would seem broken.
    again = CheckArgs(targets="default", edits=(it.edit("src/lib.rs", "mod made;", "mod made; "),))
    assert it.call(cargo_check, again).ok
    it.workspace.close()
    assert not (root / "src/made.rs").exists()
    assert bench(root).call(cargo_check, DEFAULT).ok, "also in the next episode, over a warm target folder"


def test_a_failing_build_script(lay: Lay, bench: Callable) -> None:
    script = 'fn main() { println!("{{"); eprintln!("no luck"); std::process::exit(3) }'
    it = bench(lay({"Cargo.toml": MANIFEST, "build.rs": script, "src/lib.rs": ""}))
    found = only(it.call(cargo_check, DEFAULT))
    assert found.phase == 0
    assert "custom build command" in found.message
    assert "no luck" in found.rendered


def test_time_and_interruption(lay: Lay, bench: Callable) -> None:
    it = bench(lay({"Cargo.toml": MANIFEST, "build.rs": "fn main() { loop {} }", "src/lib.rs": ""}))
    with pytest.raises(ToolTimeout, match="did not end within 3 s"):
        it.call(cargo_check, DEFAULT, timeout_s=3)
    it.cancel.set()
    with pytest.raises(Cancelled):
        it.call(cargo_check, DEFAULT)


def test_clippy_adds_its_lints(lay: Lay, bench: Callable) -> None:
    source = "#![deny(clippy::len_zero)]\npub fn f(v: &[u8]) -> bool { v.len() == 0 }\n"
    it = bench(lay({"Cargo.toml": MANIFEST, "src/lib.rs": source}))
    found = only(it.call(clippy, DEFAULT))
    assert (found.code, found.category, found.phase) == ("clippy::len_zero", Category.LINT, 5)
    assert found.suggestions[0].replacements[0].text == "v.is_empty()"


def test_odd_sources(lay: Lay, bench: Callable) -> None:
    """Not UTF-8, a byte-order mark with CRLF, and a crate without the standard library."""
    bad = lay({"Cargo.toml": MANIFEST, "src/lib.rs": b"pub fn f() {}\n// \xff\n"}, name="latin")
    found = bench(bad).call(cargo_check, DEFAULT).diagnostics
    assert found
    assert "UTF-8" in found[0].message

    marked = lay(
        {
            "Cargo.toml": MANIFEST,
            "src/lib.rs": b"\xef\xbb\xbf#![no_std]\r\npub fn f() -> u8 { x }\r\n",
        },
        name="marked",
    )
    place = only(bench(marked).call(cargo_check, DEFAULT)).primary
    assert place is not None
    assert (marked / "src/lib.rs").read_bytes()[place.start : place.end] == b"x"


def test_misuse(lay: Lay, bench: Callable) -> None:
    root = lay({"Cargo.toml": MANIFEST, "src/lib.rs": "", "one.rs": ""})
    it = bench(root)
    with pytest.raises(ToolError, match="'--config' is not the name"):
        it.call(cargo_check, CheckArgs(features=("--config",)))
    wrong = Edit(path="src/lib.rs", start=0, end=1, removed="x", inserted="")
    with pytest.raises(ToolError, match=r"src/lib.rs' has changed: bytes 0..1"):
        it.call(cargo_check, CheckArgs(edits=(wrong,)))
    with pytest.raises(ToolError, match="belongs to no crate; use rustc_probe"):
        bench(root / "one.rs").call(cargo_check, DEFAULT)
