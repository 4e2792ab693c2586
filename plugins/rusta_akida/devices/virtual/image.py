"""The lasting memory of a virtual device in a file, so that it is the same device in every process.

The file has both programs and the one that is staged, as soon as it is sealed, with their transactions, and a checksum:
a card keeps them too when the process that used it dies. It is replaced as a whole, so a kill leaves the one
before or the one after.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from rusta_akida.devices.errors import DeviceError
from rusta_akida.devices.virtual.chip import Chip, Staging, Stored
from rusta_akida.errors import AkidaError
from rusta_akida.program.container import write_file
from rusta_akida.program.profiles import Profile

_MOST = 64 << 20
_BANKS = ("active", "previous", "staged")


def open_chip(path: Path, on: Profile | None = None, serial: str = "V0") -> Chip:
    """The chip whose memory is in the file ``path``; an empty one when there is no file.

    Raises:
        DeviceError: the file is damaged, or of another profile.
    """
    chip = Chip(on, serial, changed=lambda changed: _save(path, changed))
    try:
        raw = path.read_bytes()[:_MOST]
    except FileNotFoundError:
        return chip
    except OSError as error:
        raise DeviceError(f"the virtual device's memory {path} cannot be read: {error.strerror}") from None
    try:
        image = json.loads(raw)
        if image["profile"] != chip.profile.name:
            raise DeviceError(f"{path} is the memory of a {image['profile']}, not of a {chip.profile.name}")
        if image["sha256"] != _digest(image):
            raise DeviceError(f"{path}: the checksum does not fit; remove the file for an empty device")
        chip.active, chip.previous, sealed = (_stored(image[name], chip.profile) for name in _BANKS)
        if sealed is not None:
            chip.staging = Staging(sealed.transaction, bytearray(sealed.info), bytearray(sealed.data), sealed)
    except (ValueError, KeyError, TypeError, AkidaError) as error:
        if isinstance(error, DeviceError):
            raise
        raise DeviceError(f"{path} is no memory of a virtual device ({error}); remove it for an empty one") from None
    return chip


def _save(path: Path, chip: Chip) -> None:
    sealed = chip.staging.sealed if chip.staging else None
    banks = (_listed(stored) for stored in (chip.active, chip.previous, sealed))
    image: dict[str, Any] = {"profile": chip.profile.name, **dict(zip(_BANKS, banks, strict=True))}
    image["sha256"] = _digest(image)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, json.dumps(image).encode())


def _digest(image: dict[str, Any]) -> str:
    rest = {name: value for name, value in image.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def _listed(stored: Stored | None) -> dict[str, str] | None:
    if stored is None:
        return None
    parts = {"info": stored.info, "data": stored.data, "transaction": stored.transaction}
    return {name: b64encode(value).decode() for name, value in parts.items()}


def _stored(entry: dict[str, str] | None, on: Profile) -> Stored | None:
    if entry is None:
        return None
    info, data, transaction = (b64decode(entry[name], validate=True) for name in ("info", "data", "transaction"))
    return Stored.of(info, data, transaction, on)
