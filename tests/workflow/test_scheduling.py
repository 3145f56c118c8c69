"""Snakemake's own limit of job starts is lifted, one that the user gives is kept."""

import subprocess
import sys
from pathlib import Path

import pytest

SCHEDULING = Path(__file__).resolve().parents[2] / "rules/scheduling.smk"
WORKFLOW = f"""
rule all:
    output: "made"
    shell: "touch {{output}}"

include: "{SCHEDULING}"

onsuccess:
    limiter = workflow.scheduler.job_rate_limiter
    print("limit:", limiter and limiter.max_jobs)
"""


@pytest.mark.parametrize(
    ("arguments", "limit"),
    [([], "None"), (["--max-jobs-per-timespan", "7/2s"], "7")],
    ids=["Snakemake's", "own"],
)
def test_only_snakemakes_own_limit_is_lifted(
    tmp_path: Path, arguments: list[str], limit: str
) -> None:
    (tmp_path / "Snakefile").write_text(WORKFLOW)
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "1", *arguments],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert f"limit: {limit}\n" in done.stdout + done.stderr
