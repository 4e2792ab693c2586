"""The model that comes with the package: its size, its provenance, and that it is of use."""

from __future__ import annotations

import gzip
from importlib.resources import files

import pytest

from rusta_datasets import judge, read_ledger
from rusta_hecate import Edit, network_bits, rank, shipped

DATA = files("rusta_hecate").joinpath("data")
CODE = b"""/// Adds two numbers.
pub fn add(left: usize, right: usize) -> usize {
    let mut total = left;
    total += right;
    total
}
"""


def test_it_is_small_and_lost_little_by_quantisation() -> None:
    assert len(DATA.joinpath("nano.rhc").read_bytes()) <= 6_000_000
    header = shipped().header
    assert header["bits_int8"] <= 1.02 * header["bits_float32"]
    assert header["training"]["settings"]["seed"] == 1


def test_its_ledger_fits_its_corpus_and_every_licence_is_permitted() -> None:
    ledger = read_ledger(gzip.decompress(DATA.joinpath("nano.ledger.yaml.gz").read_bytes()).decode(), "nano")
    assert len(ledger.documents) == 3000
    assert {entry.spdx for entry in ledger.documents} == {"MIT OR Apache-2.0"}
    assert judge("MIT OR Apache-2.0").allowed
    assert shipped().header["training"]["corpus"] in DATA.joinpath("nano.md").read_text("utf-8")


def test_it_knows_rust() -> None:
    assert network_bits(shipped(), [CODE]).network < 2.5
    noise = bytes(range(33, 127))
    assert network_bits(shipped(), [noise]).network > 5


PREFIX = b'fn main() {\n    let total = 1;\n    println!("{}", '
SUFFIX = b");\n}\n"


@pytest.mark.parametrize(
    ("prefix", "before", "right", "wrong", "suffix"),
    [
        (PREFIX, b"totl", b"total", b"Box", SUFFIX),
        (b"use std::", b"colections", b"collections", b"colectionz", b"::HashMap;\n"),
        (CODE + b"\npub fn sub(left: usize, right: usize) -> ", b"uszie", b"usize", b"uxize", b" {\n"),
        (CODE + b"\nimpl Default for Point {\n    fn ", b"defalt", b"default", b"defaults_xq", b"() -> Self {"),
    ],
)
def test_what_a_person_would_write_gains_more(
    prefix: bytes, before: bytes, right: bytes, wrong: bytes, suffix: bytes
) -> None:
    good, bad = rank([Edit(prefix, before, right, suffix), Edit(prefix, before, wrong, suffix)])
    assert good.gain > bad.gain
    assert good.gain > 0
