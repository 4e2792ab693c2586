"""Files of our own: whole or absent, checked to the last byte, refused with the place."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import numpy as np
import pytest
from burst_worlds import connectomes, example
from hypothesis import given, settings
from hypothesis import strategies as st

from rusta_burst import BurstError, Connectome, DamagedFile, RuleSpec
from rusta_burst.storage import connectomes as files
from rusta_burst.storage import container, recordings


@settings(max_examples=30, deadline=None)
@given(made=connectomes(rules=True))
def test_what_was_saved_is_what_is_loaded(made: Connectome, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("burst") / "a.burst"
    files.save(made, path)
    for verify in (True, False):
        assert files.load(path, verify=verify).equals(made)


def test_flipped_bytes_and_cuts_are_found_wherever_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.burst"
    files.save(example(RuleSpec("stdp_pair", {"a_plus": 2.0})), path)
    whole = path.read_bytes()
    other = tmp_path / "b.burst"
    for at in range(0, len(whole), 3):
        other.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << at % 8)]) + whole[at + 1 :])
        with pytest.raises(DamagedFile, match=str(other)):
            files.load(other)
    for at in range(0, len(whole), 17):
        other.write_bytes(whole[:at])
        with pytest.raises(DamagedFile, match="bytes"):
            files.load(other)
    other.write_bytes(whole + b"\0")
    with pytest.raises(DamagedFile, match="it was cut or something was added"):
        files.load(other)


def test_damage_is_named_with_its_section_and_offset(tmp_path: Path) -> None:
    path = tmp_path / "a.burst"
    files.save(example(), path)
    whole = bytearray(path.read_bytes())
    place = container.read(path, files.KIND).offsets["s.weight"]
    whole[place] ^= 1
    path.write_bytes(whole)
    with pytest.raises(DamagedFile, match=rf"section 's.weight', bytes {place} to {place + 20}") as caught:
        files.load(path)
    assert caught.value.offset == place


@settings(max_examples=60, deadline=None)
@given(junk=st.binary(max_size=400), keep=st.integers(0, 200))
def test_junk_behind_a_good_beginning_is_refused(
    junk: bytes, keep: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("burst") / "a.burst"
    files.save(example(), path)
    path.write_bytes(path.read_bytes()[:keep] + junk)
    with pytest.raises(DamagedFile):
        files.load(path)


def test_a_later_version_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "a.burst"
    files.save(example(), path)
    whole = bytearray(path.read_bytes())
    whole[8:12] = struct.pack("<I", 2)
    path.write_bytes(whole)
    with pytest.raises(DamagedFile, match="layout version 2 at byte 8; this program reads version 1"):
        files.load(path)


def test_a_valid_file_with_senseless_contents_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.burst"
    files.save(example(), path)
    sections = dict(container.read(path, files.KIND).sections)
    for name, values, told in (
        ("s.target", np.full(20, 99, np.uint32), "there are only 20 neurons"),
        ("s.delay", np.zeros(20, np.uint8), "expected whole numbers from 1 to 255"),
        ("n.leak", np.full(20, np.nan), "neurons.leak"),
        ("n.leak", np.zeros(20, np.float32), "expected <f8"),
        ("n.leak", np.zeros(3), "expected 20 values"),
        ("head", np.frombuffer(b'{"areas": 3, "rules": []}', np.uint8), "areas: expected a list"),
        ("head", np.frombuffer(b"[", np.uint8), "the head at byte"),
    ):
        container.write(path, files.KIND, {**sections, name: values})
        with pytest.raises(DamagedFile, match=told):
            files.load(path)
    sections.pop("s.psp")
    container.write(path, files.KIND, sections)
    with pytest.raises(DamagedFile, match=r"section 's.psp' is missing"):
        files.load(path)


def test_another_kind_of_file_is_not_taken_for_a_connectome(tmp_path: Path) -> None:
    recording = recordings.Recorder(0).recording({})
    recordings.save(recording, tmp_path / "a.spikes")
    with pytest.raises(DamagedFile, match="it holds a 'spikes', expected a 'network'"):
        files.load(tmp_path / "a.spikes")
    with pytest.raises(BurstError, match="No such file"):
        files.load(tmp_path / "nowhere.burst")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.burst"
    files.save(example(), path)
    before = path.read_bytes()

    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BurstError, match="No space left on device"):
        files.save(example(weight=1), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.burst"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sets(st.integers(0, 40)), max_size=20), st.integers(0, 5))
def test_recordings_keep_every_spike(bursts: list[set[int]], first: int) -> None:
    recorder = recordings.Recorder(first)
    for fired in bursts:
        recorder.note(np.asarray(sorted(fired), np.uint32))
    made = recorder.recording({"seed": 3})
    assert [made.fired(first + k).tolist() for k in range(made.bursts)] == [sorted(fired) for fired in bursts]
    assert made.counts().tolist() == [len(fired) for fired in bursts]
    assert len(made.times()) == len(made.neurons)


def test_recordings_are_read_back_or_refused(tmp_path: Path) -> None:
    recorder = recordings.Recorder(5, [1, 2])
    for k in range(4):
        recorder.note(np.asarray([k], np.uint32), np.arange(10.0) * k)
    path = tmp_path / "a.spikes"
    recordings.save(recorder.recording({"seed": 3}), path)
    found = recordings.load(path)
    assert found.digest == recorder.recording({}).digest
    assert found.potentials.tolist() == [[0, 0], [1, 2], [2, 4], [3, 6]]
    assert found.about == {"seed": 3}
    whole = path.read_bytes()
    for at in range(0, len(whole), 5):
        path.write_bytes(whole[:at])
        with pytest.raises(DamagedFile):
            recordings.load(path)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        with pytest.raises(DamagedFile):
            recordings.load(path)
