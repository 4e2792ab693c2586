"""From a domain's draft to a sealed bundle: the seal is the digest of the log that proves it."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from rusta_conductor.bundles.errors import BundleDamaged
from rusta_conductor.bundles.store import BundleStore
from rusta_conductor.home import Home
from rusta_devlog import DevLogStore
from rusta_schemas.base import JsonObject
from rusta_schemas.bundle import PatchBundle, make_bundle
from rusta_schemas.devlog import Ended

UNSEALED = "0" * 64
KEY = "bundle"


def seal(draft: JsonObject, log_head: str) -> PatchBundle:
    """The bundle that a domain drafted, with the digest of the log's end put in.

    Args:
        draft: a patch bundle's JSON whose ``log_head`` is 64 zeros, as it stands in the result under ``"bundle"``.
        log_head: the digest of the last frame of the ended episode's log.

    Raises:
        BundleDamaged: the draft is not a bundle, or has been sealed already.
    """
    if draft.get("log_head") != UNSEALED:
        raise BundleDamaged(
            f"the draft's log_head is {str(draft.get('log_head'))[:80]!r}; a draft has 64 zeros until it is sealed"
        )
    try:
        fields = dict(PatchBundle.model_validate(draft))
        return make_bundle(**{**fields, "log_head": log_head})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "bundle"
        raise BundleDamaged(f"the draft is not a patch bundle: {place}: {first['msg']}") from None


def draft_in(result: JsonObject) -> JsonObject | None:
    """The draft in a result's data; None when the episode ended without one."""
    draft = result.get(KEY)
    return draft if isinstance(draft, dict) else None


def keep_bundle(home: Home, result: JsonObject, log_head: str) -> tuple[PatchBundle, Path] | None:
    """Seal the draft in a result's data and save it. None when there is no draft. Raises as seal and save do."""
    draft = draft_in(result)
    if draft is None:
        return None
    bundle = seal(draft, log_head)
    return bundle, BundleStore(home).save(bundle)


def bundle_of_episode(home: Home, beginning: str) -> PatchBundle | None:
    """The bundle of an episode, made again from its log; None when it ended without one, or has not ended.

    Raises:
        DevLogError: there is no such episode, or its log is damaged.
        BundleDamaged: what the log holds is no bundle.
    """
    from rusta_conductor.sessions import read_recording

    store = DevLogStore(home.devlog)
    reader = store.reader(store.resolve(beginning))
    ended: Ended | None = read_recording(reader).ended
    draft = draft_in(ended.result) if ended is not None else None
    return None if draft is None else seal(draft, reader.head().sha256)
