"""Folders and files that people give in the place of a model folder."""

import re
from pathlib import Path

import pytest

from clseave_core.corpus.model_folder import check_model_folder

HASH = "57c216476eefef5ab752ec549e440a49ae4ae5f3"
FORMS: dict[str, tuple[dict[str, str], str]] = {
    "a model of sentence-transformers": (
        {"modules.json": "[]", "0_Transformer/config.json": "{}", "1_Pooling/config.json": "{}"},
        r"is a model of sentence-transformers, whose encoder lies in .*/0_Transformer\. Give that",
    ),
    "a LoRA adapter": (
        {
            "adapter_config.json": '{"base_model_name_or_path": "openai/clip-vit-base-patch16"}',
            "adapter_model.safetensors": "",
        },
        r"is an adapter \(LoRA\) to openai/clip-vit-base-patch16, not a model\. Merge it into that",
    ),
    "an adapter that does not name its base": (
        {"adapter_config.json": "[]"}, r"an adapter \(LoRA\) to another model",
    ),
    "OpenAI's checkpoint in a folder": ({"ViT-B-16.pt": ""}, r"OpenAI's own form \(\.pt\), which"),
    "a model of open_clip": (
        {"open_clip_config.json": "{}", "open_clip_pytorch_model.bin": ""},
        r"holds a model of open_clip\. Give the same model in transformers' layout \(config\.json",
    ),
    "weights of open_clip alone": (
        {"open_clip_model.safetensors": ""}, r"holds a model of open_clip",
    ),
    "a model in the hub's cache": (
        {
            "refs/main": HASH, f"snapshots/{HASH}/config.json": "{}",
            "snapshots/0000/config.json": "{}", "blobs/x": "",
        },
        rf"is a model in the cache of the hub\. Give .*/snapshots/{HASH}\.$",
    ),
    "a model in the hub's cache without a branch": (
        {f"snapshots/{HASH}/config.json": "{}"}, rf"cache of the hub\. Give .*/snapshots/{HASH}\.$",
    ),
    "the hub's cache": (
        {f"models--openai--clip/snapshots/{HASH}/config.json": "{}"},
        rf"is the cache of the hub\. Give .*/models--openai--clip/snapshots/{HASH}\.$",
    ),
    "the folder of snapshots": (
        {f"{HASH}/config.json": "{}"}, rf"but folders within it do\. Give .*/{HASH}\.$",
    ),
    "the folder of checkpoints": (
        {"checkpoint-1/config.json": "{}", "checkpoint-2/config.json": "{}"},
        r"Give .*/checkpoint-1 or .*/checkpoint-2\.$",
    ),
    "a pipeline of diffusers": (
        {"model_index.json": "{}", "text_encoder/config.json": "{}"}, r"a pipeline of diffusers",
    ),
    "a folder of pictures": (
        {f"{number}.jpg": "" for number in range(100)},
        r"has no config\.json, .*\(there: 0\.jpg, 1\.jpg(, \d+\.jpg){6}, \.\.\.\)\.$",
    ),
    "an empty folder": ({}, r"\(there: nothing\)\.$"),
    "weights of TensorFlow": (
        {"config.json": "{}", "tf_model.h5": ""},
        r"has no weights: model\.safetensors is missing\. It has tf_model\.h5, which is another",
    ),
    "half-precision weights alone": (
        {"config.json": "{}", "model.fp16.safetensors": ""}, r"It has model\.fp16\.safetensors",
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_another_form_of_a_model_is_recognised(form: str, tmp_path: Path) -> None:
    files, message = FORMS[form]
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)

    with pytest.raises(ValueError, match=re.escape(str(tmp_path))) as told:
        check_model_folder(tmp_path)
    assert re.search(message, str(told.value)), told.value


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ViT-B-16.pt", r"ViT-B-16\.pt holds weights in OpenAI's own form \(\.pt\), which carries"),
        ("model.safetensors", r"is not a folder\. A model is given as the folder of its files"),
    ],
)
def test_a_file_is_not_a_model_folder(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"PK")

    with pytest.raises(ValueError, match=message):
        check_model_folder(tmp_path / name)


def test_a_path_that_is_not_there_is_said() -> None:
    with pytest.raises(ValueError, match=r"nowhere/model does not exist\. Correct the path"):
        check_model_folder("nowhere/model")
