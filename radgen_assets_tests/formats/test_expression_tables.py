"""Expression matrices: either way up, by stated rules for genes, samples and units."""

from __future__ import annotations

import gzip

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.cohort import ExpressionDeclaration
from radgen_assets.contracts.errors import BadInput, UnitRefused
from radgen_assets.contracts.toml_models import parse_table
from radgen_assets.formats.expression_tables import read_expression
from radgen_assets.formats.gene_map import read_gene_map

COUNTS = "gene\tP2\tP1\nTP53\t5\t7\nIDH1\t0\t12\n"
GENE_MAP = (
    "entrez\tsymbol\tensembl\taliases\n"
    "1\tTP53\tENSG01\tP53\n"
    "2\tHLA-A\tENSG02;ENSG03\tHLAA\n"
    "3\tAARS1\tENSG04\tAARS;SHARED\n"
    "4\tCD99\tENSG05\tSHARED\n"
    "5\tRBFOX1\tENSG06;ENSG07\tA2BP1\n"
    "6\tTWIN\tENSG07\t\n"
)


def declare(**keys) -> ExpressionDeclaration:
    table = {"file": "matrix.tsv", "orientation": "genes_in_rows", "unit": "counts", **keys}
    return parse_table(ExpressionDeclaration, table, "here.toml")


def read(folder, text, **keys):
    declaration = declare(**keys)
    content = text.encode() if isinstance(text, str) else text
    (folder / declaration.file).write_bytes(gzip.compress(content) if declaration.file.endswith(".gz") else content)
    (folder / "map.tsv").write_text(GENE_MAP)
    return read_expression(declaration, folder, "here")


def rows(matrix):
    return {gene: values.tolist() for gene, values in zip(matrix.genes, matrix.values, strict=True)}


def genes_of(ids, **keys):
    """A matrix with one sample, its values counting from 1."""
    return "gene\tP1\n" + "".join(f"{each}\t{place}\n" for place, each in enumerate(ids, start=1))


# files


def test_genes_keep_the_order_of_the_file_and_patients_are_sorted(tmp_path):
    matrix = read(tmp_path, COUNTS)
    assert matrix.genes == ("TP53", "IDH1")
    assert matrix.samples == ("P1", "P2")
    assert matrix.values.tolist() == [[7.0, 5.0], [12.0, 0.0]]
    assert matrix.unit == "counts"
    assert matrix.notes == ()


@pytest.mark.parametrize("file", ["m.csv", "m.tsv", "m.csv.gz", "m.tsv.gz", "m.txt"])
def test_text_files_give_the_same_matrix(tmp_path, file):
    text = COUNTS.replace("\t", ",") if ".csv" in file else COUNTS
    assert rows(read(tmp_path, text, file=file)) == {"TP53": [7.0, 5.0], "IDH1": [12.0, 0.0]}


def test_a_parquet_file_gives_the_same_matrix(tmp_path):
    pd.DataFrame({"gene": ["TP53", "IDH1"], "P2": [5, 0], "P1": [7, 12]}).to_parquet(tmp_path / "m.parquet")
    content = (tmp_path / "m.parquet").read_bytes()
    assert rows(read(tmp_path, content, file="m.parquet")) == {"TP53": [7.0, 5.0], "IDH1": [12.0, 0.0]}


def test_samples_may_stand_in_rows(tmp_path):
    text = "sample\tTP53\tIDH1\nP2\t5\t0\nP1\t7\t12\n"
    assert rows(read(tmp_path, text, orientation="samples_in_rows")) == {"TP53": [7.0, 5.0], "IDH1": [12.0, 0.0]}


def test_the_id_column_may_stand_anywhere(tmp_path):
    text = "P2\tname\tP1\n5\tTP53\t7\n"
    assert rows(read(tmp_path, text, gene_column="name")) == {"TP53": [7.0, 5.0]}


def test_quotes_and_a_byte_order_mark_are_no_part_of_names(tmp_path):
    text = b'\xef\xbb\xbf"gene","P1"\n"TP53",7\n'
    assert rows(read(tmp_path, text, file="m.csv")) == {"TP53": [7.0]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("gene\tP1\nTP53\tseven\n", r"matrix.tsv: column P1: found 'seven', expected a number. Correct the cell"),
        ("gene\tP1\tP2\nTP53\t7\n", r"matrix.tsv: rows: found .*Expected 3 columns, got 2.*, expected a whole table"),
        (
            "gene\tP1\tP2\nTP53\t7\tNA\n",
            r"gene TP53, patient P2: found no number \(in 1 cells in all\), expected a num",
        ),
        ("gene,P1\nTP53,7\n", r"header: found a header of 1 cells \('gene,P1.*'\), expected an id column and samples"),
        ("gene\tP1\n", r"matrix: found no value, expected genes and samples"),
    ],
)
def test_bad_tables_are_refused(tmp_path, text, message):
    with pytest.raises(BadInput, match=message):
        read(tmp_path, text)


