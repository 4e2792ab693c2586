"""Names that mean nothing here: E0412, E0422, E0425, E0432, E0433, E0405, E0404, E0531, E0573, and macros.

The compiler suggests what is spelt alike in the same scope, and imports of the exact name. This adds the rest: a wrong
part of a path (``std::colections``, ``crate::utlis``), a misspelt name that also lacks its import, a local of the type
that the place asks for, an import that leads nowhere and is not needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.model import Function, Item, Leaf, Use, Variant
from rusta_cargo.repair.code.nodes import enclosing, function_of, node_at, tail_of, text
from rusta_cargo.repair.code.similar import rank
from rusta_cargo.repair.code.values import Values
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_cargo.repair.std_names import StdName, children, named, std_names
from rusta_schemas.diagnostic import Diagnostic, Replacement

CODES = ("E0412", "E0422", "E0425", "E0432", "E0433", "E0405", "E0404", "E0531", "E0573")
_QUOTED = re.compile(r"`([^`]+)`")
_TYPE_KINDS = ("struct", "enum", "union", "type", "trait")
_WANTED = {
    "type": ("struct", "enum", "union", "type"),
    "trait": ("trait",),
    "value": ("constant", "static", "fn"),
    "function": ("fn",),
    "macro": ("macro",),
    "derive": ("derive",),
}


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Mend names and paths that lead nowhere."""
    for number, error in enumerate(situation.diagnostics):
        place = error.primary
        macro = error.code is None and error.message.startswith("cannot find macro")
        if place is None or place.macro is not None or not (macro or error.code in CODES):
            continue
        index = ItemIndex.of(situation)
        qualified = situation.source(place.path)[: place.start].rstrip().endswith(b"::")
        if error.code in ("E0432", "E0433") or qualified:
            yield from _paths(situation, index, error, number)
        if error.code == "E0432":
            yield from _useless_import(situation, error, number)
        if error.code == "E0425":
            yield from _locals(situation, error, number)
        if error.code != "E0432":
            yield from _elsewhere(situation, index, error, number)


def _paths(situation: Situation, index: ItemIndex, error: Diagnostic, number: int) -> Iterator[Candidate]:
    """The segment at the error is wrong: the names that its module does have, spelt alike."""
    place = error.primary
    assert place is not None
    source = situation.source(place.path)
    wrong = _wrong_segment(situation, error)
    if wrong is None:
        return
    before = _segments_before(source, wrong.start_byte)
    name = text(wrong)
    for score, other in rank(name, _members(index, before, place.path), 0.55, 4):
        yield Candidate(
            f"write `{other}` for `{name}`",
            (edits.replace_node(place.path, wrong, other),),
            0.8 * score,
            diagnostic=number,
            cites=(error.code,) if error.code else (),
        )
    for score, other in () if before else rank(name, _imported(index, place.path), 0.55, 2):
        yield Candidate(
            f"write `{other}` for `{name}`",
            (edits.replace_node(place.path, wrong, other),),
            0.95 * score,
            diagnostic=number,
            cites=(error.code,) if error.code else (),
        )
    # The path may be right but for where it begins.
    leaf = _leaf_name(source, wrong)
    for item in index.named(leaf, Item)[:4] if leaf else ():
        if isinstance(item, Use | Variant) or (item.parent is not None and item.parent.kind == "impl"):
            continue
        start = _path_start(source, wrong)
        stop = _path_end(source, wrong)
        new = "::".join(("crate", *index.module_of(item), item.name))
        if source[start:stop].decode("utf-8", "replace") != new:
            yield Candidate(
                f"the path is `{new}`",
                (edits.replace(place.path, start, stop, new),),
                0.5,
                diagnostic=number,
            )
    for row in named(leaf)[:2] if leaf else ():
        start, stop = _path_start(source, wrong), _path_end(source, wrong)
        path, known = _as_here(source, row.path)
        if source[start:stop].decode("utf-8", "replace") != path:
            yield Candidate(
                f"the path is `{path}`, as beside it" if known else f"the path is `{path}`",
                (edits.replace(place.path, start, stop, path),),
                0.85 if known else 0.25,
                diagnostic=number,
            )


