"""The frozen 3-D encoder: built, kept as named tensors, checked by checksum, and applied to crops.

Opening files is left to resources/encoders.py; training to pretraining.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
import torch
from numpy.typing import NDArray
from torch import nn

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.settings import canonical_json
from radgen_assets.science.deep.batches import shrinking_batches

N_FEATURES = 512
ARCHITECTURE = {"network": "monai.networks.nets.resnet18", "spatial_dims": 3, "conv1_t_stride": 2, "format": 1}
BATCH_TOLERANCE = (
    1e-4  # on a GPU, of the largest value of an embedding; on a CPU neither batches nor threads change a bit
)

Tensors = Mapping[str, NDArray[Any]]


def build_encoder(in_channels: int = 1) -> nn.Module:
    """An untrained 3-D ResNet18 without its last layer, in evaluation mode: (n, c, i, j, k) -> (n, 512).

    Its first convolution has stride 2, as in the ResNet of He et al. 2016 and unlike MONAI's default of 1: nine times
    cheaper on a CPU, and another architecture. The weights cannot tell the two apart, so `encoder_bytes` writes it
    down. Weights are drawn from torch's global generator; the model has 33.2 million.
    """
    from monai.networks.nets import resnet18  # 6 s

    encoder: nn.Module = resnet18(
        spatial_dims=3,
        n_input_channels=in_channels,
        conv1_t_stride=ARCHITECTURE["conv1_t_stride"],
        feed_forward=False,
    )
    return encoder.eval()


def encoder_state(encoder: nn.Module) -> dict[str, NDArray[Any]]:
    """Weights and frozen batch statistics by name, as copies in main memory."""
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in encoder.state_dict().items()}


def encoder_from_state(tensors: Tensors, *, file: str = "encoder") -> nn.Module:
    """The encoder that has these tensors, in evaluation mode.

    Raises
    ------
    BadInput
        When names or shapes are not those of `build_encoder`; names the first that differs.
    """
    first = tensors.get("conv1.weight")
    if first is None or first.ndim != 5:
        raise BadInput(file, "conv1.weight", "none", "a 3-D convolution", _REMEDY)
    with torch.random.fork_rng(devices=[]):  # drawing weights that are then replaced must not move the caller's seed
        encoder = build_encoder(first.shape[1])
    _check_shapes(encoder, tensors, file)
    encoder.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in tensors.items()})
    return encoder.eval()


def encoder_bytes(tensors: Tensors) -> bytes:
    """The tensors as one safetensors file with the architecture in its header; equal tensors give equal bytes."""
    # one key of metadata only: safetensors writes several in an order that varies
    return safetensors.numpy.save(dict(tensors), metadata={"radgen": canonical_json(ARCHITECTURE)})


def load_encoder(data: bytes, expected_sha256: str, *, file: str = "encoder") -> nn.Module:
    """The encoder in a safetensors file, after its checksum was compared.

    A file without radgen's header (somebody else's checkpoint) is taken to be of this architecture when all names and
    shapes fit; its card must say that the first convolution has stride 2.

    Raises
    ------
    BadInput
        When the bytes have another SHA-256, are no safetensors, or hold another architecture.
    """
    found = hashlib.sha256(data).hexdigest()
    if found != expected_sha256:
        raise BadInput(file, "sha256", found, expected_sha256, "Fetch the file again, or pin the one that is meant.")
    try:
        tensors = safetensors.numpy.load(data)
    except safetensors.SafetensorError as error:
        raise BadInput(file, "content", str(error), "a safetensors file", _REMEDY) from error
    described = _header_of(data)
    if described not in (None, canonical_json(ARCHITECTURE)):
        raise BadInput(file, "architecture", str(described), canonical_json(ARCHITECTURE), _REMEDY)
    return encoder_from_state(tensors, file=file)


def embed(
    crops: NDArray[np.float32], encoder: nn.Module, device: str | torch.device = "cpu", batch_size: int = 16
) -> NDArray[np.float32]:
    """Embeddings of crops: (n, c, i, j, k) -> (n, 512) float32.

    The encoder is in evaluation mode, so no patient can see another. On a CPU each crop goes alone on one thread, as
    many side by side as torch has threads: values are bit-equal whatever a crop is batched with and however many
    threads there are. On a GPU kernels are chosen by the batch's shape and values agree to `BATCH_TOLERANCE`; a batch
    that does not fit its memory is halved.

    Raises
    ------
    BadInput
        When crops are not 5-D, or hold values that are not finite.
    """
    if crops.ndim != 5 or not np.isfinite(crops).all():
        raise BadInput("crops", "values", f"shape {crops.shape}", "finite (n, c, i, j, k)", "Make the crops again.")
    if len(crops) == 0:
        return np.empty((0, N_FEATURES), dtype=np.float32)
    target = torch.device(device)
    frozen = encoder.to(target).eval()

    def forward(part: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            return frozen(torch.from_numpy(np.ascontiguousarray(part)).to(target)).float().cpu().numpy()

    if target.type == "cpu":
        return np.concatenate(_one_thread_each(forward, crops[:, None]))
    return np.concatenate(shrinking_batches(forward, crops, batch_size))


def _one_thread_each(function: Callable[[NDArray], NDArray], items: NDArray) -> list[NDArray]:
    """Results in order; a sum over several threads would depend on their number (measured: 4e-7 with four)."""
    n_threads = torch.get_num_threads()
    if n_threads == 1:
        return [function(item) for item in items]
    try:
        with ThreadPoolExecutor(n_threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            return list(pool.map(function, items))
    finally:
        torch.set_num_threads(n_threads)


_REMEDY = "Use the safetensors file of a 3-D ResNet18 without its last layer (docs/file_formats.md)."


def _header_of(data: bytes) -> str | None:
    length = int.from_bytes(data[:8], "little")  # the format: length, JSON header, tensors
    metadata = json.loads(data[8 : 8 + length]).get("__metadata__", {})
    return metadata.get("radgen")


def _check_shapes(encoder: nn.Module, tensors: Tensors, file: str) -> None:
    expected = {name: tuple(tensor.shape) for name, tensor in encoder.state_dict().items()}
    for name in sorted(expected.keys() | tensors.keys()):
        found = str(tuple(tensors[name].shape)) if name in tensors else "nothing"
        wanted = str(expected[name]) if name in expected else "no such tensor"
        if found != wanted:
            raise BadInput(file, name, found, wanted, _REMEDY)
