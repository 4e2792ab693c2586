"""The example of three classifiers on one program, and the package's public names."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import rusta_akida
from rusta_akida import Chip, DeviceManager, Gadget

EXAMPLE = Path(__file__).parents[2] / "examples" / "hot_swap" / "three_classifiers.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("three_classifiers", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["three_classifiers"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_three_classifiers_share_one_program(example: ModuleType) -> None:
    gadget = Gadget(Chip())
    with DeviceManager.discover(gadget=gadget).open("virtual") as device:
        swaps = example.run(device)
    assert [swap.question for swap in swaps] == ["shape", "period", "noise"] * 2
    assert all(swap.mismatches == 0 for swap in swaps)
    assert all(swap.accuracy > 0.8 for swap in swaps), "each answers its own question"
    assert [swap.accuracy for swap in swaps[:3]] == [swap.accuracy for swap in swaps[3:]], "and again after the others"
    assert gadget.chip.health["programs"] == 1
    assert gadget.chip.health["variables"] == 6
    # Three swaps stay far below the price of one program.
    assert sum(swap.modelled_us for swap in swaps[:3]) * 100 < gadget.chip.profile.link.programming_us


def test_every_public_name_is_there_and_importing_the_package_loads_nothing_heavy() -> None:
    for name in rusta_akida.__all__:
        assert getattr(rusta_akida, name) is not None
    code = (
        "import sys, rusta_akida.plugin; print(sorted({'numpy', 'usb', 'pydantic', 'flatbuffers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
