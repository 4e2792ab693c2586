"""Public names of packages that are imported on first use."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from types import ModuleType

import pytest

from rusta_conductor.lazy import lazy_names

LAZY = ["rusta_akida", "rusta_burst", "rusta_datasets", "rusta_docs", "rusta_hecate"]


@pytest.fixture(params=LAZY)
def package(request: pytest.FixtureRequest) -> ModuleType:
    return import_module(request.param)


def test_every_public_name_is_there(package: ModuleType) -> None:
    """The list of names, the types' imports and the homes are three lists of the same things."""
    assert package.__all__
    assert set(package.__all__) == set(package._HOMES)
    for name in package.__all__:
        assert getattr(package, name) is not None


def test_another_name_is_missing_as_anywhere_else(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'nothing_of_this_name'"):
        package.nothing_of_this_name  # noqa: B018
    assert not hasattr(package, "nothing_of_this_name")


def test_a_name_may_be_called_otherwise_at_home() -> None:
    load = lazy_names("json", {"JSONDecoder": "decoder", "read": "decoder:JSONDecoder"})
    assert load("read") is load("JSONDecoder")


@pytest.mark.parametrize("name", LAZY)
def test_importing_a_package_loads_nothing_else_of_it(name: str) -> None:
    code = (
        f"import sys, {name}; print([m for m in sys.modules if m.startswith('{name}.') or m in ('numpy', 'pydantic')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
