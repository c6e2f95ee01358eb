"""The eight cohorts of the phantom: what each one has, and on which scanner and platform it was measured."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.contracts.volumes import LabelConvention


@dataclass(frozen=True)
class CohortTraits:
    """One cohort of the phantom.

    index : enters the seed, so that no cohort depends on the size of another
    id_form : how patients are numbered
    scanners : names in scanner.py; the first alone outside the training site
    orientation : axis codes of the stored voxels, as in nibabel
    stripped : the background is exactly 0; else air noise
    """

    name: str
    index: int
    title: str
    has_images: bool
    expression_unit: ExpressionUnit | None = None
    scanners: tuple[str, ...] = ()
    id_form: str = "P{:03d}"
    orientation: str = "RAS"
    stripped: bool = True
    labels: LabelConvention = LabelConvention.brats_2017
    tissue: Literal["tumour", "normal"] = "tumour"

    def patient_ids(self, n: int) -> tuple[str, ...]:
        """Ids of the first n patients."""
        return tuple(self.id_form.format(number) for number in range(1, n + 1))


_ALL = (
    CohortTraits(
        name="training_site",
        index=0,
        title="Phantom: training site",
        has_images=True,
        expression_unit=ExpressionUnit.counts,
        scanners=("aurora_3t", "borealis_3t"),
        id_form="TS{:03d}",
        orientation="LAS",
    ),
    CohortTraits(
        name="second_site",
        index=1,
        title="Phantom: second site",
        has_images=True,
        expression_unit=ExpressionUnit.fpkm,
        scanners=("cirrus_15t",),
        id_form="S2-{:03d}",
        orientation="LPS",
        stripped=False,
    ),
    CohortTraits(
        name="public_imaging",
        index=2,
        title="Phantom: public imaging",
        has_images=True,
        scanners=("dune_3t",),
        id_form="BraTS-PHA-{:05d}-000",
        orientation="LPS",
        labels=LabelConvention.brats_2023,
    ),
    CohortTraits(
        name="radiogenomics",
        index=3,
        title="Phantom: radiogenomics",
        has_images=True,
        expression_unit=ExpressionUnit.counts,
        scanners=("cirrus_15t",),
        id_form="PHTM-RG-{:04d}",
    ),
    CohortTraits(
        name="array_expression",
        index=4,
        title="Phantom: expression on arrays",
        has_images=False,
        expression_unit=ExpressionUnit.log2,
        id_form="ARR{:03d}",
    ),
    CohortTraits(
        name="sequencing_expression",
        index=5,
        title="Phantom: expression by sequencing",
        has_images=False,
        expression_unit=ExpressionUnit.tpm,
        id_form="PHTM-SQ-{:04d}",
    ),
    CohortTraits(
        name="normal_tissue",
        index=6,
        title="Phantom: normal brain tissue",
        has_images=False,
        expression_unit=ExpressionUnit.tpm,
        id_form="N{:03d}",
        tissue="normal",
    ),
    CohortTraits(
        name="two_readers",
        index=7,
        title="Phantom: read twice",
        has_images=True,
        scanners=("aurora_3t",),
        id_form="TR{:02d}",
        labels=LabelConvention.brats_2013,
    ),
)
PHANTOM_COHORTS = MappingProxyType({traits.name: traits for traits in _ALL})
