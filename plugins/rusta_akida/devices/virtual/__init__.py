"""A device in software: it takes the same transfers as one on a bus and executes the bytes of its program."""
