"""Embed each picture of a corpus once: the image tower is frozen, so once is enough.

The tower takes the pictures in batches in the order of the archive. A batch holds the same
pictures whatever the number of workers, and after a kill the rest has the batches that it would
have had; so the result is the same bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from hashlib import file_digest
from itertools import islice
from pathlib import Path

import numpy as np
import torch

from clseave_core.corpus.pictures import PictureSource
from clseave_core.embeddings import write_embeddings
from clseave_core.progress import Progress
from clseave_core.teacher.image_preparation import Prepared, prepare_pictures
from clseave_core.teacher.image_tower import ImageTower, Weights
from clseave_core.training.device import Compute, Precision
from clseave_core.training.state import TrainingState, fingerprint, training_state

PICTURES_PER_SAVE = 2048


@dataclass(frozen=True)
class ImageReport:
    """What was embedded: `images` rows of `width` dimensions.

    Of the pictures in `animated` the first frame was taken; `resumed` pictures were there already
    from an earlier run that was killed.
    """

    images: int
    width: int
    animated: tuple[str, ...]
    resumed: int


def embed_images(
    model_folder: Path,
    pictures: PictureSource,
    image_ids: Iterable[str],
    target: Path,
    *,
    batch_size: int = 64,
    workers: int = 1,
    threads: int = 1,
    precision: Precision = "auto",
    image_tower: Weights = "pretrained",
    seed: int = 0,
    state_folder: Path | None = None,
) -> ImageReport:
    """Write the embeddings of `image_ids` (after projection, not normalised) to `target`.

    The rows are sorted by id, each id once, in the layout of `clseave_core.embeddings` with the id
    column "image_id". Pictures that are not asked for are not decoded. `workers` threads decode;
    `threads` compute, on a CPU. With a `state_folder` a run that was killed goes on where it was
    last saved, every 2,048 pictures.

    Raises ValueError that lists *all* pictures that are damaged or absent, after one pass over the
    archive and with nothing written; and as `ImageTower` does.
    """
    ids = sorted(set(image_ids))
    if not ids:
        raise ValueError(f"{target}: there is no picture to embed. Check the corpus tables.")
    compute = Compute(precision, threads)
    tower = ImageTower(model_folder, compute, image_tower, seed)
    settings = {
        "model": _digest(model_folder), "pictures": pictures.fingerprint(), "ids": ids,
        "batch_size": batch_size, "threads": threads, "bf16": compute.bf16,
        "device": compute.device.type, "image_tower": image_tower, "seed": seed,
    }  # fmt: skip
    saving = training_state(state_folder, fingerprint(settings)) if state_folder else nullcontext()
    with saving as state, Progress("picture embeddings", len(ids), "pictures") as bar:
        embedded = _Embedded(ids, tower.width, state)
        resumed = len(ids) - len(embedded.missing())
        bar.advance(resumed)
        prepared = prepare_pictures(
            pictures, embedded.missing(), tower.pixels, workers, ahead=2 * batch_size
        )
        wrong: list[str] = []
        absent = embedded.missing()
        for batch in _batches(prepared, batch_size):
            wrong += [item.error for item in batch if item.error]
            absent.difference_update(item.image_id for item in batch)
            if not wrong:  # from the first damaged picture on, the rest is only looked through
                embedded.add(batch, tower)
            bar.advance(len(batch))
        wrong += [f"picture {image_id}: it is not there" for image_id in sorted(absent)]
        if wrong:
            raise ValueError(
                f"{len(wrong)} of the {len(ids)} pictures that the corpus uses cannot be embedded. "
                f"Replace them in {pictures.path}, or delete their pairs:\n" + "\n".join(wrong)
            )
        write_embeddings(target, "image_id", [(ids, embedded.matrix)], tower.width)
    return ImageReport(len(ids), tower.width, tuple(sorted(embedded.animated)), resumed)


class _Embedded:
    """The embeddings so far: `matrix` [n, width], in the order of `ids`."""

    def __init__(self, ids: Sequence[str], width: int, state: TrainingState | None) -> None:
        self._row_of = {image_id: row for row, image_id in enumerate(ids)}
        self.matrix = np.zeros((len(ids), width), dtype=np.float32)
        self.animated: list[str] = []
        self._done = np.zeros(len(ids), dtype=np.bool_)
        self._unsaved = 0
        self._state = state
        saved = state.load() if state else None
        if saved:
            tensors, position = saved
            self.matrix[:] = tensors["embeddings"].numpy()
            self._done[:] = tensors["done"].numpy()
            self.animated += position["animated"]

    def missing(self) -> set[str]:
        """The ids that have no embedding yet."""
        return {image_id for image_id, row in self._row_of.items() if not self._done[row]}

    def add(self, batch: Sequence[Prepared], tower: ImageTower) -> None:
        """Embed a batch of undamaged pictures; now and then save what is there."""
        rows = [self._row_of[item.image_id] for item in batch]
        pixels = np.stack([item.pixels for item in batch if item.pixels is not None])
        self.matrix[rows] = tower.embed(torch.from_numpy(pixels)).numpy()
        self._done[rows] = True
        self.animated += [item.image_id for item in batch if item.animated]
        self._unsaved += len(batch)
        if self._state and self._unsaved >= PICTURES_PER_SAVE:
            tensors = {
                "embeddings": torch.from_numpy(self.matrix),
                "done": torch.from_numpy(self._done),
            }
            self._state.save(tensors, {"animated": self.animated})
            self._unsaved = 0


def _batches(items: Iterable[Prepared], size: int) -> Iterator[list[Prepared]]:
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch


def _digest(folder: Path) -> dict[str, str]:
    """The content of the files that decide an image embedding, by name."""
    digests = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".safetensors" or path.name in (
            "config.json",
            "preprocessor_config.json",
        ):
            with path.open("rb") as file:
                digests[path.name] = file_digest(file, "sha256").hexdigest()
    return digests
