"""Install an extra of pyproject.toml beside the environment, in a folder of its own.

    python -m commands.install_extra benchmark .peers
    python -m commands.install_extra fuzz .fuzzer

The packages lie there and not in `.venv`: transformers imports some of the benchmark's peers
wherever they are installed, which would slow the start of every job, and a fuzzer is not had for
every system. The extra pins them with all that they need beyond requirements.lock, so nothing else
is resolved and torch is never installed again.
"""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from commands.make_environment import pip_environment

ROOT = Path(__file__).parents[1]


def wanted(extra: str) -> list[str]:
    """The pinned packages of the extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages: list[str] = project["project"]["optional-dependencies"][extra]
    return packages


def main(extra: str, folder: Path) -> None:
    """Install them in `folder` where they are not there yet."""
    listed, packages = folder / "installed", wanted(extra)
    if listed.exists() and listed.read_text().split() == packages:
        return
    command = ["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-deps"]
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:  # /tmp may be small
        subprocess.run(
            [sys.executable, *command, "--upgrade", "--target", str(folder), *packages],
            env=pip_environment(Path(temporary)), check=True,
        )  # fmt: skip
    listed.write_text("\n".join(packages) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], ROOT / sys.argv[2])
