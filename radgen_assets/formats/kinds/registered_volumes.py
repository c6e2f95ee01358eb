"""RegisteredVolumes: one NIfTI a sequence and volumes.json with the transforms."""

from __future__ import annotations

from pathlib import Path

from radgen_assets.contracts.volumes import Grid, RegisteredVolumes, Sequence
from radgen_assets.formats.json_documents import read_document, write_document
from radgen_assets.formats.kinds.grids import matrix_as_rows, matrix_of_rows, read_volumes, write_volumes
from radgen_assets.formats.kinds.pictures import slices_side_by_side
from radgen_assets.formats.registry import ReadContext

VERSION = 1


def write(value: RegisteredVolumes, folder: Path) -> None:
    """Write all sequences and volumes.json."""
    body = {
        "affines": write_volumes(value.by_sequence.values(), folder),
        "anchor": value.anchor,
        "transforms": {key.value: matrix_as_rows(each) for key, each in value.transforms.items()},
        "native_shape": value.native_shape,
        "native_affine": matrix_as_rows(value.native_affine),
        "came_registered": bool(value.came_registered),
        "similarity": {key.value: float(each) for key, each in value.similarity.items()},
        "warnings": value.warnings,
        "native_grids": {
            key.value: {"shape": each.shape, "affine": matrix_as_rows(each.affine)}
            for key, each in value.native_grids.items()
        },
    }
    write_document(folder / "volumes.json", "registered_volumes", VERSION, body)


def read(folder: Path, context: ReadContext) -> RegisteredVolumes:
    """Read them back."""
    body = read_document(folder / "volumes.json", "registered_volumes", VERSION)
    return RegisteredVolumes(
        by_sequence=read_volumes(folder, body["affines"]),
        anchor=Sequence(body["anchor"]),
        transforms={Sequence(key): matrix_of_rows(each) for key, each in body["transforms"].items()},
        native_shape=tuple(body["native_shape"]),
        native_affine=matrix_of_rows(body["native_affine"]),
        came_registered=body["came_registered"],
        similarity={Sequence(key): each for key, each in body["similarity"].items()},
        warnings=tuple(body["warnings"]),
        native_grids={Sequence(key): _grid(each) for key, each in body["native_grids"].items()},
    )


def _grid(row: dict) -> Grid:
    return Grid(tuple(row["shape"]), matrix_of_rows(row["affine"]))


def preview(value: RegisteredVolumes) -> bytes:
    """The same axial slice of every sequence: what is registered looks so."""
    return slices_side_by_side([each.data for each in value.by_sequence.values()])
