"""A trimmed encoder gives the sentences it was trimmed for what the whole one gave them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from clseave_core.embeddings import Embeddings
from clseave_core.files import write_table
from clseave_core.models.classifier import EntailmentClassifier
from clseave_core.models.loading import load_config
from clseave_core.models.student import Student
from clseave_core.models.tokens import load_tokenizer, tokenize
from clseave_core.students.teaching import Texts, read_out
from clseave_core.students.vocabulary import encoder_to_train, kept_pieces, trim_encoder
from clseave_core.training.settings import TrainingSettings
from clseave_core.translation.schemas import TRANSLATIONS
from tests.students.test_rivals import COMPUTE, SENTENCES, WIDTH, taught

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def write_bert(folder: Path, pieces: list[str]) -> Path:
    """A BERT with this vocabulary and random weights."""
    from transformers.models.bert.configuration_bert import BertConfig
    from transformers.models.bert.modeling_bert import BertModel
    from transformers.models.bert.tokenization_bert import BertTokenizer

    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    config = BertConfig(
        vocab_size=len(pieces), hidden_size=4, num_hidden_layers=1, num_attention_heads=1,
        intermediate_size=4, max_position_embeddings=16, pad_token_id=vocabulary["[PAD]"],
    )  # fmt: skip
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    BertTokenizer(vocab=vocabulary, do_lower_case=False).save_pretrained(folder)
    return folder


def pieces_of(folder: Path, text: str) -> list[str]:
    pieces: list[str] = load_tokenizer(folder).tokenize(text)
    return pieces


def test_characters_special_pieces_and_those_of_the_sentences_are_kept(
    tiny_bert_folder: Path,
) -> None:
    tokenizer = load_tokenizer(tiny_bert_folder)
    kept = tokenizer.convert_ids_to_tokens(kept_pieces(tokenizer, [["ein Hund"], ["katen"]]))

    long = {piece for piece in kept if len(piece.removeprefix("##")) > 1}
    assert long == {*SPECIAL, "ein", "Hund", "kat", "##en"}
    assert {"k", "##k", "ä", "##ä", "猫", "##猫", "."} <= set(kept)


def test_what_lies_behind_the_models_limit_is_kept_too(tiny_bert_folder: Path) -> None:
    tokenizer = load_tokenizer(tiny_bert_folder)
    kept = kept_pieces(tokenizer, [[" ".join(["rot"] * 60 + ["Hund"])]])

    assert {"rot", "Hund"} <= set(tokenizer.convert_ids_to_tokens(kept))


def test_a_students_sentences_have_the_same_embeddings(
    tiny_bert_folder: Path, tmp_path: Path
) -> None:
    trim_encoder(tiny_bert_folder, [SENTENCES[:4], SENTENCES[4:]], tmp_path / "small")
    said, sizes = [], []
    for folder in (tiny_bert_folder, tmp_path / "small"):
        student = Student.start(folder, 8, "end", layer_norm=True, seed=1).eval()
        tokens = tokenize(load_tokenizer(folder), SENTENCES, student.max_length)
        with torch.inference_mode():
            said.append(student(*tokens.pad(np.arange(len(SENTENCES)))))
        sizes.append(len(student.encoder.get_input_embeddings().weight))

    assert torch.equal(said[0], said[1])
    assert sizes[1] < sizes[0]
    config = load_config(tmp_path / "small")
    assert (config.vocab_size, config.pad_token_id) == (sizes[1], 0)


def test_pieces_keep_their_order_and_special_ones_their_part(tmp_path: Path) -> None:
    pieces = ["ab", "[UNK]", "cd", "[SEP]", "a", "[PAD]", "##d", "[CLS]", "ef", "[MASK]"]
    whole = write_bert(tmp_path / "whole", pieces)

    trim_encoder(whole, [["ef"]], tmp_path / "small")

    tokenizer = load_tokenizer(tmp_path / "small")
    left = ["[UNK]", "[SEP]", "a", "[PAD]", "##d", "[CLS]", "ef", "[MASK]"]
    assert tokenizer.get_vocab() == {piece: number for number, piece in enumerate(left)}
    assert tokenizer("ef")["input_ids"] == [5, 6, 1]
    assert (tokenizer.pad_token_id, load_config(tmp_path / "small").pad_token_id) == (3, 3)
    student = Student.start(tmp_path / "small", 2, "end", layer_norm=True, seed=0)
    old = Student.start(whole, 2, "end", layer_norm=True, seed=0).encoder.get_input_embeddings()
    new = student.encoder.get_input_embeddings()
    assert torch.equal(new.weight, old.weight[[1, 3, 4, 5, 6, 7, 8, 9]])
    assert new.padding_idx == 3


def test_an_unseen_word_falls_back_to_shorter_pieces(
    tiny_bert_folder: Path, tmp_path: Path
) -> None:
    trim_encoder(tiny_bert_folder, [["ein Hund"]], tmp_path / "small")

    assert pieces_of(tiny_bert_folder, "Kreis Ω") == ["Kreis", "[UNK]"]
    assert pieces_of(tmp_path / "small", "Kreis Ω") == ["K", "##r", "##e", "##i", "##s", "[UNK]"]


def test_a_word_of_characters_that_only_longer_pieces_know_is_unknown(tmp_path: Path) -> None:
    whole = write_bert(tmp_path / "whole", [*SPECIAL, "a", "##a", "bc"])
    trim_encoder(whole, [["aa"]], tmp_path / "small")

    assert pieces_of(whole, "aa bc") == ["a", "##a", "bc"]
    assert pieces_of(tmp_path / "small", "aa bc") == ["a", "##a", "[UNK]"]


@pytest.mark.parametrize("seed", range(4))
def test_any_vocabulary_cuts_its_sentences_as_before(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)

    def word(longest: int) -> str:
        return "".join(rng.choice(list("abcd"), rng.integers(1, longest + 1)))

    made = [word(4) for _ in range(80)] + [f"##{word(4)}" for _ in range(80)]
    whole = write_bert(tmp_path / "whole", [*SPECIAL, *dict.fromkeys(made)])
    texts = [" ".join(word(9) for _ in range(4)) for _ in range(30)]
    trim_encoder(whole, [texts], tmp_path / "small")

    before, after = (load_tokenizer(tmp_path / name) for name in ("whole", "small"))
    assert len(after) < len(before)
    assert [before.tokenize(text) for text in texts] == [after.tokenize(text) for text in texts]


def test_only_word_pieces_can_be_trimmed(tiny_clip_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"of the kind BPE.*Take trim_vocabulary away"):
        trim_encoder(tiny_clip_folder, [["a dog"]], tmp_path / "small")


def test_a_trimmed_student_is_trained_saved_and_read_as_a_whole_one(
    tiny_bert_folder: Path, tmp_path: Path
) -> None:
    further = ["Hund", "blau", "rot Frau", "das", "der", "ein", "kat", "het"]
    trim_encoder(tiny_bert_folder, [SENTENCES, further], tmp_path / "small")
    said = {}
    for name, encoder in (("whole", tiny_bert_folder), ("trimmed", tmp_path / "small")):
        folder = tmp_path / name
        folder.mkdir()
        settings = TrainingSettings(epochs=3, batch_size=4, learning_rate=1e-3, keep="last")
        arguments: dict[str, Any] = {
            "classifier": EntailmentClassifier(WIDTH).eval(), "settings": settings,
        }  # fmt: skip
        taught(folder, Texts(encoder, SENTENCES), **arguments)
        read_out(
            model_folder=folder / "model", sentences=further, readout="direct",
            autoencoder_folder=None, teacher_folder=tmp_path, pooling=None, compute=COMPUTE,
            hypotheses_file=folder / "further.arrow",
        )  # fmt: skip
        said[name] = [
            Embeddings.open(folder / file).rows(range(8))
            for file in ("said.arrow", "further.arrow")
        ]

    np.testing.assert_allclose(said["trimmed"], said["whole"], atol=1e-5)
    assert len(load_tokenizer(tmp_path / "trimmed/model")) < len(load_tokenizer(tiny_bert_folder))


def test_a_trimmed_copy_lies_beside_the_state_while_it_is_trained(
    tiny_bert_folder: Path, tmp_path: Path
) -> None:
    files = []
    for name in ("clean", "noisy"):
        rows = {"hypothesis_id": [0], "text": [f"Hund {name}"], "provider": "file"}
        files.append(tmp_path / f"{name}.parquet")
        write_table(files[-1], pd.DataFrame(rows | {"unchanged": False}), TRANSLATIONS)
    state = tmp_path / "state/seed0"

    with encoder_to_train(tiny_bert_folder, [], state) as encoder:
        assert encoder == tiny_bert_folder
    with encoder_to_train(tiny_bert_folder, files, state) as encoder:
        assert Path(encoder).parent == state.parent
        assert len(load_tokenizer(encoder)) < len(load_tokenizer(tiny_bert_folder))
        assert pieces_of(Path(encoder), "Hund") == ["Hund"]
    assert list(state.parent.iterdir()) == []
