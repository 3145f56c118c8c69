"""With this folder on PYTHONPATH a process takes two gigabytes and waits when it receives SIGUSR1.

So a test makes a training need too much memory at a point of its choice; nothing in the product
knows of it.
"""

import signal
import time
from types import FrameType

taken: list[bytes] = []


def take_memory(number: int, frame: FrameType | None) -> None:
    taken.append(b"x" * 2_000_000_000)
    time.sleep(600)


signal.signal(signal.SIGUSR1, take_memory)
