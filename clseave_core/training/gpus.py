"""Which GPU a job takes where it sees several: one that no other job on this machine has.

On a cluster a job sees the GPU that was allocated to it. Without one, `--resources gpu=N` lets N
jobs run at a time that all see every GPU; a lock file for each GPU, which the operating system
holds and lets go, tells them who has which.
"""

import fcntl
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO

logger = logging.getLogger(__name__)
_held: list[IO[str]] = []
"""The lock files of this process, open until it ends."""


def claim_gpu(identities: Sequence[str], folder: str | Path) -> int:
    """The position in `identities` of the GPU that this process is to use until it ends.

    It is the first one whose lock in `folder` nobody has. Where all are taken, one is shared, as
    waiting could never end: more jobs were let run than there are GPUs.
    """
    for position, identity in enumerate(identities):
        # A user's own: who may not open another's lock cannot ask for it.
        path = Path(folder) / f"clseave-{os.getuid()}-gpu-{identity}.lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        file = os.fdopen(descriptor, "r+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        _held.append(file)
        return position
    position = os.getpid() % len(identities)
    logger.warning(
        "other jobs have all %d GPUs; sharing number %d. Let no more run at a time than there are: "
        "--resources gpu=%d",
        len(identities), position, len(identities),
    )  # fmt: skip
    return position
