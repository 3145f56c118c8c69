"""Python's search for cycles of garbage, which costs a short process a quarter of its time.

It looks after every 700 new objects, and through all objects once more before a process ends. Of
the hundreds of thousands that the imports of PyTorch and transformers make, and Snakemake for its
job graph, all stay; nothing that a training step makes is in a cycle.
"""

import gc

OBJECTS_BETWEEN_SEARCHES = 100_000


def search_rarely() -> None:
    """Pass over what is there, and look for garbage after every hundred thousand new objects."""
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_SEARCHES)


def search_no_more() -> None:
    """For a process that is about to end: the operating system takes its memory back at once."""
    gc.freeze()
