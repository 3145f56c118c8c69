"""Mend .venv after the project's folder was moved or copied.

The interpreter finds itself wherever it lies, but the scripts beside it (`snakemake`, `activate`)
spell the folder in which they were installed. And a copy that gave the files new times makes all
compiled modules count as old ones: every job would compile them again, which doubles its start.

    python -m commands.relocate_environment
"""

import compileall
from pathlib import Path

ENVIRONMENT = Path(".venv")


def relocate(environment: Path = ENVIRONMENT) -> bool:
    """Put today's folder in the place of the recorded one; whether anything was to be done."""
    record = environment / "folder"
    new = str(environment.resolve().parent)
    old = record.read_text().strip() if record.exists() else new
    if old == new:
        return False
    for path in (environment / "bin").iterdir():
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" not in content and old.encode() in content:  # a script, no program
            path.write_bytes(content.replace(f"{old}/".encode(), f"{new}/".encode()))
    compileall.compile_dir(environment / "lib", quiet=2, workers=0)  # only what is out of date
    record.write_text(f"{new}\n")
    return True


if __name__ == "__main__":
    if relocate():
        print(f"{ENVIRONMENT} mended: the folder has moved.")
