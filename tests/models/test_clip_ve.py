import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers.models.clip.modeling_clip import CLIPTextModelWithProjection

from clseave_core.files import read_json, write_json
from clseave_core.models.clip_ve import ClipTextTower, ClipVE, load_classifier
from clseave_core.models.tokens import load_tokenizer, tokenize

SENTENCES = ["a dog", "a red cat sleeps", "two dogs"]


def embed(folder: Path) -> torch.Tensor:
    tower = ClipTextTower(folder).eval()
    tokens = tokenize(load_tokenizer(folder), SENTENCES, tower.max_length)
    with torch.inference_mode():
        embeddings: torch.Tensor = tower(*tokens.pad(np.arange(len(SENTENCES))))
    return embeddings


def test_the_tower_gives_the_embeddings_of_transformers(tiny_clip_folder: Path) -> None:
    model = CLIPTextModelWithProjection.from_pretrained(str(tiny_clip_folder)).eval()
    batch = load_tokenizer(tiny_clip_folder)(SENTENCES, padding=True, return_tensors="pt")
    with torch.inference_mode():
        expected = model(**batch).text_embeds

    assert torch.allclose(embed(tiny_clip_folder), expected, atol=1e-5)


def test_the_legacy_end_token_id_does_not_move_the_pooling(
    tiny_clip_folder: Path, tmp_path: Path
) -> None:
    """With `eos_token_id` 2 transformers pools at argmax(input_ids), another word than the last
    where the end token has not the highest number, as after adding words to a tokenizer."""
    legacy = tmp_path / "legacy"
    shutil.copytree(tiny_clip_folder, legacy)
    config = read_json(legacy / "config.json")
    config["text_config"]["eos_token_id"] = 2
    write_json(legacy / "config.json", config)
    ids, lengths = torch.tensor([[512, 7, 513, 300]]), torch.tensor([4])  # 300 ends the sentence
    plain = CLIPTextModelWithProjection.from_pretrained(str(legacy)).eval()
    tower = ClipTextTower(legacy).eval()

    with torch.inference_mode():
        states = plain.text_model(input_ids=ids).last_hidden_state
        at_the_end = plain.text_projection(states[:, 3])
        assert torch.allclose(tower(ids, lengths), at_the_end, atol=1e-6)
        assert not torch.allclose(plain(input_ids=ids).text_embeds, at_the_end, atol=1e-3)


def test_a_saved_model_is_the_same_model(tiny_clip_folder: Path, tmp_path: Path) -> None:
    model = ClipVE.start(tiny_clip_folder, seed=3).eval()
    model.save(tmp_path / "model", tiny_clip_folder)

    classifier = load_classifier(tmp_path / "model")
    image, text = torch.randn(4, model.text.width), torch.randn(4, model.text.width)

    assert torch.equal(classifier(image, text), model.classifier(image, text))
    assert torch.equal(embed(tmp_path / "model"), embed(tiny_clip_folder))


@pytest.mark.parametrize(("seed", "same"), [(3, True), (4, False)])
def test_the_seed_draws_the_classifier(tiny_clip_folder: Path, seed: int, same: bool) -> None:
    one, other = ClipVE.start(tiny_clip_folder, 3), ClipVE.start(tiny_clip_folder, seed)

    name = "layers.2.weight"
    first, second = (model.classifier.state_dict()[name] for model in (one, other))
    assert torch.equal(first, second) is same
