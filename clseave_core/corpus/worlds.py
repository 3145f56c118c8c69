"""Which generated world a study has: the pocket world, or the natural one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

VOCABULARIES: tuple[str, ...] = ("pocket", "natural")
_HUMAN = ("en", "de", "nl", "ja", "ko", "zh")
SPOKEN: dict[str, tuple[str, ...]] = {
    "pocket": (*_HUMAN, "qid", "qsc", "qor", "qmo", "qle", "qno"),
    "natural": _HUMAN,
}
"""The languages that each world has a grammar for, known without loading them."""
CLIP = "models: settings of clip"


def is_natural(world: Mapping[str, Any]) -> bool:
    """Whether a study's `corpus.world` has the natural vocabulary; ValueError: none is known."""
    vocabulary = world.get("vocabulary", "pocket")
    if vocabulary not in VOCABULARIES:
        raise ValueError(
            f"corpus.world.vocabulary is {vocabulary!r}; known: {', '.join(VOCABULARIES)}."
        )
    return bool(vocabulary == "natural")


def generate_world(
    world: Mapping[str, Any], languages: tuple[str, ...], folder: Path, workers: int = 1
) -> None:
    """Write the world that `corpus.world` describes into `folder`, but for its pictures.

    The natural world's single cells are drawn by `workers` threads; they change no byte.
    """
    if is_natural(world):
        from clseave_core.corpus.natural import settings as natural_settings
        from clseave_core.corpus.natural import world as natural

        settings = natural_settings.NaturalSettings.from_mapping(world, languages)
        natural.generate_world(settings, folder, workers)
    else:
        from clseave_core.corpus.pocket import settings as pocket_settings
        from clseave_core.corpus.pocket import world as pocket

        pocket.generate_world(pocket_settings.WorldSettings.from_mapping(world, languages), folder)


def draw_pictures(
    world: Mapping[str, Any], scenes: Path | None, target: Path, workers: int = 1
) -> None:
    """Write the zip of the world's pictures as `target`.

    The natural world's are those that the table `scenes` lists, drawn by `workers` threads; they
    change no byte.
    """
    if is_natural(world):
        from clseave_core.corpus.natural import settings as natural_settings
        from clseave_core.corpus.natural import world as natural

        if scenes is None:
            raise ValueError("the natural world's pictures need the table of its scenes.")
        settings = natural_settings.NaturalSettings.from_mapping(world, ())
        natural.draw_pictures(settings, scenes, target, workers)
    else:
        from clseave_core.corpus.pocket import settings as pocket_settings
        from clseave_core.corpus.pocket import world as pocket

        pocket.draw_pictures(pocket_settings.WorldSettings.from_mapping(world, ()), target)


def pretrain_clip(
    world: Mapping[str, Any], settings: Mapping[str, Any], folder: Path, target: Path, seed: int,
    threads: int,
) -> None:  # fmt: skip
    """Pretrain the small CLIP of the world in `folder` and save it as folder `target`."""
    if is_natural(world):
        from clseave_core.corpus.natural import clip as natural

        natural.pretrain_clip(folder, target, natural.clip_settings(settings, CLIP), seed, threads)
    else:
        from clseave_core.corpus.pocket import clip as pocket

        of_pocket = pocket.ClipSettings.from_mapping(settings, CLIP)
        pocket.pretrain_clip(folder, target, of_pocket, seed, threads)
