"""Names that people give to operators: an enum's ``Sub`` speaks of ``-``."""

from __future__ import annotations

import re

_SYMBOLS = {
    "+": ("add", "plus", "sum"), "-": ("sub", "subtract", "minus"), "*": ("mul", "multiply", "times", "star"),
    "/": ("div", "divide", "slash"), "%": ("rem", "mod", "modulo", "percent"), "&&": ("and",), "||": ("or",),
    "^": ("xor", "bitxor"), "&": ("bitand",), "|": ("bitor",), "<<": ("shl",), ">>": ("shr",),
    "==": ("eq", "equal", "equals"), "!=": ("ne", "neq", "noteq", "notequal"), "<": ("lt", "less", "lessthan"),
    ">": ("gt", "greater", "greaterthan"), "<=": ("le", "lte", "lesseq", "lessequal"),
    ">=": ("ge", "gte", "greatereq", "greaterequal"),
}  # fmt: skip
_BY_WORD = {word: symbol for symbol, words in _SYMBOLS.items() for word in words}
_OPERATOR = re.compile(r"(?<=\s)(?:<<|>>|&&|\|\||[=!<>]=|[-+*/%^&|<>])(?=\s)")


def symbol_of(name: str) -> str | None:
    """The binary operator that a name means, or None."""
    return _BY_WORD.get(name.replace("_", "").lower())


def spoken_as(body: str, old: str, new: str) -> str | None:
    """``body`` with the one operator that ``old`` means turned into the one that ``new`` means; None where not clear."""
    was, wanted = symbol_of(old), symbol_of(new)
    if was is None or wanted is None or was == wanted:
        return None
    places = [found for found in _OPERATOR.finditer(body) if found[0] == was]
    if len(places) != 1:
        return None
    return body[: places[0].start()] + wanted + body[places[0].end() :]
