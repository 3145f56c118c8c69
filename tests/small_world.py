"""The settings of a pocket world that is as small as its laws allow."""

from clseave_core.corpus.pocket.lexicon import COLOURS, SHAPES, TEMPLATES
from clseave_core.corpus.pocket.settings import PerSplit, WorldSettings

LANGUAGES = ("de", "zh")
SETTINGS = WorldSettings(
    world_seed=7, colours=COLOURS, shapes=SHAPES, covered_cells=(0.1, 0.5, 0.3, 0.1), empty=0.2,
    likeness=0.25, scenes=PerSplit(400, 150, 150), pretraining_scenes=20,
    sentences=dict.fromkeys(TEMPLATES, 16), triples=PerSplit(3, 1, 1), held_out_dev=0.1,
    held_out_test=0.15, languages=LANGUAGES, pixels=32, drawn_larger=2, jitter_place=0.05,
    jitter_size=0.15, jitter_angle=10.0, jitter_colour=0.1, noise=4.0, jpeg_quality=92,
)  # fmt: skip
