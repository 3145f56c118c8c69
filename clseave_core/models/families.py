"""Which families of models can teach and learn, and what is said of any other."""

from pathlib import Path
from typing import Any

CLIP_TEXT = {"clip", "clip_text_model"}
"""Model types whose text tower is CLIP's: whole models, and the text tower that a teacher saves."""
_NAMES = {
    "clip": "CLIP", "clip_text_model": "CLIP's text tower alone",
    "clip_vision_model": "CLIP's image tower alone", "siglip": "SigLIP", "siglip2": "SigLIP 2",
    "siglip_text_model": "SigLIP's text tower alone",
    "siglip_vision_model": "SigLIP's image tower alone", "chinese_clip": "Chinese-CLIP",
    "altclip": "AltCLIP", "metaclip_2": "MetaCLIP 2", "blip": "BLIP", "blip-2": "BLIP-2",
    "align": "ALIGN", "clipseg": "CLIPSeg", "flava": "FLAVA", "owlvit": "OWL-ViT",
    "x_clip": "X-CLIP", "vision-text-dual-encoder": "a dual encoder of two models",
    "bert": "a BERT", "xlm-roberta": "an XLM-RoBERTa", "roberta": "a RoBERTa",
    "distilbert": "a DistilBERT", "vit": "a ViT", "dinov2": "a DINOv2",
}  # fmt: skip


def check_clip(folder: str | Path, config: Any, kinds: set[str], what: str) -> None:
    """See that a configuration is of a family among `kinds`; ValueError names the one that it is.

    Other families pool, pad or project otherwise, so that CLIP's code would give wrong embeddings
    where it did not fail.
    """
    if config.model_type not in kinds:
        raise ValueError(
            f"{folder} holds {_named(config)}, and {what} can only be that of a whole CLIP "
            "(model_type: clip): OpenAI's, LAION's or another one in that layout, e.g. "
            "openai/clip-vit-base-patch16. Give such a model to the teacher."
        )


def check_encoder(folder: str | Path, config: Any) -> None:
    """See that a configuration is of an encoder of sentences; ValueError names what it is."""
    if hasattr(config, "vision_config") or config.model_type.startswith(("clip", "siglip")):
        reason = "a teacher's model, which pools otherwise"
    elif getattr(config, "is_encoder_decoder", False):
        reason = "an encoder with a decoder"
    elif not hasattr(config, "vocab_size"):
        reason = "which reads no text"
    else:
        return
    raise ValueError(
        f"{folder} holds {_named(config)}, {reason}. A student starts from an encoder of "
        "sentences: a BERT, XLM-RoBERTa or another one of their kind, e.g. "
        "google-bert/bert-base-multilingual-cased."
    )


def _named(config: Any) -> str:
    name = _NAMES.get(config.model_type, "a model of another family")
    return f"{name} (model_type {config.model_type!r})"
