"""Realistic mistakes, one at a time: operators that turn correct Rust into what a hurried person might have written.

An operator looks at the syntax tree and names every place where it could strike; the generator picks. Nothing here
knows how a mistake is repaired, and no operator is made for a proposer. Operators of kind ``build`` usually stop
the crate from compiling; those of kind ``behaviour`` leave it compiling and change what it does.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from rusta_cargo import Node, parse, text_of, walk
from rusta_eval import slips
from rusta_eval.sites import Sites, element, nodes, with_space, written

# Lines of a function that a person may have forgotten.
LONGEST_ITEM = 5


@dataclass(frozen=True)
class Operator:
    """``find`` yields (start, end, replacement) for every place. ``kind``: build or behaviour."""

    name: str
    kind: str
    find: Callable[[Node], Sites]


@dataclass(frozen=True)
class Mutation:
    """One mistake: put ``text`` in place of the bytes ``start..end``."""

    operator: str
    start: int
    end: int
    text: str

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.text.encode() + source[self.end :]


def drop_mut(root: Node) -> Sites:
    """``let mut x`` → ``let x``, ``&mut x`` → ``&x``, ``&mut self`` → ``&self``."""
    for node in nodes(root, "mutable_specifier"):
        yield *with_space(node), ""


def drop_reference(root: Node) -> Sites:
    """``&value`` → ``value`` in an expression."""
    for node in nodes(root, "reference_expression"):
        value = node.child_by_field_name("value")
        if value is not None:
            yield node.start_byte, value.start_byte, ""


def add_reference(root: Node) -> Sites:
    """``f(value)`` → ``f(&value)``."""
    for arguments in nodes(root, "arguments"):
        for node in arguments.named_children:
            if node.type in ("identifier", "field_expression", "call_expression"):
                yield node.start_byte, node.start_byte, "&"


def drop_dereference(root: Node) -> Sites:
    """``*value`` → ``value``."""
    for node in nodes(root, "unary_expression"):
        if written(node).startswith("*"):
            yield node.start_byte, node.start_byte + 1, ""


def drop_conversion(root: Node) -> Sites:
    """``x.clone()``, ``x.to_string()``, ``x.iter()`` and the like → ``x``."""
    names = (
        "clone",
        "to_string",
        "to_owned",
        "into",
        "iter",
        "as_ref",
        "as_str",
        "collect",
        "to_vec",
        "unwrap",
        "as_bytes",
    )
    for node in nodes(root, "call_expression"):
        function, arguments = (
            node.child_by_field_name("function"),
            node.child_by_field_name("arguments"),
        )
        if function is None or function.type != "field_expression" or written(arguments) != "()":
            continue
        value, field = function.child_by_field_name("value"), function.child_by_field_name("field")
        if value is not None and written(field) in names:
            yield value.end_byte, node.end_byte, ""


def drop_cast(root: Node) -> Sites:
    """``x as T`` → ``x``."""
    for node in nodes(root, "type_cast_expression"):
        value = node.child_by_field_name("value")
        if value is not None:
            yield value.end_byte, node.end_byte, ""


def drop_question(root: Node) -> Sites:
    """``call()?`` → ``call()``."""
    for node in nodes(root, "try_expression"):
        yield node.end_byte - 1, node.end_byte, ""


def drop_wrapper(root: Node) -> Sites:
    """``Some(x)``, ``Ok(x)``, ``Err(x)``, ``Box::new(x)`` → ``x``."""
    for node in nodes(root, "call_expression"):
        function, arguments = (
            node.child_by_field_name("function"),
            node.child_by_field_name("arguments"),
        )
        if arguments is not None and written(function) in (
            "Some",
            "Ok",
            "Err",
            "Box::new",
            "Rc::new",
            "Arc::new",
        ):
            inner = arguments.named_children
            if len(inner) == 1 and inner[0].type != "unit_expression":
                yield node.start_byte, node.end_byte, written(inner[0])


def drop_visibility(root: Node) -> Sites:
    """``pub fn`` → ``fn``; fields and other items too."""
    for node in nodes(root, "visibility_modifier"):
        if node.parent is not None and node.parent.type != "use_declaration":
            yield *with_space(node), ""


def drop_use(root: Node) -> Sites:
    """A use declaration, or one name of its list."""
    for node in nodes(root, "use_declaration"):
        if not any(child.type == "visibility_modifier" for child in node.children):
            following = node.next_sibling
            yield (
                node.start_byte,
                following.start_byte if following is not None else node.end_byte,
                "",
            )
    for node in nodes(root, "use_list"):
        if len(node.named_children) > 1:
            for child in node.named_children:
                yield *element(child), ""


def drop_derive(root: Node) -> Sites:
    """One trait of a derive."""
    for node in nodes(root, "attribute"):
        if written(node).startswith("derive"):
            names = [n for n in walk(node) if n.type == "identifier" and written(n) != "derive"]
            if len(names) > 1:
                for name in names:
                    yield *element(name), ""


def drop_bound(root: Node) -> Sites:
    """The bounds of a generic parameter, or one of several."""
    for node in nodes(root, "trait_bounds"):
        inner = node.named_children
        if node.parent is not None and node.parent.type in (
            "type_parameter",
            "where_predicate",
            "constrained_type_parameter",
        ):
            if len(inner) > 1:
                yield inner[-2].end_byte, inner[-1].end_byte, ""
            elif node.parent.type != "where_predicate":
                yield node.start_byte, node.end_byte, ""


def drop_lifetime(root: Node) -> Sites:
    """``&'a T`` → ``&T``; the declaration of a lifetime."""
    for node in nodes(root, "lifetime"):
        parent = node.parent
        if parent is not None and parent.type == "reference_type" and written(node) != "'static":
            yield *with_space(node), ""
    for node in nodes(root, "type_parameters"):
        inner = node.named_children
        for child in inner:
            if written(child).startswith("'"):
                yield *(element(child) if len(inner) > 1 else (node.start_byte, node.end_byte)), ""


