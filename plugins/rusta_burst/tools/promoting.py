"""``burst_promote`` and ``burst_restore``: the only two that write a user's file, whole, and keep what was there before."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from rusta_burst.domain.workspace import sha256_of
from rusta_burst.editing.applying import apply
from rusta_burst.errors import BurstError, InvalidInput
from rusta_burst.exchange import formats
from rusta_burst.exchange.whole import void, write_text, write_whole
from rusta_burst.tools.arguments import PromoteArgs, ReceiptArgs, RestoreArgs
from rusta_burst.tools.working import asked
from rusta_conductor.tool import ToolContext, ToolResult


def promote(args: PromoteArgs, context: ToolContext) -> ToolResult:
    """Replace the file by the changed connectome. What was there is kept for ``burst_restore``.

    Raises:
        ToolError: the file is no longer as it was, or the change comes out otherwise; nothing is changed.
    """
    return ToolResult(f"{args.path} is changed", asked(lambda: _promote(args, context.home)))


def reconcile_promote(args: PromoteArgs, context: ToolContext) -> ToolResult | None:
    """Did an interrupted promotion happen? The file's digest tells."""
    receipt = receipt_of(Path(args.path), context.home)
    now = asked(lambda: sha256_of(Path(args.path)))
    if receipt is not None and receipt["before"] == args.before and receipt["after"] == now:
        return ToolResult(f"{args.path} is changed", receipt)
    return None


def restore(args: RestoreArgs, context: ToolContext) -> ToolResult:
    """Put the file back as it was before the last promotion, byte for byte.

    Raises:
        ToolError: the file is not as the promotion left it; nothing is changed.
    """
    return ToolResult(f"{args.path} is as it was before", asked(lambda: _restore(args, context.home)))


def reconcile_restore(args: RestoreArgs, context: ToolContext) -> ToolResult | None:
    """Did an interrupted restoration happen? The file's digest tells."""
    receipt = receipt_of(Path(args.path), context.home)
    now = asked(lambda: sha256_of(Path(args.path)))
    if receipt is None or receipt["after"] != args.after or now == args.after:
        return None
    if now == receipt["before"]:
        _receipt_path(Path(args.path), context.home).unlink(missing_ok=True)
        return ToolResult(f"{args.path} is as it was before", receipt)
    return None


def receipt(args: ReceiptArgs, context: ToolContext) -> ToolResult:
    """Whether the last promotion of a file can be taken back.

    Raises:
        ToolError: it cannot; the message says why.
    """

    def look() -> dict[str, Any]:
        path = Path(args.path)
        found = receipt_of(path, context.home)
        if found is None:
            raise InvalidInput(f"no change of {path} is known that could be taken back")
        now = sha256_of(path)
        if now != found["after"]:
            after = str(found["after"])[:12]
            raise InvalidInput(f"{path} was written since the change (now {now[:12]}, then {after}); it stays as it is")
        return found

    told = asked(look)
    return ToolResult(f"{args.path} is as the change left it", told)


def receipt_of(path: Path, home: Path) -> dict[str, Any] | None:
    """The receipt of the last promotion of a file; None where there was none."""
    place = _receipt_path(path, home)
    try:
        told: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise BurstError(f"cannot read {place}: {error}") from None
    return told


def _promote(args: PromoteArgs, home: Path) -> dict[str, Any]:
    path = Path(args.path)
    now = sha256_of(path)
    if now != args.before:
        raise InvalidInput(f"{path} is no longer as it was (now {now[:12]}, then {args.before[:12]}); begin anew")
    made = apply(formats.load(path), args.edits).connectome
    if made.digest != args.digest:
        raise InvalidInput(
            f"the change comes out as {made.digest[:12]}, {args.digest[:12]} was proved; nothing was changed"
        )
    kept = _kept(now, home)
    kept.parent.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        write_whole(kept, lambda place: void(shutil.copyfile(path, place)))
    # The receipt comes first: a file that changed without one could not be taken back.
    candidate = kept.with_name(f"{args.digest}{path.suffix}")
    formats.save(made, candidate, formats.format_of(path).name)
    after = sha256_of(candidate)
    earlier = receipt_of(path, home)
    receipt = {"path": str(path.resolve()), "before": now, "after": after, "digest": args.digest, "earlier": earlier}
    _receipt_path(path, home).parent.mkdir(parents=True, exist_ok=True)
    write_text(_receipt_path(path, home), json.dumps(receipt, indent=1))
    write_whole(path, lambda place: void(shutil.copyfile(candidate, place)))
    candidate.unlink(missing_ok=True)
    return receipt


def _restore(args: RestoreArgs, home: Path) -> dict[str, Any]:
    path = Path(args.path)
    receipt = receipt_of(path, home)
    if receipt is None or receipt["after"] != args.after:
        raise InvalidInput(f"no change of {path} is known that could be taken back")
    now = sha256_of(path)
    if now != args.after:
        raise InvalidInput(
            f"{path} was written since the change (now {now[:12]}, then {args.after[:12]}); it stays as it is"
        )
    kept = _kept(str(receipt["before"]), home)
    if not kept.exists() or sha256_of(kept) != receipt["before"]:
        raise InvalidInput(f"what was there before is missing or damaged: {kept}; nothing was changed")
    write_whole(path, lambda place: void(shutil.copyfile(kept, place)))
    place = _receipt_path(path, home)
    earlier = receipt["earlier"]
    if earlier:
        write_text(place, json.dumps(earlier, indent=1))
    else:
        place.unlink(missing_ok=True)
    return receipt


def _kept(sha256: str, home: Path) -> Path:
    return home / "burst" / "kept" / sha256


def _receipt_path(path: Path, home: Path) -> Path:
    from hashlib import sha256

    return home / "burst" / "receipts" / f"{sha256(str(path.resolve()).encode()).hexdigest()[:32]}.json"
