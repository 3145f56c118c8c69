"""A small CLIP and a small multilingual BERT as they lie on the hub, with random weights.

Their tokenizers are made from the words of the text that they will read. CLIP's folder has the
weights in every format, of which only one may be fetched; BERT's has them as `.bin` only.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

END_OF_WORD = "</w>"
WORDS = 800
BERT_MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
NOT_FETCHED = {"README.md": "A model.", "flax_model.msgpack": "flax", "tf_model.h5": "tensorflow"}


def write_clip_on_hub(folder: Path, texts: Iterable[str]) -> None:
    """Write a CLIP for pictures of 32x32 in patches of 16, projection 24, into `folder`.

    The end token is the last of the vocabulary: with 2, transformers would pool by a legacy rule.
    """
    import torch
    from transformers.models.clip.configuration_clip import CLIPConfig
    from transformers.models.clip.modeling_clip import CLIPModel
    from transformers.models.clip.tokenization_clip import CLIPTokenizer

    vocabulary, merges = _byte_pairs(texts)
    start, end = vocabulary["<|startoftext|>"], vocabulary["<|endoftext|>"]
    tower = {"num_hidden_layers": 2, "num_attention_heads": 2}
    config = CLIPConfig(
        text_config={
            "vocab_size": len(vocabulary), "hidden_size": 32, "intermediate_size": 64,
            "max_position_embeddings": 77, "projection_dim": 24,
            "bos_token_id": start, "eos_token_id": end, "pad_token_id": end, **tower,
        },
        vision_config={
            "hidden_size": 32, "intermediate_size": 64, "image_size": 32, "patch_size": 16,
            "projection_dim": 24, **tower,
        },
        projection_dim=24,
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        model = CLIPModel(config)
    model.save_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    spelling = "".join(f"{left} {right}\n" for left, right in merges)
    (folder / "merges.txt").write_text(f"#version: 0.2\n{spelling}")
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    CLIPTokenizer(
        vocab=str(folder / "vocab.json"), merges=str(folder / "merges.txt"), model_max_length=77
    ).save_pretrained(folder)
    processor = {
        "image_processor_type": "CLIPImageProcessor", "do_resize": True, "size": 32, "resample": 3,
        "do_center_crop": True, "crop_size": 32, "do_normalize": True,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
    }  # fmt: skip
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    _write_rest(folder)


def write_bert_on_hub(folder: Path, texts: Iterable[str], layers: int = 2) -> None:
    """Write a cased BERT of width 48 with its weights as pytorch_model.bin into `folder`."""
    import torch
    from transformers.models.bert.configuration_bert import BertConfig
    from transformers.models.bert.modeling_bert import BertForMaskedLM
    from transformers.models.bert.tokenization_bert import BertTokenizer

    vocabulary = _word_pieces(texts)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=48, num_hidden_layers=layers, num_attention_heads=2,
        intermediate_size=96, max_position_embeddings=128, pad_token_id=0,
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        model = BertForMaskedLM(config)
    folder.mkdir(parents=True, exist_ok=True)
    model.config.save_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")  # word embeddings tied
    tokenizer = BertTokenizer(vocab=vocabulary, do_lower_case=False, model_max_length=128)
    tokenizer.save_pretrained(folder)
    _write_rest(folder)


def _write_rest(folder: Path) -> None:
    """Add what real folders have beside and no study may fetch."""
    for name, content in NOT_FETCHED.items():
        (folder / name).write_text(content)


def _byte_pairs(texts: Iterable[str]) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """CLIP's kind of vocabulary: bytes, bytes that end a word, words and beginnings, two marks.

    The merges spell the most frequent words from left to right. (The trainers of `tokenizers` break
    ties in another order each time, and these folders are to be the same bytes each time.)
    """
    from tokenizers.pre_tokenizers import ByteLevel

    merges: dict[tuple[str, str], None] = {}
    for word in _frequent_words(text.lower() for text in texts):
        if word.isascii():
            beginning, *rest = [*word[:-1], word[-1] + END_OF_WORD]
            for letter in rest:
                merges[beginning, letter] = None
                beginning += letter
    letters = sorted(ByteLevel.alphabet())
    tokens = [*letters, *(f"{letter}{END_OF_WORD}" for letter in letters)]
    tokens += [*(left + right for left, right in merges), "<|startoftext|>", "<|endoftext|>"]
    return {token: number for number, token in enumerate(dict.fromkeys(tokens))}, list(merges)


def _word_pieces(texts: Iterable[str]) -> dict[str, int]:
    """BERT's kind of vocabulary: marks, letters that begin and go on a word, frequent words."""
    sentences = list(texts)
    letters = sorted(set("".join(sentences)) - {" "})
    tokens = [*BERT_MARKS, *letters, *(f"##{letter}" for letter in letters)]
    tokens += _frequent_words(sentences)
    return {token: number for number, token in enumerate(dict.fromkeys(tokens))}


def _frequent_words(texts: Iterable[str]) -> list[str]:
    """The most frequent words, those that are equally frequent in alphabetical order."""
    counts = Counter(word for text in texts for word in re.findall(r"\w+", text))
    return sorted(counts, key=lambda word: (-counts[word], word))[:WORDS]
