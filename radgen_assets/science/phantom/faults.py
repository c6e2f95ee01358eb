"""The faults that are planted on purpose, so that the demo and the tests can see each one met."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from radgen_assets.science.phantom.settings import PhantomSettings


class FaultKind(StrEnum):
    """What is wrong with a patient."""

    missing_sequence = "missing_sequence"  # t2w is not there, which the cohort allows: skipped by right
    mask_unknown_label = "mask_unknown_label"  # one voxel carries a label that the convention does not know
    mask_off_grid = "mask_off_grid"  # the mask has lost its last slices
    mask_empty = "mask_empty"
    duplicate_patient = "duplicate_patient"  # equal voxels to a patient of another cohort, not declared


@dataclass(frozen=True)
class Fault:
    """One planted fault: patient `index` of `cohort`; for a duplicate also whose images it repeats."""

    kind: FaultKind
    cohort: str
    index: int
    source_cohort: str = ""
    source_index: int = 0


UNKNOWN_LABEL = 9
_ALL = (
    Fault(FaultKind.missing_sequence, "training_site", 2),
    Fault(FaultKind.mask_unknown_label, "training_site", 5),
    Fault(FaultKind.mask_off_grid, "second_site", 1),
    Fault(FaultKind.mask_empty, "public_imaging", 0),
    Fault(FaultKind.duplicate_patient, "public_imaging", 1, "two_readers", 1),
)


def planned_faults(settings: PhantomSettings) -> tuple[Fault, ...]:
    """The faults of a phantom: those whose patients exist; none when `settings.faults` is off."""
    sizes = settings.patients.model_dump()
    return tuple(
        fault
        for fault in _ALL
        if settings.faults
        and fault.index < sizes[fault.cohort]
        and (not fault.source_cohort or fault.source_index < sizes[fault.source_cohort])
    )
