from pathlib import Path

import numpy as np
import pytest

from clseave_core.embeddings import Embeddings
from clseave_core.students import sentence_embeddings
from clseave_core.students.sentence_embeddings import embed_with_model, embed_with_package
from clseave_core.translation.encoder import UniversalSentenceEncoder

TEXTS = ["Ein Hund schläft.", "Der Bus fährt ab.", "Ein Kreis ist blau."]


def test_the_package_embeds_every_sentence_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentence_embeddings, "SENTENCES_PER_CALL", 2)

    embed_with_package(TEXTS, "de", tmp_path / "de.arrow")

    found = Embeddings.open(tmp_path / "de.arrow")
    assert found.ids.tolist() == [0, 1, 2]
    np.testing.assert_allclose(
        found.rows(range(3)), UniversalSentenceEncoder().encode(TEXTS), atol=1e-5
    )


def test_a_language_that_the_encoder_does_not_know_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"not made for 'sw', only for ar, de, .*another model"):
        embed_with_package(TEXTS, "sw", tmp_path / "sw.arrow")


def test_a_model_folder_embeds_every_sentence(tiny_bert_folder: Path, tmp_path: Path) -> None:
    embed_with_model(TEXTS, tiny_bert_folder, 1, tmp_path / "de.arrow")

    found = Embeddings.open(tmp_path / "de.arrow")
    assert found.ids.tolist() == [0, 1, 2]
    assert len(np.unique(found.rows(range(3)).round(5), axis=0)) == 3
