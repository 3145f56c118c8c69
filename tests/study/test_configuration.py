from pathlib import Path

import pytest

from clseave_core.study.configuration import configured_study, translation_cache

ROOT = Path(__file__).resolve().parents[2]
CONFIG = "study: tiny\nresources: elsewhere\ntranslation_cache: /scratch/cache.sqlite\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("studies", "schemas"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "config.yaml").write_text(CONFIG)
    return tmp_path


def test_the_configured_study_is_taken_where_none_is_named(project: Path) -> None:
    name, sources = configured_study(None, project)

    assert name == "tiny"
    assert sources.resources == "elsewhere"
    assert configured_study("pocket", project)[0] == "pocket"
    assert translation_cache(project) == Path("/scratch/cache.sqlite")


def test_keys_of_the_configuration_are_laid_over_the_study(project: Path) -> None:
    (project / "config.yaml").write_text(CONFIG + "seeds: [3, 4]\n")

    assert configured_study(None, project)[1].study["seeds"] == [3, 4]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("study: [", "config.yaml is not YAML"),
        ("study: tiny\n", "missing keys: resources, translation_cache"),
        ("- tiny\n", "config.yaml must be a mapping"),
    ],
)
def test_a_configuration_that_cannot_be_read_is_named(
    project: Path, text: str, message: str
) -> None:
    (project / "config.yaml").write_text(text)

    with pytest.raises(ValueError, match=message):
        configured_study(None, project)
