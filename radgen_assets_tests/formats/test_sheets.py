"""Clinical and molecular sheets: what is read, what is refused, and which outcomes may be modelled."""

from __future__ import annotations

import pandas as pd
import pytest

from radgen_assets.contracts.cohort import Sheet
from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.toml_models import parse_table
from radgen_assets.formats.sheets import outcome_usable, read_pairs, read_sheet, read_sheets

AGE = {"name": "age_years", "source": "Age", "kind": "number"}
TIME = {"name": "time_months", "source": "OS", "kind": "time", "unit": "days"}
EVENT = {"name": "event", "source": "dead", "kind": "integer"}


def sheet(*columns, **keys) -> Sheet:
    table = {"file": "clinical.csv", "patient_column": "ID", "columns": list(columns), **keys}
    return parse_table(Sheet, table, "here.toml")


def read(folder, text, *columns, excluded=(), **keys):
    (folder / "clinical.csv").write_text(text)
    return read_sheet(sheet(*columns, **keys), folder, "here", excluded=excluded)


def column(folder, text, declared, **keys):
    return read(folder, text, declared, **keys).frame[declared["name"]].tolist()


def test_declared_columns_alone_are_read_under_their_names_sorted_by_patient(tmp_path):
    result = read(tmp_path, "ID,Age,Shoe size\nP2,40,38\nP1,61.5,44\n", AGE)
    expected = pd.DataFrame({"age_years": [61.5, 40.0]}, index=pd.Index(["P1", "P2"], name="patient"))
    pd.testing.assert_frame_equal(result.frame, expected)


@pytest.mark.parametrize(
    ("unit", "months"), [("days", 12.0), ("weeks", 7 * 12 * 1.0), ("months", 365.25), ("years", 4383)]
)
def test_times_become_months(tmp_path, unit, months):
    assert column(tmp_path, "ID,OS\nP1,365.25\n", TIME | {"unit": unit}) == [pytest.approx(months)]


def test_missing_spellings_of_sheet_and_column_are_missing(tmp_path):
    text = "ID,Age\nP1,NA\nP2,\nP3,[Not Available]\nP4,50\n"
    assert pd.isna(column(tmp_path, text, AGE | {"missing": ["[Not Available]"]})).tolist() == [True, True, True, False]


def test_a_coding_maps_every_spelling(tmp_path):
    idh = {"name": "idh_status", "source": "IDH", "kind": "text", "coding": {"wildtype": "wildtype", "R132H": "mutant"}}
    assert column(tmp_path, "ID,IDH\nP1,R132H\nP2,wildtype\n", idh) == ["mutant", "wildtype"]


def test_the_part_of_a_cell_that_is_the_value_is_taken_before_its_coding(tmp_path):
    plate = {"name": "plate", "source": "barcode", "kind": "text", "pattern": r"-(\w{4})-01$", "coding": {"1849": "a"}}
    assert column(tmp_path, "ID,barcode\nP1,01R-1849-01\nP2,NA\n", plate) == ["a", pd.NA]


def test_a_cell_without_that_part_is_refused(tmp_path):
    plate = {"name": "plate", "source": "barcode", "kind": "text", "pattern": r"-(\w{4})-01$"}
    with pytest.raises(BadInput, match=r"row 2, column barcode: found '01R', expected a cell in which .* is found"):
        column(tmp_path, "ID,barcode\nP1,01R\n", plate)


def test_a_pattern_with_two_groups_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"column plate: pattern: found .* with 2 groups, expected exactly one group"):
        column(tmp_path, "ID,b\nP1,01R\n", {"name": "plate", "source": "b", "kind": "text", "pattern": "(0)(1)"})


def test_what_is_true_of_every_patient_may_be_a_constant(tmp_path):
    """A collection of one grade has no column for it."""
    grade = {"name": "grade", "constant": "4", "kind": "integer"}
    assert column(tmp_path, "ID\nP1\nP2\n", grade) == [4, 4]