def _as_here(source: bytes, path: str) -> tuple[str, bool]:
    """A path of std as this file begins such paths, and whether it writes others of the same module so."""
    module = path.rpartition("::")[0].partition("::")[2]
    for root in ("std", "core", "alloc"):
        if module and re.search(rf"(?<!use )\b{root}::{module}::[A-Z]".encode(), source):
            return f"{root}::{path.partition('::')[2]}", True
    return path, False


def _imported(index: ItemIndex, path: str) -> list[str]:
    """The names that the file imports: what a path of it may begin with."""
    return sorted({leaf.name for use in index.of_kind(Use, path) for leaf in use.leaves if leaf.name.isidentifier()})


def _wrong_segment(situation: Situation, error: Diagnostic) -> Node | None:
    """The identifier that the error is about: the quoted name inside the primary span, else its first word."""
    place = error.primary
    assert place is not None
    names = [part for quoted in _QUOTED.findall(error.message) for part in quoted.split("::")]
    label = [part for quoted in _QUOTED.findall(place.label or "") for part in quoted.split("::")]
    root = situation.syntax(place.path).root_node
    covering = node_at(root, place.start, place.end)
    waiting = [covering]
    found: list[Node] = []
    while waiting:
        node = waiting.pop()
        if node.type in ("identifier", "type_identifier") and place.start <= node.start_byte < place.end:
            found.append(node)
        waiting.extend(reversed(node.children))
    said = re.search(r"(?:could not find|no|unlinked crate|use of (?:undeclared|unresolved)[^`]*) `(\w+)`",
                     f"{place.label or ''} {error.message}")  # fmt: skip
    wanted = [said[1]] if said else [*label, *names[-1:]]
    return next(
        (node for name in wanted for node in found if text(node) == name),
        found[0] if found else None,
    )


def _segments_before(source: bytes, byte: int) -> list[str]:
    """The segments of the path in front of ``byte``, use trees included: ``a::{b::X`` gives a, b."""
    segments: list[str] = []
    place = byte
    depth = 0
    while place > 0:
        head = source[:place].rstrip()
        if depth == 0 and head.endswith(b"::"):
            match = re.search(rb"([A-Za-z_]\w*)\s*::$", head)
            if match is None:
                break
            segments.insert(0, match[1].decode())
            place = match.start()
            continue
        # Inside the braces of a use tree: skip what stands before, up to the brace.
        start = source.rfind(b"use ", 0, place)
        brace = source.rfind(b"{", 0, place)
        if depth or start < 0 or brace < start or b";" in source[start:place] or not source[:brace].endswith(b"::"):
            break
        place = brace
    return segments


def _members(index: ItemIndex, segments: list[str], path: str) -> list[str]:
    """The names in the module that ``segments`` lead to."""
    if segments and segments[0] in ("std", "core", "alloc"):
        return children("::".join(["std", *segments[1:]]))
    here = index.modules.get(path, ())
    module = list(segments)
    if module[:1] == ["crate"]:
        module = module[1:]
    elif module[:1] == ["self"]:
        module = [*here, *module[1:]]
    while module[:1] == ["super"]:
        module = [*here[:-1], *module[1:]]
    if not segments:
        module = []
        outside = ["std", "core", "crate", "self", "super"]
    else:
        outside = []
    wanted = tuple(module)
    inside = [item.name for item in index if item.module == wanted and item.kind not in ("impl", "use") and item.name]
    variants = [
        item.name for item in index
        if isinstance(item.parent, Item) and segments and item.parent.name == segments[-1] and item.name
    ]  # fmt: skip
    enum = [v.name for e in index.named(segments[-1], Item) for v in getattr(e, "variants", ())] if segments else []
    crates = [parts[0] for parts in (module_path for module_path in index.modules.values()) if parts]
    return list(dict.fromkeys([*inside, *variants, *enum, *(crates if not segments else ()), *outside]))


def _leaf_name(source: bytes, wrong: Node) -> str:
    """The last segment of the path that holds ``wrong``."""
    match = re.match(rb"\w+(?:\s*::\s*\w+)*", source[wrong.start_byte :])
    return match[0].decode("utf-8", "replace").rpartition("::")[2].strip() if match else ""