def drop_argument(root: Node) -> Sites:
    """One argument of a call."""
    for node in nodes(root, "arguments"):
        for child in node.named_children:
            yield *element(child), ""


def swap_arguments(root: Node) -> Sites:
    """Two neighbouring arguments."""
    for node in nodes(root, "arguments"):
        inner = node.named_children
        for left, right in pairwise(inner):
            if written(left) != written(right):
                between = text_of(node)[left.end_byte - node.start_byte : right.start_byte - node.start_byte].decode()
                yield left.start_byte, right.end_byte, f"{written(right)}{between}{written(left)}"


def drop_field(root: Node) -> Sites:
    """One field of a struct literal."""
    for node in nodes(root, "field_initializer_list"):
        for child in node.named_children:
            if child.type in ("field_initializer", "shorthand_field_initializer"):
                yield *element(child), ""


def drop_arm(root: Node) -> Sites:
    """One arm of a match."""
    for node in nodes(root, "match_block"):
        arms = [child for child in node.named_children if child.type == "match_arm"]
        if len(arms) > 1:
            for arm in arms:
                following = arm.next_sibling
                yield (
                    arm.start_byte,
                    following.start_byte if following is not None else arm.end_byte,
                    "",
                )


def drop_item(root: Node) -> Sites:
    """One type or short function of a trait's implementation, with its attributes and comments.

    People forget to write a function; nobody loses a long one, and what it did could not be known from the rest.
    """
    for node in nodes(root, "impl_item"):
        body = node.child_by_field_name("body")
        if node.child_by_field_name("trait") is not None and body is not None:
            for child in body.named_children:
                short = written(child).count("\n") < LONGEST_ITEM
                if child.type in ("associated_type", "type_item") or (child.type == "function_item" and short):
                    start, before = child.start_byte, child.prev_sibling
                    while before is not None and before.type in ("attribute_item", "line_comment", "block_comment"):
                        start, before = before.start_byte, before.prev_sibling
                    yield start, child.end_byte, ""


