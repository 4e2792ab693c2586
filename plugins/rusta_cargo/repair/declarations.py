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
    ("qualifying", 31, "Names that lost the enum or module in front of them"),
    ("imports", 33, "Imports that the compiler suggests, put where people put them"),
    ("misdeclared", 35, "Declarations whose name has a slip that their uses do not have"),
    ("lost_let", 37, "Locals that lost their let"),
    ("lost_receivers", 38, "Calls that lost the self. or Self:: in front of them"),
    ("lost_commas", 43, "Arguments that grew together where their comma was lost"),
    ("lost_parameters", 44, "Parameters that a body uses and its signature lost"),
    ("generic_arguments", 45, "Generic and lifetime arguments whose number is wrong"),
    ("missing_items", 46, "Items that an impl of a trait lacks"),
    ("trait_signatures", 47, "Impl items brought to the signature or kind that the trait has"),
    ("associated_types", 49, "Associated types not named, misnamed or misplaced"),
    ("match_arms", 50, "Arms that a match lacks, after the model of their siblings"),
    ("patterns", 51, "Refutable, unordered and doubly bound patterns"),
    ("behaviour", 80, "Failing tests: operators, turned conditions, ranges, truth values"),
    ("behaviour_values", 81, "Failing tests: off by one, wrong constants and texts"),
    ("behaviour_names", 82, "Failing tests: wrong variables, fields, variants; arguments exchanged"),
    ("behaviour_calls", 83, "Failing tests: methods taken for each other, chains, casts, wrappings"),
    ("behaviour_flow", 84, "Failing tests: forgotten guards and steps, exchanged branches"),
    ("annotations", 100, "Types that the compiler cannot infer"),
    ("associated", 102, "Functions, variants and constants that a type does not have"),
    ("asynchronous", 104, "Asynchronous code"),
    ("awaiting", 106, "Waiting where nothing can wait, or for what is no future"),
    ("bindings", 107, "Names bound by value in a pattern, where a reference is wanted"),
    ("bounded_values", 107, "Values of a generic type that a bound of its parameter converts"),
    ("called_parameters", 107, "Generic parameters that are called and have lost their Fn bound"),
    ("captures", 108, "Inner items that use what is outside"),
    ("casts", 110, "Casts that `as` cannot make"),
    ("coercions", 112, "Values of the wrong type, mended where they stand"),
    ("coherence", 114, "Implementations that may not be"),
    ("collecting", 116, "Elements that do not go into the collection or the sum that is made of them"),
    ("constants", 118, "Constants and statics whose value cannot be had when the crate is compiled"),
    ("definitions", 120, "Declarations of the wrong type, mended instead of their uses"),
    ("duplicates", 122, "What is declared twice"),
    ("dynamic", 124, "Traits that cannot be trait objects"),
    ("entry", 126, "The function main"),
    ("format_braces", 128, "Format strings that are not well formed"),
    ("formatting", 130, "Format strings that do not agree with their arguments"),
    ("generic_parameters", 132, "Generic parameters that are not right where they are declared"),
    ("impl_rules", 134, "Implementations of the wrong form"),
    ("iteration", 136, "What cannot be iterated over, or indexed with what it is indexed with"),
    ("lengths", 137, "A local where a constant must stand: a constant, or a vector"),
    ("lints", 138, "Lints that are errors here, beyond what the compiler suggests itself"),
    ("loops", 140, "Jumps that lead nowhere"),
    ("macro_calls", 142, "Macro calls that no rule of the macro takes, macros not found where they are called"),
    ("macro_rules", 144, "Mistakes in the definition of a macro: fragments, repetitions, variables without $"),
    ("manifest", 146, "Mistakes in Cargo.toml that stop cargo before it looks at the source"),
    ("manifest_links", 148, "What Cargo.toml names and what is not there"),
    ("methods", 150, "Methods that a type does not have"),
    ("misapplied", 152, "Values used as what they are not: an index into what has none"),
    ("modules", 154, "Modules and crates that are not there or not clear"),
    ("operators", 156, "Two operands that do not go together"),
    ("pattern_types", 158, "Patterns of another type than what they are matched with"),
    ("question", 160, "The ? operator where it cannot be"),
    ("ranges_and_slices", 162, "Patterns of ranges, slices and statics"),
    ("representations", 164, "How a type is laid out"),
    ("shortened", 166, "The compiler's suggestions with the paths that the file need not write: any error"),
    ("shown", 168, "Values that cannot be shown as the format string asks"),
    ("small_forms", 170, "Small forms that are not allowed, each with the form that is"),
    ("superfluous_references", 171, "A & too many in the call that made a value"),
    ("superfluous_items", 172, "Items of an impl that the trait does not have"),
    ("stricter", 173, "Bounds that an impl asks for and its trait does not"),
    ("swaps", 174, "Arguments in the wrong order"),
    ("taken_out", 175, "Values to be taken out of an Option or Result where they are bound"),
    ("tails", 176, "Blocks without the value they should give, and with one they should not"),
    ("threads", 178, "Values that may not leave their thread"),
    ("traits", 180, "Traits that a type does not have"),
    ("type_positions", 182, "Types that may not stand where they stand"),
    ("unary", 184, "!, - and * on what has none"),
    ("unsized", 186, "Values whose size is not known"),
    ("mutability", 300, "What is changed without leave: signatures with their callers, calls that lend mutably"),
    ("first_values", 302, "What is read before it has a value, and what is given a second one"),
    ("moves", 310, "Values used after they were moved"),
    ("moves_out", 312, "Moves out of what only lends"),
    ("copy_bounds", 314, "Type parameters that must be Copy"),
    ("borrows", 320, "Borrows that overlap what they exclude"),
    ("outliving", 330, "Owners that end before what borrows from them"),
    ("escaping", 332, "Borrowed data that leaves the function or closure it is lent to"),
    ("return_types", 161, "Functions that lost their return type"),
    ("returning", 334, "References to what ends with the function"),
    ("lifetimes", 340, "Lifetimes that are missing or undeclared"),
    ("lifetime_rules", 342, "Lifetimes under reserved names, declared twice, or where none may stand"),
    ("outlives", 344, "Lifetimes that are not known to outlive each other"),
    ("unconstrained", 346, "Parameters of an impl that nothing fixes"),
    ("unused_parameters", 348, "Parameters of a type that nothing in it uses"),
    ("closure_forms", 350, "Closures that are not what their caller asks for"),
    ("yields", 352, "Associated types that are not what is asked for"),
    ("superfluous", 900, "Take away a modifier, bound or attribute that may not stand there"),
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
    CommandSpec("repair", "Mend a crate, a workspace or a file, with proof", "rusta_cargo.cli.repair:repair"),
    CommandSpec("explain", "Say what the compiler's errors mean", "rusta_cargo.cli.explain:explain"),
)
