"""Mend .venv after the project's folder was moved.

The interpreter finds itself wherever it lies, but the scripts beside it (`snakemake`, `activate`)
spell the folder in which they were installed.

    python -m commands.relocate_environment
"""

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
    record.write_text(f"{new}\n")
    return True


if __name__ == "__main__":
    if relocate():
        print(f"{ENVIRONMENT} mended: the folder has moved.")