def drop_semicolon(root: Node) -> Sites:
    """A semicolon after a statement."""
    for node in nodes(root, ";"):
        if node.parent is not None and node.parent.type in (
            "let_declaration",
            "expression_statement",
            "use_declaration",
        ):
            yield node.start_byte, node.end_byte, ""


def add_semicolon(root: Node) -> Sites:
    """A semicolon after the value of a function."""
    for node in nodes(root, "function_item"):
        body = node.child_by_field_name("body")
        if body is not None and node.child_by_field_name("return_type") is not None and body.named_children:
            last = body.named_children[-1]
            if last.type not in ("expression_statement", "let_declaration", "line_comment"):
                yield last.end_byte, last.end_byte, ";"


def drop_bracket(root: Node) -> Sites:
    """One bracket."""
    for node in nodes(root, "(", ")", "[", "]", "{", "}"):
        yield node.start_byte, node.end_byte, ""


def drop_comma(root: Node) -> Sites:
    """A comma between two elements."""
    for node in nodes(root, ","):
        following = node.next_sibling
        if following is not None and following.is_named:
            yield node.start_byte, node.end_byte, ""


def drop_return_type(root: Node) -> Sites:
    """``-> T``."""
    for node in nodes(root, "function_item"):
        kind, parameters = (
            node.child_by_field_name("return_type"),
            node.child_by_field_name("parameters"),
        )
        if kind is not None and parameters is not None:
            yield parameters.end_byte, kind.end_byte, ""


_TYPES = {
    "usize": ("u32", "i32"), "u32": ("i32", "u64"), "i32": ("u32", "i64"), "u64": ("u32", "usize"), "i64": ("i32",),
    "u8": ("char", "u32"), "char": ("u8",), "bool": ("u8",), "f64": ("f32",), "f32": ("f64",), "String": ("&str",),
    "str": ("String",),
}  # fmt: skip


def change_type(root: Node) -> Sites:
    """Another type in a signature, a field or a let."""
    for node in nodes(root, "primitive_type", "type_identifier"):
        for other in _TYPES.get(written(node), ()):
            yield node.start_byte, node.end_byte, other


def misspell(root: Node) -> Sites:
    """A letter lost, doubled or swapped in the use of a name."""
    for node in nodes(root, "identifier", "field_identifier", "type_identifier"):
        name = written(node)
        parent = node.parent
        declared = parent is not None and parent.child_by_field_name("name") == node
        if len(name) < 4 or declared:
            continue
        middle = len(name) // 2
        yield node.start_byte, node.end_byte, name[:middle] + name[middle + 1 :]
        yield (
            node.start_byte,
            node.end_byte,
            name[: middle - 1] + name[middle] + name[middle - 1] + name[middle + 1 :],
        )


def drop_keyword(root: Node) -> Sites:
    """``unsafe`` before a block, ``move`` before a closure, ``ref`` in a pattern, ``dyn`` before a trait."""
    for node in nodes(root, "unsafe", "move", "ref", "dyn"):
        if node.parent is not None and node.parent.type != "function_modifiers":
            yield *with_space(node), ""


def drop_self(root: Node) -> Sites:
    """``self.field`` → ``field``, ``Self::f`` → ``f``."""
    for node in nodes(root, "field_expression"):
        value, field = node.child_by_field_name("value"), node.child_by_field_name("field")
        if written(value) == "self" and field is not None:
            yield node.start_byte, field.start_byte, ""
    for node in nodes(root, "scoped_identifier"):
        path, name = node.child_by_field_name("path"), node.child_by_field_name("name")
        if written(path) in ("Self", "self", "super") and name is not None:
            yield node.start_byte, name.start_byte, ""


def drop_let(root: Node) -> Sites:
    """``let x = 1`` → ``x = 1``."""
    for node in nodes(root, "let_declaration"):
        pattern = node.child_by_field_name("pattern")
        if pattern is not None and node.child_by_field_name("value") is not None and pattern.type == "identifier":
            yield node.start_byte, pattern.start_byte, ""


