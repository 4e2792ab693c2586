"""The Triton kernels: in Triton's interpreter (in a process of its own), or on a graphics card where there is one."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest
import torch

from rusta_hecate.kernels import graphics
from rusta_hecate.verification.graphics import ATTENTION, DELTA, Checked

COMMAND = [sys.executable, "-m", "rusta_hecate.verification.graphics"]


@pytest.mark.skipif(find_spec("triton") is None, reason="Triton is not installed (pip install 'rusta[gpu]')")
def test_the_kernels_are_the_definitions_and_their_gradients() -> None:
    done = subprocess.run(COMMAND, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    checked = [Checked(**json.loads(line)) for line in done.stdout.splitlines()]
    assert len(checked) == len(ATTENTION) + len(DELTA)
    assert all(one.close for one in checked), [one for one in checked if not one.close]


@pytest.mark.skipif(find_spec("triton") is not None, reason="Triton is installed")
def test_without_triton_the_command_says_what_to_install() -> None:
    done = subprocess.run(COMMAND, capture_output=True, text=True)
    assert done.returncode == 2
    assert "rusta[gpu]" in done.stderr


def test_kernels_are_for_tensors_on_a_card() -> None:
    assert not graphics.usable(torch.zeros(1), 16)
    assert not graphics.usable(torch.zeros(1, device="meta"), 16)