@pytest.mark.parametrize("origin", [{}, {"source": "Grade", "constant": "4"}])
def test_a_column_has_a_header_or_a_constant(origin):
    with pytest.raises(BadInput, match=r"either source \(a header\) or constant \(what is true of every patient\)"):
        sheet({"name": "grade", "kind": "integer", **origin})


def test_a_coding_may_say_that_a_spelling_is_as_good_as_missing(tmp_path):
    mgmt = {
        "name": "mgmt_status",
        "source": "MGMT",
        "kind": "text",
        "coding": {"indeterminate": "", "positive": "methylated"},
    }
    values = column(tmp_path, "ID,MGMT\nP1,indeterminate\nP2,positive\n", mgmt)
    assert values[0] is pd.NA
    assert values[1] == "methylated"


def test_a_value_outside_its_coding_is_refused_with_the_known_ones(tmp_path):
    """A new spelling must not become a new category of its own."""
    codes = {"name": "codeletion", "source": "1p/19q", "kind": "text", "coding": {"intact": "no", "co-deletion": "yes"}}
    message = (
        r"clinical.csv: row 3, column 1p/19q: found 'Co-deletion', expected one of 'intact', 'co-deletion'. "
        r"Add it to the coding of 'codeletion', as 'co-deletion' is."
    )
    with pytest.raises(BadInput, match=message):
        column(tmp_path, "ID,1p/19q\nP1,intact\nP2,Co-deletion\n", codes)


@pytest.mark.parametrize(
    ("kind", "cells", "values"),
    [
        ("number", ("61.5", "1e3", "-2"), [61.5, 1000.0, -2.0]),
        ("integer", ("4", "4.0", "-1"), [4, 4, -1]),
        ("boolean", ("yes", "FALSE", "1"), [True, False, True]),
        ("text", ("a", "1", "b c"), ["a", "1", "b c"]),
    ],
)
def test_kinds(tmp_path, kind, cells, values):
    text = "ID,x\n" + "".join(f"P{place},{cell}\n" for place, cell in enumerate(cells))
    assert column(tmp_path, text, {"name": "x", "source": "x", "kind": kind}) == values


@pytest.mark.parametrize(
    ("kind", "cell", "expected"),
    [
        ("number", "> 181 Days", "a number"),
        ("number", "inf", "a number"),
        ("number", "1_000", "a number"),
        ("integer", "4.5", "a whole number"),
        ("boolean", "2", r"true or false \(also 1, 0, yes, no\)"),
    ],
)
def test_a_cell_of_another_kind_is_refused_with_row_and_column(tmp_path, kind, cell, expected):
    with pytest.raises(
        BadInput, match=rf"clinical.csv: row 2, column x: found '{cell}', expected {expected}. Correct the"
    ):
        column(tmp_path, f"ID,x\nP1,{cell}\n", {"name": "x", "source": "x", "kind": kind})


def test_a_negative_time_is_refused_with_what_to_do(tmp_path):
    rows = "".join(f"P{number},{number}\n" for number in range(39))
    message = (
        r"clinical.csv: row 41, column OS: found '-3.0', expected a number >= 0. "
        r"Correct the row, or exclude the patient in cohorts/here.toml with a reason."
    )
    with pytest.raises(BadInput, match=message):
        read(tmp_path, f"ID,OS\n{rows}P99,-3.0\n", TIME)


def test_a_time_of_zero_is_kept_and_named(tmp_path):
    """Four patients of TCGA-CDR have OS.time 0: seen once. A model may leave them out, and must say so."""
    result = read(tmp_path, "ID,OS\nP1,0\nP2,30\n", TIME)
    assert result.frame["time_months"].tolist()[0] == 0
    assert result.notes == ("clinical.csv: OS is 0 in 1 patients (P1): no follow-up, kept.",)


