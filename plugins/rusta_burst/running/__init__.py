"""A connectome in motion: its network, what drives it, and its state kept and taken up again."""
