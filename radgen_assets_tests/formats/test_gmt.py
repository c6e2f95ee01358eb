"""GMT files: gene sets in the order of the file."""

from __future__ import annotations

import gzip

import pytest

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.expression import GeneSet
from radgen_assets.formats.gmt import read_gmt, write_gmt

TEXT = "HYPOXIA\thttp://x\tVEGFA\tCA9\tVEGFA\t\nB CELL\t\tCD19\n\n"
SETS = (GeneSet("HYPOXIA", "http://x", ("VEGFA", "CA9")), GeneSet("B CELL", "", ("CD19",)))


def test_repeats_and_empty_cells_are_left_out(tmp_path):
    (tmp_path / "a.gmt").write_text(TEXT)
    assert read_gmt(tmp_path / "a.gmt") == SETS


def test_a_packed_file_with_windows_line_ends_is_read(tmp_path):
    (tmp_path / "a.gmt.gz").write_bytes(gzip.compress(TEXT.replace("\n", "\r\n").encode()))
    assert read_gmt(tmp_path / "a.gmt.gz") == SETS


def test_what_is_written_is_read(tmp_path):
    write_gmt(tmp_path / "a.gmt", SETS)
    assert read_gmt(tmp_path / "a.gmt") == SETS


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"HYPOXIA\tx\tA\nHYPOXIA\tx\tB\n", r"a.gmt: line 2: found set HYPOXIA again, expected each set once"),
        (b"HYPOXIA\tx\n", r"a.gmt: line 1: found 'HYPOXIA.*', expected name, description and genes, with tabs"),
        (b"HYPOXIA x A B\n", r"line 1: found 'HYPOXIA x A B', expected name, description and genes"),
        (b"", r"a.gmt: file: found no line, expected at least one gene set"),
        (b"\xff\xfe\x00", r"expected UTF-8 text"),
    ],
)
def test_bad_files_are_refused(tmp_path, content, message):
    (tmp_path / "a.gmt").write_bytes(content)
    with pytest.raises(BadInput, match=message):
        read_gmt(tmp_path / "a.gmt")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"a.gmt: file: found nothing, expected a GMT file"):
        read_gmt(tmp_path / "a.gmt")


@pytest.mark.real
def test_real_gene_sets_are_read_with_their_counts(shared_data):
    folder = shared_data / "gene_sets"
    hallmark = read_gmt(folder / "h.all.v7.0.symbols.gmt.gz")
    assert len(hallmark) == 50
    assert len({gene for each in hallmark for gene in each.genes}) == 4384
    assert len(read_gmt(folder / "ReactomePathways.gmt.gz")) == 2504
    assert len(read_gmt(folder / "go_bp_2022-07-01_10to500.gmt.gz")) == 6482
