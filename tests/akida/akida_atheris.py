"""``python tests/akida/akida_atheris.py TARGET [-runs=N]``: coverage-guided fuzzing with atheris, until it is stopped.

The targets' own sources are instrumented, nothing else; it begins with true inputs. What makes a target fail is written to ``crash-…`` by libFuzzer.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parent))
with atheris.instrument_imports(include=["rusta_akida"]):
    from akida_fuzzing import TARGETS, seeds


def main() -> None:
    name = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="rusta-fuzz-") as corpus:
        for number, seed in enumerate(seeds(name)):
            (Path(corpus) / str(number)).write_bytes(seed)
        atheris.Setup([sys.argv[0], *sys.argv[2:], corpus], TARGETS[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
