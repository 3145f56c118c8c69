"""Broken model folders. A case's folder holds good ones, `clip` and `bert`, to begin with."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from clseave_core.corpus.model_folder import check_model_folder
from clseave_core.models.clip_ve import ClipTextTower
from clseave_core.models.student import load_encoder
from clseave_core.models.tokens import load_tokenizer
from tests.bad_input.case import Case

Write = Callable[[Path], Path]
WEIGHTS = "model.safetensors"
INDEX = "model.safetensors.index.json"


def without(*names: str, model: str = "bert") -> Write:
    """The model without some of its files."""

    def write(folder: Path) -> Path:
        for name in names:
            (folder / model / name).unlink()
        return folder / model

    return write


def with_file(name: str, content: bytes, model: str = "bert", drop: str = "") -> Write:
    """The model with another content of a file, and without the file `drop`."""

    def write(folder: Path) -> Path:
        (folder / model / name).write_bytes(content)
        if drop:
            (folder / model / drop).unlink()
        return folder / model

    return write


def with_config(model: str, **changes: Any) -> Write:
    """The model with changes of its configuration, in the text tower's part where it has one."""

    def write(folder: Path) -> Path:
        path = folder / model / "config.json"
        config = json.loads(path.read_text())
        config.get("text_config", config).update(changes)
        path.write_text(json.dumps(config))
        return folder / model

    return write


def not_finite(folder: Path) -> Path:
    """One weight of BERT's embeddings is no number."""
    path = folder / "bert" / WEIGHTS
    tensors = load_file(path)
    name = next(name for name in tensors if name.endswith("word_embeddings.weight"))
    tensors[name][3, 1] = torch.nan
    save_file(tensors, path, metadata={"format": "pt"})
    return path.parent


def cut_weights(folder: Path) -> Path:
    """The last bytes of the weights are not there."""
    path = folder / "clip" / WEIGHTS
    path.write_bytes(path.read_bytes()[:-4])
    return path.parent


def _code(folder: Path) -> Path:
    """A model that brings its own code, which would make a file."""
    model = folder / "bert"
    (model / "own.py").write_text(f"open({str(folder / 'made')!r}, 'w')\n")
    names = {"AutoConfig": "own.Config", "AutoModel": "own.Model"}
    (model / "config.json").write_text(json.dumps({"model_type": "own", "auto_map": names}))
    return model


def _bin_only(folder: Path) -> Path:
    model = folder / "bert"
    torch.save(load_file(model / WEIGHTS), model / "pytorch_model.bin")
    (model / WEIGHTS).unlink()
    return model


def _load_code(model: Path) -> object:
    try:
        return load_encoder(model)
    finally:
        assert not (model.parent / "made").exists(), "the model's code was run"


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
CASES = {
    "no tokenizer": Case(
        without("tokenizer.json"),
        check_model_folder,
        r"bert has no tokenizer: one of tokenizer\.json, vocab\.json with merges\.txt",
    ),
    "no configuration": Case(
        without("config.json"), check_model_folder, r"bert has no config\.json, so it is no model"
    ),
    "no weights": Case(
        without(WEIGHTS), check_model_folder, r"bert has no weights: model\.safetensors is missing"
    ),
    "no image processor": Case(
        without("preprocessor_config.json", model="clip"),
        check_model_folder,
        r"clip holds a model for pictures, but no preprocessor_config\.json",
    ),
    "weights that can carry code": Case(
        _bin_only, check_model_folder, r"bert has its weights as pytorch_model\.bin only.*Convert"
    ),
    "weights cut short": Case(
        cut_weights, check_model_folder, r"clip/model\.safetensors is not a whole safetensors file"
    ),
    "a pointer instead of weights": Case(
        with_file(WEIGHTS, LFS),
        check_model_folder,
        r"bert/model\.safetensors is not .*git lfs pull",
    ),
    "a header beyond the file": Case(
        with_file(WEIGHTS, b"\xff" * 7 + b"\x7f{}"),
        check_model_folder,
        r"bert/model\.safetensors is not a whole safetensors file",
    ),
    "a missing shard": Case(
        with_file(
            INDEX, b'{"weight_map": {"a": "model-00002-of-00002.safetensors"}}', drop=WEIGHTS
        ),
        check_model_folder,
        r"bert has no weights",
    ),
    "configuration that is not JSON": Case(
        with_file("config.json", b'{"model_type": '),
        check_model_folder,
        r"bert/config\.json line 1 column 16 is not JSON",
    ),
    "configuration that is no object": Case(
        with_file("config.json", b"[]"),
        check_model_folder,
        r"bert/config\.json is not a JSON object",
    ),
    "another architecture": Case(
        lambda folder: folder / "bert",
        ClipTextTower,
        r"bert holds a BERT \(model_type 'bert'\), and a teacher's text tower can only be",
    ),
    "other dimensions": Case(
        with_config("clip", hidden_size=32),
        ClipTextTower,
        r"clip: the tensor \S+ has the shape \(.*24.*\), config\.json asks for \(.*32",
    ),
    "more layers than weights": Case(
        with_config("bert", num_hidden_layers=3),
        load_encoder,
        r"bert: the weights lack 16 tensors of the encoder, first encoder\.layer\.2\.",
    ),
    "weights that are no numbers": Case(
        not_finite,
        load_encoder,
        r"bert: the tensor embeddings\.word_embeddings\.weight of the encoder .*not finite",
    ),
    "a kind of model that nobody knows": Case(
        with_config("bert", model_type="berd"),
        load_encoder,
        r"bert/config\.json: .*`berd`.*Give the folder of a model",
    ),
    "a model with code of its own": Case(
        _code, _load_code, r"bert/config\.json: .*brings code of its own, which is not run"
    ),
    "a tokenizer that is not JSON": Case(
        with_file("tokenizer.json", b"{"), load_tokenizer, r"bert has no tokenizer that can be read"
    ),
    "a tokenizer of another model": Case(
        with_config("bert", vocab_size=50),
        load_tokenizer,
        r"bert: its tokenizer has the id \d+, its model ids up to 49 .*the model's own tokenizer",
    ),
}