def _path_start(source: bytes, wrong: Node) -> int:
    match = re.search(rb"(?:\w+\s*::\s*)+$", source[: wrong.start_byte])
    return match.start() if match else wrong.start_byte


def _path_end(source: bytes, wrong: Node) -> int:
    match = re.match(rb"\w+(?:\s*::\s*\w+)*", source[wrong.start_byte :])
    return wrong.start_byte + (match.end() if match else 0)


def _useless_import(situation: Situation, error: Diagnostic, number: int) -> Iterator[Candidate]:
    """An import that leads nowhere and whose name nothing uses."""
    place = error.primary
    assert place is not None
    source = situation.source(place.path)
    index = ItemIndex.of(situation)
    for item in index.of_kind(Use, place.path):
        for leaf in item.leaves:
            if not _covers(item, leaf, place.start) or leaf.name == "*":
                continue
            used = len(re.findall(rb"\b" + re.escape(leaf.name.encode()) + rb"\b", source)) > 1
            if used:
                continue
            change = _without_leaf(place.path, source, item, leaf)
            yield Candidate(
                f"remove the import of `{leaf.name}`, which is not there and not used",
                (change,),
                0.25,
                diagnostic=number,
                risk=("removes an import",),
            )


def _covers(item: Use, leaf: Leaf, byte: int) -> bool:
    return leaf.start <= byte < leaf.end or (len(item.leaves) == 1 and item.start <= byte < item.end)


def _without_leaf(path: str, source: bytes, item: Use, leaf: Leaf) -> Replacement:
    if len(item.leaves) == 1:
        return edits.delete_lines(path, source, item.first, item.end)
    spans = [(other.start, other.end) for other in item.leaves]
    return edits.delete_element(path, source, spans, item.leaves.index(leaf))


def _locals(situation: Situation, error: Diagnostic, number: int) -> Iterator[Candidate]:
    """A value: what is in scope and has the name or the type that the place asks for."""
    place = error.primary
    assert place is not None
    root = situation.syntax(place.path).root_node
    node = node_at(root, place.start, place.end)
    name = situation.text(place.path, place.start, place.end)
    if not name.isidentifier() or "function" in error.message:
        return
    values = Values(situation, place.path, place.start)
    wanted = _wanted_type(situation, node)
    for rank_, offer in enumerate(values.offers(name, wanted, most=5)):
        if offer.text != name and re.fullmatch(r"[&*]*[A-Za-z_][\w.]*(?:\(\))?", offer.text):
            yield Candidate(
                f"write `{offer.text}` for `{name}`",
                (edits.replace(place.path, place.start, place.end, offer.text),),
                max(0.05, 0.6 * offer.weight * 0.9**rank_),
                diagnostic=number,
            )
    open_types = [
        b.name for b, have in values.visible if have in (None, "_", "{integer}", "{float}") and b.name != name
    ]
    for other in list(dict.fromkeys(open_types))[:3] if wanted is not None else ():
        yield _renamed(place.path, place.start, place.end, name, other, 0.12, number)
    yield from _declaration(situation, error, number, node, name)


def _wanted_type(situation: Situation, node: Node) -> str | None:
    """The type that the place of ``node`` asks for, where the code beside it says so."""
    parent = node.parent
    index = ItemIndex.of(situation)
    root = node
    while root.parent is not None:
        root = root.parent
    types = Types(root, index)
    if parent is None:
        return None
    function = function_of(node)
    body = function.child_by_field_name("body") if function is not None else None
    if function is not None and tail_of(body) == node:
        return text(function.child_by_field_name("return_type")) or None
    if parent.type == "binary_expression":
        left, right = parent.child_by_field_name("left"), parent.child_by_field_name("right")
        return types.of(right if left == node else left)
    if parent.type == "arguments" and parent.parent is not None:
        callee = parent.parent.child_by_field_name("function")
        functions = index.named(text(callee).rpartition("::")[2].rpartition(".")[2], Function)
        place = [child.id for child in parent.named_children].index(node.id)
        if len(functions) == 1 and place < len(functions[0].parameters):
            return functions[0].parameters[place].type.text
    if parent.type == "let_declaration":
        return text(parent.child_by_field_name("type")) or None
    return None


