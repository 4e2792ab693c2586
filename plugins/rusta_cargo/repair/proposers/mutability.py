"""What is changed without leave: E0594, E0596, E0384; what is read before it has a value: E0381.

Beyond the compiler's own ``mut``: the whole way a ``&T`` came (signature, trait, callers, their locals), calls that
give a shared reference (``.iter()``, ``.get()``, ``.borrow()``) by those that give a mutable one, patterns, guards,
counted pointers; a second name instead of a changed one; an initial value, or the branch that forgot to give one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.callers import disagrees, lend_mutably, mutable, with_parameter
from rusta_cargo.repair.code.items import Function, Impl, Parameter, Value
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.lending import SISTERS, chain, method_name, sisters
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.receivers import changes_self, with_receiver
from rusta_cargo.repair.code.scopes import Binding, binding_of, bound_in
from rusta_cargo.repair.code.usage import root_name

_FAR = 4
# Types that are changed through a shared reference.
_SHARED = re.compile(r"(?:\w+::)*(?:Atomic\w+|Mutex|RwLock|RefCell|Cell|OnceCell|OnceLock|Sender)\b")


def _unleave(case: Case) -> Iterator[Answer]:
    """E0594 and E0596."""
    node = _changed(case)
    name = root_name(node)
    if name is not None and "static item" in case.diagnostic.message:
        yield from _static(case, name)
        return
    binding = None if name is None else binding_of(case.root, name, case.place.start)
    if "pattern guard" in case.diagnostic.message:
        yield from _guard(case)
        return
    yield from _asked_in_vain(case, node)
    yield from _called_often(case)
    yield from _counted(case, node)
    yield from sisters(case, node)
    first = True
    for _ in range(_FAR):
        if binding is None:
            return
        if binding.kind == "self":
            yield from _own_receiver(case)
        elif binding.kind == "parameter":
            yield from _parameter(case, binding)
        yield from _origin(case, binding)
        if first:
            yield from _by_value(case, binding)
        # what it was made from may be what does not allow the change
        first, value = False, binding.value
        name = None if value is None else root_name(value)
        binding = None if name is None or value is None else binding_of(case.root, name, value.start_byte)


def _asked_in_vain(case: Case, node: Node) -> Iterator[Answer]:
    """A method of the crate asks for ``&mut self`` behind a ``&`` and changes nothing that is not shared anyway."""
    field = nodes.enclosing(node, "field_expression") if "behind a `&`" in case.diagnostic.message else None
    name = "" if field is None else text(field.child_by_field_name("field"))
    for function in case.index.named(name, Function) if name else ():
        owner = function.owner
        if function.receiver is None or function.receiver.text != "&mut self" or not isinstance(owner, Impl):
            continue
        if owner.trait is not None or changes_self(case.situation, case.index, function):
            continue
        struct = case.index.struct(owner.name)
        shared = struct is not None and struct.fields and all(_SHARED.match(f.type.text) for f in struct.fields)
        parts = with_receiver(case.index, function, "&self")
        yield Answer(f"let `{name}` only look at `self`", parts, 0.92 if shared else 0.5, ("changes a signature",))


def _static(case: Case, name: str) -> Iterator[Answer]:
    """A static that is assigned to: it is mutable, and who changes it answers for that."""
    for item in case.index.named(name, Value):
        if item.kind == "static":
            put = edits.insert(item.path, item.name_start, "mut ")
            yield Answer(f"make the static `{name}` mutable", (put,), 0.4, ("adds a mutable static",))


def _changed(case: Case) -> Node:
    """The place that is changed: the left side of an assignment."""
    node = case.node
    if node.type in ("assignment_expression", "compound_assignment_expr"):
        return node.child_by_field_name("left") or node
    return node


def _guard(case: Case) -> Iterator[Answer]:
    """A guard only looks: the change goes into the arm; the value is looked at through a reference."""
    arm = nodes.enclosing(nodes.node_at(case.root, case.place.start, case.place.end), "match_arm")
    pattern = None if arm is None else arm.child_by_field_name("pattern")
    guard = None if pattern is None else pattern.child_by_field_name("condition")
    bound = (
        None
        if pattern is None
        else next((n for n in bound_in(pattern) if text(n) in quoted(case.diagnostic.message)), None)
    )
    if bound is None or guard is None or pattern is None:
        return
    fixed = nodes.child(bound.parent, "mutable_specifier") is None
    for call in nodes.below(guard, "call_expression"):
        callee = call.child_by_field_name("function")
        name = None if callee is None or callee.type != "field_expression" else callee.child_by_field_name("field")
        if text(name) == "take" and name is not None:
            yield Answer("look without taking", (edits.replace_node(case.path, name, "as_ref"),), 0.5)
            yield Answer("look at a copy", (edits.replace_node(case.path, name, "clone().take"),), 0.3)
    if guard.type == "block":
        first = guard.named_children[0] if guard.named_children else None
        tail = nodes.tail_of(guard)
        body = None if arm is None else arm.child_by_field_name("value")
        if first is not None and tail is not None and body is not None and body.type == "block" and first.id != tail.id:
            moved = text(first).rstrip(";") + ";"
            mut = (edits.insert(case.path, bound.start_byte, "mut "),) if fixed else ()
            inside = edits.insert(case.path, body.start_byte + 1, f" {moved}")
            yield Answer(
                "change it in the arm",
                (*mut, edits.replace_node(case.path, guard, text(tail)), inside),
                0.5,
            )


def _asking(case: Case) -> Iterator[tuple[Function, Parameter]]:
    """The function that asks for the closure and its parameter: as the compiler says, else by the call that it is in."""
    for span in case.spans("change this to accept `FnMut`"):
        function = case.index.at(span.path, span.start, span.end)
        if isinstance(function, Function):
            inside = [each for each in function.parameters if each.type.start <= span.start < each.type.end]
            yield from ((function, parameter) for parameter in inside)
            return
    for span in case.spans("in this closure") if "a `Fn` closure" in case.diagnostic.message else ():
        given = nodes.enclosing(nodes.node_at(case.root, span.start), "closure_expression")
        while given is not None and given.parent is not None and given.parent.type != "arguments":
            given = given.parent if given.parent.type in ("reference_expression", "parenthesized_expression") else None
        call = None if given is None or given.parent is None else given.parent.parent
        callee = None if call is None else call.child_by_field_name("function")
        if given is None or given.parent is None or callee is None:
            continue
        called = callee.child_by_field_name("field") if callee.type == "field_expression" else callee
        named = case.index.named(text(called), Function)
        place = [node.id for node in given.parent.named_children].index(given.id)
        if len(named) == 1 and place < len(named[0].parameters):
            yield named[0], named[0].parameters[place]


def _called_often(case: Case) -> Iterator[Answer]:
    """A closure that changes what it captures is given where ``Fn`` is asked for."""
    for function, parameter in _asking(case):
        root = case.situation.syntax(function.path).root_node
        parts = []
        node = nodes.node_at(root, function.name_start, function.end)
        for bound in nodes.below(node, "function_type", into=("block",)):
            word = bound.named_children[0] if bound.named_children else None
            holder = nodes.enclosing(bound, ("where_predicate", "type_parameter", "parameter"))
            mine = holder is not None and (
                holder.start_byte == parameter.start or text(holder.named_children[0]) == parameter.type.text
            )
            if (
                word is not None
                and text(word) == "Fn"
                and mine
                and bound.end_byte <= (function.body.start if function.body else function.end)
            ):
                parts.append(edits.replace_node(function.path, word, "FnMut"))
        shared = re.match(r"&(?:'\w+ )?(?=dyn\b|\(dyn\b)", parameter.type.text)
        if parts and shared is not None:
            parts.append(edits.insert(function.path, parameter.type.start + shared.end(), "mut "))
        elif parts and not parameter.type.text.startswith("&") and parameter.pattern.text == parameter.name:
            parts.append(edits.insert(function.path, parameter.start, "mut "))
        yield Answer(
            f"let `{function.name}` take a closure that changes what it captures",
            tuple(parts),
            0.7,
            ("changes a signature",),
        )


def _counted(case: Case, node: Node) -> Iterator[Answer]:
    """Behind ``Rc`` and ``Arc``: ``make_mut`` when it can be cloned, ``get_mut`` when there is one owner."""
    found = re.search(r"in an `(Rc|Arc)`", case.diagnostic.message)
    if found is None:
        return
    while node.type in ("field_expression", "index_expression"):
        if types.head(case.type_of(node) or "") == found[1]:
            break
        inner = node.child_by_field_name("value") or node.named_children[0]
        if inner.type not in ("field_expression", "index_expression", "identifier"):
            break
        node = inner
    for call, prior in (
        (f"{found[1]}::make_mut(&mut {text(node)})", 0.35),
        (f"{found[1]}::get_mut(&mut {text(node)}).unwrap()", 0.3),
    ):
        owner = mutable(case.path, case.root, node)
        yield Answer(f"change through `{call}`", (edits.replace_node(case.path, node, call), *owner), prior)


def _own_receiver(case: Case) -> Iterator[Answer]:
    """``&self`` as ``&mut self`` in the trait and all its impls."""
    function = case.item
    if function is None or function.receiver is None:
        return
    written = function.receiver.text
    if written in ("self", "mut self"):
        wanted = "mut self" if written == "self" else ""
    else:
        wanted = re.sub(r"^&\s*('\w+\s+)?self$", lambda m: f"&{m[1] or ''}mut self", written)
    if wanted and wanted != written:
        parts = with_receiver(case.index, function, wanted, disagrees(case.situation, function))
        yield Answer(f"let `{function.name}` change `self`", parts, 0.7, ("changes a signature",))


def _parameter(case: Case, binding: Binding) -> Iterator[Answer]:
    """``&T`` as ``&mut T``, with the calls and what they lend."""
    function = case.item
    if function is None:
        return
    for number, parameter in enumerate(function.parameters):
        if parameter.name != binding.name:
            continue
        for written in _changeable(parameter.type.text):
            parts = with_parameter(case.situation, case.index, function, number, written, lend_mutably)
            risk = ("changes a signature",)
            yield Answer(f"let `{function.name}` change `{parameter.name}`", parts, 0.75, risk)


def _changeable(type_text: str) -> Iterator[str]:
    """The type with its (outer, else first inner) shared reference made mutable."""
    parts = types.reference(type_text)
    if parts is not None and not parts[1]:
        yield re.sub(r"^&\s*('\w+\s+)?", lambda m: f"&{m[1] or ''}mut ", type_text.strip())
    elif "&" in type_text and "&mut" not in type_text:
        yield re.sub(r"&\s*('\w+\s+)?", lambda m: f"&{m[1] or ''}mut ", type_text, count=1)


def _origin(case: Case, binding: Binding) -> Iterator[Answer]:
    """The expression the name was made from lends mutably."""
    value = binding.value
    if value is None:
        yield from _element(case, binding)
        return
    for node in [value, *([] if value.type == "closure_expression" else chain(value))]:
        if node.type == "reference_expression" and nodes.child(node, "mutable_specifier") is None:
            inner = node.child_by_field_name("value")
            if inner is not None and node.id == value.id:
                parts = (
                    edits.insert(case.path, inner.start_byte, "mut "),
                    *mutable(case.path, case.root, inner),
                )
                yield Answer(f"lend `{text(inner)}` mutably", parts, 0.7)
    yield from sisters(case, value)
    if binding.kind == "pattern" and value.type in ("identifier", "field_expression", "self"):
        put = (
            edits.insert(case.path, value.start_byte, "&mut "),
            *mutable(case.path, case.root, value),
        )
        yield Answer(f"match on `&mut {text(value)}`", put, 0.4)
    if binding.kind == "for" and value.type in ("identifier", "field_expression"):
        kind = case.type_of(value)
        if kind is None or not types.is_reference(kind):
            put = (
                edits.insert(case.path, value.start_byte, "&mut "),
                *mutable(case.path, case.root, value),
            )
            yield Answer(f"go through `&mut {text(value)}`", put, 0.4)
    pattern = nodes.node_at(case.root, binding.start, binding.end)
    if pattern.parent is not None and pattern.parent.type == "ref_pattern" and not binding.mutable:
        yield Answer("bind by mutable reference", (edits.insert(case.path, binding.start, "mut "),), 0.7)


def _element(case: Case, binding: Binding) -> Iterator[Answer]:
    """A closure's parameter: what the closure is given goes through its elements mutably."""
    if binding.kind != "closure":
        return
    closure = nodes.enclosing(binding.at, "closure_expression")
    listed = None if closure is None else closure.parent
    call = None if listed is None else listed.parent
    for node in [] if call is None else chain(call):
        name = method_name(node)
        if name is not None and text(name) in SISTERS:
            yield Answer(
                f"call `.{SISTERS[text(name)]}()`",
                (edits.replace_node(case.path, name, SISTERS[text(name)]),),
                0.7,
            )


def _by_value(case: Case, binding: Binding) -> Iterator[Answer]:
    """``mut`` at the binding, where the compiler did not say so."""
    if binding.mutable or binding.by_reference or binding.kind in ("self", "closure"):
        return
    if binding.written is not None and types.is_reference(binding.written) and "*" in text(case.node):
        return
    yield Answer(f"make `{binding.name}` mutable", (edits.insert(case.path, binding.start, "mut "),), 0.3)


propose = answering({"E0594": (_unleave,), "E0596": (_unleave,)})
