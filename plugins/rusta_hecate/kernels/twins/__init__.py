"""The native kernels once more in NumPy: slower, without a library to load, and written from the formulas alone.

They compute in the precision of what they are given (f64 in, f64 out), take and give plain arrays of the kernels'
shapes, and need neither PyTorch nor the native part: an independent account of what every kernel has to say. The int8
product's twin stands beside its kernel (:mod:`rusta_hecate.kernels.int8`), because inference runs on it.
"""

from __future__ import annotations

from rusta_hecate.kernels.twins.attention import attention, attention_backward
from rusta_hecate.kernels.twins.delta import delta_rule, delta_rule_backward
from rusta_hecate.kernels.twins.norm import relu2, relu2_backward, rms_norm, rms_norm_backward

__all__ = [
    "attention",
    "attention_backward",
    "delta_rule",
    "delta_rule_backward",
    "relu2",
    "relu2_backward",
    "rms_norm",
    "rms_norm_backward",
]
