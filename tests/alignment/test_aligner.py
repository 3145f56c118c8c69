import argparse
import json
from pathlib import Path

import pytest
import torch
from transformers.models.bert.configuration_bert import BertConfig
from transformers.models.bert.modeling_bert import BertModel
from transformers.models.bert.tokenization_bert import BertTokenizer

from clseave_core.alignment.aligner import WordAligner
from clseave_core.alignment.settings import AlignmentSettings
from clseave_core.training.device import Compute

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
COMPUTE = Compute("fp32", threads=1, device="cpu")


def bert_of(texts: list[str], folder: Path) -> Path:
    """A BERT with random weights over the characters of `texts`."""
    letters = sorted({letter for text in texts for letter in text if not letter.isspace()})
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters)]
    tokenizer = BertTokenizer(
        vocab={piece: number for number, piece in enumerate(pieces)},
        do_lower_case=False, strip_accents=False, model_max_length=256,
    )  # fmt: skip
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(pieces), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=48, max_position_embeddings=256, initializer_range=1.0,
    )  # fmt: skip
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


PAIRS = [
    ("a man sleeps", "ein Mann schläft"),
    ("two dogs run over the green grass", "zwei Hunde rennen über das grüne Gras"),
    ("a dog", "ein Hund"),
    ("nobody is here today", "niemand ist heute hier"),
]


def test_the_package_itself_gives_the_same_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from awesome_align import modeling, run_align
    from awesome_align.configuration_bert import BertConfig as PackageConfig
    from awesome_align.modeling import BertForMaskedLM
    from awesome_align.tokenization_bert import BertTokenizer as PackageTokenizer
    from safetensors.torch import load_file

    folder = bert_of([text for pair in PAIRS for text in pair], tmp_path / "bert")
    settings = AlignmentSettings(2, words={"en": "spaces", "de": "spaces"}, batch_size=3)
    sources, targets = [pair[0] for pair in PAIRS], [pair[1] for pair in PAIRS]
    ours = WordAligner(folder, settings, COMPUTE).align(sources, targets, "de")

    # What the package reads: weights as .bin, the vocabulary as text, white space between words.
    package = tmp_path / "package"
    package.mkdir()
    weights = load_file(str(folder / "model.safetensors"))
    torch.save({f"bert.{k}": v for k, v in weights.items()}, package / "pytorch_model.bin")
    config = json.loads((folder / "config.json").read_text())
    (package / "config.json").write_text(json.dumps(config))
    vocabulary = BertTokenizer.from_pretrained(str(folder)).get_vocab()
    pieces = sorted(vocabulary, key=vocabulary.__getitem__)
    (package / "vocab.txt").write_text("\n".join(pieces) + "\n")
    (tmp_path / "pairs.txt").write_text("".join(f"{s} ||| {t}\n" for s, t in PAIRS))
    tokenizer = PackageTokenizer(str(package / "vocab.txt"), do_lower_case=False)
    tokenizer.max_len = 256
    model = BertForMaskedLM.from_pretrained(
        str(package), config=PackageConfig.from_pretrained(str(package))
    )
    monkeypatch.setattr(modeling, "PAD_ID", tokenizer.pad_token_id)
    monkeypatch.setattr(modeling, "CLS_ID", tokenizer.cls_token_id)
    monkeypatch.setattr(modeling, "SEP_ID", tokenizer.sep_token_id)
    arguments = argparse.Namespace(
        data_file=str(tmp_path / "pairs.txt"), output_file=str(tmp_path / "links.txt"),
        output_prob_file=None, output_word_file=None, num_workers=0, batch_size=1,
        device=torch.device("cpu"), align_layer=2, extraction="softmax", softmax_threshold=1e-3,
    )  # fmt: skip
    run_align.word_align(arguments, model, tokenizer)

    for line, (source, target), links in zip(
        (tmp_path / "links.txt").read_text().splitlines(), PAIRS, ours, strict=True
    ):
        theirs = {tuple(map(int, pair.split("-"))) for pair in line.split()}
        here, there = (_word_starts(text) for text in (source, target))
        assert theirs == {(here.index(link[0]), there.index(link[2])) for link in links}
        assert theirs


def _word_starts(text: str) -> list[int]:
    return [n for n in range(len(text)) if text[n] != " " and (n == 0 or text[n - 1] == " ")]


def test_a_layer_beyond_the_model_is_refused(tmp_path: Path) -> None:
    folder = bert_of(["a dog"], tmp_path / "bert")

    with pytest.raises(ValueError, match=r"layer is 3, but .*bert has the layers 1 to 2"):
        WordAligner(folder, AlignmentSettings(3), COMPUTE)


def test_pairs_without_a_word_keep_their_row(tmp_path: Path) -> None:
    folder = bert_of(["a dog ein Hund"], tmp_path / "bert")
    aligner = WordAligner(folder, AlignmentSettings(1), COMPUTE)

    links = aligner.align(["a dog", " ", "a dog"], ["ein Hund", "ein", ""], "de")

    assert links[0] and links[1] == links[2] == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["de", "ja", "ko", "zh"])
def test_real_captions_are_all_accounted_for(language: str, tmp_path: Path) -> None:
    file = SAMPLES / f"captions_{language}.tsv"
    if not file.exists():
        pytest.skip(f"{file} is not here: the captions are no part of the project")
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
    english, translated = [row[1] for row in rows], [row[2] for row in rows]
    folder = bert_of([*english, *translated], tmp_path / "bert")
    aligner = WordAligner(folder, AlignmentSettings(1), COMPUTE)

    links = aligner.align(english, translated, language)

    assert len(links) == len(rows)
    assert sum(map(bool, links)) > 0.9 * len(rows)
    for of_one, source, target in zip(links, english, translated, strict=True):
        for source_start, source_end, target_start, target_end in of_one:
            assert 0 <= source_start < source_end <= len(source)
            assert 0 <= target_start < target_end <= len(target)
