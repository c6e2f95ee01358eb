"""Random views of tumour crops: moved, turned, mirrored, scaled and in other contrast, as another scan might be."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from radgen_assets.science.deep.settings import PretrainingSettings


def random_views(crops: Tensor, settings: PretrainingSettings, generator: torch.Generator) -> Tensor:
    """One view of each crop: (n, c, i, j, k) -> (n, c, *view_shape), one interpolation, on the crops' device.

    All numbers are drawn from `generator` (on the CPU), so that a GPU sees the same views.
    """
    theta = _random_affines(len(crops), tuple(crops.shape[2:]), settings, generator)
    shape = [len(crops), crops.shape[1], *settings.view_shape]
    grid = functional.affine_grid(theta.to(crops.device), shape, align_corners=False)
    views = functional.grid_sample(crops, grid, align_corners=False)
    return _other_contrast(views, settings, generator)


def _random_affines(
    n: int, crop_shape: tuple[int, ...], settings: PretrainingSettings, generator: torch.Generator
) -> Tensor:
    """(n, 3, 4): from places in the view to places in the crop, both in torch's units (-1 to 1, axes k, j, i)."""
    view_size = torch.tensor(settings.view_shape[::-1], dtype=torch.float32)
    crop_size = torch.tensor(crop_shape[::-1], dtype=torch.float32)
    angles = _uniform((n, 3), math.radians(settings.rotation_degrees), generator)
    matrices = _rotations(angles) * (1 + _uniform((n, 1, 1), settings.zoom, generator))
    mirrored = torch.rand(n, generator=generator) < 0.5
    matrices[mirrored, :, 2] *= -1  # axis i: left and right are alike
    shift = _uniform((n, 3), settings.shift, generator) * view_size
    linear = (2 / crop_size)[:, None] * matrices * (view_size / 2)
    return torch.cat([linear, (shift * 2 / crop_size)[:, :, None]], dim=2)


def _rotations(angles: Tensor) -> Tensor:
    """(n, 3, 3) from rotations about each axis in turn."""
    result = torch.eye(3).expand(len(angles), 3, 3)
    for axis in range(3):
        first, second = [each for each in range(3) if each != axis]
        turn = torch.eye(3).repeat(len(angles), 1, 1)
        cosine, sine = torch.cos(angles[:, axis]), torch.sin(angles[:, axis])
        turn[:, first, first], turn[:, second, second] = cosine, cosine
        turn[:, first, second], turn[:, second, first] = -sine, sine
        result = result @ turn
    return result


def _other_contrast(views: Tensor, settings: PretrainingSettings, generator: torch.Generator) -> Tensor:
    """Scaled, shifted and noisy within the brain; outside it stays 0, as in every crop."""
    one_each = (len(views), 1, 1, 1, 1)
    factor = 1 + _uniform(one_each, settings.contrast, generator)
    offset = _uniform(one_each, settings.brightness, generator)
    noise = settings.noise * torch.randn(views.shape, generator=generator)
    changed = views * factor.to(views.device) + (offset + noise).to(views.device)
    return torch.where(views != 0, changed, views)


def _uniform(shape: tuple[int, ...], half_width: float, generator: torch.Generator) -> Tensor:
    return (2 * torch.rand(shape, generator=generator) - 1) * half_width
