"""From a patient's files by reference to values: the manifest of raw/scans, its volumes and its masks."""

from __future__ import annotations

from pathlib import Path

from radgen_assets.contracts.errors import BadInput, BadVolume, MissingByRight
from radgen_assets.contracts.sources import PatientSources, SourceImage, SourceMask
from radgen_assets.contracts.volumes import (
    ANATOMICAL,
    NOMINAL_SPACING,
    GivenMasks,
    LabelVolume,
    MaskFile,
    ScanFile,
    ScanManifest,
    Scans,
    Sequence,
    Volumes,
)
from radgen_assets.formats.nifti import NiftiHeader, read_header, read_labels, read_volume


def describe_sources(sources: PatientSources, root: Path) -> ScanManifest:
    """The manifest of one patient: every image with its header's shape and spacing, every mask with its maker.

    Raises
    ------
    MissingByRight
        When the patient has no image at all.
    BadInput
        When a required sequence is absent.
    BadVolume
        When a header cannot be read, or an anatomical image has not three dimensions.
    """
    if not sources.images:
        raise MissingByRight("no image of this patient was found")
    _refuse_without_what_is_required(sources)
    present = {image.sequence for image in sources.images}
    headers = {image.path: read_header(root / image.path) for image in sources.images}
    files = tuple(
        _scan_file(image, headers[image.path], spacing_is_nominal=sources.spacing_is_nominal)
        for image in sources.images
    )
    notes = tuple(f"{path}: {header.note}" for path, header in headers.items() if header.note)
    scans = Scans(
        root=str(root),
        files=files,
        absent=tuple(sequence for sequence in sources.expected if sequence not in present),
        anchor=sources.anchor,
        registered=sources.registered,
        problems=(*sources.problems, *notes),
    )
    return ScanManifest(scans, GivenMasks(str(root), tuple(_mask_file(mask) for mask in sources.masks)))


def _refuse_without_what_is_required(sources: PatientSources) -> None:
    present = {image.sequence for image in sources.images}
    for sequence in sources.required:
        if sequence not in present:
            found = ", ".join(sorted(present)) or "none"
            raise BadInput(
                sources.key,
                "sequences",
                found,
                f"{sequence} among them (layout.required)",
                "Add the file, or exclude the patient in the cohort's TOML with a reason.",
            )
    given = {mask.declaration.maker for mask in sources.masks}
    for maker in sources.required_makers:
        if maker not in given:
            raise BadInput(
                sources.key,
                "masks",
                f"makers {', '.join(sorted(given)) or 'none'}",
                f"a mask of {maker} (layout.masks, required)",
                "Add the file, or exclude the patient in the cohort's TOML with a reason.",
            )


def _scan_file(image: SourceImage, header: NiftiHeader, *, spacing_is_nominal: bool) -> ScanFile:
    dimensions = 4 if image.sequence is Sequence.dwi else 3
    if len(header.shape) != dimensions:
        raise BadVolume(
            image.path,
            "dimensions",
            f"{len(header.shape)} ({' x '.join(str(n) for n in header.shape)})",
            f"{dimensions} for {image.sequence}",
            "Split the series, or name the right file in the cohort's layout.",
        )
    return ScanFile(
        path=image.path,
        sha256=image.sha256,
        bytes=image.bytes,
        sequence=image.sequence,
        shape=tuple(header.shape),
        spacing_mm=tuple(round(float(each), 6) for each in header.spacing_mm),
        spacing_known=header.units_known and not spacing_is_nominal,
        companions=image.companions,
    )


def _mask_file(mask: SourceMask) -> MaskFile:
    return MaskFile(
        path=mask.path,
        sha256=mask.sha256,
        bytes=mask.bytes,
        maker=mask.declaration.maker,
        maker_kind=mask.declaration.maker_kind,
        convention=mask.declaration.labels,
        drawn_on=mask.declaration.drawn_on,
        is_primary=mask.declaration.primary,
    )


def read_volumes(scans: Scans) -> Volumes:
    """The anatomical images of a manifest, on their own grids and in their own orientation.

    Raises
    ------
    MissingByRight
        When the patient has no anatomical image.
    BadVolume
        When an image is truncated, holds NaN or is all zeros.
    """
    files = [file for file in scans.files if file.sequence in ANATOMICAL]
    if not files:
        raise MissingByRight("no anatomical image (t1w, t1ce, t2w, flair) of this patient was found")
    by_sequence = {
        file.sequence: read_volume(Path(scans.root) / file.path, file.sequence, name=file.path) for file in files
    }
    warnings = [f"{sequence} is absent" for sequence in scans.absent]
    if not all(file.spacing_known for file in files):
        warnings.append(NOMINAL_SPACING)
    return Volumes(by_sequence, anchor=scans.anchor, registered=scans.registered, warnings=tuple(warnings))


def read_masks(masks: GivenMasks) -> tuple[LabelVolume, ...]:
    """The given masks of a manifest with their makers.

    Raises
    ------
    MissingByRight
        When no mask was given.
    """
    if not masks.files:
        raise MissingByRight("no mask of this patient was given")
    return tuple(_label_volume(Path(masks.root), file) for file in masks.files)


def _label_volume(root: Path, file: MaskFile) -> LabelVolume:
    labels, affine = read_labels(root / file.path, name=file.path)
    return LabelVolume(
        labels=labels,
        affine=affine,
        maker=file.maker,
        maker_kind=file.maker_kind,
        convention=file.convention,
        drawn_on=file.drawn_on,
        is_primary=file.is_primary,
        file=file.path,
    )
