"""Models of real size with random weights, as folders that the product itself loads."""

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers.models.bert.configuration_bert import BertConfig
from transformers.models.bert.modeling_bert import BertModel
from transformers.models.bert.tokenization_bert import BertTokenizer
from transformers.models.clip.configuration_clip import CLIPConfig
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
from transformers.models.clip.modeling_clip import CLIPModel

from benchmarks.speed.sizes import (
    BERT_MEAN,
    CLIP_LIMIT,
    CLIP_MEAN,
    Sizes,
    draw_lengths,
    draw_tokens,
)
from clseave_core.alignment.settings import AlignmentSettings
from clseave_core.models.clip_ve import ClipTextTower
from clseave_core.models.dropout import Dropout
from clseave_core.models.pooling import pool
from clseave_core.models.student import Student
from clseave_core.models.tokens import Tokens
from clseave_core.students.vocabulary import trim_encoder

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
PIECES_PER_LINE = 100
CLS, SEP = SPECIAL.index("[CLS]"), SPECIAL.index("[SEP]")


def piece(number: int) -> str:
    """The text of a piece of the made vocabulary: a word of its own."""
    return SPECIAL[number] if number < len(SPECIAL) else f"w{number}"


def make_bert(folder: Path, sizes: Sizes) -> None:
    """mBERT's architecture and the size of its vocabulary."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=sizes.vocabulary, hidden_size=sizes.bert_width,
        num_hidden_layers=sizes.bert_layers, num_attention_heads=sizes.bert_heads,
        intermediate_size=4 * sizes.bert_width,
    )  # fmt: skip
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    vocabulary = {piece(number): number for number in range(sizes.vocabulary)}
    BertTokenizer(
        vocab=vocabulary, do_lower_case=False, strip_accents=False, model_max_length=512
    ).save_pretrained(folder)


def trim_bert(folder: Path, target: Path, kept: int) -> None:
    """The encoder in `folder` with the special pieces and the `kept` first others.

    Pieces that sentences have are the first, so that tokens keep their numbers.
    """
    numbers = range(len(SPECIAL), len(SPECIAL) + kept)
    starts = range(0, kept, PIECES_PER_LINE)
    lines = [" ".join(map(piece, numbers[at : at + PIECES_PER_LINE])) for at in starts]
    trim_encoder(folder, [lines], target)


def make_clip(folder: Path, sizes: Sizes) -> None:
    """CLIP ViT-B/16's architecture, without a tokenizer: its sentences are drawn as tokens."""
    torch.manual_seed(1)
    last = sizes.clip_vocabulary - 1
    text = {
        "vocab_size": sizes.clip_vocabulary, "hidden_size": sizes.clip_width,
        "intermediate_size": 4 * sizes.clip_width, "num_hidden_layers": sizes.clip_layers,
        "num_attention_heads": sizes.clip_heads, "max_position_embeddings": CLIP_LIMIT,
        "bos_token_id": last - 1, "eos_token_id": last, "pad_token_id": 1,
        "projection_dim": sizes.projection,
    }  # fmt: skip
    vision = {
        "hidden_size": sizes.vision_width, "intermediate_size": 4 * sizes.vision_width,
        "num_hidden_layers": sizes.vision_layers, "num_attention_heads": sizes.vision_heads,
        "image_size": sizes.pixels, "patch_size": 16, "projection_dim": sizes.projection,
    }  # fmt: skip
    config = CLIPConfig(text_config=text, vision_config=vision, projection_dim=sizes.projection)
    CLIPModel(config).save_pretrained(folder)
    CLIPImageProcessorPil(
        size={"shortest_edge": sizes.pixels},
        crop_size={"height": sizes.pixels, "width": sizes.pixels},
    ).save_pretrained(folder)


def english_tokens(sizes: Sizes, count: int) -> Tokens:
    """English sentences as CLIP's tokens."""
    lengths = draw_lengths(count, CLIP_MEAN, seed=0).clip(max=CLIP_LIMIT)
    last = sizes.clip_vocabulary - 1
    return draw_tokens(lengths, 2, sizes.sentences_used, (last - 1, last), 0, seed=0)


def translated_tokens(sizes: Sizes, count: int) -> Tokens:
    """Their translations as mBERT's pieces."""
    lengths = draw_lengths(count, BERT_MEAN, seed=0)
    return draw_tokens(lengths, len(SPECIAL), sizes.sentences_used, (CLS, SEP), 0, seed=1)


def sentence_pairs(sizes: Sizes, count: int) -> list[list[str]]:
    """English sentences and as many translations for a word aligner, both in mBERT's pieces."""
    sides = [
        draw_tokens(
            draw_lengths(count, mean, seed=3), len(SPECIAL), sizes.sentences_used,
            (CLS, SEP), 0, seed=number,
        )
        for number, mean in enumerate((CLIP_MEAN, BERT_MEAN))
    ]  # fmt: skip
    return [[text_of(side, row) for row in range(count)] for side in sides]


def alignment_settings(sizes: Sizes) -> AlignmentSettings:
    """How they are aligned: each piece is a word."""
    return AlignmentSettings(sizes.align_layer, words={"en": "spaces", "de": "spaces"})


def text_of(tokens: Tokens, row: int) -> str:
    """A sentence that the made tokenizer turns into the tokens of `row` again."""
    ids = tokens.flat[tokens.starts[row] + 1 : tokens.starts[row + 1] - 1]
    return " ".join(piece(int(number)) for number in ids)


def student_embeddings(student: Student, ids: Tensor, lengths: Tensor) -> Tensor:
    """Embeddings [b, d] of a student as transformers computes them, all layers of all tokens."""
    states = student.head.norm(student.token_states(ids, lengths))
    embeddings: Tensor = student.head.projection(pool(states, lengths, student.pooling, ids))
    return embeddings


def tower_embeddings(tower: ClipTextTower, ids: Tensor, lengths: Tensor) -> Tensor:
    """The same of CLIP's text tower."""
    states = tower.clip.text_model(input_ids=ids).last_hidden_state
    embeddings: Tensor = tower.clip.text_projection(pool(states, lengths, "end"))
    return embeddings


def use_own_dropout(model: nn.Module) -> None:
    """Give a model PyTorch's own dropout, as contenders other than this project have it."""
    for module in list(model.modules()):
        for name, child in module.named_children():
            if isinstance(child, Dropout):
                setattr(module, name, nn.Dropout(child.p).train(child.training))
