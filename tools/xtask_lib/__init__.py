"""What `xtask.py` does, in standard-library Python: set up `.venv`, then run a verb in it.

`main` reads the command line, `verbs` is the table of verbs, `environment` makes and heals the
virtual environment, `stamp` decides when it is out of date, `machine` looks for the programs that
the operating system has to provide, `console` speaks to the user.
"""
