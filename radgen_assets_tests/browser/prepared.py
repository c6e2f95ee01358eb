"""The home that the browser looks at: one cohort done with its study, another of three patients still to be done."""

from __future__ import annotations

from pathlib import Path

import nibabel

from radgen_assets.science.phantom.settings import CohortSizes
from radgen_assets_tests.passes.small_home import SmallHome, make_small_home, small_phantom

GOOD = ("two_readers.TR01", "two_readers.TR03")
BAD = "two_readers.TR02"
TO_DO = tuple(sorted((*GOOD, BAD)))
STUDY = "phantom_first"


def prepare(folder: Path) -> SmallHome:
    """Two cohorts registered; the training site brought up to date, fits and report included."""
    none = dict.fromkeys(CohortSizes.model_fields, 0)
    sizes = CohortSizes(**none | {"training_site": 16, "two_readers": 3})
    small = make_small_home(folder, small_phantom(patients=sizes))
    spoil_mask(small.sources / "two_readers" / "masks" / "reader_a" / "TR02.nii.gz")
    for words in (("run", "--only", "register"), ("run", "--cohort", "training_site")):
        said = small.say(*words, workers=2)
        assert said.code == 0, said.output + said.errors
    return small


def spoil_mask(path: Path) -> None:
    """Write a label that no convention knows into one voxel."""
    mask = nibabel.load(path)
    labels = mask.get_fdata().astype("uint8")
    labels[0, 0, 0] = 9
    nibabel.save(nibabel.Nifti1Image(labels, mask.affine), path)
