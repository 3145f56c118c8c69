"""From CLTEAVE's token states to a sentence embedding: three published ways (thesis section 4.1).

All take the state of [SEP] through the LayerNorm and the projection of the teacher's text tower;
they differ in how mBERT's wider states meet CLIP's narrower weights.
"""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional

from clseave_core.models.autoencoder import Autoencoder
from clseave_core.models.clip_ve import ClipTextTower
from clseave_core.models.head import SentenceHead

Readout = Literal["direct", "padded", "decoder"]


def readout_head(readout: Readout, tower: ClipTextTower, autoencoder: Autoencoder) -> SentenceHead:
    """A head for the token states of an encoder as wide as `autoencoder`.

    `direct`: the autoencoder's encoder narrows the states, the tower's norm and projection follow
    as they are. `padded`: norm and projection are widened with zeros. `decoder`: the norm's weight
    and bias and each row of the projection are widened by the autoencoder's decoder (our reading
    of "the decoder part"). Norm and projection are frozen. Raises ValueError where CLIP's states
    are wider than the encoder's, or not as wide as the autoencoder's inner layer.
    """
    norm, projection = tower.final_norm, tower.clip.text_projection.weight
    inner, hidden = norm.normalized_shape[0], autoencoder.width
    if inner != autoencoder.inner:
        raise ValueError(
            f"the autoencoder's inner width is {autoencoder.inner}, the teacher's token states "
            f"have {inner}. Train it for this teacher."
        )
    weights: tuple[Tensor, ...] = (norm.weight, norm.bias, projection)
    bridge, width = None, hidden
    if readout == "direct":
        bridge, width = autoencoder.activation, inner
    else:
        if inner > hidden:
            raise ValueError(
                f"readout {readout} widens the teacher's {inner} dimensions to the student's "
                f"{hidden}, which are fewer. Use direct."
            )
        weights = tuple(_widened(values, readout, autoencoder) for values in weights)
    head = SentenceHead(hidden, tower.width, norm.eps, bridge, width)
    own = (head.norm.weight, head.norm.bias, head.projection.weight)
    with torch.no_grad():
        for mine, theirs in zip(own, weights, strict=True):
            mine.copy_(theirs)
    head.requires_grad_(False)
    if readout == "direct":
        head.bridge.load_state_dict(autoencoder.encoder.state_dict())
        head.bridge.requires_grad_(True)
    return head


@torch.no_grad()
def _widened(values: Tensor, readout: Readout, autoencoder: Autoencoder) -> Tensor:
    """Values [.., inner] as [.., hidden]."""
    if readout == "decoder":
        widened: Tensor = autoencoder.decoder(values)
        return widened
    return functional.pad(values, (0, autoencoder.width - autoencoder.inner))