_OPERATORS = {
    "<": ("<=", ">"), "<=": ("<",), ">": (">=", "<"), ">=": (">",), "==": ("!=",), "!=": ("==",), "+": ("-",),
    "-": ("+",), "*": ("+",), "/": ("*",), "&&": ("||",), "||": ("&&",), "%": ("/",),
}  # fmt: skip


def change_operator(root: Node) -> Sites:
    """A wrong operator."""
    for node in nodes(root, "binary_expression"):
        operator = node.child_by_field_name("operator")
        for other in _OPERATORS.get(written(operator), ()) if operator is not None else ():
            assert operator is not None
            yield operator.start_byte, operator.end_byte, other


def change_number(root: Node) -> Sites:
    """Off by one."""
    for node in nodes(root, "integer_literal"):
        text = written(node)
        if text.isdecimal() and int(text) < 1000:
            yield node.start_byte, node.end_byte, str(int(text) + 1)
            if int(text):
                yield node.start_byte, node.end_byte, str(int(text) - 1)


def change_range(root: Node) -> Sites:
    """``..`` for ``..=`` and back."""
    for node in nodes(root, "range_expression"):
        for child in node.children:
            if child.type in ("..", "..=") and child.next_sibling is not None:
                yield child.start_byte, child.end_byte, "..=" if child.type == ".." else ".."


def change_boolean(root: Node) -> Sites:
    """``true`` for ``false`` and back."""
    for node in nodes(root, "boolean_literal"):
        yield node.start_byte, node.end_byte, "false" if written(node) == "true" else "true"


def negate(root: Node) -> Sites:
    """A condition turned round."""
    for node in nodes(root, "unary_expression"):
        if written(node).startswith("!"):
            yield node.start_byte, node.start_byte + 1, ""


OPERATORS: tuple[Operator, ...] = (
    *(
        Operator(find.__name__, "build", find)
        for find in (
            drop_mut, drop_reference, add_reference, drop_dereference, drop_conversion, drop_cast, drop_question,
            drop_wrapper, drop_visibility, drop_use, drop_derive, drop_bound, drop_lifetime, drop_argument,
            swap_arguments, drop_field, drop_arm, drop_item, drop_semicolon, add_semicolon, drop_bracket, drop_comma,
            drop_return_type, change_type, misspell, drop_keyword, drop_self, drop_let, *slips.SLIPS,
        )
    ),
    *(
        Operator(find.__name__, "behaviour", find)
        for find in (change_operator, change_number, change_range, change_boolean, negate, swap_arguments)
    ),
)  # fmt: skip


def outside_tests(source: bytes, place: int) -> bool:
    """``place`` is in no test module or test function, in no attribute of one and in no macro definition."""
    node = parse(source).root_node.descendant_for_byte_range(place, place)
    while node is not None:
        if node.type in ("macro_definition", "line_comment", "block_comment"):
            return False
        if node.type == "attribute_item" and b"test" in text_of(node):
            return False
        before = node.prev_sibling
        while before is not None and before.type in (
            "attribute_item",
            "line_comment",
            "block_comment",
        ):
            if before.type == "attribute_item" and b"test" in text_of(before):
                return False
            before = before.prev_sibling
        node = node.parent
    return True


def mutate(source: bytes, generator: random.Random, kind: str = "build", tries: int = 40) -> Mutation | None:
    """One random mistake in ``source``: an operator first, each as likely as any other, then one of its places."""
    root = parse(source).root_node
    operators = [operator for operator in OPERATORS if operator.kind == kind]
    for _ in range(tries):
        operator = generator.choice(operators)
        sites = list(operator.find(root))
        if not sites:
            continue
        start, end, text = generator.choice(sites)
        if outside_tests(source, start) and source[start:end] != text.encode():
            return Mutation(operator.name, start, end, text)
    return None
