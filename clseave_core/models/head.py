"""From a token state of a multilingual encoder to an embedding in CLIP's space.

bridge -> LayerNorm -> Linear without bias. CLSEAVE has no bridge and a head of its own (thesis
section 3.3.1); CLTEAVE's bridge is the autoencoder's encoder, with CLIP's norm and projection
(section 4.1).
"""

from typing import Any, Self

from torch import nn

from clseave_core.models.autoencoder import Activation, Perceptron


class SentenceHead(nn.Module):
    """`hidden` -> bridge -> `inner` -> norm -> projection -> `width`.

    Without `bridge` the inner width is the hidden one; without `eps` there is no norm.
    """

    def __init__(
        self, hidden: int, width: int, eps: float | None, bridge: Activation | None, inner: int
    ) -> None:
        super().__init__()
        self.sizes: dict[str, Any] = {
            "hidden": hidden, "width": width, "eps": eps, "bridge": bridge, "inner": inner,
        }  # fmt: skip
        self.width = width
        self.bridge = Perceptron(hidden, inner, bridge) if bridge else nn.Identity()
        self.norm: Any = nn.Identity() if eps is None else nn.LayerNorm(inner, eps=eps)
        self.projection = nn.Linear(inner, width, bias=False)

    @classmethod
    def plain(cls, hidden: int, width: int, eps: float | None) -> Self:
        """CLSEAVE's: no bridge."""
        return cls(hidden, width, eps, None, hidden)
