"""Write environment.yaml, what conda installs for a rule, from requirements.lock.

Snakemake copies the file elsewhere before it is used, so that a `-r requirements.lock` in it would
not be found.

    python -m commands.write_environment
"""

import re
from pathlib import Path

from clseave_core.files import whole_file

HEAD = """\
# Written from requirements.lock by `make lock`: the same pins for --sdm conda.
channels: [conda-forge]
dependencies:
  - python >=3.11
  - pip
  - pip:
"""


def environment(lock: str) -> str:
    """The text of environment.yaml for the text of a lock."""
    pins = re.findall(r"^[A-Za-z0-9._-]+==\S+", lock, flags=re.MULTILINE)
    return HEAD + "".join(f"      - {pin}\n" for pin in pins)


if __name__ == "__main__":
    with whole_file("environment.yaml") as temporary:
        temporary.write_text(environment(Path("requirements.lock").read_text()))
