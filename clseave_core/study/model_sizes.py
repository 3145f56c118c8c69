"""How large pretrained models are, before they are fetched."""

from typing import Any

WEIGHT_BYTES = 4
"""Of one parameter in fp32."""

_PARAMETERS: dict[str, tuple[int, int]] = {
    "openai/clip-vit-base-patch16": (149_620_737, 63_428_096),
    "openai/clip-vit-base-patch32": (151_277_313, 63_428_096),
    "google-bert/bert-base-multilingual-cased": (177_974_523, 177_262_848),
}
"""By hub id: parameters in all, and of the text encoder that is trained and saved."""
ASSUMED = (180_000_000, 180_000_000)
GENERATED = (300_000, 200_000)
"""A generated model of the pocket study."""
PACKAGED = (0, 1_050_000)
"""A package's encoder is installed with it, and only a head of 1024 units over it is saved."""


def parameters(model: dict[str, Any]) -> tuple[int, int, str]:
    """Parameters of an entry of `models:` in all and of its text encoder, and what says so."""
    if "generate" in model:
        return *GENERATED, "measured: the pocket study's models"
    if "package" in model:
        return *PACKAGED, "a head over the package's encoder"
    if model.get("id") in _PARAMETERS:
        return *_PARAMETERS[model["id"]], "the model's parameters in fp32"
    return *ASSUMED, f"assumed: as large as multilingual BERT ({ASSUMED[0] // 10**6} million)"


SENTENCE_WIDTH = 768
"""Of multilingual BERT and most others of its kind."""
EMBEDDING_WIDTH = 512
"""Of CLIP ViT-B's shared space, and of the package's encoder."""


def teacher_width(model: dict[str, Any]) -> int:
    """Dimensions of the embeddings of a teacher that starts from an entry of `models:`."""
    return int(model.get("settings", {}).get("projection", EMBEDDING_WIDTH))


def sentence_width(model: dict[str, Any]) -> int:
    """Dimensions of the sentence embeddings of a frozen encoder."""
    if "package" in model:
        return EMBEDDING_WIDTH
    return int(model.get("settings", {}).get("width", SENTENCE_WIDTH))
