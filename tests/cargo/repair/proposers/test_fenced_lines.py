"""Fences of a text that the code was copied out of."""

from __future__ import annotations

import pytest
from conformance import assert_restored, assert_silent, check_proposer, pair

from rusta_cargo.repair.proposers.fenced_lines import propose

RESTORED = {
    "both": "«¦```rust\n»pub fn f() -> u8 {\n    1\n}\n«¦```\n»",
    "the one at the end": "pub fn f() -> u8 {\n    1\n}\n«¦```\n»",
    "with the name of the file": "«¦```rust src/lib.rs\n»pub fn f() -> u8 { 1 }\n«¦  ```\n»pub fn g() -> u8 { 2 }\n",
    "beside those of a comment": "/** How:\n```\nf();\n```\n*/\npub fn f() -> u8 { 1 }\n«¦~~~\n»",
}
SILENT = [
    "/// ```\n/// f();\n/// ```\npub fn f() -> u8 { 1 \n",
    'pub const TEXT: &str = "\n```\nfenced\n```\n";\npub fn f( -> u8 { 1 }\n',
    "/*\n```\n*/\npub fn f() -> u8 { 1 }}\n",
    "pub fn f() -> u8 { `1` }\n",
]


@pytest.mark.parametrize("name", RESTORED)
def test_restores(name: str) -> None:
    assert_restored(propose, RESTORED[name])


@pytest.mark.parametrize("source", SILENT)
def test_fences_in_comments_and_texts_are_left_alone(source: str) -> None:
    assert_silent(propose, source)


def test_conformance() -> None:
    check_proposer(propose, [*(pair(text)[0] for text in RESTORED.values()), *SILENT])
