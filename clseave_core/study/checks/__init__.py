"""Whether a study can run: every path, model, language and setting, looked at before anything runs.

No network; `online.py` has the checks that need it.
"""

from collections.abc import Iterator
from pathlib import Path

from clseave_core.corpus.snli_ve import Annotations
from clseave_core.study.checks.check import Check, attempt
from clseave_core.study.checks.corpus import check_corpus, distinct_sentences
from clseave_core.study.checks.folders import check_folders
from clseave_core.study.checks.models import check_models
from clseave_core.study.checks.settings import check_settings
from clseave_core.study.checks.translation import check_translation
from clseave_core.study.configuration import overrides_of_config
from clseave_core.study.device_check import look_at_device
from clseave_core.study.reuse import check_reuse
from clseave_core.study.sources import Sources

__all__ = ["Check", "check_study"]


def check_study(sources: Sources, translation_cache: str | Path) -> Iterator[Check]:
    """Look at everything that the study needs, one check after the other.

    Archives and annotations that are here are read to their end, once.
    """
    read: dict[str, Annotations] = {}
    yield from check_corpus(sources, read)
    yield from check_models(sources)
    yield from check_settings(sources)
    yield from check_translation(sources, distinct_sentences(sources, read))
    yield attempt("device", lambda: look_at_device(sources.study))
    if sources.study.get("reuse"):
        yield attempt("reuse", lambda: _reuse(sources))
    yield from check_folders(sources, Path(translation_cache), read)


def _reuse(sources: Sources) -> str:
    check_reuse(sources.name, sources.study, overrides_of_config())
    return ", ".join(f"{stage} of {name}" for stage, name in sources.study["reuse"].items())
