"""NIfTI files: read with every fault named, written with equal bytes for equal voxels."""

from __future__ import annotations

import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from nibabel.nifti1 import Nifti1Header, Nifti1Image
from nibabel.nifti2 import Nifti2Header, Nifti2Image
from nibabel.orientations import aff2axcodes
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadMask, BadVolume
from radgen_assets.contracts.volumes import Sequence, Volume

COMPRESSION = 1  # half the bytes at a quarter of the time of the default 6; part of the bytes, so fixed
INTEGRAL_WITHIN = 1e-6
_UNREADABLE = (HeaderDataError, OSError, EOFError, ValueError, zlib.error)
_CUT_OFF = "Copy or download the file again; if it is so at the source, exclude the patient with a reason."


@dataclass(frozen=True)
class NiftiHeader:
    """What a header says, before any voxel is read.

    shape : voxels along each axis, four of them for a series (dwi); trailing axes of length 1 are left out
    spacing_mm : along i, j, k
    affine : (4, 4) float64, voxel to RAS+ mm
    units_known : False where the header leaves the unit of length open; the spacing may then mean nothing
    note : what was decided where sform and qform disagree; else empty
    """

    shape: tuple[int, ...]
    spacing_mm: tuple[float, float, float]
    affine: NDArray[np.float64]
    units_known: bool
    note: str = ""


def read_header(path: Path) -> NiftiHeader:
    """The header of a .nii or .nii.gz file; cheap. Raises BadVolume when there is none that can be used."""
    try:
        with _opened(path) as stream:
            first = stream.read(4)
            rest = stream.read(max(0, _header_class(first).sizeof_hdr - 4))
        header = _header_class(first).from_fileobj(io.BytesIO(first + rest), check=True)
    except _UNREADABLE as error:
        raise _unreadable(path.name, error) from error
    return _checked(header, path.name)


def read_volume(path: Path, sequence: Sequence, *, name: str) -> Volume:
    """One 3-D image.

    Parameters
    ----------
    name : str
        The file as messages should call it (relative to the cohort's root).

    Raises
    ------
    BadVolume
        Truncated or not NIfTI; not three-dimensional; NaN or infinite voxels; one value everywhere.
    """
    header, data = _read(path, name)
    data = _three_dimensional(data, name).astype(np.float32, copy=False)
    bad = int(data.size - np.isfinite(data).sum())
    if bad:
        found = f"{bad} voxels that are NaN or infinite (of {data.size})"
        raise BadVolume(name, "voxels", found, "finite numbers", "Export the image anew, or exclude the patient.")
    if data.size == 0 or data.min() == data.max():
        found = "only zeros" if data.size and not data.any() else "one value everywhere"
        raise BadVolume(name, "voxels", found, "an image", "Export the image anew, or exclude the patient.")
    return Volume(np.ascontiguousarray(data), header.affine, sequence)


def read_series(path: Path, *, name: str) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """A 4-D series (dwi): (i, j, k, n) float32 and its affine. Raises BadVolume as `read_volume`, and for 3-D."""
    header, data = _read(path, name)
    if data.ndim != 4 or data.shape[3] < 2:
        found = f"{data.ndim} dimensions {data.shape}"
        raise BadVolume(name, "shape", found, "4, the last for gradients", "Name the file after the sequence it holds.")
    if not np.isfinite(data).all():
        raise BadVolume(name, "voxels", "NaN or infinite voxels", "finite numbers", "Export the series anew.")
    return data.astype(np.float32, copy=False), header.affine


