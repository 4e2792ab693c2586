"""Changes to a connectome as data: what a person, a tool call or a rule may ask for, and what becomes of it."""
