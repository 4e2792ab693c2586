"""Fuzzing of everything that reads bytes from outside: programs, containers, replies, operations, transfers."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from akida_fuzzing import TARGETS, mutated, seeds
from hypothesis import given, settings
from hypothesis import strategies as st

MILLION = 1_000_000


@pytest.mark.parametrize("target", list(TARGETS))
def test_any_bytes_are_worked_on_or_refused_in_words(target: str) -> None:
    @given(st.binary(max_size=400))
    @settings(max_examples=150, deadline=None)
    def run(data: bytes) -> None:
        TARGETS[target](data)

    run()


@pytest.mark.parametrize("target", list(TARGETS))
def test_true_inputs_with_changes_are_worked_on_or_refused_in_words(target: str) -> None:
    random = np.random.default_rng(1)
    known = seeds(target)
    for number in range(600):
        TARGETS[target](mutated(random, known[number % len(known)]))


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("target", list(TARGETS))
def test_a_million_inputs_in_all(target: str) -> None:
    """A fifth of a million for each target, each a true input with changes."""
    random = np.random.default_rng(2)
    known = seeds(target)
    for number in range(MILLION // len(TARGETS)):
        TARGETS[target](mutated(random, known[number % len(known)]))


@pytest.mark.slow
@pytest.mark.parametrize("target", list(TARGETS))
def test_coverage_guided_where_atheris_is_installed(target: str, tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed (pip install atheris); it is optional")
    script = Path(__file__).with_name("akida_atheris.py")
    command = [sys.executable, script, target, "-runs=20000", "-timeout=20"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
