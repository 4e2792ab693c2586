"""Read the command line, set up, run the verb."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from xtask_lib.console import XtaskError, fail
from xtask_lib.context import Context
from xtask_lib.environment import Environment
from xtask_lib.place import Place
from xtask_lib.verbs import VERBS, Verb

HELP_WORDS = ("help", "-h", "--help")
INTERRUPTED = 130


def main(arguments: Sequence[str], place: Place | None = None) -> int:
    """Run one verb; returns the exit code (0 done, 1 failed, 2 wrong usage, 130 interrupted)."""
    place = place or Place()
    try:
        return _dispatch(list(arguments), place)
    except XtaskError as error:
        fail(str(error))
        return error.code
    except KeyboardInterrupt:
        fail("interrupted; run the same command again to go on")
        return INTERRUPTED


def _dispatch(arguments: list[str], place: Place) -> int:
    if not arguments or arguments[0] in HELP_WORDS:
        return show_help(arguments[1:])
    verb = find_verb(arguments[0])
    rest = arguments[1:]
    if rest and rest[0] in ("-h", "--help"):
        return show_help([verb.name])
    environment = Environment(place)
    context = Context(place, environment, rest)
    if not verb.needs_venv:
        return verb.run(context)
    with environment.ready(rust=verb.needs_rust):
        return verb.run(context)


def find_verb(name: str) -> Verb:
    """The verb of that name; raises XtaskError (exit code 2) with the nearest match."""
    if name in VERBS:
        return VERBS[name]
    near = difflib.get_close_matches(name, VERBS, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "`python3 xtask.py help` lists the verbs."
    raise XtaskError(f"no verb is called {name!r}; {hint}", code=2)


def show_help(names: Sequence[str]) -> int:
    """Print the help of one verb, or the list of all of them."""
    if names:
        verb = find_verb(names[0])
        print(f"usage: python3 xtask.py {verb.name} {verb.usage}".rstrip())
        print(f"\n{verb.help}")
        if verb.details:
            print(f"\n{verb.details}")
        return 0
    width = max(map(len, VERBS))
    print("usage: python3 xtask.py VERB [ARGUMENTS]\n")
    print("Sets up .venv when it is missing, broken or out of date, then runs the verb:\n")
    for verb in VERBS.values():
        print(f"  {verb.name:{width}}  {verb.help}")
    print(f"  {'help':{width}}  this list; `help VERB` says more about one")
    return 0
