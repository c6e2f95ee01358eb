"""What the checks of samples found, as tables with a picture: one row a sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from radgen_assets.contracts.frames import DrawnTable, Table
from radgen_assets.contracts.identity import PatientKey
from radgen_assets.contracts.sources import CohortMembers

if TYPE_CHECKING:
    import pandas as pd

    from radgen_assets.science.expression import DuplicateSamples, ExpressionOutliers, SexCheck

MOST_NAMED = 10


def recorded_sex(clinical: Table | None) -> pd.Series | None:
    """Recorded sex by patient id; None where the cohort has no clinical sheet."""
    if clinical is None:
        return None
    patients = clinical.frame["patient_key"].astype(str).str.partition(".")[2]
    return clinical.frame["sex"].astype("object").set_axis(patients)


def persons_of(members: CohortMembers, patients: tuple[str, ...]) -> pd.Series:
    """The person behind each patient of the cohort."""
    import pandas as pd

    keys = [PatientKey(members.cohort, patient) for patient in patients]
    return pd.Series([members.persons.person_of(key) for key in keys], index=list(patients), dtype="object")


def sex_table(found: SexCheck, cohort: str, picture_png: bytes) -> DrawnTable:
    """Scores, the sex shown and the sex recorded."""
    warnings = []
    if found.disagreeing:
        warnings.append(f"{_named(found.disagreeing)} {_show(found.disagreeing)} another sex than the recorded one.")
    if found.undecided:
        warnings.append(f"{_named(found.undecided)} {_show(found.undecided)} neither sex clearly.")
    return DrawnTable(_keyed(found.to_frame(), cohort), picture_png, tuple(warnings))


def outlier_table(found: ExpressionOutliers, cohort: str, picture_png: bytes) -> DrawnTable:
    """Distances from the other samples."""
    told = f"{_named(found.outliers)} {'lies' if len(found.outliers) == 1 else 'lie'} far from the other samples."
    return DrawnTable(_keyed(found.to_frame(), cohort), picture_png, (told,) if found.outliers else ())


def duplicate_table(found: DuplicateSamples, cohort: str, picture_png: bytes) -> DrawnTable:
    """Each sample's most alike other one."""
    warnings = tuple(
        f"{pair.first} and {pair.second} correlate at {pair.correlation:.3f}, as one sample does: "
        + (
            "both are declared to be one person's."
            if pair.one_person
            else "declare them in identity.csv, or set one aside."
        )
        for pair in found.pairs[:MOST_NAMED]
    )
    frame = found.to_frame()
    frame["nearest"] = cohort + "." + frame["nearest"]
    return DrawnTable(_keyed(frame, cohort), picture_png, warnings)


Judged = tuple[bool, str, dict[str, int]]  # whether it is well, a sentence, numbers


def judge_sexes(frame: pd.DataFrame) -> Judged:
    """Of `sex_table`'s rows."""
    recorded = frame[frame["recorded"].notna()]
    undecided = int((recorded["shown"] == "undecided").sum())
    wrong = recorded[(recorded["shown"] != "undecided") & (recorded["shown"] != recorded["recorded"])]
    agreeing = len(recorded) - undecided - len(wrong)
    sentence = f"{agreeing} of {len(recorded)} samples show the recorded sex"
    sentence += f", {undecided} neither clearly" if undecided else ""
    sentence += f"; the other one: {_listed(wrong)}" if len(wrong) else ""
    return not len(wrong), f"{sentence}.", {"agreeing": agreeing, "undecided": undecided, "other sex": len(wrong)}


def judge_outliers(frame: pd.DataFrame) -> Judged:
    """Of `outlier_table`'s rows."""
    far = frame[frame["is_outlier"]]
    sentence = f"{len(far)} of {len(frame)} samples lie far from the others"
    return not len(far), f"{sentence}{f': {_listed(far)}' if len(far) else ''}.", {"outliers": len(far)}


def judge_duplicates(frame: pd.DataFrame) -> Judged:
    """Of `duplicate_table`'s rows."""
    alike = frame[frame["is_duplicate"] & ~frame["one_person"].fillna(value=False).astype(bool)]
    own = int((frame["is_duplicate"]).sum()) - len(alike)
    sentence = f"{len(alike)} of {len(frame)} samples are most likely one with another person's"
    sentence += f": {_listed(alike)}. Declare them in identity.csv, or set one aside" if len(alike) else ""
    sentence += f"; {own} with another of their own" if own else ""
    return not len(alike), f"{sentence}.", {"duplicates": len(alike)}


def _listed(frame: pd.DataFrame) -> str:
    return _named(tuple(key.partition(".")[2] for key in frame["patient_key"].astype(str)))


def _keyed(frame: pd.DataFrame, cohort: str) -> pd.DataFrame:
    keyed = frame.drop(columns="sample")
    keyed.insert(0, "cohort", cohort)
    keyed.insert(0, "patient_key", cohort + "." + frame["sample"])
    return keyed


def _named(samples: tuple[str, ...]) -> str:
    rest = len(samples) - MOST_NAMED
    return ", ".join(samples[:MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _show(samples: tuple[str, ...]) -> str:
    return "shows" if len(samples) == 1 else "show"
