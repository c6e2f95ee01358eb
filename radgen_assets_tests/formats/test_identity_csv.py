"""identity.csv: who is the same person."""

from __future__ import annotations

import pytest

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.identity import IdentityRow
from radgen_assets.formats.identity_csv import read_identity


def read(folder, text):
    (folder / "identity.csv").write_text(text)
    return read_identity(folder / "identity.csv")


def test_rows_are_read(tmp_path):
    rows = read(tmp_path, "person,cohort,patient,source_id\nTCGA-DU-A5TR,brats_18,B1,x\nTCGA-DU-A5TR,tcga_lgg,T1,\n")
    assert rows == (
        IdentityRow("TCGA-DU-A5TR", "brats_18", "B1", "x"),
        IdentityRow("TCGA-DU-A5TR", "tcga_lgg", "T1", ""),
    )


def test_the_source_id_may_be_left_out(tmp_path):
    assert read(tmp_path, "person,cohort,patient\np,c,x\n") == (IdentityRow("p", "c", "x", ""),)


def test_a_header_alone_declares_nothing(tmp_path):
    assert read(tmp_path, "person,cohort,patient,source_id\n") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("person,cohort\np,c\n", r"identity.csv: column patient: found nothing, expected a column 'patient'"),
        ("person,cohort,patient\n,c,x\n", r"row 2, column person: found nothing, expected a name for the person"),
        ("person,cohort,patient\np,C,x\n", r"row 2, column cohort: found 'C', expected a cohort name"),
        ("person,cohort,patient\np,c,x y\n", r"row 2, column patient: found 'x y', expected a patient id"),
        (
            "person,cohort,patient\np,c,x\nq,c,x\n",
            r"row 3: found c.x again \(first in row 2\), expected each patient once",
        ),
    ],
)
def test_bad_rows_are_refused(tmp_path, text, message):
    with pytest.raises(BadInput, match=message):
        read(tmp_path, text)
