"""What a rehearsal changes in a real study: addresses, counts, languages, waits and epochs."""

from collections.abc import Sequence
from typing import Any

from tests.rehearsal.google_page import GooglePage
from tests.rehearsal.servers import ArchiveMirror
from tests.rehearsal.thesis_world import ARCHIVE, ThesisWorld, annotations_name


def overrides(
    study: str, world: ThesisWorld, mirrors: Sequence[ArchiveMirror], page: GooglePage
) -> dict[str, Any]:
    """What differs from the study's own file, as a configuration beside it."""

    def file(name: str) -> dict[str, Any]:
        return {
            "urls": [mirror.address(name) for mirror in mirrors],
            "size": world.files[name].stat().st_size,
            "sha256": world.sha256(name),
        }

    return {
        "study": study,
        "languages": ["fr"],
        "corpus": {
            "pictures": file(ARCHIVE),
            "annotations": {split: file(annotations_name(split)) for split in world.pairs},
            "expected": {"pairs": world.pairs, "images": world.images},
        },
        "translation": {
            "google": {"url": page.url},
            "shards": 2,
            "requests_per_second": 500,
            "backoff_seconds": 0.01,
            "attempts": 3,
            "give_up_after": 20,
        },
        "alignment": {"shards": 2},
        "presets": {
            "clip_ve": {"epochs": 2},
            "table_a1": {"epochs": 2},
            "autoencoder": {"epochs": 2},
            "translate_train": {"epochs": 2},
            "frozen_head": {"epochs": 2},
        },
        "methods": {"clteave_direct": {"languages": ["fr"]}},
        "evaluation": {"resamples": 100},
        "images": {"workers": 1},
        "compute": {
            job: {"threads": 1, "mem_mb": 1000} for job in ("read", "embed", "train", "predict")
        },
    }