def test_a_missing_id_column_names_the_nearest(tmp_path):
    with pytest.raises(BadInput, match=r"column Gene: found nothing, expected a column 'Gene'. Did you mean 'gene'\?"):
        read(tmp_path, COUNTS, gene_column="Gene")


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("gone.tsv", r"gone.tsv: file: found nothing, expected an expression"),
        ("a.xlsx", r"a file ending in '.xlsx', exp"),
    ],
)
def test_files_that_are_no_matrix_are_refused(tmp_path, file, message):
    with pytest.raises(BadInput, match=message):
        read_expression(declare(file=file), tmp_path, "here")


def test_a_truncated_gz_is_refused(tmp_path):
    lines = "".join(f"G{number}\t{number}\n" for number in range(5000))
    (tmp_path / "m.tsv.gz").write_bytes(gzip.compress(f"gene\tP1\n{lines}".encode())[:-2000])
    with pytest.raises(BadInput, match=r"m.tsv.gz: (rows|file): found .*, expected a (whole )?table"):
        read_expression(declare(file="m.tsv.gz"), tmp_path, "here")


# samples

SAMPLES = ("0001-01B", "0001-01A", "0001-02A", "0002-01A", "0003-02A")
TCGA = "gene\t" + "\t".join(f"TCGA-AA-{each}" for each in SAMPLES) + "\nTP53\t1\t2\t3\t4\t5\n"
PATIENT = r"^(TCGA-\w\w-\w{4})"


def test_two_samples_of_one_person_are_refused_without_a_rule(tmp_path):
    message = (
        r"samples: found 3 samples of patient TCGA-AA-0001 \(TCGA-AA-0001-01A, .*\), expected one sample a patient. Set"
    )
    with pytest.raises(BadInput, match=message):
        read(tmp_path, TCGA, patient_id_pattern=PATIENT)


def test_the_first_in_order_is_kept_when_declared(tmp_path):
    matrix = read(tmp_path, TCGA, patient_id_pattern=PATIENT, samples_per_person="first_sorted")
    assert dict(zip(matrix.samples, matrix.values[0], strict=True)) == {
        "TCGA-AA-0001": 2,
        "TCGA-AA-0002": 4,
        "TCGA-AA-0003": 5,
    }


def test_of_tcga_samples_the_primary_tumour_is_kept_and_recurrences_are_counted(tmp_path):
    matrix = read(tmp_path, TCGA, samples_per_person="primary_tumour")
    assert dict(zip(matrix.samples, matrix.values[0], strict=True)) == {"TCGA-AA-0001": 2, "TCGA-AA-0002": 4}
    assert matrix.notes == (
        "matrix.tsv: 2 samples that are no primary tumour are set aside: 2 of type 02 (recurrence).",
        "matrix.tsv: 1 patients have no primary tumour: TCGA-AA-0003.",
        "matrix.tsv: of 1 patients the first sample in order is kept, 1 set aside.",
    )


def test_a_barcode_without_a_sample_type_is_refused(tmp_path):
    with pytest.raises(
        BadInput, match=r"sample id: found 'TCGA-AA-0001', expected a TCGA barcode with its sample type"
    ):
        read(tmp_path, "gene\tTCGA-AA-0001\nTP53\t1\n", samples_per_person="primary_tumour")


def test_columns_that_are_no_samples_are_left_aside_by_the_pattern(tmp_path):
    matrix = read(tmp_path, "gene\ttype\tS_P1\nTP53\tcoding\t7\n", patient_id_pattern="^S_(.*)")
    assert rows(matrix) == {"TP53": [7.0]}
    assert matrix.notes == ("matrix.tsv: 1 columns or rows in which '^S_(.*)' is not found are set aside (type).",)


@pytest.mark.parametrize("orientation", ["genes_in_rows", "samples_in_rows"])
def test_a_pattern_that_fits_no_sample_is_refused(tmp_path, orientation):
    with pytest.raises(
        BadInput, match=r"samples: found no sample in which '\^X\(\.\*\)' is found, expected at least one"
    ):
        read(tmp_path, COUNTS, patient_id_pattern="^X(.*)", orientation=orientation)


