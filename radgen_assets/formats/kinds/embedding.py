"""Embedding: embedding.npy (no pickle) and embedding.json."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.features import Embedding
from radgen_assets.formats.json_documents import read_document, write_document
from radgen_assets.formats.registry import ReadContext

VERSION = 1


def write(value: Embedding, folder: Path) -> None:
    """Write both files."""
    np.save(folder / "embedding.npy", np.asarray(value.values, dtype=np.float32), allow_pickle=False)
    body = {
        "encoder": value.encoder,
        "encoder_sha256": value.encoder_sha256,
        "sequences": value.sequences,
        "n_values": len(value.values),
        "warnings": value.warnings,
    }
    write_document(folder / "embedding.json", "embedding", VERSION, body)


def read(folder: Path, context: ReadContext) -> Embedding:
    """Read both files; a pickle in the place of numbers is refused."""
    body = read_document(folder / "embedding.json", "embedding", VERSION)
    try:
        values = np.load(folder / "embedding.npy", allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise BadInput("embedding.npy", "file", str(error), "an array of numbers", "Make the artifact anew.") from error
    return Embedding(
        values=values,
        encoder=body["encoder"],
        encoder_sha256=body["encoder_sha256"],
        sequences=tuple(body["sequences"]),
        warnings=tuple(body["warnings"]),
    )
