"""Small servers on the loopback interface that behave like the real ones, faults included."""

from tests.rehearsal.servers.archive_mirror import ArchiveMirror
from tests.rehearsal.servers.loopback import (
    Answer,
    Drop,
    Fault,
    IgnoreRange,
    Request,
    Stall,
    Status,
    WrongByte,
)
from tests.rehearsal.servers.model_hub import ModelHub

__all__ = [
    "Answer",
    "ArchiveMirror",
    "Drop",
    "Fault",
    "IgnoreRange",
    "ModelHub",
    "Request",
    "Stall",
    "Status",
    "WrongByte",
]
