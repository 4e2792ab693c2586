"""A small documentation, copied from the installed one, and a library of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rusta_cargo.toolchain import find_toolchain
from rusta_docs import Library, Shelf

PAGES = (
    *(f"error_codes/E0{code}.html" for code in ("046", "106", "277", "308", "382", "432", "499", "502", "597", "599")),
    "book/ch04-01-what-is-ownership.html",
    "book/ch04-02-references-and-borrowing.html",
    "reference/tokens.html",
    "reference/destructors.html",
    "reference/items/functions.html",
    "nomicon/lifetimes.html",
    "rustc/lints/listing/warn-by-default.html",
    "std/option/enum.Option.html",
    "std/mem/fn.swap.html",
    "std/keyword.impl.html",
)


@pytest.fixture(scope="session")
def installed() -> Path:
    """The folder of the installed documentation."""
    docs = find_toolchain(Path(__file__).parent).docs
    if docs is None:
        pytest.skip("the documentation is not installed")
    return docs


@pytest.fixture
def docs(installed: Path, tmp_path: Path) -> Path:
    """A copy of a few pages."""
    folder = tmp_path / "html"
    for path in PAGES:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(installed / path, folder / path)
    return folder


@pytest.fixture
def library(docs: Path, tmp_path: Path) -> Library:
    """A library of the few pages, not indexed yet."""
    return Library(Shelf(docs, "1.95.0", "0" * 64), tmp_path / "home")


@pytest.fixture
def whole(tmp_path: Path) -> Library:
    """The installed documentation, not indexed."""
    toolchain = find_toolchain(Path(__file__).parent)
    if toolchain.docs is None:
        pytest.skip("the documentation is not installed")
    return Library.of(toolchain, tmp_path / "home")


@pytest.fixture
def edit(docs: Path) -> Callable[[str, str, str], None]:
    """Replaces text in a page."""

    def change(path: str, old: str, new: str) -> None:
        place = docs / path
        text = place.read_text("utf-8")
        assert old in text
        place.write_text(text.replace(old, new, 1), "utf-8")

    return change
