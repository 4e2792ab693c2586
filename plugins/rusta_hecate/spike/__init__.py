"""Phase 0: can Enzyme differentiate the Rust patterns that the model would need, with what this machine has?

python3 xtask.py spike:enzyme
"""
