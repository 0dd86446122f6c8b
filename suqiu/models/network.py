"""The encoder as a network that can be tuned, and back: needs PyTorch and onnx, which are optional."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional

Arrays = dict[str, npt.NDArray[Any]]

_LAYERS, _WIDTH, _INNER, _HEADS, _PIECES, _PLACES = 4, 512, 2048, 8, 21128, 512
_EMBEDDINGS = ("word", "position", "token_type")


class Layer(nn.Module):
    """One layer of the encoder: attention, then a small network, each added to what came in."""

    def __init__(self, drop: float) -> None:
        super().__init__()
        self.attention_in = nn.Linear(_WIDTH, 3 * _WIDTH)
        self.attention_out = nn.Linear(_WIDTH, _WIDTH)
        self.norm_1 = nn.LayerNorm(_WIDTH, 1e-12)
        self.inner = nn.Linear(_WIDTH, _INNER)
        self.outer = nn.Linear(_INNER, _WIDTH)
        self.norm_2 = nn.LayerNorm(_WIDTH, 1e-12)
        self.drop = nn.Dropout(drop)

    def forward(self, states: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """Return new states.

        Args:
            states: (texts, pieces, width).
            real: (texts, 1, 1, pieces), False where a place is padding.
        """
        texts, pieces, width = states.shape
        parts = self.attention_in(states).view(texts, pieces, 3, _HEADS, width // _HEADS)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=real)
        mixed = mixed.transpose(1, 2).reshape(texts, pieces, width)
        states = self.norm_1(states + self.drop(self.attention_out(mixed)))
        moved: torch.Tensor = self.norm_2(states + self.drop(self.outer(functional.gelu(self.inner(states)))))
        return moved


class Network(nn.Module):
    """The whole encoder: piece numbers in, one state a piece out."""

    def __init__(self, drop: float = 0.1) -> None:
        super().__init__()
        self.word = nn.Embedding(_PIECES, _WIDTH)
        self.position = nn.Embedding(_PLACES, _WIDTH)
        self.token_type = nn.Parameter(torch.zeros(_WIDTH))
        self.norm = nn.LayerNorm(_WIDTH, 1e-12)
        self.layers = nn.ModuleList(Layer(drop) for _ in range(_LAYERS))
        self.drop = nn.Dropout(drop)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return states.

        Args:
            ids: piece numbers, (texts, pieces).
            mask: 1 where a piece is real, the same shape.

        Returns:
            (texts, pieces, width).
        """
        states = self.word(ids) + self.position.weight[: ids.shape[1]] + self.token_type
        states = self.drop(self.norm(states))
        real = mask[:, None, None, :].bool()
        for layer in self.layers:
            states = layer(states, real)
        return states


