"""Mend .venv after the project's folder was moved or copied.

The interpreter finds itself wherever it lies, but the scripts beside it (`snakemake`, `activate`)
spell the folder in which they were installed. And a copy that gave the files new times makes all
compiled modules count as old ones: every job would compile them again, which doubles its start.

    python -m commands.relocate_environment
"""

import compileall
import sys
from pathlib import Path

from clseave_core.study.folder_names import refuse_folders

ENVIRONMENT = Path(".venv")


def relocate(environment: Path = ENVIRONMENT) -> bool:
    """Put today's folder in the place of the recorded one; whether anything was to be done."""
    record = environment / "folder"
    new = str(environment.resolve().parent)
    old = (record.read_text().strip() if record.exists() else "") or new
    if old == new:
        return False
    for path in (environment / "bin").iterdir():
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        if b"\0" not in content and old.encode() in content:  # a script, no program
            _replace(path, content.replace(f"{old}/".encode(), f"{new}/".encode()))
    compileall.compile_dir(environment / "lib", quiet=2, workers=0)  # only what is out of date
    _replace(record, f"{new}\n".encode())
    return True


def _replace(path: Path, content: bytes) -> None:
    """Give a file another content at once: a kill leaves the old one or the new one."""
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(content)
    beside.chmod(path.stat().st_mode)
    beside.replace(path)


def main() -> int:
    """Refuse a folder in which no job would start, or mend what has moved; the exit code."""
    try:
        refuse_folders(Path.cwd())
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    if relocate():
        print(f"{ENVIRONMENT} mended: the folder has moved.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
