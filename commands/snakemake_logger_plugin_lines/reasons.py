"""Why a job failed, out of what Snakemake, its executor or the scheduler says of it."""

import re
import signal

_CALL = re.compile(r"\n\s*sbatch (?:call|script):.*", re.DOTALL)
"""What follows the scheduler's sentence: the whole command, several thousand characters."""
_SBATCH = re.compile(r"SLURM sbatch failed\. The error message was '(.*)'\.?\s*$", re.DOTALL)
_SUBMISSION = ("Job submission failed with exception: ", "SLURM job submission failed. ")
_BOILERPLATE = re.compile(r"For further error details see the cluster/cloud log.*$", re.DOTALL)
_STATUS = re.compile(r"SLURM status is: '(\w+)'")
_SIGNAL = re.compile(r"died with <Signals\.(\w+): \d+>|exit status (\d+)")
_SHELLS_OFFSET = 128
"""A shell gives back the number of a signal that ended its command, and so much."""
_LOCATION = re.compile(r'^  File ".*$\n?|^Traceback.*:$\n?', re.MULTILINE)
_ERROR = re.compile(r"^[\w.]+(?:Error|Exception|Interrupt|Exit)\b", re.MULTILINE)
_SITE = (
    "Correct what it names: partition and account in slurm/config.yaml, memory, threads and "
    "runtime under compute: in the study."
)
_REMEDIES = {
    "OUT_OF_MEMORY": "Raise mem_mb under compute: in the study.",
    "TIMEOUT": "Raise runtime under compute: in the study.",
    "DEADLINE": "Raise runtime under compute: in the study.",
}
KILLED = "killed (SIGKILL), perhaps for want of memory. Run fewer jobs at once (CORES=1)"
INTERRUPTED = "interrupted"


def of_executor(message: str) -> str:
    """The sentence of an executor, or of the scheduler behind it, with what to do."""
    said = _BOILERPLATE.sub("", _CALL.sub("", message)).strip()
    status = _STATUS.search(said)
    sbatch = _SBATCH.search(said)
    if sbatch is not None:
        return f"{_joined(sbatch[1])}. {_SITE}"
    for beginning in _SUBMISSION:
        if said.startswith(beginning):
            return f"{_joined(without_traceback(said.removeprefix(beginning)))}. {_SITE}"
    return f"{_joined(said)} {_REMEDIES.get(status[1], '')}".strip() if status else _joined(said)


def of_exception(message: str) -> str:
    """What ended a job's process or kept it from beginning, where that is more than its status."""
    match = _SIGNAL.search(message)
    if match is None:
        return _joined(without_traceback(message))
    name = match[1] or _signal_of(int(match[2]) - _SHELLS_OFFSET)
    if not name:
        return ""
    if name == "SIGINT":
        return INTERRUPTED
    return KILLED if name == "SIGKILL" else f"ended by the signal {name}"


def without_traceback(message: str) -> str:
    """A message without the places in programs that an error came through."""
    if message.startswith("Traceback"):
        begins = [match.start() for match in _ERROR.finditer(message)]
        return message[begins[-1] if begins else 0 :].strip()
    return _LOCATION.sub("", message).strip()


def _joined(text: str) -> str:
    """A text of several lines as one, without a full stop."""
    return "; ".join(line.strip() for line in text.splitlines() if line.strip()).rstrip(".")


def _signal_of(number: int) -> str:
    """The name of a signal; empty where the number is none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return ""
