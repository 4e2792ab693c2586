"""The folder of bundles: one JSON file each, named by the beginning of the bundle's id."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pydantic import ValidationError

from rusta_conductor.bundles.errors import BundleDamaged, BundleError, BundleNotFound
from rusta_conductor.home import Home
from rusta_devlog.fs import REAL, make_directories, write_durably
from rusta_schemas.base import to_json
from rusta_schemas.bundle import PatchBundle
from rusta_schemas.errors import UpcastError
from rusta_schemas.upcast import UPCASTERS

NAME_DIGITS = 16
_NAME = re.compile(rf"[0-9a-f]{{{NAME_DIGITS}}}")
_BEGINNING = re.compile(r"[0-9a-f]{4,64}")
_LISTED = 5


class BundleStore:
    """The bundles of a state folder, which need not exist before the first one is saved."""

    def __init__(self, home: Home | Path) -> None:
        self.directory = (home if isinstance(home, Path) else home.path) / "bundles"

    def path(self, bundle_id: str) -> Path:
        """Where the bundle of this id is kept."""
        return self.directory / f"{bundle_id[:NAME_DIGITS]}.json"

    def save(self, bundle: PatchBundle) -> Path:
        """Keep ``bundle``; durable when this returns. Saving it again changes nothing.

        Raises:
            BundleError: the disk refused.
        """
        path = self.path(bundle.id)
        text = json.dumps(to_json(bundle), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        try:
            make_directories(REAL, self.directory)
            write_durably(REAL, path, text.encode("utf-8"))
        except OSError as error:
            raise BundleError(
                f"cannot save bundle {bundle.id[:12]} as {path}: {error.strerror}; free some space or look at the "
                "folder's permissions"
            ) from error
        return path

    def load(self, ref: str) -> PatchBundle:
        """The bundle that ``ref`` names: a file, or an id or at least four digits of its beginning.

        Raises:
            BundleNotFound: there is none, or more than one.
            BundleDamaged: what is there is no bundle that this program can read.
        """
        if "/" in ref or ref.endswith(".json") or not _BEGINNING.fullmatch(ref):
            return self._load_file(ref)
        found = [
            name for name in self.names() if ref.startswith(name) or name.startswith(ref)
        ]  # a whole id is longer than the file's name
        if not found:
            if Path(ref).is_file():
                return self._load_file(ref)
            raise BundleNotFound(
                f"no bundle begins with {ref!r} in {self.directory}; give the path of a bundle's file, or see "
                "'rusta episodes' for what was proposed"
            )
        if len(found) > 1:
            listed = ", ".join(found[:_LISTED]) + (" …" if len(found) > _LISTED else "")
            raise BundleNotFound(f"{len(found)} bundles begin with {ref!r}: {listed}; give more of the id")
        bundle = read_bundle(self.directory / f"{found[0]}.json")
        if not bundle.id.startswith(ref):
            raise BundleNotFound(f"no bundle begins with {ref!r}; the nearest is {bundle.id}")
        return bundle

    def names(self) -> list[str]:
        """The beginnings of the ids of all bundles, as their files are called, in order."""
        files = self.directory.glob("*.json") if self.directory.is_dir() else ()
        return sorted(path.stem for path in files if _NAME.fullmatch(path.stem))

    def _load_file(self, ref: str) -> PatchBundle:
        path = Path(ref)
        if not path.is_file():
            raise BundleNotFound(
                f"{ref!r} is neither a bundle's file nor the beginning of an id (four or more of 0-9 a-f)"
            )
        return read_bundle(path)


def read_bundle(path: Path) -> PatchBundle:
    """The bundle in a file. Raises :class:`BundleDamaged`."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise BundleDamaged(f"the bundle {path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError):
        raise BundleDamaged(
            f"the bundle {path} is damaged: it is not JSON; make it again, or restore the file from a copy"
        ) from None
    if not isinstance(document, dict):
        raise BundleDamaged(f"{path} is not a bundle: it holds no JSON object")
    try:
        return PatchBundle.model_validate(UPCASTERS.lift("patch_bundle", document))
    except UpcastError as error:
        raise BundleDamaged(f"the bundle {path} cannot be read: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "bundle"
        raise BundleDamaged(
            f"the bundle {path} is damaged: {place}: {first['msg']}; make it again, or restore the file from a copy"
        ) from None
