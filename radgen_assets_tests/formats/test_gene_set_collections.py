"""Collections of gene sets: read together, brought to current symbols, listed, and met with a matrix."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.expression import ExpressionMatrix, GeneSet
from radgen_assets.contracts.sources import DeclaredGeneSets, GeneSetCollection, GeneSetFiles
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.formats.gene_set_collections import (
    catalogue_facts,
    catalogue_table,
    coverage_facts,
    coverage_table,
    read_collection,
    read_gene_sets,
)
from radgen_assets.formats.gmt import write_gmt
from radgen_assets.resources.home import make_home

SETS = (GeneSet("HYPOXIA", "http://x", ("VEGFA", "CA9")), GeneSet("B CELL", "", ("CD19",)))
GENE_IDS = "symbol\tensembl\taliases\nRBFOX1\tENSG1\tA2BP1;OLD\nAARS1\tENSG2\tAARS;SAME\nCA9\tENSG3\tSAME\n"


def collection(tmp_path, sets, name="a", **said) -> GeneSetCollection:
    """A GMT file and what is declared of it."""
    write_gmt(tmp_path / f"{name}.gmt", sets)
    return GeneSetCollection(name, str(tmp_path / f"{name}.gmt"), **said)


def test_several_collections_become_one_tuple(tmp_path):
    both = (collection(tmp_path, SETS[:1]), collection(tmp_path, SETS[1:], "b"))
    assert read_gene_sets(GeneSetFiles(both)).sets == SETS


def test_a_name_in_two_files_is_refused(tmp_path):
    """Hallmark 6.2 and 7.0 have the same names for other genes."""
    both = (collection(tmp_path, SETS), collection(tmp_path, SETS[:1], "b"))
    with pytest.raises(
        BadInput, match=r"b.gmt: name: found set HYPOXIA, which is in a.gmt too, expected each set in one"
    ):
        read_gene_sets(GeneSetFiles(both))


def test_a_gene_map_brings_names_to_current_symbols_and_says_so(tmp_path):
    """An older name of one gene is followed, twice the same gene counts once, a name of several genes stays."""
    (tmp_path / "ids.tsv").write_text(GENE_IDS)
    mine = (GeneSet("OF 2012", "", ("A2BP1", "OLD", "AARS", "SAME", "NOBODY", "CA9")),)
    found, notes = read_collection(collection(tmp_path, mine, gene_map=str(tmp_path / "ids.tsv")))
    assert found[0].genes == ("RBFOX1", "AARS1", "SAME", "NOBODY", "CA9")
    assert notes == (
        "a: 3 of 6 names became the current symbol (such as A2BP1: RBFOX1).",
        "a: 2 names without one current symbol stay as they are, 1 of them older names of several genes.",
    )


def test_the_catalogue_has_a_row_a_set_with_what_is_said_of_its_collection(tmp_path):
    said = {"version": "7.0", "licence": "CC BY 4.0", "source": "MSigDB"}
    declared = DeclaredGeneSets((collection(tmp_path, SETS, **said), collection(tmp_path, SETS, "kegg")))
    table = catalogue_table(declared)
    assert table.frame["gene_set"].tolist() == ["HYPOXIA", "B CELL"] * 2
    assert table.frame["licence"].tolist() == ["CC BY 4.0"] * 2 + ["not stated"] * 2
    assert table.frame["n_genes"].tolist() == [2, 1] * 2
    assert table.warnings == ("kegg: no version and no licence is stated in radgen.toml.",)
    assert catalogue_facts(table)["a"] == "2 sets of 1 to 2 genes (median 2); version 7.0; licence CC BY 4.0"


def test_the_coverage_counts_genes_once_and_sets_that_are_large_enough(tmp_path):
    overlapping = (*SETS, GeneSet("C", "", ("VEGFA", "X")))
    one = collection(tmp_path, overlapping)
    matrix = ExpressionMatrix(np.zeros((2, 1)), ("VEGFA", "CD19"), ("P1",), ExpressionUnit.log2)
    catalogue, sets = catalogue_table(DeclaredGeneSets((one,))), read_gene_sets(GeneSetFiles((one,)))
    table = coverage_table("site", matrix, catalogue, sets, smallest_set=1)
    row = table.frame.iloc[0]
    assert (row["n_genes"], row["n_genes_measured"], row["n_sets_large_enough"]) == (4, 2, 3)
    assert coverage_facts(table) == {"a": "2 of 4 genes; 3 of 3 sets with at least 1"}
    assert table.warnings == ()
    none = coverage_table("site", matrix, catalogue, sets, smallest_set=2)
    assert none.frame["n_sets_large_enough"].tolist() == [0]


def test_a_collection_that_the_matrix_hardly_holds_is_named(tmp_path):
    one = collection(tmp_path, SETS)
    matrix = ExpressionMatrix(np.zeros((1, 1)), ("CD19",), ("P1",), ExpressionUnit.log2)
    catalogue, sets = catalogue_table(DeclaredGeneSets((one,))), read_gene_sets(GeneSetFiles((one,)))
    assert coverage_table("site", matrix, catalogue, sets, 1).warnings == ("a: 1 of its 3 genes are in the matrix.",)


# what radgen.toml says


def home_with(tmp_path, text):
    """A home whose radgen.toml names gene sets."""
    home = make_home(tmp_path / "home")
    home.toml.write_text(text)
    write_gmt(home.root / "kegg.gmt", SETS)
    return type(home).open(home.root)


def test_a_file_may_stand_alone_or_with_what_is_known_of_it(tmp_path):
    home = home_with(
        tmp_path,
        'gene_sets = ["kegg.gmt", { file = "kegg.gmt", name = "go_cc", version = "2026-01", licence = "CC BY 4.0" }]',
    )
    first, second = home.gene_set_collections()
    assert (first.name, first.version) == ("kegg", "")
    assert (second.name, second.version, second.licence) == ("go_cc", "2026-01", "CC BY 4.0")
    assert first.path == second.path == str(home.root / "kegg.gmt")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('gene_sets = ["kegg.gmt", "kegg.gmt"]', "gene_sets: found kegg twice, expected each collection once"),
        ('gene_sets = ["go.gmt"]', "gene_sets: found go.gmt, expected a GMT file. Correct the path."),
        (
            'gene_sets = [{ file = "kegg.gmt", gene_map = "ids.tsv" }]',
            "gene_sets: found ids.tsv, expected a table of gene ids",
        ),
    ],
)
def test_what_cannot_be_found_or_told_apart_is_refused(tmp_path, text, message):
    home = home_with(tmp_path, text)
    with pytest.raises(BadInput, match=message):
        home.gene_set_collections()


def test_a_wrong_key_names_the_right_one(tmp_path):
    with pytest.raises(BadInput, match="Did you mean 'licence'"):
        home_with(tmp_path, 'gene_sets = [{ file = "kegg.gmt", license = "none" }]')


@pytest.mark.real
def test_current_symbols_raise_what_a_matrix_of_current_symbols_holds(shared_data):
    """Hallmark 7.0 names 4,384 genes, some by older symbols."""
    folder = shared_data / "gene_sets"
    hallmark = GeneSetCollection("hallmark", str(folder / "h.all.v7.0.symbols.gmt.gz"))
    mapped = GeneSetCollection(**vars(hallmark) | {"gene_map": str(folder / "gene_ids_2022-09-12.tsv.gz")})
    plain, _ = read_collection(hallmark)
    renewed, notes = read_collection(mapped)
    genes, current = ({gene for each in sets for gene in each.genes} for sets in (plain, renewed))
    assert len(genes) == 4384
    assert len(current - genes) == 44
    assert len(notes) == 2
