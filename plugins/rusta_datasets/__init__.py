"""Corpora with provenance: what a model is trained on, and under which licence."""
