"""``python -m rusta_conductor``: the command ``rusta``, where it is not on the PATH."""

from rusta_conductor.cli import main

if __name__ == "__main__":
    main()