# genes


def test_a_gene_twice_is_refused_without_a_rule_and_copies_are_counted(tmp_path):
    message = (
        r"genes: found gene A 3 times \(2 further rows of 1 genes, 1 of them exact copies of the first\), expected each"
    )
    with pytest.raises(BadInput, match=message):
        read(tmp_path, "gene\tP1\nA\t1\nB\t5\nA\t1\nA\t3\n")


@pytest.mark.parametrize(("rule", "value"), [("sum", 8.0), ("mean", 4.0), ("highest_mean", 6.0), ("first", 2.0)])
def test_rules_for_repeated_genes(tmp_path, rule, value):
    matrix = read(tmp_path, "gene\tP1\tP2\nA\t2\t2\nB\t5\t5\nA\t6\t6\n", unit="tpm", duplicate_genes=rule)
    assert rows(matrix) == {"A": [value, value], "B": [5.0, 5.0]}
    assert matrix.notes == (
        f"matrix.tsv: 1 further rows of 1 genes, 0 of them exact copies of the first, merged by the rule '{rule}'.",
    )


@pytest.mark.parametrize("unit", ["log2", "zscore"])
def test_logarithms_and_scores_are_not_added(tmp_path, unit):
    with pytest.raises(
        UnitRefused, match=rf"duplicate_genes: found 'sum' of {unit}, expected counts, tpm or fpkm for a sum"
    ):
        read(tmp_path, "gene\tP1\nA\t1\nA\t2\n", unit=unit, duplicate_genes="sum")


def test_the_mean_of_counts_is_no_count(tmp_path):
    with pytest.raises(
        UnitRefused, match=r"found 'mean' of counts, expected whole numbers. Use 'sum' or 'highest_mean'"
    ):
        read(tmp_path, "gene\tP1\nA\t1\nA\t2\n", duplicate_genes="mean")


def test_versions_are_cut_off_ensembl_ids_and_mapped(tmp_path):
    text = genes_of(["ENSG01.13", "ENSG02.4"])
    assert rows(read(tmp_path, text, gene_ids="ensembl_version", gene_map="map.tsv")) == {"TP53": [1], "HLA-A": [2]}
    assert rows(read(tmp_path, text, gene_ids="ensembl_version")) == {"ENSG01": [1], "ENSG02": [2]}


def test_y_copies_of_pseudoautosomal_genes_are_not_their_x_twins(tmp_path):
    """ENSGR ids of GENCODE v22, _PAR_Y versions of later ones."""
    text = genes_of(["ENSG05.13", "ENSGR05.13", "ENSG05.20_PAR_Y"])
    matrix = read(tmp_path, text, gene_ids="ensembl_version", gene_map="map.tsv")
    assert rows(matrix) == {"CD99": [1], "ENSGR05": [2], "ENSG05_PAR_Y": [3]}


def test_two_ids_of_one_gene_need_a_rule(tmp_path):
    text = genes_of(["ENSG02", "ENSG03"])
    with pytest.raises(BadInput, match=r"found gene HLA-A 2 times"):
        read(tmp_path, text, gene_ids="ensembl", gene_map="map.tsv")
    matrix = read(tmp_path, text, gene_ids="ensembl", gene_map="map.tsv", duplicate_genes="sum")
    assert rows(matrix) == {"HLA-A": [3]}


def test_an_id_of_two_genes_is_unknown(tmp_path):
    assert rows(read(tmp_path, genes_of(["ENSG07"]), gene_ids="ensembl", gene_map="map.tsv")) == {"ENSG07": [1]}


@pytest.mark.parametrize(("rule", "genes"), [("keep", ("TP53", "ENSG99")), ("drop", ("TP53",))])
def test_unknown_genes_are_kept_or_dropped_and_counted(tmp_path, rule, genes):
    text = genes_of(["ENSG01", "ENSG99"])
    matrix = read(tmp_path, text, gene_ids="ensembl", gene_map="map.tsv", unknown_genes=rule)
    assert matrix.genes == genes
    assert matrix.notes[0].startswith("matrix.tsv: 1 of 2 gene ids without a known symbol are ")


