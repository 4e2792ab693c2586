"""The commands, run as a user runs them, on a copy of a few pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import rusta_docs.toolchains
from rusta_conductor.cli.context import Context
from rusta_conductor.errors import RustaError
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_docs import Library, UnknownAnchor, plugin
from rusta_docs.cli.anchor import anchor
from rusta_docs.cli.docs import docs as docs_command


@pytest.fixture
def run(library: Library, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    # The toolchain's own documentation is large; everything else is the real thing.
    monkeypatch.setattr(rusta_docs.toolchains, "library_for", lambda folder, home: Library(library.shelf, home))
    surroundings = Context.of(PluginHost(), Home(library.home))

    def call(*arguments: str) -> Result:
        command = anchor if arguments[0] == "anchor" else docs_command
        return CliRunner().invoke(command, arguments[1:], obj=surroundings)

    return call


def test_declarations_are_taken() -> None:
    host = PluginHost(strict=True)
    host.register(plugin, name="docs")
    assert set(host.tools) >= {"docs_search", "docs_anchor", "docs_passage", "docs_explain"}
    assert set(host.commands) >= {"anchor", "docs"}


def test_build_status_search_and_anchor(run: Callable[..., Result], edit: Callable[..., None]) -> None:
    assert run("docs", "status").exit_code == 1
    built = run("docs", "build", "--json")
    assert built.exit_code == 0
    assert json.loads(built.stdout)["indexed"] == 20
    assert "20 unchanged" in run("docs", "build").output
    assert run("docs", "status").exit_code == 0
    found = json.loads(run("docs", "search", "ownership", "rules", "--limit", "1", "--json").stdout)
    identity = found["passage"]["anchor"]["id"]
    shown = run("anchor", identity[:12])
    assert shown.exit_code == 0
    assert "Ownership Rules" in shown.output
    assert "rust-docs 1.95.0" in shown.output
    assert "ch04-01-what-is-ownership.html" in shown.output
    edit("book/ch04-01-what-is-ownership.html", "Each value in Rust has an", "No value has an")
    changed = run("anchor", identity[:12])
    assert changed.exit_code == 1
    assert "changed:" in changed.output
    assert "No value has an" in changed.output
    assert json.loads(run("anchor", identity, "--json").stdout)["status"] == "changed"
    assert run("docs", "status").exit_code == 1


def test_unknown_anchors_and_fruitless_searches(run: Callable[..., Result]) -> None:
    run("docs", "build")
    unknown = run("anchor", "0123456789ab")
    assert isinstance(unknown.exception, UnknownAnchor)
    assert unknown.exception.exit_code == 2
    assert run("docs", "search", "qqqqzzzz").exit_code == 1


def test_a_search_without_an_index_says_what_to_do(run: Callable[..., Result]) -> None:
    failed = run("docs", "search", "borrow")
    assert isinstance(failed.exception, RustaError)
    assert "rusta docs build" in str(failed.exception)


def test_the_measurement(library: Library, tmp_path: Path) -> None:
    from rusta_docs.qa import measure, questions

    library.build()
    made = questions(library.store, 60, 3)
    assert made == questions(library.store, 60, 3)
    assert made != questions(library.store, 60, 4)
    assert {question.kind for question in made} == {"heading", "sentence"}
    scores, failed, seconds = measure(library, made)
    assert scores["all"].asked == len(made) == len(seconds)
    assert scores["all"].three == len(made) - len(failed)
    assert scores["all"].three / len(made) >= 0.9
