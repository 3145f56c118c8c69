"""Model folders: what belongs to them, what is wrong with them, and old weights."""

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from clseave_core.corpus.model_folder import (
    check_model_folder,
    convert,
    convert_weights,
    weight_files,
)


class MakesAFile:
    """Unpickled, it would run a command; no test may ever see the file that it makes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["pytorch_model.bin", "model.safetensors", "tf_model.h5"], ["model.safetensors"]),
        (["pytorch_model.bin", "flax_model.msgpack", "onnx/model.onnx"], ["pytorch_model.bin"]),
        (["model.fp16.safetensors", "onnx/model.safetensors", "config.json"], []),
        (
            ["model-00002-of-00002.safetensors", "model-00001-of-00002.safetensors",
             "model.safetensors.index.json", "pytorch_model.bin"],
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
             "model.safetensors.index.json"],
        ),
        (["model-00001-of-00002.safetensors", "pytorch_model.bin"], ["pytorch_model.bin"]),
        (
            ["pytorch_model-00001-of-00001.bin", "pytorch_model.bin.index.json"],
            ["pytorch_model-00001-of-00001.bin", "pytorch_model.bin.index.json"],
        ),
    ],
)  # fmt: skip
def test_the_safest_whole_set_of_weights_is_chosen(names: list[str], chosen: list[str]) -> None:
    assert weight_files(names) == chosen


def test_conversion_keeps_values_and_gives_tied_tensors_memory_of_their_own(tmp_path: Path) -> None:
    words = torch.arange(6.0).reshape(3, 2)
    parts = {"words": words, "decoder": words, "turned": words.T, "row": words[1]}
    torch.save(
        parts | {"half": torch.ones(2, dtype=torch.bfloat16)}, tmp_path / "pytorch_model.bin"
    )
    target = convert(tmp_path)
    found = load_file(target)
    assert target == tmp_path / "model.safetensors"
    assert sorted(found) == ["decoder", "half", "row", "turned", "words"]
    assert found["words"].tolist() == found["decoder"].tolist() == [[0, 1], [2, 3], [4, 5]]
    assert found["turned"].tolist() == [[0, 2, 4], [1, 3, 5]]
    assert found["row"].tolist() == [2, 3]
    assert found["half"].dtype == torch.bfloat16
    with safe_open(target, framework="pt") as file:
        assert file.metadata() == {"format": "pt"}


def test_shards_become_one_file(tmp_path: Path) -> None:
    names = ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"]
    torch.save({"a": torch.tensor([1.0])}, tmp_path / names[0])
    torch.save({"b": torch.tensor([2.0])}, tmp_path / names[1])
    (tmp_path / "pytorch_model.bin.index.json").write_text('{"weight_map": {}}')
    found = load_file(convert(tmp_path))
    assert {name: value.item() for name, value in found.items()} == {"a": 1.0, "b": 2.0}


@pytest.mark.parametrize("form", ["zip", "bare"])
def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path, form: str) -> None:
    made, weights = tmp_path / "made", tmp_path / "pytorch_model.bin"
    content = {"a": torch.zeros(1), "b": MakesAFile(made)}
    if form == "zip":
        torch.save(content, weights)
    else:
        weights.write_bytes(pickle.dumps(content, protocol=2))
    with pytest.raises(
        ValueError, match=r"pytorch_model\.bin holds something else than tensors"
    ) as e:
        convert(tmp_path)
    assert "safetensors" in str(e.value)
    assert "weights_only` set to `False`" not in str(e.value)
    assert not made.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["pytorch_model.bin"]
    command, arguments = MakesAFile(made).__reduce__()
    command(*arguments)
    assert made.exists(), "unpickling would have done no harm, so the test showed nothing"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"model": {"a": torch.zeros(1)}}, "dict under 'model', not a tensor: it is a training"),
        ({"epoch": 3}, "int under 'epoch', not a tensor"),
        ([torch.zeros(1)], "holds a list, not tensors by name"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path: Path, content: object, message: str) -> None:
    torch.save(content, tmp_path / "pytorch_model.bin")
    with pytest.raises(ValueError, match=message):
        convert_weights([tmp_path / "pytorch_model.bin"], tmp_path / "model.safetensors")


@pytest.mark.parametrize("size", [0, 900])
def test_cut_weights_are_told(tmp_path: Path, size: int) -> None:
    weights = tmp_path / "pytorch_model.bin"
    torch.save({"a": torch.zeros(1000)}, weights)
    weights.write_bytes(weights.read_bytes()[:size])
    with pytest.raises(ValueError, match=r"pytorch_model.bin is not a whole file of weights"):
        convert(tmp_path)


def test_a_folder_without_old_weights_has_nothing_to_convert(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"has no pytorch_model.bin to convert"):
        convert(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with all that a text model needs."""
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    (tmp_path / "vocab.txt").write_text("[UNK]\n")
    save_file({"a": torch.zeros(3)}, tmp_path / "model.safetensors")
    check_model_folder(tmp_path)
    return tmp_path


def test_real_folders_pass(tiny_clip_folder: Path, tiny_bert_folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in tiny_clip_folder.iterdir()}
    check_model_folder(tiny_clip_folder)
    check_model_folder(tiny_bert_folder)
    assert {path: path.stat().st_mtime_ns for path in tiny_clip_folder.iterdir()} == before


def test_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="absent does not exist"):
        check_model_folder(tmp_path / "absent")


def test_old_weights_are_told_how_to_be_converted(folder: Path) -> None:
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ValueError, match=r"as pytorch_model\.bin only") as failure:
        check_model_folder(folder)
    command = str(failure.value).split("python -c ")[1].strip('"')
    exec(command)
    check_model_folder(folder)


def test_a_missing_shard_is_named(folder: Path) -> None:
    first, second = (f"model-0000{number}-of-00002.safetensors" for number in (1, 2))
    (folder / "model.safetensors").rename(folder / first)
    index = {"weight_map": {"a": first, "b": second}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ValueError, match=f"lists {second}, which is not there"):
        check_model_folder(folder)
    save_file({"b": torch.zeros(1)}, folder / second)
    check_model_folder(folder)
