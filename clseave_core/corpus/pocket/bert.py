"""A small multilingual BERT, pre-trained on the world's sentences, as a Hugging Face folder."""

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from transformers.models.bert.configuration_bert import BertConfig
from transformers.models.bert.modeling_bert import BertForMaskedLM
from transformers.models.bert.tokenization_bert import BertTokenizer

from clseave_core.corpus.pocket.pretraining import ModelSettings, reproducible, train_steps
from clseave_core.corpus.pocket.vocabulary import joined_symbol, merge_pairs
from clseave_core.corpus.pocket.writing import training_texts
from clseave_core.files import whole_folder

logger = logging.getLogger(__name__)

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
MAX_TOKENS = 64
HIDDEN_SHARE = 0.15


@dataclass(frozen=True)
class BertSettings(ModelSettings):
    """A small BERT; `vocabulary` is the number of its word pieces, for all languages together."""

    vocabulary: int


def train_tokenizer(texts: list[str], vocabulary: int) -> BertTokenizer:
    """Multilingual BERT's kind of tokenizer: cased WordPiece, each Chinese character a word."""
    plain = BertTokenizer(do_lower_case=False, strip_accents=False).backend_tokenizer
    counts: Counter[str] = Counter()
    for text in texts:
        normal = plain.normalizer.normalize_str(text)
        counts.update(word for word, _ in plain.pre_tokenizer.pre_tokenize_str(normal))
    words = {
        (word[0], *(f"##{letter}" for letter in word[1:])): count for word, count in counts.items()
    }
    letters = sorted({letter for word in words for letter in word})
    merges = merge_pairs(words, vocabulary - len(SPECIAL) - len(letters))
    pieces = dict.fromkeys([*SPECIAL, *letters, *map(joined_symbol, merges)])
    return BertTokenizer(
        vocab={piece: number for number, piece in enumerate(pieces)},
        do_lower_case=False,
        strip_accents=False,
        model_max_length=MAX_TOKENS,
    )


def pretrain_bert(
    world: Path,
    target: Path,
    settings: BertSettings,
    languages: Sequence[str],
    seed: int,
    threads: int,
) -> None:
    """Train a small BERT to fill in masked words and save it, without its head, as `target`.

    Reads only sentences that are held out from nobody, in English and `languages`.
    The folder loads with BertModel (no pooler) and BertTokenizer.
    """
    texts = training_texts(world, languages)
    tokenizer = train_tokenizer(texts, settings.vocabulary)
    encoded = tokenizer(texts, padding=True, return_tensors="pt")
    tokens, mask = encoded["input_ids"], encoded["attention_mask"]
    lengths = mask.sum(dim=1)
    first_ordinary = len(SPECIAL)
    rng = np.random.default_rng([seed, settings.steps])
    with reproducible(seed, threads):
        model = BertForMaskedLM(
            BertConfig(
                vocab_size=len(tokenizer),
                hidden_size=settings.width,
                num_hidden_layers=settings.layers,
                num_attention_heads=settings.heads,
                intermediate_size=4 * settings.width,
                max_position_embeddings=MAX_TOKENS,
                pad_token_id=tokenizer.pad_token_id,
                hidden_act="relu",
                # Drawing dropout masks would take half of the time of so small a model.
                hidden_dropout_prob=0.0,
                attention_probs_dropout_prob=0.0,
            )
        )

        def loss_of_step(_: int) -> torch.Tensor:
            rows = torch.from_numpy(rng.choice(len(texts), settings.batch, replace=False))
            longest = int(lengths[rows].max())
            inputs, attended = tokens[rows, :longest], mask[rows, :longest]
            hidden = torch.rand(inputs.shape) < HIDDEN_SHARE
            hidden &= inputs >= first_ordinary
            masked = torch.where(hidden, tokenizer.mask_token_id, inputs)
            states = model.bert(input_ids=masked, attention_mask=attended).last_hidden_state
            # Only of hidden pieces is anything asked.
            return torch.nn.functional.cross_entropy(model.cls(states[hidden]), inputs[hidden])

        loss = train_steps(model, loss_of_step, settings, "Pre-training BERT")
    logger.info("BERT's last loss is %.3f over %d word pieces", loss, len(tokenizer))
    with whole_folder(target) as temporary:
        model.bert.save_pretrained(temporary)
        tokenizer.save_pretrained(temporary)
