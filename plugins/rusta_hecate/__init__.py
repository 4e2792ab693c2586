"""A byte-level language model, trained here from scratch, and its use: which of several edits is the likeliest.

    from rusta_hecate import Edit, rank

    prefix, suffix = b"fn main() {\\n    let total = 1;\\n    println!(\\"{}\\", ", b");\\n}\\n"
    scores = rank([Edit(prefix, b"totl", b"total", suffix), Edit(prefix, b"totl", b"Box", suffix)])
    scores[0].gain > scores[1].gain

The model file comes with the package and needs no PyTorch; training does (``pip install 'rusta[train]'``). Importing
this package loads nothing else; each name is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rusta_conductor.lazy import lazy_names

if TYPE_CHECKING:
    from rusta_hecate.errors import ConfigError, FileDamaged, HecateError, TrainingError
    from rusta_hecate.inference.network import Network
    from rusta_hecate.inference.sampling import Choice, generate
    from rusta_hecate.measuring import Measured, mixed_bits, network_bits
    from rusta_hecate.mixing.predictor import Predictor
    from rusta_hecate.scoring import Edit, NoModel, Reader, Score, rank, shipped

_HOMES = {
    "Choice": "inference.sampling",
    "ConfigError": "errors",
    "Edit": "scoring",
    "FileDamaged": "errors",
    "HecateError": "errors",
    "Measured": "measuring",
    "Network": "inference.network",
    "NoModel": "scoring",
    "Predictor": "mixing.predictor",
    "Reader": "scoring",
    "Score": "scoring",
    "TrainingError": "errors",
    "generate": "inference.sampling",
    "mixed_bits": "measuring",
    "network_bits": "measuring",
    "rank": "scoring",
    "shipped": "scoring",
}

__all__ = [
    "Choice",
    "ConfigError",
    "Edit",
    "FileDamaged",
    "HecateError",
    "Measured",
    "Network",
    "NoModel",
    "Predictor",
    "Reader",
    "Score",
    "TrainingError",
    "generate",
    "mixed_bits",
    "network_bits",
    "rank",
    "shipped",
]

__getattr__ = lazy_names(__name__, _HOMES)
