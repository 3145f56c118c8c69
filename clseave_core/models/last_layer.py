"""The last layer of an encoder, for the tokens that are pooled and for no others.

An embedding reads the last state of one token. For it the last layer must make keys and values of
all tokens, but only that token's query, output and feed-forward part: of twelve products of width
by width a token, ten fall away. States and gradients are those of the whole layer but for rounding;
dropout draws other numbers, as there are fewer to draw.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

BERT_KINDS = {"bert", "roberta", "xlm-roberta", "camembert"}
"""Model types of transformers with BERT's layers."""


def has_bert_layers(encoder: Any) -> bool:
    """Whether `bert_states_at` can run this encoder, if it was loaded with `loading.SDPA`."""
    return encoder.config.model_type in BERT_KINDS and not encoder.config.is_decoder


def bert_states_at(encoder: Any, ids: Tensor, lengths: Tensor, places: Tensor) -> Tensor:
    """Last states [b, d] of the tokens at `places` [b], of ids [b, t] with `lengths` [b]."""
    real = torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]
    mask = real[:, None, None]
    states = encoder.embeddings(input_ids=ids)
    *layers, last = encoder.encoder.layer
    for layer in layers:
        states = layer(states, mask)
    attention = last.attention.self
    asking = _take(states, places[:, None])
    seen = _attend(
        attention.query(asking), attention.key(states), attention.value(states), mask,
        attention.num_attention_heads, attention.dropout.p if attention.training else 0.0,
    )  # fmt: skip
    result: Tensor = last.feed_forward_chunk(last.attention.output(seen, asking))
    return result[:, 0]


def clip_text_embeddings(
    model: Any,
    ids: Tensor,
    places: Tensor,
    positions: Tensor | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Embeddings [b, m, d], not normalised, by CLIP's text tower at the tokens `places` [b, m].

    Without `positions` [b, t] and `mask` [b, 1, t, t] (true where a token may attend) a row of ids
    [b, t] is one sentence, in which each token attends to itself and those before it.
    """
    tower = model.text_model
    states = tower.embeddings(input_ids=ids, position_ids=positions)
    *layers, last = tower.encoder.layers
    for layer in layers:
        states = layer(states, mask, is_causal=True)
    if mask is None:
        columns = torch.arange(ids.shape[1], device=ids.device)
        seen = (columns <= places[..., None])[:, None]
    else:
        seen = _take(mask[:, 0], places)[:, None]
    states = _clip_layer_at(last, states, places, seen)
    embeddings: Tensor = model.text_projection(tower.final_layer_norm(states))
    return embeddings


def first_ends(ids: Tensor, end: int) -> Tensor:
    """The place [b, 1] of the first token `end` in each row of ids [b, t]; 0 where none is."""
    return (ids == end).int().argmax(dim=1, keepdim=True)


def clip_image_embeddings(model: Any, pixels: Tensor) -> Tensor:
    """Embeddings [b, d], not normalised, by CLIP's vision transformer of normalised pictures."""
    tower = model.vision_model
    states = tower.pre_layrnorm(tower.embeddings(pixels))
    *layers, last = tower.encoder.layers
    for layer in layers:
        states = layer(states, None)
    first = torch.zeros((len(states), 1), dtype=torch.long, device=states.device)
    states = _clip_layer_at(last, states, first, None)[:, 0]
    embeddings: Tensor = model.visual_projection(tower.post_layernorm(states))
    return embeddings


def _clip_layer_at(layer: Any, states: Tensor, places: Tensor, mask: Tensor | None) -> Tensor:
    """A layer's states [b, m, d] of the tokens at `places` [b, m] of states [b, t, d]."""
    attention, normed = layer.self_attn, layer.layer_norm1(states)
    seen = _attend(
        attention.q_proj(_take(normed, places)), attention.k_proj(normed), attention.v_proj(normed),
        mask, attention.num_heads, attention.dropout if attention.training else 0.0,
    )  # fmt: skip
    residual = _take(states, places) + attention.out_proj(seen)
    result: Tensor = residual + layer.mlp(layer.layer_norm2(residual))
    return result


def _take(states: Tensor, places: Tensor) -> Tensor:
    """The rows [b, m, ...] at `places` [b, m] of states [b, t, ...]."""
    return states[torch.arange(len(states), device=states.device)[:, None], places]


def _attend(
    queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None, heads: int, dropout: float
) -> Tensor:
    """What queries [b, m, d] see of keys and values [b, t, d] where `mask` [b, 1, m, t] is true.

    Without a mask they see all.
    """
    queries, keys, values = (
        part.unflatten(-1, (heads, -1)).transpose(1, 2) for part in (queries, keys, values)
    )
    seen = scaled_dot_product_attention(queries, keys, values, attn_mask=mask, dropout_p=dropout)
    return seen.transpose(1, 2).flatten(2)
