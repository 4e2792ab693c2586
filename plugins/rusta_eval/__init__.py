"""Measuring repair: cases, an independent judge, baselines, and reports.

    python -m rusta_eval slices --sample 40      the documentation's own broken examples
    python -m rusta_eval mutants --per-crate 5   one realistic mistake in a real crate, judged by the crate's tests
    python -m rusta_eval canary                  fixed small repositories with known answers

A *case* (:mod:`rusta_eval.cases`) is broken Rust with a known error. It is run through the real product
(:mod:`rusta_eval.product`), judged by code that shares nothing with the product's own proof
(:mod:`rusta_eval.judge`), and held beside two baselines (:mod:`rusta_eval.baselines`) in the same sandbox and the
same run. Records are appended to a file as they come (:mod:`rusta_eval.runner`), so a run that was stopped goes on
where it was. ``docs/how-to/measure.md`` tells the rest.
"""
