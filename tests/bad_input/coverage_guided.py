"""The readers under input that is bred for new paths through them (atheris, libFuzzer).

    make fuzz
    make fuzz ARGS='--seconds 600 --only zip json'

Each reader of tests/bad_input/test_fuzz.py has so many seconds in a process of its own. An input
that raises anything but a ValueError which names the file stands below `.fuzzer/crashes`, and the
command exits with 1.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

FOLDER = Path(".fuzzer")
GUIDED = (
    "annotations", "packed annotations", "zip", "tar", "pax", "tar.gz", "json",
)  # fmt: skip
"""Archives and JSON; the others are read by libraries in C, into which no path can be seen."""
LARGEST = 1 << 16


def main(arguments: list[str]) -> int:
    """Fuzz each reader; 1 where one fails."""
    parser = argparse.ArgumentParser(prog="make fuzz ARGS=...", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each reader")
    parser.add_argument("--only", nargs="+", choices=GUIDED, default=GUIDED)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    crashes = FOLDER / "crashes"
    crashes.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name in chosen.only:
        words = [
            f"-max_total_time={chosen.seconds}", f"-seed={chosen.seed}", f"-max_len={LARGEST}",
            f"-artifact_prefix={crashes}/", "-timeout=10", "-rss_limit_mb=4096",
        ]  # fmt: skip
        run = subprocess.run(
            [sys.executable, "-m", "tests.bad_input.coverage_guided", "--reader", name, *words],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            errors="replace",
        )  # fmt: skip
        done = re.search(r"Done (\d+) runs", run.stdout)
        features = re.findall(r"ft: (\d+)", run.stdout)
        if run.returncode != 0 or done is None:
            failed += 1
            print(f"{name}: FAILED\n{run.stdout[-3000:]}", flush=True)
        else:
            print(f"{name}: {int(done[1]):,} inputs, {features[-1]} features, no error", flush=True)
    return 1 if failed else 0


def fuzz(name: str, words: list[str]) -> None:
    """Fuzz one reader in this process; libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(
        include=["clseave_core.corpus", "clseave_core.files", "json", "gzip", "tarfile", "zipfile"]
    ):
        from tests.bad_input.test_fuzz import READERS, refused_by_name
    file, content, read = READERS[name]
    corpus = FOLDER / "corpus" / name.replace(" ", "_")
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / "whole").write_bytes(content)
    atheris.Setup(
        [sys.argv[0], *words, str(corpus)], lambda data: refused_by_name(file, data, read)
    )
    atheris.Fuzz()


if __name__ == "__main__":
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    if "--reader" in sys.argv:
        fuzz(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main(sys.argv[1:]))
