"""Training: a run, its optimisers, its checkpoints."""