@pytest.mark.parametrize("kind", ["integer", "boolean", "number", "text"])
def test_an_event_of_two_is_refused(tmp_path, kind):
    with pytest.raises(
        BadInput, match=r"row 3, column dead: found '2', expected 0 \(alive\) or 1 \(died\). Correct the cel"
    ):
        read(tmp_path, "ID,dead\nP1,1\nP2,2\n", EVENT | {"kind": kind})


def test_an_event_may_be_coded(tmp_path):
    words = EVENT | {"kind": "text", "coding": {"Dead": "1", "Alive": "0"}}
    assert column(tmp_path, "ID,dead\nP1,Dead\nP2,Alive\n", words) == [True, False]


def test_a_missing_column_is_refused_with_the_nearest_header(tmp_path):
    with pytest.raises(BadInput, match=r"clinical.csv: column Age: found nothing, .* Did you mean 'age'\?"):
        read(tmp_path, "ID,age\nP1,61\n", AGE)


def test_a_time_must_be_called_months(tmp_path):
    with pytest.raises(
        BadInput, match=r"column OS: found 'os', expected a name that ends in _months.*Call it 'os_months'"
    ):
        read(tmp_path, "ID,OS\nP1,61\n", TIME | {"name": "os"})


def test_two_columns_of_one_name_are_refused(tmp_path):
    with pytest.raises(BadInput, match=r"column Age: found two columns called 'age_years', expected each name once"):
        read(tmp_path, "ID,Age\nP1,61\n", AGE, AGE)


# patients and rows


def test_ids_are_taken_out_by_the_stated_pattern(tmp_path):
    """UPENN's ids end in _11 (baseline) or _21 (follow-up): scans are not persons."""
    result = read(tmp_path, "ID,Age\nU-1_11,61\nU-1_21,62\n", AGE, patient_id_pattern=r"(U-\d+)_11")
    assert result.frame["age_years"].to_dict() == {"U-1": 61.0}
    assert result.notes == (r"clinical.csv: 1 of 2 rows set aside, no '(U-\\d+)_11' in them (U-1_21).",)


def test_a_pattern_that_fits_no_row_is_refused(tmp_path):
    with pytest.raises(
        BadInput, match=r"column ID: found no row in which 'TCGA-\(.*\)' is found \(the first is 'P1'\)"
    ):
        read(tmp_path, "ID,Age\nP1,61\n", AGE, patient_id_pattern=r"TCGA-(.*)")


def test_a_row_without_an_id_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"clinical.csv: row 2, column ID: found '', expected a patient id"):
        read(tmp_path, "ID,Age\n,61\n", AGE)


def test_rows_of_other_cohorts_are_left_out_by_where_and_counted(tmp_path):
    """A table of two diseases: without the condition every glioblastoma would become a member of the LGG cohort."""
    result = read(tmp_path, "ID,Age,type\nP1,61,LGG\nP2,old,GBM\n", AGE, where={"type": "LGG"})
    assert result.frame.index.tolist() == ["P1"]
    assert result.notes == ("clinical.csv: 1 of 2 rows are not this cohort's (type LGG).",)


def test_where_may_name_several_values_and_columns(tmp_path):
    text = "ID,Age,type,arm\nP1,1,LGG,a\nP2,2,GBM,a\nP3,3,LGG,c\nP4,4,LGG,b\n"
    assert column(tmp_path, text, AGE, where={"type": "LGG", "arm": ["a", "b"]}) == [1.0, 4.0]


def test_a_condition_that_no_row_meets_is_refused_with_what_is_there(tmp_path):
    message = r"clinical.csv: column type: found 'GBM', 'LGG', expected a row with 'lgg'. Correct `where`"
    with pytest.raises(BadInput, match=message):
        read(tmp_path, "ID,Age,type\nP1,61,LGG\nP2,62,GBM\n", AGE, where={"type": "lgg"})


def test_a_condition_on_an_absent_column_is_refused_with_the_nearest_header(tmp_path):
    with pytest.raises(BadInput, match=r"column Type: found nothing, expected a column 'Type'. Did you mean 'type'?"):
        read(tmp_path, "ID,Age,type\nP1,61,LGG\n", AGE, where={"Type": "LGG"})


