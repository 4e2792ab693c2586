"""Writing the JSON Schemas: one file a document, and one a verb (envelope plus that verb's arguments)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, JsonValue
from pydantic.json_schema import models_json_schema

from rusta_schemas.action import Action
from rusta_schemas.anchor import Anchor
from rusta_schemas.base import JsonObject
from rusta_schemas.bundle import PatchBundle
from rusta_schemas.devlog import EVENT_TYPES, DevLogEntry
from rusta_schemas.diagnostic import Diagnostic
from rusta_schemas.golden import GoldenEntry
from rusta_schemas.observation import Observation

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DOCUMENTS: dict[str, type[BaseModel]] = {
    "action": Action,
    "observation": Observation,
    "diagnostic": Diagnostic,
    "anchor": Anchor,
    "patch_bundle": PatchBundle,
    "devlog_entry": DevLogEntry,
    "golden_entry": GoldenEntry,
}


def folder() -> Path:
    """Where the committed schemas lie."""
    return Path(__file__).parent / "v1"


def document_schema(model: type[BaseModel]) -> JsonObject:
    """The JSON Schema (draft 2020-12) of a document as it is read."""
    return {"$schema": DIALECT, **model.model_json_schema(mode="validation")}


def verb_schema(verb: str, args: type[BaseModel], effect: str, summary: str) -> JsonObject:
    """The schema of a whole action of one verb: the envelope with ``verb`` fixed and ``args`` typed."""
    inner = args.model_json_schema(mode="validation")
    definitions = inner.pop("$defs", None)
    required: list[JsonValue] = ["verb", "args"] if inner.get("required") else ["verb"]
    schema: JsonObject = {
        "$schema": DIALECT,
        "title": verb,
        "description": summary,
        "type": "object",
        "x-effect": effect,
        "properties": {"v": {"const": 1}, "verb": {"const": verb}, "args": inner},
        "required": required,
        "additionalProperties": False,
    }
    if definitions is not None:
        schema["$defs"] = definitions
    return schema


def all_documents() -> dict[str, JsonObject]:
    """File name (relative to the version's folder) → schema, for documents and log events."""
    files = {f"{name}.json": document_schema(model) for name, model in DOCUMENTS.items()}
    _, events = models_json_schema([(model, "validation") for model in EVENT_TYPES.values()])
    files["events.json"] = {
        "$schema": DIALECT,
        **events,
        "x-kinds": {k: m.__name__ for k, m in EVENT_TYPES.items()},
    }
    return files


def render(schema: JsonObject) -> str:
    """The text of a schema file."""
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def differences(files: Mapping[str, JsonObject], where: Path) -> list[str]:
    """Names of files that are missing, different, or no longer wanted in ``where``."""
    present = {path.relative_to(where).as_posix() for path in where.rglob("*.json")} if where.is_dir() else set()
    stale = [
        name
        for name, schema in files.items()
        if name not in present or (where / name).read_text("utf-8") != render(schema)
    ]
    return sorted([*stale, *(present - set(files))])


def write(files: Mapping[str, JsonObject], where: Path) -> list[str]:
    """Make ``where`` hold exactly ``files``; returns the names that changed."""
    changed = differences(files, where)
    for name in changed:
        path = where / name
        if name in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(render(files[name]), "utf-8")
        else:
            path.unlink()
    return changed
