"""Real repair episodes on the examples end as the expectation file says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rusta_conductor import sessions
from rusta_conductor.home import Home
from rusta_schemas.bundle import PatchBundle
from rusta_schemas.edits import apply_to_files

if TYPE_CHECKING:
    from conftest import Compiler, Example

    from rusta_conductor.host import PluginHost


@pytest.mark.slow
def test_it_ends_as_stated(
    example: Example, compiler: Compiler, plugin_host: Callable[..., PluginHost], rusta_home: Path
) -> None:
    """Repaired means: with the bundle applied, every named test passes, by a compiler outside of rusta's sandbox.

    When one that abstained is repaired, this test fails: say "repaired" in the expectation file then.
    """
    import rusta_cargo.plugin

    before = example.sources()
    kind, path = example.expected["kind"], example.expected["path"]
    target = example.folder / path if kind == "file" else example.folder
    host = plugin_host(rusta_cargo.plugin)
    with sessions.start(host, Home(rusta_home), "repair", {"path": str(target)}, seed=1) as session:
        result = session.run().result
    assert result is not None
    repaired = example.expected["outcome"] == "repaired"
    assert result.outcome == ("repaired" if repaired else "abstained"), result.summary
    assert example.sources() == before, "the episode changed the tree"
    if not repaired:
        assert result.data.get("bundle") is None
        return
    bundle = PatchBundle.model_validate(result.data["bundle"])
    assert bundle.proof.green
    files = {file.relative_to(example.folder).as_posix(): text for file, text in before.items()}
    changed = apply_to_files(files, bundle.edits)
    assert not [name for name in changed if "tests/" in name]
    example.write({**before, **{example.folder / name: text for name, text in changed.items()}})
    assert compiler.tests(example) == dict.fromkeys(example.expected["tests"], True)