def test_two_rows_of_one_patient_are_refused_without_a_rule(tmp_path):
    message = (
        r"row 3, column ID: found patient P1 again \(first in row 2\), expected one row a patient. .*duplicates = "
    )
    with pytest.raises(BadInput, match=message):
        read(tmp_path, "ID,Age\nP1,61\nP1,61\n", AGE)


def test_identical_rows_count_once_when_declared(tmp_path):
    """PORPOISE has a row a slide: up to 17 of one patient, equal but for the slide."""
    result = read(tmp_path, "ID,Age,slide\nP1,61,a\nP1,61,b\n", AGE, duplicates="identical")
    assert len(result.frame) == 1
    assert result.notes == ("clinical.csv: 1 equal rows of patients that have one already are left out.",)


def test_rows_that_are_not_identical_are_refused(tmp_path):
    with pytest.raises(
        BadInput, match=r"row 3, .*patient P1 again with age_years 62.0, 61.0 in row 2, expected one row"
    ):
        read(tmp_path, "ID,Age\nP1,61\nP1,62\n", AGE, duplicates="identical")


def test_the_first_of_several_rows_is_taken_when_declared(tmp_path):
    assert column(tmp_path, "ID,Age\nP1,61\nP1,62\n", AGE, duplicates="first") == [61.0]


def test_the_rows_of_an_excluded_patient_are_not_read(tmp_path):
    """The way out that the message of a bad row offers."""
    result = read(tmp_path, "ID,OS\nP1,-3\nP2,30.4375\n", TIME, excluded={"P1"})
    assert result.frame["time_months"].to_dict() == {"P2": 1.0}


def test_columns_known_only_later_are_named(tmp_path):
    therapy = {"name": "radiotherapy", "source": "RT", "kind": "boolean", "post_baseline": True}
    assert read(tmp_path, "ID,RT\nP1,yes\n", therapy).post_baseline == ("radiotherapy",)


# several sheets


def test_sheets_stand_side_by_side(tmp_path):
    (tmp_path / "clinical.csv").write_text("ID,Age\nP1,61\nP2,40\n")
    (tmp_path / "outcome.tsv").write_text("ID\tOS\nP3\t30.4375\nP2\t60.875\n")
    sheets = (sheet(AGE), sheet(TIME, file="outcome.tsv"))
    frame = read_sheets(sheets, tmp_path, "here").frame
    assert frame.index.tolist() == ["P1", "P2", "P3"]
    assert frame.loc["P2"].tolist() == [40.0, 2.0]
    assert frame.isna().sum().tolist() == [1, 1]


def test_one_name_in_two_sheets_is_refused(tmp_path):
    (tmp_path / "clinical.csv").write_text("ID,Age\nP1,61\n")
    sheets = (sheet(AGE), sheet(AGE | {"source": "age"}, file="more.csv"))
    message = r"more.csv: column age: found a second column 'age_years' \(the first is in clinical.csv\), expected each"
    with pytest.raises(BadInput, match=message):
        read_sheets(sheets, tmp_path, "here")


def test_no_sheet_gives_no_patient(tmp_path):
    assert read_sheets((), tmp_path, "here").frame.empty


def test_pairs_leave_out_rows_without_a_value(tmp_path):
    (tmp_path / "p.tsv").write_text("patient\tbarcode\nP1\tTCGA-1\nP2\t\n")
    assert read_pairs(tmp_path / "p.tsv", "patient", "barcode") == {"P1": "TCGA-1"}


def test_one_patient_is_not_two_persons(tmp_path):
    (tmp_path / "p.tsv").write_text("patient\tbarcode\nP1\tTCGA-1\nP1\tTCGA-2\n")
    with pytest.raises(
        BadInput, match=r"p.tsv: row 3, column barcode: found 'TCGA-2' for 'P1', which has 'TCGA-1' above"
    ):
        read_pairs(tmp_path / "p.tsv", "patient", "barcode")


