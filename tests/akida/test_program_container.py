"""The .fbz container: nothing in it can change or be cut unseen, and strangers' files are told apart."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import flatbuffers
import numpy as np
import pytest
from akida_fuzzing import with_true_checksum
from akida_programs import container_of, deep_program, small_program
from flatbuffers.table import Table
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_akida.errors import DamagedFile
from rusta_akida.program.container import (
    FIELDS,
    Container,
    load_container,
    read_container,
    save_container,
    write_container,
)
from rusta_akida.program.errors import BuildError, ProgramError, VendorFile
from rusta_akida.program.verifying import verify_container

FILE = write_container(container_of(small_program(), rows=3, name="small", details={"labels": ["a", "b"]}))


def test_it_reads_back_as_it_was_and_is_written_in_one_way() -> None:
    given = container_of(
        deep_program(), name="deep", reference_error=0.25, quantised_error=0.26, details={"a": [1, None]}
    )
    again = read_container(write_container(given))
    assert write_container(again) == write_container(given)
    assert again.program.program_data == given.program.program_data
    assert np.array_equal(again.proof_inputs, given.proof_inputs)
    assert np.array_equal(again.proof_outputs, given.proof_outputs)
    assert (again.name, again.profile, again.details) == ("deep", "akd1000", {"a": [1, None]})
    assert again.delta == pytest.approx(0.01)
    assert math.isnan(read_container(FILE).delta)


def test_the_library_reads_the_same_fields_as_our_own_reader() -> None:
    """What is written is a FlatBuffer of the published schema, for anybody's reader."""
    root = Table(bytearray(FILE), flatbuffers.encode.Get(flatbuffers.packer.uoffset, FILE, 0))
    at = {name: root.Offset(4 + 2 * index) + root.Pos for index, name in enumerate(FIELDS)}
    assert root.String(at["name"]) == b"small"
    assert root.Get(flatbuffers.number_types.Uint32Flags, at["total_size"]) == len(FILE)
    assert root.VectorLen(root.Offset(4 + 2 * FIELDS.index("program_info"))) == 35
    schema = (Path(__file__).parents[2] / "plugins/rusta_akida/program/container.fbs").read_text()
    assert [line.split(":")[0].strip() for line in schema.splitlines() if ": " in line and ";" in line] == list(FIELDS)
    assert 'file_identifier "RFBZ"' in schema


def test_a_cut_at_any_byte_names_offset_and_field() -> None:
    for end in range(len(FILE)):
        with pytest.raises(ProgramError) as caught:
            read_container(FILE[:end])
        assert caught.value.field
        assert 0 <= caught.value.offset <= len(FILE)


def test_any_changed_byte_is_found() -> None:
    for at in range(len(FILE)):
        damaged = bytearray(FILE)
        damaged[at] ^= 1 << (at % 8)
        with pytest.raises(DamagedFile):
            read_container(bytes(damaged))


@given(st.binary(max_size=600))
def test_rubbish_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        read_container(data)


@given(st.lists(st.tuples(st.integers(0, len(FILE) - 1), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=200)
def test_changed_offsets_lead_nowhere(changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(FILE)
    for at, value in changes:
        damaged[at] = value
    if bytes(damaged) != FILE:
        with pytest.raises(DamagedFile):
            read_container(bytes(damaged))


def vendor_like(length: int = 400) -> bytes:
    """A Snappy block as the vendor's files are said to begin, with a version near the beginning."""
    body = bytes(range(16)) + b"2.18.2\0" + bytes(length)
    return bytes([0x80 | (len(body) & 0x7F), len(body) >> 7]) + bytes([60 << 2, 255]) + body[:256] + bytes(4)


def test_a_vendor_file_is_recognised_and_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "model.fbz"
    path.write_bytes(vendor_like())
    with pytest.raises(VendorFile, match="vendor's own and is not read here; build the program from its weights"):
        load_container(path)


def test_a_version_of_the_schema_that_is_not_known_is_refused() -> None:
    at = FILE.index(b"RFBZ")
    damaged = bytearray(FILE)
    place = Table(damaged, flatbuffers.encode.Get(flatbuffers.packer.uoffset, FILE, 0))
    damaged[place.Pos + place.Offset(4)] = 9
    with pytest.raises(ProgramError, match="schema_version: 9 is not known"):
        read_container(bytes(damaged))
    assert at == 4


def test_a_proof_that_does_not_fit_is_not_written() -> None:
    container = container_of(small_program())
    with pytest.raises(BuildError, match="shapes"):
        write_container(replace(container, proof_inputs=container.proof_inputs[:, :3]))


def test_a_profile_is_a_name_and_never_a_path() -> None:
    with pytest.raises(BuildError, match="profile"):
        write_container(replace(container_of(small_program()), profile="/tmp/mine.toml"))
    hostile = with_true_checksum(FILE.replace(b"akd1000\0", b"../x.to\0"))
    with pytest.raises(ProgramError, match="no name of a device profile"):
        read_container(hostile)


def test_details_are_json_values() -> None:
    with pytest.raises(BuildError, match="JSON values"):
        write_container(container_of(small_program(), details={"scale": float("nan")}))


def test_saving_is_all_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "p.fbz"
    data = save_container(path, container_of(small_program()))
    assert path.read_bytes() == data
    with pytest.raises(BuildError, match="cannot write"):
        save_container(tmp_path / "no" / "p.fbz", container_of(small_program()))
    assert [entry.name for entry in tmp_path.iterdir()] == ["p.fbz"]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match=r"none\.fbz cannot be read: No such file or directory; give a \.fbz file"):
        load_container(tmp_path / "none.fbz")


def test_a_file_that_is_no_program_is_named(tmp_path: Path) -> None:
    path = tmp_path / "text.fbz"
    path.write_bytes(b"root:x:0:0:root")
    with pytest.raises(ProgramError, match=r"text\.fbz: container, offset 4 \(0x4\), file identifier"):
        load_container(path)


def findings(container: Container) -> dict[str, bool]:
    return {finding.name: finding.ok for finding in verify_container(container).findings}


def test_a_refused_delta_says_where_it_was_lost() -> None:
    stages = [["float", 0.1], ["4-bit states, float weights", 0.3], ["4-bit states, 4-bit weights", 0.31]]
    lossy = container_of(small_program(), reference_error=0.1, quantised_error=0.31, details={"stages": stages})
    (told,) = [finding.text for finding in verify_container(lossy).findings if not finding.ok]
    assert "4-bit states, float weights 0.3; 4-bit states, 4-bit weights 0.31" in told
    for odd in (None, [1], [["a"]], [["a", "b"]]):
        odd_one = container_of(small_program(), reference_error=0.1, quantised_error=0.31, details={"stages": odd})
        assert not verify_container(odd_one).ok


def test_verify_looks_at_bytes_budget_proof_and_delta() -> None:
    good = container_of(small_program(), reference_error=0.10, quantised_error=0.119)
    assert findings(good) == {"bytes": True, "budget": True, "proof": True, "quantised delta": True}
    assert not findings(replace(good, quantised_error=0.121))["quantised delta"]
    assert findings(replace(good, quantised_error=0.05))["quantised delta"]
    assert not findings(replace(good, proof_outputs=good.proof_outputs + 1))["proof"]
    assert not findings(replace(good, profile="akd1500"))["budget"]
