"""Files of our own: connectomes and snapshots, in one checked and memory-mapped container."""
