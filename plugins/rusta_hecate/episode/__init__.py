"""Training as an episode: a checkpoint is a proposal, promoted only when its gates hold."""