# outcomes


def outcome(time, event):
    return pd.DataFrame({"time_months": time, "event": pd.array(event, dtype="boolean")})


def test_an_outcome_with_censoring_times_is_usable():
    assert outcome_usable(outcome([1.0, 2.0, None], [True, False, None])) is None


def test_an_outcome_in_which_all_died_is_usable():
    assert outcome_usable(outcome([1.0, 2.0], [True, True])) is None


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (pd.DataFrame({"age_years": [1.0]}), "no survival time is declared"),
        (pd.DataFrame({"time_months": [1.0, 2.0]}), "no event column: nothing tells who was alive"),
        (pd.DataFrame({"time_months": [1.0, None]}), "times are known for the dead only: there is no event column"),
        (outcome([1.0, None], [True, False]), "times are known for the dead only: none of the 1 living has a time"),
        (outcome([1.0, None], [True, None]), "times are known for the dead only: 1 have neither"),
        (outcome([1.0, 2.0], [False, None]), "nobody with a known time is known to have died"),
    ],
)
def test_an_outcome_that_would_bias_every_estimate_is_not_usable(frame, reason):
    assert reason in outcome_usable(frame)


# real sheets

MISSING = ["", "NA", "#N/A", "[Not Available]", "[Unknown]", "[Not Evaluated]", "[Not Applicable]", "[Discrepancy]"]


@pytest.mark.real
def test_ucsf_is_read_with_its_nine_spellings_of_idh(shared_data):
    mutant = ["IDH1 p.R132H", "mutated (NOS)", "IDH1 p.R132C", "IDH1 p.R132G", "IDH1 p.R132S", "IDH2 p.R172K"]
    mutant += ["IDH2 p.Arg172Trp", "IDH1 p.Arg132His"]
    idh = {"name": "idh_status", "source": "IDH", "kind": "text", "coding": dict.fromkeys(mutant, "mutant")}
    idh["coding"]["wildtype"] = "wildtype"
    declared = sheet(
        idh,
        TIME | {"source": "OS"},
        EVENT | {"source": "1-dead 0-alive"},
        {"name": "age_years", "source": "Age at MRI", "kind": "number"},
        {"name": "resection", "source": "EOR", "kind": "text", "post_baseline": True},
        file="UCSF-PDGM-metadata_v2.csv",
        patient_id_pattern=r"UCSF-PDGM-0*(\d+)",
    )
    result = read_sheet(declared, shared_data / "clinical_sheets", "ucsf")
    assert len(result.frame) == 501
    assert result.frame["idh_status"].value_counts().to_dict() == {"wildtype": 398, "mutant": 103}
    assert int(result.frame["event"].sum()) == 251
    assert result.frame.loc["4", "time_months"] == pytest.approx(1303 / 30.4375)
    assert result.post_baseline == ("resection",)
    assert outcome_usable(result.frame) is None


@pytest.mark.real
def test_upenn_has_times_for_the_dead_only(shared_data):
    declared = sheet(
        TIME | {"source": "Survival_from_surgery_days", "missing": ["Not Available"]},
        file="UPENN-GBM_clinical_info_v1.1.csv",
        patient_id_pattern=r"(UPENN-GBM-\d+)_11",
    )
    result = read_sheet(declared, shared_data / "clinical_sheets", "upenn")
    assert len(result.frame) == 611
    assert "60 of 671 rows set aside" in result.notes[0]
    assert outcome_usable(result.frame).startswith("times are known for the dead only: there is no event column, and ")


@pytest.mark.real
def test_cptac3_has_times_for_the_dead_only(shared_data):
    declared = sheet(
        TIME | {"source": "Survival_days", "missing": ["'--"]},
        EVENT | {"source": "Censored", "kind": "text", "coding": {"Dead": "1", "Alive": "0"}},
        file="clinical.tsv",
        patient_column="CaseID",
    )
    result = read_sheet(declared, shared_data / "cptac3_gbm_counts", "cptac3")
    assert outcome_usable(result.frame) == (
        "times are known for the dead only: none of the 50 living has a time (121 of 123 dead have one); "
        "leaving the others out would bias every estimate"
    )
    assert result.notes == ("clinical.tsv: 52 patients have an event or censoring, but no time.",)


