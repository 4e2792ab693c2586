"""The committed schemas and tables are those of the code."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import jsonschema_rs
import pytest
from pydantic import BaseModel

from rusta_conductor import publish
from rusta_conductor.errors import UsageError
from rusta_conductor.hookspecs import hookimpl
from rusta_conductor.host import PluginHost
from rusta_conductor.specs import ToolSpec
from rusta_conductor.testing import reference
from rusta_conductor.testing.conformance import ToolsPlugin
from rusta_conductor.testing.world import WorldPlugin
from rusta_schemas.effects import Effect
from rusta_schemas.publish import differences, folder, render, write


def test_the_committed_files_are_current(capsys: pytest.CaptureFixture[str]) -> None:
    """When this fails: python -m rusta_conductor.publish."""
    assert publish.main(["--check"]) == 0, capsys.readouterr()


def test_every_committed_schema_is_a_schema() -> None:
    paths = sorted(folder().rglob("*.json"))
    assert paths
    for path in paths:
        schema = json.loads(path.read_text("utf-8"))
        jsonschema_rs.meta.validate(schema)
        if path.parent.name == "verbs":
            assert schema["properties"]["verb"] == {"const": path.stem}
            assert schema["properties"]["args"]["additionalProperties"] is False
            assert schema["x-effect"] in set(Effect)


@pytest.fixture
def host() -> PluginHost:
    made = PluginHost(strict=True)
    made.register(WorldPlugin(), name="ours", distribution="rusta")
    spec = ToolSpec("strange", "s", Effect.READ, "no.such:Args", "no.such:f")
    made.register(ToolsPlugin(spec), name="stranger", distribution="elsewhere")
    return made


def test_only_our_own_verbs_are_published(host: PluginHost) -> None:
    tools = publish.own_tools(host)
    assert [spec.verb for spec in tools] == ["build", "look", "push"]
    verbs = {name for name in publish.schema_files(tools) if name.startswith("verbs/")}
    assert verbs == {"verbs/build.json", "verbs/look.json", "verbs/push.json"}
    table = publish.verb_table(tools)
    assert "| `look` | read | `n`, `size`?, `fail`? | Look at a number |" in table.splitlines()


def test_a_broken_plugin_of_ours_stops_it(host: PluginHost) -> None:
    """Else its verbs' schemas would be deleted."""

    class Broken:
        @hookimpl
        def rusta_tools(self) -> Iterable[ToolSpec]:
            raise OSError("away")

    host._strict = False
    host.register(Broken(), name="broken", distribution="rusta")
    with pytest.raises(UsageError, match="away"):
        publish.own_tools(host)


class Loose(BaseModel):
    n: int


@pytest.mark.parametrize("args", [Loose, 5])
def test_arguments_that_are_not_a_closed_model_stop_it(args: object) -> None:
    made = PluginHost(strict=True)
    spec = ToolSpec("loose", "s", Effect.READ, reference(args), "a:b")
    made.register(ToolsPlugin(spec), name="ours", distribution="rusta")
    with pytest.raises(UsageError, match="loose"):
        publish.own_tools(made)


def test_writing_makes_the_folder_equal(tmp_path: Path, host: PluginHost) -> None:
    files = publish.schema_files(publish.own_tools(host))
    assert set(write(files, tmp_path)) == set(files)
    assert differences(files, tmp_path) == write(files, tmp_path) == []
    (tmp_path / "verbs" / "old.json").write_text("{}")
    (tmp_path / "action.json").write_text("{}")
    assert differences(files, tmp_path) == ["action.json", "verbs/old.json"]
    write(files, tmp_path)
    assert not (tmp_path / "verbs" / "old.json").exists()
    assert (tmp_path / "action.json").read_text() == render(files["action.json"])


def test_the_table_goes_between_its_marks() -> None:
    text = f"before\n{publish.BEGIN}\nold\n{publish.END}\nafter\n"
    once = publish.with_table(text, "new")
    assert once == f"before\n{publish.BEGIN}\nnew\n{publish.END}\nafter\n"
    assert publish.with_table(once, "new") == once
    with pytest.raises(UsageError, match="no place"):
        publish.with_table("nothing", "new")
