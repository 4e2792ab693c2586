"""Types as the aliases of a file write them: ``Result<u8>`` where ``type Result<T> = std::result::Result<T, Error>`` is."""

from __future__ import annotations

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.items import Alias, Impl, ItemIndex, Trait, Use


def by_alias(index: ItemIndex, path: str, kind: str) -> str | None:
    """``kind`` by an alias that the file ``path`` declares or imports; None when no alias stands for it."""
    imported = {leaf.name for use in index.of_kind(Use, path) for leaf in use.leaves}
    for alias in index.of_kind(Alias):
        known = alias.path == path or alias.name in imported
        if not known or alias.type is None or isinstance(alias.parent, Impl | Trait):
            continue
        given = _matched(alias, kind)
        if given is not None:
            return f"{alias.name}<{', '.join(given)}>" if given else alias.name
    return None


def unaliased(index: ItemIndex, kind: str) -> str:
    """``kind`` without the alias in front of it: ``Result<u8, Error>`` of ``Result<u8>``; as it is where none is known."""
    given = types.arguments(kind)
    for alias in index.named(types.head(kind), Alias):
        names = [generic.name for generic in alias.generics if generic.kind == "type"]
        if alias.type is None or isinstance(alias.parent, Impl | Trait) or len(names) != len(given):
            continue
        return types.substitute(types.unqualified(alias.type.text), dict(zip(names, given, strict=True)))
    return kind


def _matched(alias: Alias, kind: str) -> list[str] | None:
    """What the parameters of the alias are in ``kind``; None when that is another type."""
    assert alias.type is not None
    names = [generic.name for generic in alias.generics if generic.kind == "type"]
    if len(names) != len(alias.generics):
        return None
    pattern = types.unqualified(alias.type.text)
    wanted, given = types.arguments(pattern), types.arguments(types.unqualified(kind))
    if types.head(pattern) != types.head(kind) or len(wanted) != len(given) or not wanted:
        return None
    found: dict[str, str] = {}
    for mine, theirs in zip(wanted, given, strict=True):
        if mine in names:
            found[mine] = theirs
        elif not types.same(mine, theirs):
            return None
    return [found[name] for name in names] if len(found) == len(names) else None


__all__ = ["by_alias", "unaliased"]