@pytest.mark.real
def test_tcga_outcome_and_molecular_classes_are_read_side_by_side(shared_data):
    cdr = sheet(
        TIME | {"source": "OS.time"},
        EVENT | {"source": "OS"},
        {
            "name": "grade",
            "source": "histological_grade",
            "kind": "integer",
            "coding": {f"G{g}": str(g) for g in (2, 3, 4)},
        },
        file="tcga_cdr_lgg_gbm.tsv.gz",
        patient_column="bcr_patient_barcode",
        missing=MISSING,
    )
    ceccarelli = sheet(
        {
            "name": "idh_status",
            "source": "IDH.status",
            "kind": "text",
            "coding": {"WT": "wildtype", "Mutant": "mutant"},
        },
        {"name": "codeletion", "source": "X1p.19q.codeletion", "kind": "text"},
        file="ceccarelli2016_lgg_gbm_subtype.tsv.gz",
        patient_column="patient",
    )
    result = read_sheets((cdr, ceccarelli), shared_data / "tcga_expression", "tcga")
    assert len(result.frame) == 1122
    assert int(result.frame["event"].sum()) == 616
    assert result.frame["idh_status"].value_counts().to_dict() == {"wildtype": 538, "mutant": 457}
    assert result.frame["codeletion"].value_counts().to_dict() == {"non-codel": 922, "codel": 171}
    assert result.frame["grade"].value_counts().to_dict() == {2: 249, 3: 265}
    assert "OS.time is 0 in 4 patients (TCGA-P5-A5ET, TCGA-P5-A5EU, TCGA-RR-A6KB, TCGA-TQ-A7RS)" in result.notes[0]
    assert outcome_usable(result.frame) is None


@pytest.mark.real
def test_the_lgg_form_adds_karnofsky_and_what_comes_after_time_zero(shared_data):
    declared = sheet(
        {"name": "kps", "source": "karnofsky_score", "kind": "integer"},
        {"name": "radiotherapy", "source": "radiation_treatment_adjuvant", "kind": "boolean", "post_baseline": True},
        {"name": "chemotherapy", "source": "pharmaceutical_tx_adjuvant", "kind": "boolean", "post_baseline": True},
        file="clinical_lgg.csv.gz",
        patient_column="bcr_patient_barcode",
        missing=MISSING,
    )
    result = read_sheet(declared, shared_data / "tcga_lgg_counts", "tcga_lgg")
    assert result.frame.notna().sum().to_dict() == {"kps": 296, "radiotherapy": 263, "chemotherapy": 264}
    assert result.post_baseline == ("radiotherapy", "chemotherapy")


@pytest.mark.real
def test_brats_18_names_the_persons_behind_13_of_its_patients(shared_data):
    pairs = read_pairs(shared_data / "brats_18" / "participants.tsv", "patient", "tcga_barcode")
    assert len(pairs) == 13
    assert pairs["Brats18_TCIA10_628_1"] == "TCGA-DU-A5TR"


@pytest.mark.real
@pytest.mark.parametrize(("folder", "n", "deaths"), [("freije_gbm", 85, 59), ("phillips_gbm", 100, 62)])
def test_the_two_array_cohorts_are_read(shared_data, folder, n, deaths):
    declared = sheet(
        TIME | {"source": "survival", "unit": "months"},
        EVENT | {"source": "status"},
        file="clinical.tsv.gz",
        patient_column="Sample",
    )
    result = read_sheet(declared, shared_data / folder, folder)
    assert len(result.frame) == n
    assert int(result.frame["event"].sum()) == deaths
    assert outcome_usable(result.frame) is None
