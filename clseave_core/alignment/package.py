"""awesome-align's own model and tokenizer, made from a local folder in the Hugging Face layout.

The package reads `pytorch_model.bin` and `vocab.txt` only. Here its model is built from the
folder's configuration and given the folder's weights (nothing in them is run), and its tokenizer
reads a vocabulary that is written for it.
"""

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from torch import Tensor

from clseave_core.corpus.model_folder import read_weights
from clseave_core.files import read_json
from clseave_core.models.tokens import load_tokenizer

_OF_CONFIG = (
    "vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size",
    "hidden_act", "hidden_dropout_prob", "attention_probs_dropout_prob",
    "max_position_embeddings", "type_vocab_size", "layer_norm_eps",
)  # fmt: skip
_OLD_NAMES = {"LayerNorm.gamma": "LayerNorm.weight", "LayerNorm.beta": "LayerNorm.bias"}


def read_config(folder: Path, layer: int) -> dict[str, Any]:
    """The folder's configuration; ValueError where it is no BERT or has no layer `layer` (from 1).

    The package would take the last layer where the one asked for does not exist.
    """
    config: dict[str, Any] = read_json(folder / "config.json")
    if config.get("model_type", "bert") != "bert":
        raise ValueError(
            f"{folder} holds a {config['model_type']}; awesome-align's model is a BERT. Give "
            "another one as alignment.model."
        )
    depth = config["num_hidden_layers"]
    if not 1 <= layer <= depth:
        raise ValueError(
            f"alignment.layer is {layer}, but {folder} has the layers 1 to {depth}. Give one of "
            "them in the study."
        )
    return config


def load_model(folder: Path, config: dict[str, Any]) -> Any:
    """The package's model with the encoder of the folder; its heads keep random weights, unused.

    Raises ValueError naming the first tensor of the encoder that is missing, of another shape, or
    that the configuration has no place for.
    """
    from awesome_align.configuration_bert import BertConfig
    from awesome_align.modeling import ACT2FN, BertForMaskedLM

    known = {key: config[key] for key in _OF_CONFIG if key in config}
    if known.get("hidden_act", "gelu") not in ACT2FN:
        raise ValueError(
            f"{folder}/config.json: hidden_act is {known['hidden_act']!r}, awesome-align knows "
            f"{', '.join(ACT2FN)}."
        )
    model = BertForMaskedLM(BertConfig(known.pop("vocab_size"), **known))
    weights = _of_encoder(read_weights(folder))
    wanted = model.bert.state_dict()
    for name in (*wanted, *weights):
        shapes = [tuple(of[name].shape) if name in of else None for of in (weights, wanted)]
        if shapes[0] != shapes[1]:
            raise ValueError(
                f"{folder}: the encoder's tensor {name} has the shape {shapes[0]}, its "
                f"configuration asks for {shapes[1]}. awesome-align needs a whole BERT."
            )
    model.bert.load_state_dict(weights)
    return model.eval()


def _of_encoder(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of embeddings and layers under their present names, without `bert.`."""
    found = {}
    for name, tensor in weights.items():
        bare = name.removeprefix("bert.")
        if re.match(r"(embeddings|encoder)\.", bare) and not bare.endswith("position_ids"):
            for old, new in _OLD_NAMES.items():
                bare = bare.replace(old, new)
            found[bare] = tensor
    return found


def load_package_tokenizer(folder: Path, max_positions: int) -> Any:
    """The package's tokenizer over the folder's vocabulary, with the folder's settings.

    `max_len` is the most pieces that the model can read, special ones included. Raises ValueError
    for a vocabulary that a vocab.txt cannot hold, and for accents that the package would treat
    otherwise than the folder says.
    """
    from awesome_align.tokenization_bert import BertTokenizer

    own = load_tokenizer(folder)
    lower = bool(getattr(own, "do_lower_case", False))
    strip = getattr(own, "strip_accents", None)
    if strip is not None and bool(strip) != lower:
        raise ValueError(
            f"{folder}: do_lower_case is {lower} and strip_accents {strip}; awesome-align strips "
            "accents exactly where it lowers letters."
        )
    vocabulary = own.get_vocab()
    pieces = sorted(vocabulary, key=vocabulary.__getitem__)
    settings = {
        "do_lower_case": lower,
        "tokenize_chinese_chars": bool(getattr(own, "tokenize_chinese_chars", True)),
        "model_max_length": min(own.model_max_length, max_positions),
    }
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "vocab.txt"
        file.write_text("".join(f"{piece}\n" for piece in pieces), encoding="utf-8", newline="\n")
        (file.parent / "tokenizer_config.json").write_text(json.dumps(settings))
        tokenizer = BertTokenizer.from_pretrained(temporary)
    if dict(tokenizer.vocab) != vocabulary:
        raise ValueError(
            f"{folder}: the ids of its {len(vocabulary)} word pieces are not 0, 1, 2, ... or a "
            "piece holds a line break, which awesome-align's vocab.txt cannot say."
        )
    return tokenizer
