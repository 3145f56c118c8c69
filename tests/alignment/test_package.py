"""The package's model and tokenizer from a folder: all tensors, old names, settings, refusals."""

import json
import logging
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from clseave_core.alignment.aligner import WordAligner
from clseave_core.alignment.package import load_model, load_package_tokenizer, read_config
from clseave_core.alignment.settings import AlignmentSettings
from clseave_core.training.device import Compute
from tests.alignment.test_aligner import COMPUTE, PAIRS, bert_of

TEXTS = [text for pair in PAIRS for text in pair]
Tensors = dict[str, torch.Tensor]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return bert_of(TEXTS, tmp_path / "bert")


def rewrite(folder: Path, **changes: object) -> None:
    """Change the folder's configuration."""
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))


def links_of(folder: Path) -> list[list[tuple[int, int, int, int]]]:
    aligner = WordAligner(folder, AlignmentSettings(2), COMPUTE)
    return aligner.align([pair[0] for pair in PAIRS], [pair[1] for pair in PAIRS], "de")


@pytest.mark.parametrize("form", ["with_heads", "old_names", "bin"])
def test_weights_are_read_in_every_form(folder: Path, form: str) -> None:
    expected = links_of(folder)
    file = folder / "model.safetensors"
    weights: Tensors = load_file(file)
    if form == "with_heads":
        weights = {f"bert.{name}": tensor for name, tensor in weights.items()}
        weights |= {name: torch.ones(2) for name in ("cls.predictions.bias", "bert.pooler.x")}
        weights["bert.embeddings.position_ids"] = torch.arange(9)
    if form == "old_names":
        names = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
        for new, old in names.items():
            weights = {name.replace(new, old): tensor for name, tensor in weights.items()}
    file.unlink()
    if form == "bin":
        torch.save(weights, folder / "pytorch_model.bin")
    else:
        save_file(weights, file)

    assert any(expected)
    assert links_of(folder) == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda weights: weights.pop("encoder.layer.1.output.dense.bias"),
            r"bert: the encoder's tensor encoder\.layer\.1\.output\.dense\.bias has the shape "
            r"None, its configuration asks for \(32,\)",
        ),
        (
            lambda weights: weights.update({"embeddings.LayerNorm.weight": torch.ones(7)}),
            r"embeddings\.LayerNorm\.weight has the shape \(7,\), .* asks for \(32,\)",
        ),
        (
            lambda weights: weights.update({"encoder.layer.2.output.dense.bias": torch.ones(32)}),
            r"encoder\.layer\.2\.output\.dense\.bias has the shape \(32,\), .* asks for None",
        ),
    ],
)
def test_a_tensor_that_does_not_fit_is_named(folder: Path, change: object, message: str) -> None:
    weights: Tensors = load_file(folder / "model.safetensors")
    assert callable(change)
    change(weights)
    save_file(weights, folder / "model.safetensors")

    with pytest.raises(ValueError, match=message):
        load_model(folder, read_config(folder, 1))


@pytest.mark.parametrize("layer", [0, 3])
def test_a_layer_outside_the_model_is_refused(folder: Path, layer: int) -> None:
    with pytest.raises(ValueError, match=rf"layer is {layer}, but .*bert has the layers 1 to 2"):
        read_config(folder, layer)


def test_what_is_no_bert_is_refused(folder: Path) -> None:
    rewrite(folder, hidden_act="swiglu")
    with pytest.raises(ValueError, match=r"hidden_act is 'swiglu', awesome-align knows gelu, relu"):
        load_model(folder, read_config(folder, 1))
    rewrite(folder, model_type="roberta")
    with pytest.raises(ValueError, match="holds a roberta; awesome-align's model is a BERT"):
        read_config(folder, 1)


def test_the_tokenizer_keeps_the_folders_settings(folder: Path) -> None:
    tokenizer = load_package_tokenizer(folder, 40)

    assert tokenizer.max_len == 40
    assert tokenizer.tokenize("Männ") == ["M", "##ä", "##n", "##n"]
    assert tokenizer.tokenize("[SEP]") == ["[SEP]"]


def test_a_lower_cased_folder_is_lower_cased(folder: Path) -> None:
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    settings |= {"do_lower_case": True, "strip_accents": None}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    assert load_package_tokenizer(folder, 40).tokenize("Dög") == ["d", "##o", "##g"]

    settings["strip_accents"] = False
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    with pytest.raises(ValueError, match="do_lower_case is True and strip_accents False; awesome"):
        load_package_tokenizer(folder, 40)


def test_words_beyond_the_length_are_cut_off_and_counted(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    aligner = WordAligner(folder, AlignmentSettings(1), COMPUTE)
    long = " ".join(["dog"] * 86)  # 258 pieces; 254 fit: 84 words and two letters of the next

    with caplog.at_level(logging.WARNING):
        links = aligner.align([long, "a dog"], ["ein Hund", "  "], "de")

    assert "2 words reach beyond the limit of 254 word pieces" in caplog.text
    assert "1 pairs have no word on one side" in caplog.text
    assert links[0]
    assert links[1] == []
    assert max(link[1] for link in links[0]) <= 85 * 4 - 1


def test_batches_of_any_size_give_the_same_links(folder: Path) -> None:
    english, german = [pair[0] for pair in PAIRS] * 3, [pair[1] for pair in PAIRS] * 3
    found = [
        WordAligner(
            folder, AlignmentSettings(2, extraction="entmax15", batch_size=size), COMPUTE
        ).align(english, german, "de")
        for size in (1, 5, 64)
    ]

    assert any(found[0])
    assert found[0] == found[1] == found[2]


@pytest.mark.gpu
def test_a_gpu_gives_the_same_links(folder: Path) -> None:
    settings = AlignmentSettings(2)
    english, german = [pair[0] for pair in PAIRS], [pair[1] for pair in PAIRS]
    on_gpu = WordAligner(folder, settings, Compute("fp32", 1, "cuda")).align(english, german, "de")

    assert on_gpu == links_of(folder)