def pooled(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the first piece's state and the mean of all, (texts, 2 · width): as `Encoder.pooled` does."""
    weights = mask[:, :, None].to(states.dtype)
    mean = (states * weights).sum(dim=1) / weights.sum(dim=1)
    return torch.cat([states[:, 0], mean], dim=1)


def from_onnx(path: Path, drop: float = 0.1) -> Network:
    """Read the weights of a quantised encoder; raises KeyError where the file is of another shape."""
    arrays = _arrays(onnx.load(str(path)))
    network = Network(drop)
    with torch.no_grad():
        for name, target in _places(network).items():
            value = _restored(arrays, name)
            target.copy_(torch.from_numpy(value.T.copy() if name.endswith("MatMul.weight") else value))
        network.token_type.copy_(torch.from_numpy(_restored(arrays, _embedding("token_type"))[0]))
    return network


def to_onnx(network: Network, published: Path, path: Path) -> None:
    """Write a tuned network in the shape of the published file, its weights in 8-bit integers.

    Args:
        network: what to write.
        published: the file whose graph is taken.
        path: where to.
    """
    model = onnx.load(str(published))
    arrays = _arrays(model)
    changed: Arrays = {}
    for name, tensor in _places(network).items():
        value = tensor.detach().float().numpy()
        if name.endswith("MatMul.weight"):
            changed |= _quantised(name, np.ascontiguousarray(value.T), arrays, axis=0)
        elif name.endswith("embeddings.weight"):
            changed |= _quantised(name, value, arrays, axis=None)
        else:
            changed[name] = value
    kinds = arrays[_embedding("token_type") + "_quantized"]
    row = np.broadcast_to(network.token_type.detach().float().numpy(), kinds.shape)
    changed |= _quantised(_embedding("token_type"), np.ascontiguousarray(row), arrays, axis=None)
    for tensor in model.graph.initializer:
        if tensor.name in changed:
            value = changed[tensor.name].astype(arrays[tensor.name].dtype).reshape(arrays[tensor.name].shape)
            tensor.CopyFrom(numpy_helper.from_array(value, tensor.name))
    onnx.save(model, str(path))


def _arrays(model: Any) -> Arrays:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def _embedding(kind: str) -> str:
    return f".model.embeddings.{kind}_embeddings.weight"


def _places(network: Network) -> dict[str, torch.Tensor]:
    """Name each part of the network as the published file does; matrices there lie on their side."""
    first = "model.layers.-1.embeddings_norm_layernorm."
    places: dict[str, torch.Tensor] = {
        _embedding("word"): network.word.weight,
        _embedding("position"): network.position.weight,
        f"{first}weight": network.norm.weight,
        f"{first}bias": network.norm.bias,
    }
    for number, layer in enumerate(network.layers):
        assert isinstance(layer, Layer)  # noqa: S101  for the type checker: a ModuleList forgets what it holds
        at = f"model.layers.{number}."
        for part, name in enumerate("qkv"):
            rows = slice(part * _WIDTH, (part + 1) * _WIDTH)
            places[f"{at}attn.{name}_proj.MatMul.weight"] = layer.attention_in.weight[rows]
            places[f"{at}attn.{name}_proj.Add.bias"] = layer.attention_in.bias[rows]
        for name, part_of in (
            ("attn.o_proj", layer.attention_out),
            ("mlp.fc1", layer.inner),
            ("mlp.fc2", layer.outer),
        ):
            places[f"{at}{name}.MatMul.weight"] = part_of.weight
            places[f"{at}{name}.Add.bias"] = part_of.bias
        for name, norm in (("attention_output_norm", layer.norm_1), ("mlp_output_norm", layer.norm_2)):
            places[f"{at}{name}_layernorm.weight"] = norm.weight
            places[f"{at}{name}_layernorm.bias"] = norm.bias
    return places


def _restored(arrays: Arrays, name: str) -> npt.NDArray[np.float32]:
    """Return an array as real numbers, whether it lies quantised or plain."""
    if f"{name}_quantized" not in arrays:
        return np.array(arrays[name], dtype=np.float32)
    scale, zero = arrays[f"{name}_scale"], arrays[f"{name}_zero_point"].astype(np.float32)
    return np.asarray((arrays[f"{name}_quantized"].astype(np.float32) - zero) * scale, dtype=np.float32)


def _quantised(name: str, value: npt.NDArray[np.float32], arrays: Arrays, *, axis: int | None) -> Arrays:
    """Return a value as integers with scale and zero point, in the published file's types.

    Args:
        name: of the array.
        value: its real numbers.
        arrays: of the published file.
        axis: over which extremes are taken, so that each column has its own scale; None for one scale in all.
    """
    kind = np.iinfo(arrays[f"{name}_quantized"].dtype)
    low, high = np.minimum(value.min(axis=axis), 0), np.maximum(value.max(axis=axis), 0)
    if arrays[f"{name}_zero_point"].any() or kind.min == 0:
        scale = np.maximum((high - low) / (kind.max - kind.min), 1e-12)
        zero = np.clip(np.round(kind.min - low / scale), kind.min, kind.max)
    else:
        scale = np.maximum(np.maximum(high, -low) / kind.max, 1e-12)
        zero = np.zeros_like(scale)
    steps = np.clip(np.round(value / scale + zero), kind.min, kind.max)
    return {f"{name}_quantized": steps, f"{name}_scale": scale, f"{name}_zero_point": zero}
