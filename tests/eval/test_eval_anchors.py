"""Whether an anchor leads to what it cites."""

from __future__ import annotations

from pathlib import Path

import pytest

from rusta_cargo import Toolchain, find_toolchain
from rusta_conductor.home import Home
from rusta_conductor.host import PluginHost
from rusta_conductor.sessions import read_entries, read_recording
from rusta_devlog import DevLogStore
from rusta_docs import Shelf
from rusta_eval.anchors import resolved
from rusta_eval.product import Offer, run_product
from rusta_schemas.anchor import Anchor, make_anchor

SOURCE = b'fn main() {\n    let x: u8 = "a";\n    let _ = x;\n}\n'


@pytest.fixture(scope="module")
def offer(tmp_path_factory: pytest.TempPathFactory) -> tuple[Offer, Path, Home]:
    folder, home = tmp_path_factory.mktemp("case"), tmp_path_factory.mktemp("home")
    (folder / "main.rs").write_bytes(SOURCE)
    host = PluginHost.from_environment()
    budget = {"probes": 3.0}
    made = run_product(host, home, folder / "main.rs", {"main.rs": SOURCE}, edition="2021", budget=budget)
    assert made.episode
    return made, folder, Home(home)


def holds(anchor: Anchor, offer: tuple[Offer, Path, Home], toolchain: Toolchain) -> bool:
    made, folder, home = offer
    return resolved([anchor], toolchain, home, made.episode, folder) == 1


def test_a_citation_of_the_source_holds_until_the_text_changes(
    offer: tuple[Offer, Path, Home],
) -> None:
    toolchain = find_toolchain(offer[1])
    assert holds(make_anchor("source", "main.rs", SOURCE, 0, 9), offer, toolchain)
    assert not holds(make_anchor("source", "main.rs", b"fn niam() {}", 0, 9), offer, toolchain)
    assert not holds(make_anchor("source", "gone.rs", SOURCE, 0, 9), offer, toolchain)


def test_a_citation_of_the_documentation_holds(offer: tuple[Offer, Path, Home]) -> None:
    toolchain = find_toolchain(offer[1])
    if toolchain.docs is None:
        pytest.skip("the documentation is not installed")
    page = (toolchain.docs / "error_codes" / "E0308.html").read_bytes()
    assert holds(make_anchor("rust-docs", "error_codes/E0308.html", page, 10, 90), offer, toolchain)
    moved = page[:5] + b"x" + page[5:]
    assert not holds(make_anchor("rust-docs", "error_codes/E0308.html", moved, 10, 90), offer, toolchain)


def test_a_citation_of_a_lint_holds(offer: tuple[Offer, Path, Home]) -> None:
    toolchain = find_toolchain(offer[1])
    shelf = Shelf.of(toolchain)
    told = shelf.explained("clippy::len_zero")
    if told is None:
        pytest.skip("clippy is not installed")
    origin, text = told
    assert origin.startswith("cargo clippy")
    assert holds(make_anchor(origin, "len_zero", text, 0, len(text)), offer, toolchain)
    assert not holds(make_anchor(origin, "len_zero", text + b"x", 0, len(text) + 1), offer, toolchain)
    assert not holds(make_anchor(origin, "no_such_lint", text, 0, len(text)), offer, toolchain)


def test_a_citation_of_the_log_holds_only_for_a_message_of_that_call(
    offer: tuple[Offer, Path, Home],
) -> None:
    made, folder, home = offer
    toolchain = find_toolchain(folder)
    store = DevLogStore(home.devlog)
    keys = [
        str(entry.data["key"])
        for entry in read_entries(store.reader(made.episode))
        if entry.kind == "started" and "rustc_probe" in str(entry.data["action"])
    ]
    data = read_recording(store.reader(made.episode)).result_of(keys[0])
    assert data is not None
    diagnostics = data.data["diagnostics"]
    assert isinstance(diagnostics, list)
    first = diagnostics[0]
    assert isinstance(first, dict)
    text = str(first["rendered"]).encode()
    good = make_anchor("devlog", f"calls/{keys[0]}/diagnostic", text, 0, len(text))
    other = make_anchor("devlog", f"calls/{'0' * 64}/diagnostic", text, 0, len(text))
    wrong = make_anchor("devlog", f"calls/{keys[0]}/diagnostic", b"no such words", 0, 13)
    assert [holds(a, offer, toolchain) for a in (good, other, wrong)] == [True, False, False]
