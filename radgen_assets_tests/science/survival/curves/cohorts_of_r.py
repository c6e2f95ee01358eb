"""The cohorts of r1_survival, whole and by group, as R split them."""

from __future__ import annotations

from radgen_assets.science.survival import Outcome
from radgen_assets_tests.science.golden import read_table

COHORTS = ("lung", "veteran", "pbc", "ties")


def cohort_of(shared_reference, cohort):
    return read_table(shared_reference, f"r1_survival/data/{cohort}")


def outcome_of(table):
    return Outcome(table["time"], table["event"])


def of_group(table, group):
    if group == "overall":
        return table
    column, level = group.split("=")
    return table[table[column].astype(str).isin([level, f"{level}.0"])]