def read_labels(path: Path, *, name: str) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Integer labels (i, j, k) and their affine.

    Labels stored as floats, or as integers with a scale factor, are taken when all lie within 1e-6 of an integer
    (brats_2013 masks are float32; a brain mask of theirs ends at 0.99999997).

    Raises
    ------
    BadVolume
        As `read_volume`, but a mask of zeros is read: whether an empty mask may be is asked where regions are made.
    BadMask
        Values that are no integers, or not within 0 to 255.
    """
    header, data = _read(path, name)
    data = _three_dimensional(data, name)
    if not np.isfinite(data).all():
        raise BadVolume(name, "voxels", "NaN or infinite voxels", "integer labels", "Export the mask anew.")
    labels = np.rint(data)
    if data.dtype.kind == "f" and not np.all(np.abs(data - labels) <= INTEGRAL_WITHIN):
        odd = data[np.abs(data - labels) > INTEGRAL_WITHIN][0]
        remedy = "Use the mask before any interpolation, or resample it with nearest neighbour."
        raise BadMask(name, "labels", f"{odd:.6g}", "integers", remedy)
    if labels.size and not 0 <= labels.min() <= labels.max() <= 255:
        found = f"values from {labels.min():.6g} to {labels.max():.6g}"
        raise BadMask(name, "labels", found, "labels from 0 to 255", "Check that this is a mask and not an image.")
    return np.ascontiguousarray(labels.astype(np.uint8)), header.affine


def write_nifti(path: Path, array: NDArray, affine: NDArray[np.float64]) -> None:
    """Write `array` as .nii.gz with `affine` as its sform (and qform, where that can hold it), unit mm.

    Equal input gives equal bytes: the gzip header has neither name nor time, and the level is fixed, since files are
    compared by their hash.
    """
    image = Nifti1Image(array, affine)
    image.header.set_xyzt_units("mm")
    image.set_sform(affine, code="aligned")
    directions = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    orthogonal = np.allclose(directions.T @ directions, np.eye(3), atol=1e-5)
    image.set_qform(affine if orthogonal else None, code="aligned" if orthogonal else "unknown")
    with path.open("wb") as raw, gzip.GzipFile("", "wb", COMPRESSION, raw, mtime=0) as stream:
        stream.write(image.to_bytes())


def _opened(path: Path):
    with path.open("rb") as stream:
        packed = stream.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if packed else path.open("rb")


def _header_class(first_bytes: bytes) -> type[Nifti1Header]:
    """NIfTI-1 begins with 348, NIfTI-2 with 540, in either byte order."""
    for order in ("little", "big"):
        size = int.from_bytes(first_bytes, order)
        if size == Nifti1Header.sizeof_hdr:
            return Nifti1Header
        if size == Nifti2Header.sizeof_hdr:
            return Nifti2Header
    raise HeaderDataError("no NIfTI header")


def _read(path: Path, name: str) -> tuple[NiftiHeader, NDArray]:
    """Header and scaled voxels. The whole file is unpacked first, so that its checksum is met as well."""
    try:
        with _opened(path) as stream:
            content = stream.read()
        kind = Nifti2Image if _header_class(content[:4]) is Nifti2Header else Nifti1Image
        image = kind.from_bytes(content)
        header = _checked(image.header, name)
        data = np.asanyarray(image.dataobj)
    except _UNREADABLE as error:
        raise _unreadable(name, error) from error
    if data.dtype.kind not in "iuf":
        found = f"voxels of type {data.dtype}"
        raise BadVolume(name, "voxels", found, "one real number a voxel", "Export magnitudes, not complex or colour.")
    return header, data.reshape(header.shape)


def _checked(header: Nifti1Header, name: str) -> NiftiHeader:
    shape = _without_trailing_ones(tuple(int(n) for n in header.get_data_shape()))
    affine, note = _affine_of(header, name)
    unit = _unit_of_length(header)
    if unit not in ("mm", "unknown"):
        raise BadVolume(name, "unit of length", repr(unit), "mm", "Write the header in mm.")
    lengths = np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
    spacing = (float(lengths[0]), float(lengths[1]), float(lengths[2]))
    return NiftiHeader(shape, spacing, affine, unit == "mm", note)


def _unit_of_length(header: Nifti1Header) -> str:
    try:
        return header.get_xyzt_units()[0]
    except KeyError:  # a code that the standard does not know says as little as none
        return "unknown"


def _without_trailing_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    while len(shape) > 3 and shape[-1] == 1:
        shape = shape[:-1]
    return shape


def _three_dimensional(data: NDArray, name: str) -> NDArray:
    if data.ndim != 3:
        found = f"{data.ndim} dimensions {data.shape}"
        raise BadVolume(
            name, "shape", found, "3", "Give one volume: split the series, or name the file after what it is."
        )
    return data


def _affine_of(header: Nifti1Header, name: str) -> tuple[NDArray[np.float64], str]:
    """The affine that holds, and a note where two disagree.

    | row | sform | qform | they | answer |
    | --- | --- | --- | --- | --- |
    | 1 | set | unset | - | sform |
    | 2 | unset | set | - | qform |
    | 3 | set | set | agree: every corner within half a voxel | sform |
    | 4 | set | set | name the same axes, but lie apart | sform (NIfTI-1 prefers it), with a note that says how far |
    | 5 | set | set | name other axes: left may be right | refused |
    | 6 | unset | unset | - | refused: orientation is not known |

    A form counts as set when its code is above 0 and its matrix can be inverted.
    """
    sform, qform = _usable(header.get_sform(coded=True)), _usable(_qform(header))
    if sform is None and qform is None:  # row 6
        remedy = "Set the orientation from the original DICOM; left and right cannot be guessed."
        raise BadVolume(name, "orientation", "neither sform nor qform", "one of them", remedy)
    if sform is None or qform is None:  # rows 1 and 2
        return (sform if sform is not None else qform), ""
    apart = _farthest_corner(sform, qform, header.get_data_shape())
    if apart <= 0.5 * np.sqrt((sform[:3, :3] ** 2).sum(axis=0)).min():  # row 3
        return sform, ""
    axes = ["".join(str(axis) for axis in aff2axcodes(form)) for form in (sform, qform)]
    if axes[0] != axes[1]:  # row 5
        found = f"sform {axes[0]} against qform {axes[1]}"
        remedy = "Find out which holds (left may be right), and write it into both."
        raise BadVolume(name, "orientation", found, "one orientation", remedy)
    return sform, f"sform and qform lie up to {apart:.1f} mm apart; sform is used"  # row 4


def _qform(header: Nifti1Header) -> tuple[NDArray[np.float64] | None, int]:
    try:
        return header.get_qform(coded=True)
    except HeaderDataError:  # a quaternion that is none
        return None, 0


def _usable(form: tuple[NDArray[np.float64] | None, int]) -> NDArray[np.float64] | None:
    matrix, code = form
    if matrix is None or code <= 0 or not np.isfinite(matrix).all() or abs(np.linalg.det(matrix[:3, :3])) < 1e-9:
        return None
    return np.asarray(matrix, dtype=np.float64)


def _farthest_corner(one: NDArray[np.float64], other: NDArray[np.float64], shape: tuple[int, ...]) -> float:
    """Largest distance in mm between where the two put a corner of the volume."""
    ends = np.array([[0, n - 1] for n in (*shape, 1, 1)[:3]])
    corners = np.stack([each.ravel() for each in np.meshgrid(*ends, indexing="ij")] + [np.ones(8)])
    return float(np.linalg.norm(((one - other) @ corners)[:3], axis=0).max())


def _unreadable(name: str, error: Exception) -> BadVolume:
    if isinstance(error, FileNotFoundError):
        return BadVolume(
            name, "file", "nothing", "a NIfTI file", "Copy the file to where the cohort's TOML expects it."
        )
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    if isinstance(error, HeaderDataError) or "not a gzip" in text.lower():
        return BadVolume(name, "file", text, "a NIfTI file (.nii or .nii.gz)", _CUT_OFF)
    return BadVolume(name, "file", f"a truncated or damaged file ({text})", "a whole NIfTI file", _CUT_OFF)
