"""What must be known before a study's numbers are set beside others: the same words everywhere.

The job that makes the accuracy table warns of it; the terminal and the report page repeat it.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from clseave_core.corpus.overlap import LEAKED, leaked_testsets
from clseave_core.report.published import why_none

logger = logging.getLogger(__name__)


def cautions(report: Mapping[str, Any], published: Sequence[str | Path]) -> list[str]:
    """Sentences about a corpus, by its `report.json`: leaked test sets, published values withheld.

    `published` is the data file that the study names, or empty.
    """
    said = [
        f"Test set {name} is {LEAKED}: {shared}. Its rows are ranked and compared with nobody."
        for name, shared in leaked_testsets(report).items()
    ]
    absent = why_none(published, report)
    return [*said, absent] if absent else said


def warn(sentences: Iterable[str]) -> None:
    """Log each as a warning, which the report of the job keeps."""
    for sentence in sentences:
        logger.warning(sentence)