def _declaration(situation: Situation, error: Diagnostic, number: int, node: Node, name: str) -> Iterator[Candidate]:
    """A name that is only added to or assigned in a loop: declare it before the loop."""
    parent = node.parent
    if parent is None or parent.type not in ("compound_assignment_expr", "assignment_expression"):
        return
    if parent.child_by_field_name("left") != node:
        return
    loop = enclosing(node, ("for_expression", "while_expression", "loop_expression"))
    place = error.primary
    assert place is not None
    outer = loop
    while outer is not None and (
        wider := enclosing(outer.parent, ("for_expression", "while_expression", "loop_expression"))
    ):
        outer = wider
    if outer is None:
        return
    source = situation.source(place.path)
    zero = "1" if "*=" in text(parent) else "0"
    yield Candidate(
        f"declare `{name}` before the loop",
        (edits.line_before(place.path, source, outer.start_byte, f"let mut {name} = {zero};"),),
        0.4,
        diagnostic=number,
    )


def _elsewhere(situation: Situation, index: ItemIndex, error: Diagnostic, number: int) -> Iterator[Candidate]:
    """A misspelt name of the tree or of the standard library that is not imported here either."""
    place = error.primary
    assert place is not None
    source = situation.source(place.path)
    name = situation.text(place.path, place.start, place.end).rpartition("::")[2]
    if not name.isidentifier() or source[: place.start].rstrip().endswith(b"::"):
        return
    kind = next(
        (word for word in ("trait", "derive", "macro", "function", "value", "type") if word in error.message),
        "type",
    )
    kinds = _WANTED[kind] if error.code != "E0433" else _TYPE_KINDS
    own = {item.name for item in index if _fits(item, kinds) and item.name}
    for score, other in rank(name, own, 0.6, 3):
        yield _renamed(place.path, place.start, place.end, name, other, 0.6 * score, number)
    library = {row.name: row for row in reversed(std_names()) if row.kind in kinds and row.name[:1] == name[:1]}
    for score, other in rank(name, library, 0.72, 3):
        row = library[other]
        rename = _renamed(place.path, place.start, place.end, name, other, 0.5 * score, number)
        yield rename
        if not _in_prelude(row):
            full = edits.replace(place.path, place.start, place.end, row.path)
            yield Candidate(f"write `{row.path}` for `{name}`", (full,), 0.45 * score, diagnostic=number)
            changes = (*rename.replacements, _import(place.path, index, row.path))
            changes += tuple(_others(source, place.path, place.start, name, other))
            yield Candidate(
                f"write `{other}` for `{name}` and import it",
                changes,
                0.5 * score,
                diagnostic=number,
            )


def _others(source: bytes, path: str, start: int, name: str, other: str) -> Iterator[Replacement]:
    """The other uses of the same misspelt name."""
    for match in re.finditer(rb"\b" + re.escape(name.encode()) + rb"\b", source):
        if match.start() != start:
            yield edits.replace(path, match.start(), match.end(), other)


def _fits(item: Item, kinds: tuple[str, ...]) -> bool:
    own = {"fn": "function", "constant": "const"}
    return item.kind in {own.get(kind, kind) for kind in kinds} and not (
        item.parent is not None and item.parent.kind in ("impl", "trait")
    )


def _in_prelude(row: StdName) -> bool:
    return row.module in (
        "std::option",
        "std::result",
        "std::string",
        "std::vec",
        "std::boxed",
        "std::prelude",
        "std",
    ) or (row.kind in ("macro", "derive"))


def _renamed(path: str, start: int, end: int, name: str, other: str, prior: float, number: int) -> Candidate:
    return Candidate(
        f"write `{other}` for `{name}`",
        (edits.replace(path, start, end, other),),
        prior,
        diagnostic=number,
    )


def _import(path: str, index: ItemIndex, item: str) -> Replacement:
    """A use declaration after the others of the file, or before its first item."""
    uses = [use for use in index.of_kind(Use, path) if use.module == index.modules.get(path, ()) and use.parent is None]
    if uses:
        return edits.insert(path, uses[-1].end, f"\nuse {item};")
    first = min((other.first for other in index.files.get(path, ())), default=0)
    return edits.insert(path, first, f"use {item};\n\n")
