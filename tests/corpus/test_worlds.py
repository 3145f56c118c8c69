"""Which world a study gets: by its vocabulary, pocket where it says none."""

from pathlib import Path

import pytest

from clseave_core.corpus.worlds import draw_pictures, generate_world, is_natural, pretrain_clip


def test_the_vocabulary_decides() -> None:
    assert is_natural({"vocabulary": "natural"})
    assert not is_natural({"vocabulary": "pocket"})
    assert not is_natural({})


def test_an_unknown_vocabulary_is_refused(tmp_path: Path) -> None:
    message = "corpus.world.vocabulary is 'lunar'; known: pocket, natural."
    with pytest.raises(ValueError, match=message):
        generate_world({"vocabulary": "lunar"}, ("de",), tmp_path)


@pytest.mark.parametrize(
    ("vocabulary", "missing"), [("natural", "noun_sentences"), ("pocket", "colours")]
)
def test_each_world_asks_for_its_own_settings(
    vocabulary: str, missing: str, tmp_path: Path
) -> None:
    world = {"vocabulary": vocabulary, "world_seed": 0}
    with pytest.raises(ValueError, match=f"missing keys .*'{missing}'"):
        generate_world(world, ("de",), tmp_path)
    with pytest.raises(ValueError, match=f"missing keys .*'{missing}'"):
        draw_pictures(world, tmp_path / "scenes.parquet", tmp_path / "pictures.zip")


def test_natural_pictures_need_the_table_of_scenes(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="need the table of its scenes"):
        draw_pictures({"vocabulary": "natural"}, None, tmp_path / "pictures.zip")


@pytest.mark.parametrize(("vocabulary", "missing"), [("natural", "covered"), ("pocket", "patch")])
def test_each_world_has_its_own_clip(vocabulary: str, missing: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"settings of clip: missing keys .*'{missing}'"):
        pretrain_clip({"vocabulary": vocabulary}, {}, tmp_path, tmp_path / "clip", 0, 1)
