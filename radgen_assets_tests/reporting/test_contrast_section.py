"""What a report tells of a contrast: no more than its numbers say, with tables, figures and caveats."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.contrasts import ContrastResult
from radgen_assets.contracts.study import Study
from radgen_assets.reporting import contrast_tables, contrast_wording
from radgen_assets.reporting.contrast_figures import contrast_pictures
from radgen_assets.reporting.model import ContrastReport
from radgen_assets.reporting.page import report_page
from radgen_assets.science.agreement import baseline_table
from radgen_assets_tests.reporting.synthetic import report, study

N_GENES, PATIENTS = 300, [f"a.{number:02d}" for number in range(24)]
SETTINGS = {
    "false_discovery_rate": 0.05,
    "least_log2_fold_change": 1.0,
    "adjust_for": ["grade"],
    "batch": [],
    "methods": ["deseq2", "limma_voom"],
}


def genes(method: str, n_up: int, n_down: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    change = rng.normal(0, 0.2, N_GENES)
    change[:n_up] += 2.5
    change[n_up : n_up + n_down] -= 2.0
    found = np.array(["up"] * n_up + ["down"] * n_down + [""] * (N_GENES - n_up - n_down), dtype=object)
    p = np.where(found != "", 10.0 ** -rng.uniform(5, 60, N_GENES), rng.uniform(0.01, 1, N_GENES))
    frame = pd.DataFrame(
        {
            "method": method,
            "gene": [f"GENE{number:03d}" for number in range(N_GENES)],
            "mean_expression": rng.gamma(2, 100, N_GENES),
            "log2_fold_change": change,
            "low": change - 0.4,
            "high": change + 0.4,
            "std_err": 0.2,
            "statistic": change / 0.2,
            "p": p,
            "p_adjusted": np.minimum(1, p * 10),
            "found": found,
            "status": "tested",
            "reason": "",
        }
    )
    absent = ["mean_expression", "log2_fold_change", "low", "high", "std_err", "statistic", "p", "p_adjusted"]
    frame.loc[N_GENES - 1, absent] = np.nan
    frame.loc[N_GENES - 1, ["status", "reason"]] = ["all zero", "No sample has a count."]
    return frame


def result(n_up: int = 14, n_down: int = 5, methods: tuple[str, ...] = ("deseq2", "limma_voom")) -> ContrastResult:
    """24 patients, half of them mutant; a set that rises."""
    over = pd.DataFrame(
        {
            "collection": "hallmark",
            "direction": ["either", "up", "either"],
            "set": ["HALLMARK_HYPOXIA", "HALLMARK_HYPOXIA", "HALLMARK_SPERMATOGENESIS"],
            "n_genes": [200, 200, 135],
            "n_in_universe": [20, 20, 14],
            "n_overlap": pd.array([9, 9, 0], dtype="Int64"),
            "n_expected": [1.3, 0.9, 0.9],
            "fold_enrichment": [7.1, 9.6, 0.0],
            "p": [1e-7, 1e-9, 1.0],
            "p_adjusted": [2e-7, 2e-9, 1.0],
            "genes": [";".join(f"GENE{n:03d}" for n in range(9))] * 2 + [""],
            "status": "tested",
        }
    )
    lean = pd.DataFrame(
        {
            "collection": "hallmark",
            "set": ["HALLMARK_HYPOXIA", "HALLMARK_SPERMATOGENESIS"],
            "n_found": [20, 14],
            "enrichment": [0.7, -0.2],
            "normalised_enrichment": [2.3, -0.8],
            "p": [1e-6, 0.7],
            "p_adjusted": [2e-6, 0.7],
            "leading_edge": ["GENE000;GENE001", "GENE200"],
            "status": "tested",
        }
    )
    patients = pd.DataFrame(
        {
            "patient": PATIENTS,
            "person": PATIENTS,
            "cohort": "a",
            "group": ["mutant", "wildtype"] * 12,
            "grade": ["2", "3"] * 12,
        }
    )
    return ContrastResult(
        contrast="idh",
        column="idh_status",
        level="mutant",
        reference="wildtype",
        methods=methods,
        groups=(("mutant", "a", 12), ("wildtype", "a", 12)),
        n=24,
        n_persons=24,
        genes=pd.concat([genes(method, n_up, n_down, seed) for seed, method in enumerate(methods)], ignore_index=True),
        over_representation=over,
        enrichment=lean,
        patients=patients,
        sources=("'idh_status' can be told apart from 'site' (Cramer's V 0.20).",),
        universe="genes tested by DESeq2",
        warnings=("a warning <b>",),
        notes=("DESeq2: a note",),
        settings=SETTINGS | {"methods": list(methods)},
    )


def who(**columns):
    group = pd.Series(["mutant", "wildtype"] * 12)
    return baseline_table(pd.DataFrame(columns or {"age_years": np.arange(24.0)}), group)


def contrast_report(made: ContrastResult, **changes) -> ContrastReport:
    given = {
        "title": None,
        "left_out": (("a.77", "grade is unknown"),),
        "who": who(),
        "tables": (("idh_genes.csv", "s_tables/idh_genes.csv"),),
    }
    return ContrastReport(made, **(given | changes))


def page_of(*contrasts: ContrastReport, **changes) -> str:
    return report_page(report(contrasts=contrasts, **changes))


def told(made: ContrastResult) -> str:
    return " ".join(each.text for paragraph in contrast_wording.paragraphs(made) for each in paragraph)


# sentences


def test_the_summary_counts_what_was_found_and_by_whom():
    made = result()
    assert contrast_wording.verdict(made).text == "19 genes differ: 14 higher and 5 lower in mutant"
    text = told(made)
    assert "12 patients with IDH status mutant are compared with 12 with IDH status wildtype, with grade held" in text
    assert "Of 299 genes tested by DESeq2, 19 (6 %) change at least 2-fold at a false discovery rate of 5 %" in text
    assert "limma-voom finds 19, 19 of them among these and to the same side" in text
    assert "Gene sets of hallmark: 1 of 2 holds more of these genes than chance would put there" in text
    assert "1 leans to IDH status mutant and 0 to IDH status wildtype" in text


def test_nothing_found_is_told_as_not_shown_rather_than_as_none():
    made = result(0, 0)
    assert contrast_wording.verdict(made).text == "No gene is shown to differ"
    assert "smaller differences would not be seen" in told(made)


def test_a_single_method_is_compared_with_nothing():
    assert contrast_wording.methods_agree(result(methods=("deseq2",))) is None


def test_columns_in_which_the_groups_differ_and_that_are_not_held_fixed_are_named():
    uneven = who(age_years=np.arange(24.0) + 40 * (np.arange(24) % 2), grade=["2", "3"] * 12)
    caveats = " ".join(contrast_wording.caveats(result(), uneven))
    assert "The groups differ in age years as well" in caveats or "The groups differ in age" in caveats
    assert "grade" not in caveats.partition("which is not held fixed")[0].partition("The groups differ in")[2]


def test_caveats_are_those_of_the_methods_used():
    plain = replace(result(methods=("limma_voom",)), enrichment=result().enrichment.iloc[:0])
    caveats = " ".join(contrast_wording.caveats(plain, who()))
    assert "DESeq2" not in caveats.replace(plain.universe, "")
    assert "limma_voom beside it" not in caveats
    assert "Groups of patients were compared, not made" in caveats


# tables


def test_genes_of_smallest_p_stand_by_side_with_the_second_method_beside():
    rows = contrast_tables.gene_rows(result())
    assert [row.direction for row in rows] == ["higher in mutant"] * 12 + ["lower in mutant"] * 5
    assert all("×" in row.p and row.second_change and row.second_p for row in rows)


def test_a_set_stands_once_in_the_direction_in_which_it_is_clearest():
    (table,) = contrast_tables.over_represented(result())
    assert (table.n_tested, table.n_found) == (2, 1)
    (row,) = table.rows
    assert (row.name, row.direction, row.counts) == ("HALLMARK HYPOXIA", "higher in mutant", "9 of 20 (0.9 expected)")
    assert row.genes.endswith("and 1 more")


@pytest.mark.parametrize(
    ("p", "text"), [(3.2e-12, "3 × 10⁻¹²"), (0.0042, "0.004"), (0.31, "0.31"), (0.0, "< 10⁻³⁰⁰"), (float("nan"), "–")]
)
def test_small_p_values_are_told_apart(p, text):
    assert contrast_tables.small_p(p) == text


def test_whole_tables_hold_every_gene_with_its_reason():
    files = contrast_tables.csv_files(result())
    assert set(files) == {"idh_genes.csv", "idh_over_representation.csv", "idh_enrichment.csv"}
    lines = files["idh_genes.csv"].decode().splitlines()
    assert len(lines) == 1 + 2 * N_GENES
    assert sum("No sample has a count." in line for line in lines) == 2


# the page


def test_a_contrast_has_its_section_figures_and_exclusions():
    html = page_of(contrast_report(result()))
    for text in (
        'id="contrast-idh"',
        'id="idh-volcano-deseq2"',
        'id="idh-agreement"',
        'id="idh-sets-0"',
        "a.77",
        "grade is unknown",
        's_tables/idh_genes.csv" download',
        "a warning &lt;b&gt;",
        "False discovery rate, adjusted P",
    ):
        assert text in html, text


def test_a_study_of_contrasts_alone_has_a_page_without_fits():
    given = study().model_dump(exclude={"fits", "blocks"})
    contrast = {"name": "idh", "column": "idh_status", "level": "mutant", "reference": "wildtype"}
    alone = Study.model_validate(given | {"contrasts": [contrast]})
    html = page_of(contrast_report(result()), study=alone, fits=(), previews=())
    assert 'id="fit-' not in html
    assert "Missing values" not in html
    assert "Decision curve" not in html  # a term that only fits use


def test_a_contrast_without_a_find_has_a_page():
    html = page_of(contrast_report(result(0, 0), title="IDH, nothing planted"))
    assert "IDH, nothing planted" in html
    assert "No gene is shown to differ" in html


def test_equal_reports_give_equal_pages():
    assert page_of(contrast_report(result())) == page_of(contrast_report(result()))


def test_every_picture_is_kept_for_mlflow_those_of_the_second_method_too():
    assert set(contrast_pictures(result())) == {
        "idh-volcano-deseq2.svg",
        "idh-volcano-limma-voom.svg",
        "idh-agreement.svg",
        "idh-sets-0.svg",
    }
