"""Load a model folder as those who use it do, and let go of it: what they would refuse is told."""

from pathlib import Path


def try_teacher(folder: Path) -> str:
    """Load both towers of a CLIP with tokenizer and image processor, on the CPU."""
    from clseave_core.models.clip_ve import ClipTextTower
    from clseave_core.teacher.image_tower import ImageTower
    from clseave_core.training.device import Compute

    text = ClipTextTower(folder).width
    _try_tokenizer(folder)
    image = ImageTower(folder, Compute("fp32", 1, "cpu")).width
    if text != image:
        raise ValueError(
            f"{folder}: its text tower gives {text} numbers, its image tower {image}. A teacher "
            "needs the two towers of one CLIP."
        )
    return f"a CLIP whose towers give {text} numbers"


def try_student(folder: Path, *, layer_norm: bool) -> str:
    """Load the encoder that a student starts from, with its tokenizer."""
    from clseave_core.models.student import layer_norm_eps, load_encoder

    encoder = load_encoder(folder)
    if layer_norm:
        layer_norm_eps(folder, encoder)
    _try_tokenizer(folder)
    return f"an encoder of {encoder.config.hidden_size} numbers"


def try_aligner(folder: Path, layer: int) -> str:
    """Load the model and the tokenizer of awesome-align."""
    from clseave_core.alignment.package import load_model, load_package_tokenizer, read_config

    config = read_config(folder, layer)
    load_model(folder, config)
    load_package_tokenizer(folder, config["max_position_embeddings"])
    return "an aligner"


def _try_tokenizer(folder: Path) -> None:
    from clseave_core.models.tokens import end_token_id, load_tokenizer

    end_token_id(load_tokenizer(folder))
