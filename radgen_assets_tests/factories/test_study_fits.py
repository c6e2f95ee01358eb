"""What a fit learns from its frame: the same in every home."""

from __future__ import annotations

import numpy as np
import pandas as pd

from radgen_assets.contracts.study import ClinicalBlock, FitDeclaration, Role, Study
from radgen_assets.factories.study.fits import learn
from radgen_assets.science.learning.study.frame import StudyFrame

FIT = FitDeclaration(
    name="f", kind="classification", outcome="idh_status", positive="wildtype", blocks=("clinical",),
    outer_folds=2, inner_folds=2, bootstraps=50,
)  # fmt: skip
STUDY = Study(
    name="s",
    title="s",
    question="?",
    roles={Role.train: ("a",)},
    blocks={"clinical": ClinicalBlock(kind="clinical", columns=("age_years",))},
    fits=(FIT,),
)


def frame(pseudonyms: list[str]) -> StudyFrame:
    keys = pd.Index([f"a.{number:02}" for number in range(24)], name="patient_key")
    people = pd.DataFrame({"person": pseudonyms, "cohort": "a", "centre": "here", "role": "train"}, index=keys)
    outcome = pd.DataFrame({"outcome": np.where(np.arange(24) % 3 == 0, "wildtype", "mutant")}, index=keys)
    age = pd.DataFrame({"age_years": np.arange(24) * 7.0 % 11 + 40}, index=keys)
    return StudyFrame(people, {"clinical": age}, outcome, ())


def test_the_secret_of_a_home_changes_no_number():
    """Pseudonyms come from it; if folds were dealt in their order, no report could be reproduced elsewhere."""
    here = learn(STUDY, FIT, frame([f"{number:02}" for number in range(24)]))
    there = learn(STUDY, FIT, frame([f"{number * 17 % 24:02}" for number in range(24)]))
    assert here.splits == there.splits
    assert here.performances[0].estimates == there.performances[0].estimates
