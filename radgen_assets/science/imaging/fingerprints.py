"""Fingerprints of images: equal voxels under two persons are found although headers and compression differ."""

from __future__ import annotations

import hashlib

from radgen_assets.contracts.volumes import Volumes


def voxel_fingerprints(volumes: Volumes) -> dict[str, str]:
    """SHA-256 of shape and voxels of every sequence, by fact name ``voxels_<sequence>``."""
    return {
        f"voxels_{sequence}": hashlib.sha256(
            str(volume.data.shape).encode() + volume.data.astype("<f4").tobytes(order="F")
        ).hexdigest()
        for sequence, volume in sorted(volumes.by_sequence.items())
    }
