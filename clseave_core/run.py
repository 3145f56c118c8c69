"""Begin a job of the workflow: its log, its lock, its errors and its provenance."""

import fcntl
import hashlib
import logging
import os
import platform
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from clseave_core.borders.files import said_of
from clseave_core.files import read_json, write_json
from clseave_core.garbage import search_no_more, search_rarely
from clseave_core.redaction import without_secrets

logger = logging.getLogger(__name__)
PACKAGES = ("torch", "transformers", "snakemake", "pyarrow", "pandas", "numpy", "pillow")


@contextmanager
def start(job: Any) -> Iterator[Path]:
    """Run the block as the job `job` (the `snakemake` object of a script).

    Yields the folder for the job's resumable state, of which it holds the lock. Log lines go to
    the job's log file; an error shows as one line on the terminal and with its traceback in the
    log. A job that ends well leaves its report beside its log: its provenance and its warnings.
    None of these shows a password or a token.
    """
    search_rarely()
    log = Path(job.log[0])
    log.parent.mkdir(parents=True, exist_ok=True)
    said = _Warnings()
    file = logging.FileHandler(log, mode="a", encoding="utf-8", errors="backslashreplace")
    file.setFormatter(_Discreet("%(asctime)s %(name)s: %(message)s", "%H:%M:%S"))
    logging.basicConfig(handlers=[file, said], level=logging.INFO, force=True)
    logging.captureWarnings(True)
    sys.excepthook = _reporter(job.rule, log)
    signal.signal(signal.SIGTERM, _interrupted)
    logger.info("%s starts: %s", job.rule, dict(job.wildcards) or "no wildcards")
    began = time.monotonic()
    state = state_folder(log)
    with _lock(state):
        yield state
    report = _provenance(job) | {"warnings": said.texts}
    write_json(log.with_suffix(".json"), _discreet(report))
    logger.info("%s ends after %.1f s", job.rule, time.monotonic() - began)
    search_no_more()


def _interrupted(number: int, frame: FrameType | None) -> None:
    """Let a request to terminate end the job as an interrupt does: what is half-written goes."""
    raise KeyboardInterrupt


def state_folder(log: Path) -> Path:
    """`results/<study>/logs/<rule>/...log` -> `results/<study>/state/<rule>/...`."""
    parts = list(log.with_suffix("").parts)
    place = len(parts) - 1 - parts[::-1].index("logs")
    parts[place] = "state"
    return Path(*parts)


class _Discreet(logging.Formatter):
    """Lines of a log, tracebacks included, without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class _Warnings(logging.Handler):
    """Keeps what the project's own code warns of: what a reader of the results should know."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("clseave_core"):
            self.texts.append(record.getMessage())


def _discreet(content: Any) -> Any:
    """`content`, as it goes into JSON, with every text without secrets."""
    if isinstance(content, dict):
        return {key: _discreet(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_discreet(value) for value in content]
    return without_secrets(content) if isinstance(content, str) else content


@contextmanager
def _lock(state: Path) -> Iterator[None]:
    """Hold the state's lock; wait for another process that has it, naming its pid.

    Such a process is the orphan of a run that was killed: it may still write.
    """
    state.parent.mkdir(parents=True, exist_ok=True)
    with state.with_name(state.name + ".lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            words = (
                f"process {file.read().strip() or '?'} of an earlier run still works on {state}; "
                "waiting for it (end it with `kill` to go on at once)"
            )
            logger.warning(words)
            print(words, file=sys.stderr)
            fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield


def _reporter(rule: str, log: Path) -> Any:
    def report(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        logger.error("%s failed", rule, exc_info=(kind, error, trace))
        if kind is KeyboardInterrupt:
            return  # whoever stopped it knows
        message = error.args[0] if isinstance(error, KeyError) and error.args else said_of(error)
        message = without_secrets(str(message))
        print(f"{rule}: {kind.__name__}: {message}\n(traceback: {log})", file=sys.stderr)

    return report


def _provenance(job: Any) -> dict[str, Any]:
    """What made a result: parameters, the code's digests, models' commits, versions, machine."""
    code = [Path(path) for path in job.input.get("code", [])]
    sources = {str(path): Path(path) / "source.json" for path in job.input}
    return {
        "rule": job.rule,
        "wildcards": dict(job.wildcards),
        "params": dict(job.params),
        "code": {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in code},
        "models": {path: read_json(source) for path, source in sources.items() if source.exists()},
        "versions": {name: version(name) for name in PACKAGES} | {"python": sys.version.split()[0]},
        "machine": f"{platform.system()} {platform.machine()}",
        "device": _device(),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def _device() -> str:
    """The GPU's name where the job used one: where it ever had memory of it."""
    torch = sys.modules.get("torch")
    if torch is None or torch.cuda.max_memory_reserved() == 0:
        return "cpu"
    return str(torch.cuda.get_device_name())
