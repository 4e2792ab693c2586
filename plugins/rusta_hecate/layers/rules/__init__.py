"""Memory rules: how a state learns from keys and values at run time, and how its gradient is found.

from rusta_hecate.layers.rules import RULES, pair, run

outputs, state = run(pair("gated_delta", "chunkwise"), {"q": q, "k": k, "v": v, "write": b, "forget": f}, (s,))
"""

from __future__ import annotations

from rusta_hecate.layers.rules.contract import Pair, Rule
from rusta_hecate.layers.rules.registry import RULES, STRATEGIES, matrix, pair
from rusta_hecate.layers.rules.running import run

__all__ = ["RULES", "STRATEGIES", "Pair", "Rule", "matrix", "pair", "run"]
