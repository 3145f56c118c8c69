"""Say nothing of an interrupt: whoever stopped the run knows of it.

Python reads a module of this name when it starts; `make run` puts this folder on the path of
Snakemake and its jobs, which an interrupt may meet anywhere, while they import for instance. A
module of this name that the machine has itself is read as well.
"""

import importlib.util
import sys
import threading
from collections.abc import Callable
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent


def _but_for_interrupts(report: Callable[..., Any], kind: Callable[..., Any]) -> Callable[..., Any]:
    """`report`, which is not called where `kind` of its arguments is an interrupt."""

    def reporting(*said: Any) -> None:
        found = kind(*said)
        if found is None or not issubclass(found, KeyboardInterrupt):
            report(*said)

    return reporting


def _read_the_machines_own() -> None:
    elsewhere = [place for place in sys.path if Path(place or ".").resolve() != _HERE]
    spec = PathFinder.find_spec("sitecustomize", elsewhere)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


sys.excepthook = _but_for_interrupts(sys.excepthook, lambda kind, *_: kind)
sys.unraisablehook = _but_for_interrupts(sys.unraisablehook, lambda said: said.exc_type)
threading.excepthook = _but_for_interrupts(threading.excepthook, lambda said: said.exc_type)
_read_the_machines_own()
