"""What the repair domain declares, as light data; ``rusta_cargo.plugin`` hands it to the host."""

from __future__ import annotations

from rusta_conductor.specs import CommandSpec, DomainSpec, ProposerSpec, ToolSpec
from rusta_schemas.effects import Effect

_HERE = "rusta_cargo.repair"

TOOLS = (
    ToolSpec(
        verb="surroundings",
        summary="What the project, its toolchain and the sandbox are",
        effect=Effect.READ,
        args="rusta_cargo.models:NoArgs",
        handler=f"{_HERE}.tools.surroundings:surroundings",
        timeout_s=120,
    ),
    ToolSpec(
        verb="doc_anchor",
        summary="What the installed documentation says of an error code, a lint or a rule of syntax",
        effect=Effect.READ,
        args=f"{_HERE}.tools.doc_anchor:DocArgs",
        handler=f"{_HERE}.tools.doc_anchor:doc_anchor",
        timeout_s=60,
    ),
)

DOMAINS = (
    DomainSpec("repair", "Mend a project that does not compile", f"{_HERE}.domain:RepairDomain"),
    DomainSpec(
        "repair_untested",
        "Mend a project without running its tests",
        f"{_HERE}.domain:UntestedRepairDomain",
    ),
    DomainSpec("explain", "Say what the compiler's errors mean", f"{_HERE}.explain:ExplainDomain"),
)

_SOURCES = (
    # (name, order, what it does)
    ("delimiters", 20, "Missing, superfluous and wrong brackets, placed by indentation"),
    ("tokens", 25, "One token inserted, removed or replaced where the parser stopped"),
    ("literals", 28, "Strings, characters and comments that never end"),
    ("visibility", 30, "Open the declaration of what is private"),
    ("unsafety", 32, "Wrap unsafe operations in the smallest unsafe block"),
    ("names", 34, "Names and paths that lead nowhere: spelling, missing imports, locals that fit"),
    ("attributes", 36, "Attributes brought to the form that their grammar has"),
    ("missing_fields", 40, "Fields that a struct expression lacks or has twice"),
    ("fields", 41, "Misspelt, superfluous and undeclared fields; pattern arity"),
    ("shapes", 42, "Structs, variants and enums used in another shape than they have"),
    ("arguments", 43, "Missing and superfluous arguments, or the parameter the signature lost"),
    ("lost_parameters", 44, "Parameters that a body uses and its signature lost"),
    ("generic_arguments", 45, "Generic and lifetime arguments whose number is wrong"),
    ("missing_items", 46, "Items that an impl of a trait lacks"),
    ("trait_signatures", 47, "Impl items brought to the signature or kind that the trait has"),
    (
        "superfluous_items",
        48,
        "Impl items that the trait does not have: rename, move, declare, drop",
    ),
    ("associated_types", 49, "Associated types not named, misnamed or misplaced"),
    ("match_arms", 50, "Arms that a match lacks, after the model of their siblings"),
    ("patterns", 51, "Refutable, unordered and doubly bound patterns"),
    ("behaviour", 80, "Failing tests: operators, turned conditions, ranges, truth values"),
    ("behaviour_values", 81, "Failing tests: off by one, wrong constants, names, arguments"),
    ("behaviour_calls", 82, "Failing tests: methods taken for each other, chains, casts, wrappings"),
    ("behaviour_flow", 83, "Failing tests: forgotten guards and steps, exchanged branches"),
    ("superfluous", 90, "Take away a modifier, bound or attribute that may not stand there"),
)

PROPOSERS = (
    ProposerSpec(
        name="suggestions",
        domain="repair",
        summary="Every change that the compiler itself suggests, alone and together",
        handler=f"{_HERE}.proposers.suggestions:suggestions",
        order=10,
    ),
    *(
        ProposerSpec(name, "repair", summary, f"{_HERE}.proposers.{name}:propose", order)
        for name, order, summary in _SOURCES
    ),
)

COMMANDS = (
    CommandSpec(
        "repair", "Mend a crate, a workspace or a file, with proof", "rusta_cargo.cli.repair:repair"
    ),
    CommandSpec(
        "explain", "Say what the compiler's errors mean", "rusta_cargo.cli.explain:explain"
    ),
)
