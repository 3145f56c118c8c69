"""Image embeddings against transformers used plainly, one picture at a time."""

import io
import json
import shutil
import zipfile
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from clseave_core.corpus.pictures import ArchivePictures, PictureSource, open_pictures
from clseave_core.embeddings import Embeddings
from clseave_core.teacher import images
from clseave_core.teacher.image_tower import ImageTower
from clseave_core.teacher.images import ImageReport, embed_images
from clseave_core.training.device import Compute, Precision

SIZES = [(50, 37), (32, 32), (37, 50), (200, 40), (20, 20), (33, 64), (31, 400)]


def encode(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def noise(width: int, height: int, seed: int) -> Image.Image:
    levels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(levels)


FILES = {f"{seed}.jpg": encode(noise(*size, seed)) for seed, size in enumerate(SIZES)}


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def pictures(tmp_path: Path) -> PictureSource:
    return open_pictures(write_zip(tmp_path / "pictures.zip", FILES))


def plainly(folder: Path, picture: Image.Image) -> np.ndarray[Any, Any]:
    """The embedding as transformers' documentation computes it: float32 [width]."""
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
    from transformers.models.clip.modeling_clip import CLIPVisionModelWithProjection

    processor = CLIPImageProcessorPil.from_pretrained(folder)
    model = CLIPVisionModelWithProjection.from_pretrained(folder).eval()
    with torch.inference_mode():
        inputs = processor(images=picture, return_tensors="pt")
        found: np.ndarray[Any, Any] = model(**inputs).image_embeds[0].numpy()
    return found


def test_as_transformers_embeds_one_picture_at_a_time(
    tiny_clip_folder: Path, pictures: PictureSource, tmp_path: Path
) -> None:
    wanted = ["6", "0", "3"]
    report = embed_images(tiny_clip_folder, pictures, wanted, tmp_path / "x.arrow", batch_size=2)
    found = Embeddings.open(tmp_path / "x.arrow")
    assert found.ids.tolist() == ["0", "3", "6"]
    assert report == ImageReport(images=3, width=12, animated=(), resumed=0)
    for image_id in wanted:
        picture = Image.open(io.BytesIO(FILES[f"{image_id}.jpg"]))
        expected = plainly(tiny_clip_folder, picture)
        np.testing.assert_allclose(found.rows([image_id])[0], expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
def test_preprocessing_is_the_processors_to_the_last_bit(
    tiny_clip_folder: Path, size: tuple[int, int], mode: str
) -> None:
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    from clseave_core.corpus.picture_decoding import decode_picture

    picture = noise(*size, seed=3).convert(mode)
    if mode == "RGBA":
        picture.putalpha(noise(*size, seed=4).convert("L"))
    tower = ImageTower(tiny_clip_folder, Compute("fp32", 1))
    decoded, _ = decode_picture(encode(picture, "PNG"), "x")
    ours = tower.normalise(torch.from_numpy(tower.pixels(decoded)[None]))[0]
    theirs = CLIPImageProcessorPil.from_pretrained(tiny_clip_folder)(picture).pixel_values[0]
    np.testing.assert_array_equal(ours.numpy(), theirs)


def test_a_picture_of_the_size_that_stays_skips_the_processor_but_not_one_that_it_changes(
    tiny_clip_folder: Path, tmp_path: Path
) -> None:
    ready = noise(32, 32, seed=3)
    tower = ImageTower(tiny_clip_folder, Compute("fp32", 1))
    theirs = tower._processor(ready, do_rescale=False, do_normalize=False).pixel_values[0]
    tower._processor = None
    np.testing.assert_array_equal(tower.pixels(ready), theirs)

    folder = shutil.copytree(tiny_clip_folder, tmp_path / "model")
    path = folder / "preprocessor_config.json"
    enlarged = {"size": {"shortest_edge": 40}}  # and cropped to 32: never left as it is
    path.write_text(json.dumps(json.loads(path.read_text()) | enlarged))
    assert (ImageTower(folder, Compute("fp32", 1)).pixels(ready) != theirs).any()


def test_the_pil_backend_is_asked_for_by_name(
    tiny_clip_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from transformers.models.auto.image_processing_auto import AutoImageProcessor

    asked: list[object] = []
    load: Any = AutoImageProcessor.from_pretrained

    def record(*arguments: Any, **options: Any) -> Any:
        asked.append(options.get("backend"))
        return load(*arguments, **options)

    monkeypatch.setattr(AutoImageProcessor, "from_pretrained", record)
    ImageTower(tiny_clip_folder, Compute("fp32", 1))
    assert asked == ["pil"]


def test_a_processor_that_does_more_is_refused(tiny_clip_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_clip_folder, tmp_path / "model")
    path = folder / "preprocessor_config.json"
    # Pads with zeros after normalising, where our table would have put "black" there.
    more = {"do_pad": True, "pad_size": {"height": 40, "width": 40}}
    path.write_text(json.dumps(json.loads(path.read_text()) | more))
    with pytest.raises(ValueError, match=r"preprocessor_config\.json: .* does more than resize"):
        ImageTower(folder, Compute("fp32", 1))


def test_bf16_is_near_and_not_the_same(
    tiny_clip_folder: Path, pictures: PictureSource, tmp_path: Path
) -> None:
    found = {}
    precisions: tuple[Precision, ...] = ("fp32", "bf16")
    for precision in precisions:
        embed_images(
            tiny_clip_folder, pictures, ["0", "1"], tmp_path / precision, precision=precision
        )
        found[precision] = Embeddings.open(tmp_path / precision).rows(["0", "1"])
    assert not np.array_equal(found["fp32"], found["bf16"])
    np.testing.assert_allclose(found["bf16"], found["fp32"], rtol=0.1, atol=0.02)


def test_the_number_of_workers_is_not_seen(
    tiny_clip_folder: Path, pictures: PictureSource, tmp_path: Path
) -> None:
    ids = [str(number) for number in range(len(SIZES))]
    for workers in (1, 4):
        target = tmp_path / f"{workers}.arrow"
        embed_images(tiny_clip_folder, pictures, ids, target, batch_size=3, workers=workers)
    assert (tmp_path / "1.arrow").read_bytes() == (tmp_path / "4.arrow").read_bytes()


def test_the_kind_of_source_and_the_order_of_ids_are_not_seen(
    tiny_clip_folder: Path, pictures: PictureSource, tmp_path: Path
) -> None:
    with zipfile.ZipFile(pictures.path) as archive:
        archive.extractall(tmp_path / "folder")
    folder = open_pictures(tmp_path / "folder")
    embed_images(tiny_clip_folder, pictures, ["2", "1", "2", "5"], tmp_path / "zip.arrow")
    embed_images(tiny_clip_folder, folder, ["5", "2", "1"], tmp_path / "folder.arrow")
    assert (tmp_path / "zip.arrow").read_bytes() == (tmp_path / "folder.arrow").read_bytes()


def test_only_what_is_asked_for_is_decoded(tiny_clip_folder: Path, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "pictures.zip", FILES | {"unused.jpg": b"broken"})
    embed_images(tiny_clip_folder, open_pictures(path), ["0"], tmp_path / "x.arrow")
    assert len(Embeddings.open(tmp_path / "x.arrow")) == 1


def test_all_broken_and_absent_pictures_are_listed_and_nothing_is_written(
    tiny_clip_folder: Path, tmp_path: Path
) -> None:
    broken = {"b1.jpg": b"no picture", "b2.jpg": FILES["0.jpg"][:-200], "b3.gif": b""}
    narrow = {"n.png": encode(noise(4, 500, 0), "PNG")}
    path = write_zip(tmp_path / "pictures.zip", broken | FILES | narrow)
    wanted = ["b1", "b2", "b3", "n", "absent", "0", "1"]
    with pytest.raises(
        ValueError, match=r"^5 of the 7 pictures .*Replace them in .*\.zip"
    ) as caught:
        embed_images(
            tiny_clip_folder, open_pictures(path), wanted, tmp_path / "x.arrow", batch_size=2
        )
    lines = str(caught.value).splitlines()[1:]
    assert [line.split(":")[0] for line in lines] == [
        "picture b1", "picture b2", "picture b3", "picture n", "picture absent"
    ]  # fmt: skip
    assert "truncated" in lines[1]
    assert "it has 4 x 500 pixels, narrower than 1:100" in lines[3]
    assert [file.name for file in tmp_path.iterdir()] == ["pictures.zip"]


def test_animations_are_counted(tiny_clip_folder: Path, tmp_path: Path) -> None:
    frames = [noise(32, 32, seed).convert("P") for seed in range(2)]
    moving = encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    path = write_zip(tmp_path / "pictures.zip", FILES | {"moving.gif": moving})
    report = embed_images(
        tiny_clip_folder, open_pictures(path), ["0", "moving"], tmp_path / "x.arrow"
    )
    assert report.animated == ("moving",)
    expected = plainly(tiny_clip_folder, frames[0].convert("RGB"))
    found = Embeddings.open(tmp_path / "x.arrow").rows(["moving"])[0]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


class KilledError(Exception):
    pass


class KilledAfter(ArchivePictures):
    """Breaks off after `count` pictures, as a killed job does."""

    count = 5

    def stream(self, wanted: Set[str]) -> Iterator[tuple[str, bytes]]:
        for number, picture in enumerate(super().stream(wanted)):
            if number == self.count:
                raise KilledError
            yield picture


def test_a_killed_run_goes_on_and_ends_in_the_same_bytes(
    tiny_clip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "PICTURES_PER_SAVE", 2)
    path = write_zip(tmp_path / "pictures.zip", FILES)
    ids = [str(number) for number in range(len(SIZES))]
    state = tmp_path / "state"
    embed_images(tiny_clip_folder, open_pictures(path), ids, tmp_path / "whole.arrow", batch_size=1)
    with pytest.raises(KilledError):
        embed_images(
            tiny_clip_folder, KilledAfter(path), ids, tmp_path / "x.arrow",
            batch_size=1, state_folder=state,
        )  # fmt: skip
    assert not (tmp_path / "x.arrow").exists()
    report = embed_images(
        tiny_clip_folder, open_pictures(path), ids, tmp_path / "x.arrow",
        batch_size=1, state_folder=state,
    )  # fmt: skip
    assert report.resumed == 2
    assert (tmp_path / "x.arrow").read_bytes() == (tmp_path / "whole.arrow").read_bytes()
    assert not state.exists()


def test_a_state_of_other_pictures_is_not_resumed(
    tiny_clip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "PICTURES_PER_SAVE", 2)
    path = write_zip(tmp_path / "pictures.zip", FILES)
    ids = [str(number) for number in range(len(SIZES))]
    options: dict[str, Any] = {"batch_size": 1, "state_folder": tmp_path / "state"}
    with pytest.raises(KilledError):
        embed_images(tiny_clip_folder, KilledAfter(path), ids, tmp_path / "x.arrow", **options)
    write_zip(path, FILES | {"0.jpg": encode(noise(40, 40, 99))})
    report = embed_images(
        tiny_clip_folder, open_pictures(path), ids, tmp_path / "x.arrow", **options
    )
    assert report.resumed == 0
    expected = plainly(tiny_clip_folder, Image.open(io.BytesIO(encode(noise(40, 40, 99)))))
    found = Embeddings.open(tmp_path / "x.arrow").rows(["0"])[0]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_a_random_tower_is_drawn_by_its_seed_alone(
    tiny_clip_folder: Path, pictures: PictureSource, tmp_path: Path
) -> None:
    def embed(name: str, **options: Any) -> np.ndarray[Any, Any]:
        embed_images(tiny_clip_folder, pictures, ["0", "1"], tmp_path / name, **options)
        return Embeddings.open(tmp_path / name).rows(["0", "1"])

    before = torch.get_rng_state()
    random = embed("a", image_tower="random", seed=7)
    assert torch.equal(torch.get_rng_state(), before), "no random state of others is touched"
    torch.manual_seed(12345)
    np.testing.assert_array_equal(random, embed("b", image_tower="random", seed=7))
    assert not np.array_equal(random, embed("c", image_tower="random", seed=8))
    assert not np.array_equal(random, embed("d", image_tower="pretrained", seed=7))


def test_a_random_tower_has_the_scale_of_the_models_own_rule(tiny_clip_folder: Path) -> None:
    """CLIP draws the projection [12, 16] with a standard deviation of 1/sqrt(16)."""
    tower = ImageTower(tiny_clip_folder, Compute("fp32", 1), "random", seed=0)
    projection = tower._model.visual_projection.weight
    assert projection.std().item() == pytest.approx(0.25, rel=0.15)


def test_nothing_to_embed(tiny_clip_folder: Path, pictures: PictureSource, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"x\.arrow: there is no picture to embed"):
        embed_images(tiny_clip_folder, pictures, [], tmp_path / "x.arrow")


def test_a_folder_that_lacks_weights_of_the_tower(tiny_clip_folder: Path, tmp_path: Path) -> None:
    """transformers alone would fill them with random numbers."""
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(tiny_clip_folder, tmp_path / "model")
    tensors = load_file(str(folder / "model.safetensors"))
    del tensors["visual_projection.weight"]
    save_file(tensors, str(folder / "model.safetensors"), metadata={"format": "pt"})
    with pytest.raises(ValueError, match=r"lack 1 tensors .* first visual_projection\.weight"):
        ImageTower(folder, Compute("fp32", 1))


def test_a_model_without_a_known_image_tower(tiny_bert_folder: Path) -> None:
    with pytest.raises(ValueError, match=r"holds a BERT .*can only be that of a whole CLIP"):
        ImageTower(tiny_bert_folder, Compute("fp32", 1))
