"""What the engines are given: volumes and regions of a patient, real ones beside the repository or made ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SEQUENCES = {"t1": "t1w", "t1ce": "t1ce", "t2": "t2w", "flair": "flair"}
LABELS = {"whole_tumour": (1, 2, 4), "tumour_core": (1, 4), "enhancing_tumour": (4,)}


@dataclass(frozen=True, eq=False)
class Patient:
    """Arrays (k, j, i), spacing in mm in the same order; normalise: whether radgen's default scale is applied."""

    name: str
    volumes: dict[str, NDArray[np.float32]]
    regions: dict[str, NDArray[np.bool_]]
    spacing_mm: tuple[float, float, float]
    normalise: bool

    @property
    def short(self) -> str:
        """The name as a goal's name has it."""
        return "".join(letter if letter.isalnum() else "_" for letter in self.name.lower())

    def only(self, sequence: str, region: str | None = None) -> Patient:
        """One sequence, and one region if it is named."""
        regions = self.regions if region is None else {region: self.regions[region]}
        return Patient(self.name, {sequence: self.volumes[sequence]}, regions, self.spacing_mm, self.normalise)

    def on_its_scale(self) -> Patient:
        """The same with the intensities that features are computed on: what pyradiomics and the peers are given."""
        if not self.normalise:
            return self
        from radgen_assets.science.radiomics.normalisation import normalised
        from radgen_assets.science.radiomics.settings import RadiomicsSettings

        volumes = {
            name: np.ascontiguousarray(normalised(data.transpose(2, 1, 0), RadiomicsSettings()).transpose(2, 1, 0))
            for name, data in self.volumes.items()
        }
        return Patient(self.name, volumes, self.regions, self.spacing_mm, normalise=False)


def small_region(data: Path) -> Patient:
    """pyradiomics' own example: 4,137 voxels of 0.78 x 0.78 x 6.5 mm."""
    folder = data / "radiomics_reference" / "pyradiomics"
    image, spacing = _read(folder / "brain1_image.nrrd")
    return _one("small region", image, _read(folder / "brain1_label.nrrd")[0] == 1, spacing)


def ct_phantom(data: Path) -> Patient:
    """IBSI's: 125,256 voxels of 0.98 x 0.98 x 3 mm, in Hounsfield units."""
    folder = data / "radiomics_reference" / "ibsi_1" / "ct_phantom"
    values, spacing = _read(folder / "phantom.nii.gz")
    return _one("CT phantom", values, _read(folder / "mask.nii.gz")[0] > 0, spacing)


def brats_patient(folder: Path) -> Patient:
    """Four sequences and the experts' three regions."""
    seg, spacing = _read(folder / f"{folder.name}_seg.nii.gz")
    return Patient(
        folder.name,
        {name: _volume(folder / f"{folder.name}_{file}.nii.gz") for file, name in SEQUENCES.items()},
        {name: np.isin(seg, labels) for name, labels in LABELS.items()},
        spacing,
        normalise=True,
    )


def cohort(data: Path) -> Iterator[Path]:
    """Folders of the 22 patients."""
    yield from sorted(path for path in (data / "brats_18").glob("Brats18_*") if path.is_dir())


def made(size: int, spacing_mm: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> Patient:
    """A textured brain with nested balls, for where the real data are not."""
    random = np.random.default_rng(20261121)
    distance = np.sqrt(((np.indices((size,) * 3) - (size - 1) / 2) ** 2).sum(axis=0)) / size
    volumes = {
        name: np.where(distance < 0.48, random.normal(500.0, 80.0, distance.shape), 0.0).astype(np.float32)
        for name in SEQUENCES.values()
    }
    radii = {"whole_tumour": 0.3, "tumour_core": 0.22, "enhancing_tumour": 0.15}
    regions = {name: distance < radius for name, radius in radii.items()}
    return Patient(f"made {size}^3", volumes, regions, spacing_mm, normalise=True)


def _one(name: str, image: NDArray, mask: NDArray[np.bool_], spacing: tuple[float, float, float]) -> Patient:
    return Patient(name, {"t1ce": image.astype(np.float32)}, {"whole_tumour": mask}, spacing, normalise=False)


def _volume(path: Path) -> NDArray[np.float32]:
    return _read(path)[0].astype(np.float32)


def _read(path: Path) -> tuple[NDArray, tuple[float, float, float]]:
    import SimpleITK as sitk

    image = sitk.ReadImage(str(path))
    i, j, k = image.GetSpacing()
    return sitk.GetArrayFromImage(image), (k, j, i)
