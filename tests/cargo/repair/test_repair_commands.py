"""``rusta repair`` and ``rusta explain`` as a user meets them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from rusta_cargo import plugin
from rusta_cargo.repair.declarations import PROPOSERS
from rusta_conductor import builtin
from rusta_conductor.cli import Context
from rusta_conductor.cli.root import rusta
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_docs import plugin as docs_plugin

MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n\n[workspace]\n'
BROKEN = """/// Twice.
pub fn twice(value: u32) -> u32 {
    let result = value;
    result += value;
    result
}

#[test]
fn doubles() {
    assert_eq!(twice(2), 4);
}
"""
Lay = Callable[..., Path]
Run = Callable[..., Result]


@pytest.fixture
def run(home: Path) -> Run:
    """Runs ``rusta`` in this process, with the state folder of all tests."""

    def invoke(*args: str, docs: bool = True) -> Result:
        host = PluginHost(strict=True)
        host.register(builtin, name="conductor")
        host.register(plugin, name="cargo")
        if docs:
            host.register(docs_plugin, name="docs")
        return CliRunner().invoke(rusta, list(args), obj=Context.of(host, Home(home)))

    return invoke


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_repair_shows_the_change_its_proof_and_what_to_do_next(lay: Lay, run: Run) -> None:
    root = lay({"Cargo.toml": MANIFEST, "src/lib.rs": BROKEN})
    done = run("repair", str(root), "--seed", "7")
    assert done.exit_code == 0, done.output
    text = done.stdout
    assert "src/lib.rs:4: [E0384] cannot assign twice to immutable variable `result`" in text
    assert "+    let mut result = value;" in text
    assert "cargo check --all-targets: compiles" in text
    assert "cargo test: 1 passed" in text
    assert "risk low" in text
    assert "Error code E0384" in text
    assert "'rusta apply " in text
    assert "'rusta replay " in text
    assert "trying candidates" in done.stderr
    assert "trying candidates" not in text
    assert (root / "src/lib.rs").read_text() == BROKEN


def test_apply_changes_the_tree_and_rollback_takes_it_back(lay: Lay, run: Run) -> None:
    root = lay({"Cargo.toml": MANIFEST, "src/lib.rs": BROKEN})
    done = run("repair", str(root), "--apply", "--json")
    assert done.exit_code == 0, done.output
    told, applied = lines(done.stdout)
    assert told["outcome"] == "repaired"
    assert applied["outcome"] == "applied"
    assert "let mut result" in (root / "src/lib.rs").read_text()
    assert run("rollback", told["bundle"]["id"]).exit_code == 0
    assert (root / "src/lib.rs").read_text() == BROKEN


def test_nothing_to_do_is_a_success(lay: Lay, run: Run) -> None:
    root = lay({"ok.rs": BROKEN.replace("let result", "let mut result")})
    done = run("repair", str(root / "ok.rs"), "--json")
    assert done.exit_code == 0
    assert lines(done.stdout)[0]["outcome"] == "nothing_to_do"


def test_an_abstention_has_its_own_exit_code(lay: Lay, run: Run) -> None:
    root = lay({"bad.rs": "fn main() { let x = nowhere(); }\n"})
    others = [f"--without={spec.name}" for spec in PROPOSERS if spec.name != "suggestions"]
    done = run("repair", str(root / "bad.rs"), *others)
    assert done.exit_code == 10
    assert "abstained: [E0425] cannot find function `nowhere`" in done.stdout
    assert done.stdout.count("abstained") == 1


def test_a_used_up_budget_shows_the_best_and_how_to_go_on(lay: Lay, run: Run) -> None:
    root = lay({"file.rs": BROKEN + "fn main() {}\n"})
    done = run("repair", str(root / "file.rs"), "--budget", "probes=2", "--no-tests")
    assert done.exit_code == 3
    assert "let mut result" in done.stdout
    assert "not proved" in done.stdout
    assert "rusta resume" in done.stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["{root}/missing"], "does not exist"),
        (["{root}"], "not a crate"),
        (["{root}/file.rs", "--without", "sugestions"], "did you mean 'suggestions'"),
        (["{root}/file.rs", "--budget", "probs=3"], "probs"),
        (["{root}/file.rs", "--features", "x"], "single file"),
        (["{root}/file.rs", "--edition", "2020"], "2020"),
        (["{root}/crate", "--edition", "2021"], "Cargo.toml"),
        (["{root}/notes.txt"], "not a crate"),
    ],
)
def test_wrong_use_is_told_before_anything_is_done(lay: Lay, run: Run, home: Path, args: list[str], words: str) -> None:
    files = {
        "file.rs": BROKEN,
        "notes.txt": "",
        "crate/Cargo.toml": MANIFEST,
        "crate/src/lib.rs": "",
    }
    root = lay(files)
    before = sorted((home / "devlog").glob("*")) if (home / "devlog").exists() else []
    done = run("repair", *(arg.format(root=root) for arg in args))
    assert done.exit_code == 2
    text = done.stderr if done.exception is None else done.stderr + str(done.exception)
    assert words in text
    after = sorted((home / "devlog").glob("*")) if (home / "devlog").exists() else []
    assert before == after


def test_explain_quotes_the_page_of_the_error(lay: Lay, run: Run) -> None:
    root = lay({"Cargo.toml": MANIFEST, "src/lib.rs": BROKEN})
    done = run("explain", str(root))
    assert done.exit_code == 0, done.output
    assert "src/lib.rs:4: [E0384] cannot assign twice" in done.stdout
    assert "the rule behind it" in done.stdout
    (told,) = lines(run("explain", str(root), "--json").stdout)
    (error,) = told["data"]["errors"]
    assert error["anchor"]["path"] in ("error_codes/E0384.html", "E0384")
    assert error["anchor"] == told["data"]["explanations"][0]["quotations"][0]["anchor"]


def test_explain_without_the_documentation_plugin_gives_the_compilers_words(lay: Lay, run: Run) -> None:
    root = lay({"Cargo.toml": MANIFEST, "src/lib.rs": BROKEN})
    done = run("explain", str(root), docs=False)
    assert done.exit_code == 0, done.output
    assert "[E0384] cannot assign twice" in done.stdout
    assert "first assignment to `a`" in done.stdout or "first assignment" in done.stdout
    assert "the documentation plugin is not installed" in done.stderr
    (told,) = lines(run("explain", str(root), "--json", docs=False).stdout)
    assert told["data"]["errors"][0]["anchor"]["origin"] == "devlog"


def test_explain_of_an_error_that_no_page_tells_of(lay: Lay, run: Run) -> None:
    root = lay({"a.rs": 'compile_error!("not here");\nfn main() {}\n'})
    (told,) = lines(run("explain", str(root / "a.rs"), "--json").stdout)
    (error,) = told["data"]["errors"]
    assert "not here" in error["message"]
    assert error["anchor"]["id"]


def test_explain_tells_what_the_proposers_would_try(lay: Lay, run: Run) -> None:
    """The compiler suggests nothing for a private field; the repairs are explained all the same."""
    private = "mod a {\n    pub struct S { x: u8 }\n    pub fn s() -> S { S { x: 1 } }\n}\nfn main() { a::s().x; }\n"
    root = lay({"a.rs": private})
    (told,) = lines(run("explain", str(root / "a.rs"), "--json").stdout)
    (one,) = told["data"]["explanations"]
    assert any("`pub" in repair["title"] for repair in one["repairs"])
    assert "harder to change later" in one["repairs"][0]["means"][0]
    assert any(quotation["role"] == "source" for quotation in one["quotations"])


def test_explain_of_a_sound_target(lay: Lay, run: Run) -> None:
    root = lay({"a.rs": "fn main() {}\n"})
    done = run("explain", str(root / "a.rs"))
    assert done.exit_code == 0
    assert "nothing to do: it compiles" in done.stdout


def test_declaring_is_light() -> None:
    """Reading the declarations and the public names' package loads nothing heavy."""
    code = (
        "import sys, rusta_cargo.repair, rusta_cargo.repair.declarations\n"
        "heavy = {'pydantic', 'tree_sitter', 'rich', 'click', 'sqlite_utils', 'numpy'} & sys.modules.keys()\n"
        "assert not heavy, heavy\n"
        "from rusta_cargo.repair import Candidate, Situation\n"
        "assert 'pydantic' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_everything_that_is_declared_can_be_loaded() -> None:
    from rusta_cargo.repair.declarations import COMMANDS, DOMAINS, TOOLS
    from rusta_conductor.refs import resolve

    for spec in (*COMMANDS, *DOMAINS, *TOOLS):
        assert callable(resolve(spec.handler)), spec
    for domain in DOMAINS:
        made: Any = resolve(domain.handler)
        assert made().name == domain.name
