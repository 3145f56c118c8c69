"""Install what only the benchmark needs, beside the environment: pyproject's extra `benchmark`.

    python -m commands.install_peers

The packages lie in `.peers` and not in `.venv`: transformers imports some of them wherever they are
installed, which would slow the start of every job. The extra pins them with all that they need
beyond requirements.lock, so nothing else is resolved and torch is never installed again.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".peers"


def wanted() -> list[str]:
    """The pinned packages of the extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages: list[str] = project["project"]["optional-dependencies"]["benchmark"]
    return packages


def main() -> None:
    """Install them where they are not there yet."""
    listed, packages = FOLDER / "installed", wanted()
    if listed.exists() and listed.read_text().split() == packages:
        return
    command = ["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-deps"]
    subprocess.run(
        [sys.executable, *command, "--upgrade", "--target", str(FOLDER), *packages], check=True
    )
    listed.write_text("\n".join(packages) + "\n")


if __name__ == "__main__":
    main()
