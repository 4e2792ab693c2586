"""Pictures of connectomes and runs: PNG and SVG by matplotlib (the extra ``plots``), HTML that needs nothing else."""
