"""Two folders that share what they download and the translation cache, at work at once."""

import gzip
import io
import json
import threading
import zipfile
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml
from PIL import Image

from tests.rehearsal.google_page import GooglePage
from tests.rehearsal.servers.archive_mirror import ArchiveMirror
from tests.rehearsal.workflow import copy_project, snakemake, told
from tests.torture.outages import sentences

TARGET = "results/thesis/translation/de.parquet"
COUNTS = {"train": 160, "dev": 20, "test": 20}


def archives(english: list[str]) -> dict[str, bytes]:
    """A corpus as downloads: the pictures, one a split, and the annotations."""
    picture, archive = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "jpeg")
    files, rest = {}, iter(english)
    with zipfile.ZipFile(archive, "w") as pictures:
        for split, count in COUNTS.items():
            pictures.writestr(f"{split}.jpg", picture.getvalue())
            rows = [
                {
                    "gold_label": "neutral", "sentence2": next(rest), "Flickr30K_ID": split,
                    "pairID": f"{split}#{number}",
                }
                for number in range(count)
            ]  # fmt: skip
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            files[f"{split}.jsonl.gz"] = gzip.compress(lines.encode())
    return files | {"pictures.zip": archive.getvalue()}


@pytest.mark.slow
def test_two_folders_share_downloads_and_translations(tmp_path: Path) -> None:
    text = sentences(sum(COUNTS.values()), seed=5)
    files = archives(list(text))
    projects = [copy_project(tmp_path / name) for name in ("one", "other")]
    runs: dict[Path, CompletedProcess[str]] = {}
    pairs = {("de", source): target for source, target in text.items()}
    with ArchiveMirror(files) as mirror, GooglePage(pairs, form="br") as page:
        study = {
            "study": "thesis",
            "languages": ["de"],
            "resources": str(tmp_path / "shared"),
            "translation_cache": str(tmp_path / "shared/translations.sqlite"),
            "corpus": {
                "pictures": {"urls": [mirror.address("pictures.zip")]},
                "annotations": {
                    split: {"urls": [mirror.address(f"{split}.jsonl.gz")]} for split in COUNTS
                },
                "expected": None,
            },
            "translation": {
                "google": {"url": page.url}, "shards": 2, "requests_per_second": 100,
                "max_sentences": 10,
            },
        }  # fmt: skip

        def run(project: Path) -> None:
            (project / "own.yaml").write_text(yaml.safe_dump(study))
            words = [TARGET, "--configfile", "config.yaml", "own.yaml"]
            runs[project] = snakemake(project, words, {})

        threads = [threading.Thread(target=run, args=(project,)) for project in projects]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        asked = [line for request in page.requests for line in request.asked]

    for project in projects:
        assert runs[project].returncode == 0, told(project, runs[project])
    one, other = ((project / TARGET).read_bytes() for project in projects)
    assert one == other
    assert set(asked) == set(text)
    assert len(asked) <= 2 * len(text)
    downloads = list((tmp_path / "shared/downloads").iterdir())
    assert sorted(path.suffix for path in downloads) == [".gz", ".gz", ".gz", ".zip"]
