"""A byte-level language model, trained here from scratch."""
