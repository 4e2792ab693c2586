"""The combinatorial sweep: every pair of rule and strategy that the constraint matrix calls valid, at every number of
frequencies, trained for a while and judged by four criteria.

    python3 xtask.py train:sweep --out build/sweep --steps 100 1000
"""