def test_unknown_genes_are_refused_when_declared(tmp_path):
    message = (
        r"gene ids: found 1 without a symbol \(ENSG99\), expected ids that are known. Set unknown_genes to 'keep' or"
    )
    with pytest.raises(BadInput, match=message):
        read(tmp_path, genes_of(["ENSG99"]), gene_ids="ensembl", gene_map="map.tsv", unknown_genes="refuse")


def test_older_names_carry_the_current_symbol(tmp_path):
    matrix = read(tmp_path, genes_of(["TP53", "AARS", "A2BP1"]), gene_map="map.tsv")
    assert matrix.genes == ("TP53", "AARS1", "RBFOX1")
    assert matrix.notes == ("matrix.tsv: 2 older names carry the current symbol (such as A2BP1: RBFOX1).",)


def test_a_dot_that_r_put_for_a_hyphen_is_undone(tmp_path):
    """freije_gbm went through make.names: HLA.A for HLA-A."""
    assert read(tmp_path, genes_of(["HLA.A"]), gene_map="map.tsv").genes == ("HLA-A",)


def test_an_older_name_is_not_followed_where_it_would_make_a_second_row(tmp_path):
    assert read(tmp_path, genes_of(["TP53", "P53"]), gene_map="map.tsv").genes == ("TP53", "P53")


def test_an_older_name_of_two_genes_is_unknown(tmp_path):
    matrix = read(tmp_path, genes_of(["SHARED", "TP53"]), gene_map="map.tsv", unknown_genes="drop")
    assert matrix.genes == ("TP53",)


def test_symbols_stand_before_the_bar(tmp_path):
    matrix = read(tmp_path, genes_of(["TP53|1", "?|99"]), gene_ids="symbol_bar_entrez")
    assert matrix.genes == ("TP53", "?|99")
    assert "1 of 2 gene ids without a known symbol are kept" in matrix.notes[0]


def test_a_question_mark_is_resolved_by_its_entrez_id(tmp_path):
    assert read(tmp_path, genes_of(["?|2"]), gene_ids="symbol_bar_entrez", gene_map="map.tsv").genes == ("HLA-A",)


@pytest.mark.parametrize("summary", ["__no_feature", "N_unmapped"])
def test_summary_rows_are_no_genes(tmp_path, summary):
    matrix = read(tmp_path, genes_of(["TP53", summary]))
    assert matrix.genes == ("TP53",)
    assert matrix.notes == (f"matrix.tsv: 1 summary rows (such as {summary}) are no genes and left out.",)


def test_a_gene_map_without_ensembl_ids_is_refused(tmp_path):
    (tmp_path / "map.tsv").write_text("symbol\tEnsembl\nTP53\tENSG01\n")
    with pytest.raises(BadInput, match=r"map.tsv: column ensembl: found nothing, .* Did you mean 'Ensembl'\?"):
        read_gene_map(tmp_path / "map.tsv")


# units


@pytest.mark.parametrize(
    ("unit", "value", "message"),
    [
        ("counts", "-1", r"found 1 negative values \(down to -1\), expected values of unit 'counts'"),
        (
            "counts",
            "1.5",
            r"found 1 of 1 values that are not whole, expected values of unit 'counts'. Expected cou",
        ),
        (
            "tpm",
            "-0.5",
            r"found 1 negative values .*expected values of unit 'tpm'. Declare what they are: log2 or zscore",
        ),
        ("tpm", "2e6", r"found a sample that adds up to 2e\+06, expected at most 1,000,000, as tpm do"),
        ("fpkm", "-0.5", r"found 1 negative values"),
        (
            "log2",
            "101",
            r"found a value of 101, expected values of unit 'log2', which stay below 100. Declare what they",
        ),
    ],
)
def test_values_that_cannot_be_of_the_declared_unit_are_refused(tmp_path, unit, value, message):
    with pytest.raises(UnitRefused, match=rf"matrix.tsv: unit: {message}"):
        read(tmp_path, f"gene\tP1\nTP53\t{value}\n", unit=unit)


@pytest.mark.parametrize(("unit", "value"), [("counts", 3e6), ("tpm", 0.1), ("log2", -3.5), ("zscore", 3515.03)])
def test_values_that_can_be_of_the_declared_unit_are_read(tmp_path, unit, value):
    """The largest z-score of tcga_expression is 3,515: far out, and still one."""
    assert read(tmp_path, f"gene\tP1\nTP53\t{value}\n", unit=unit).values.tolist() == [[value]]


def test_expected_counts_are_rounded_when_declared_and_counted(tmp_path):
    """Halves go to the even number, as in R; rows of one gene are added before."""
    text = "gene\tP1\tP2\nA\t0.5\t1.5\nB\t2.4\t3\nB\t0.4\t1\n"
    matrix = read(tmp_path, text, not_whole="round", duplicate_genes="sum")
    assert rows(matrix) == {"A": [0.0, 2.0], "B": [3.0, 4.0]}
    assert matrix.notes[-1] == (
        "matrix.tsv: 3 of 4 values are rounded to the nearest whole number (not_whole = 'round')."
    )


def test_what_is_whole_needs_no_note_on_rounding(tmp_path):
    assert read(tmp_path, COUNTS, not_whole="round").notes == ()


def test_only_counts_are_rounded(tmp_path):
    with pytest.raises(UnitRefused, match=r"not_whole: found 'round' of log2, expected unit 'counts'. Leave not_whole"):
        read(tmp_path, "gene\tP1\nA\t1.5\n", unit="log2", not_whole="round")


# real matrices

REAL_MAP = "../gene_sets/gene_ids_2022-09-12.tsv.gz"


@pytest.mark.real
def test_the_lgg_transcriptome_gives_one_primary_tumour_a_patient(shared_data):
    """60,483 x 529 gzipped, in seconds; 25,543 ids without one symbol (README counts ambiguous ones as mapped)."""
    declaration = declare(
        file="counts.tsv.gz",
        gene_ids="ensembl_version",
        gene_map=REAL_MAP,
        samples_per_person="primary_tumour",
        duplicate_genes="sum",
        unknown_genes="drop",
    )
    matrix = read_expression(declaration, shared_data / "tcga_lgg_counts", "tcga_lgg")
    assert matrix.values.shape == (34897, 511)
    assert "18 samples that are no primary tumour are set aside: 18 of type 02 (recurrence)." in matrix.notes[0]
    assert matrix.values[matrix.genes.index("TP53")].min() > 0


@pytest.mark.real
def test_cptac3_counts_are_read_as_they_are(shared_data):
    matrix = read_expression(declare(file="counts.tsv.gz"), shared_data / "cptac3_gbm_counts", "cptac3")
    assert matrix.values.shape == (19938, 173)
    assert int((matrix.values == 0).all(axis=1).sum()) == 444


@pytest.mark.real
@pytest.mark.parametrize(("folder", "shape"), [("freije_gbm", (12713, 85)), ("phillips_gbm", (12703, 100))])
def test_the_array_cohorts_are_read_under_current_symbols(shared_data, folder, shape):
    declaration = declare(file="expression_log2.tsv.gz", unit="log2", gene_map=REAL_MAP)
    matrix = read_expression(declaration, shared_data / folder, folder)
    assert matrix.values.shape == shape
    assert "HLA-A" in matrix.genes
    assert len(set(matrix.genes)) == len(matrix.genes)


@pytest.mark.real
def test_expected_counts_of_rsem_are_not_taken_for_counts(shared_data):
    keys = {"file": "counts.tsv.gz", "gene_ids": "symbol_bar_entrez", "samples_per_person": "primary_tumour"}
    with pytest.raises(UnitRefused, match=r"found 77558 of 840880 values that are not whole.*Expected counts \(RSEM"):
        read_expression(declare(**keys, duplicate_genes="first"), shared_data / "tcga_counts_40", "tcga_40")


@pytest.mark.real
def test_repeated_rows_of_the_forty_are_counted_as_copies(shared_data):
    keys = {"file": "counts.tsv.gz", "gene_ids": "symbol_bar_entrez", "unit": "fpkm"}
    with pytest.raises(BadInput, match=r"\(1076 further rows of 601 genes, 1074 of them exact copies of the first\)"):
        read_expression(declare(**keys), shared_data / "tcga_counts_40", "tcga_40")


@pytest.mark.real
def test_the_z_scores_name_the_column_that_is_no_gene(shared_data):
    """The file mixes genes with slide and clinical columns; which are genes cannot be declared yet."""
    declaration = declare(
        file="tcga_gbmlgg_all_clean.csv.gz", orientation="samples_in_rows", unit="zscore", gene_column="case_id"
    )
    with pytest.raises(
        BadInput, match=r"column slide_id: found 'TCGA-.*svs', expected a number.*one that is no gene must"
    ):
        read_expression(declaration, shared_data / "tcga_expression", "tcga")


def test_values_are_float64_in_one_block(tmp_path):
    values = read(tmp_path, COUNTS).values
    assert values.dtype == np.float64
    assert values.flags.c_contiguous
