"""Tables from outside, whatever file they come in."""

from __future__ import annotations

import gzip
from datetime import datetime

import openpyxl
import pandas as pd
import pytest

from radgen_assets.contracts.errors import BadInput
from radgen_assets.formats.cells import read_cells

CONTENT = [("ID", "Age"), ("P1", "61"), ("P2", "")]


def put(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def rows(path, **how):
    cells = read_cells(path, **how)
    return [cells.header, *(row.cells for row in cells.rows)]


def written(folder, ending):
    path = folder / f"sheet{ending}"
    if ending.startswith(".xlsx"):
        workbook(folder / "sheet.xlsx", first=[("ID", "Age"), ("P1", 61), ("P2", None)])
        content = (folder / "sheet.xlsx").read_bytes()
    elif ending.startswith(".parquet"):
        pd.DataFrame({"ID": ["P1", "P2"], "Age": [61.0, None]}).to_parquet(folder / "sheet.parquet")
        content = (folder / "sheet.parquet").read_bytes()
    else:
        separator = "," if ".csv" in ending else "\t"
        content = "".join(f"{separator.join(row)}\n" for row in CONTENT).encode()
    return put(path, gzip.compress(content) if ending.endswith(".gz") else content)


@pytest.mark.parametrize("packed", ["", ".gz"])
@pytest.mark.parametrize("ending", [".csv", ".tsv", ".txt", ".xlsx", ".parquet"])
def test_every_kind_of_file_gives_the_same_cells(tmp_path, ending, packed):
    assert rows(written(tmp_path, ending + packed)) == CONTENT


def test_a_byte_order_mark_blanks_and_empty_rows_are_no_cells(tmp_path):
    """FerrDb's files begin with a byte order mark, spreadsheets end in empty rows."""
    path = put(tmp_path / "a.csv", b"\xef\xbb\xbfID , Age\r\n\r\n P1,61 \r\n,\r\n")
    assert rows(path) == [("ID", "Age"), ("P1", "61")]


def test_rows_are_counted_as_a_spreadsheet_counts_them(tmp_path):
    path = put(tmp_path / "a.csv", "ID\n\nP1\nP2\n")
    assert [row.number for row in read_cells(path).rows] == [3, 4]


def test_typed_cells_become_what_a_person_would_write(tmp_path):
    path = workbook(tmp_path / "a.xlsx", one=[("a", "b", "c", "d"), (61.0, 0.5, True, datetime(2014, 1, 16))])
    assert rows(path)[1] == ("61", "0.5", "True", "2014-01-16")


def test_a_cell_may_hold_the_separator_in_quotes(tmp_path):
    path = put(tmp_path / "a.csv", 'ID,Diagnosis\nP1,"Glioblastoma, IDH-wildtype"\n')
    assert rows(path)[1] == ("P1", "Glioblastoma, IDH-wildtype")


def test_a_row_of_another_length_is_refused(tmp_path):
    path = put(tmp_path / "a.csv", "ID,Age\nP1,61\nP2\n")
    with pytest.raises(BadInput, match=r"a.csv: row 3: found 1 cells, expected 2, as in the header"):
        read_cells(path)


def test_a_missing_column_names_the_nearest_header(tmp_path):
    cells = read_cells(put(tmp_path / "a.csv", "ID,Age at MRI\nP1,61\n"))
    with pytest.raises(
        BadInput, match=r"a.csv: column age at mri: found nothing, expected .* Did you mean 'Age at MRI'\?"
    ):
        cells.position("age at mri")


def test_a_missing_column_without_a_near_one_lists_the_headers(tmp_path):
    cells = read_cells(put(tmp_path / "a.csv", "ID,Age\nP1,61\n"))
    with pytest.raises(BadInput, match=r"The file has ID, Age\."):
        cells.position("Karnofsky")


def test_a_file_separated_otherwise_is_suspected(tmp_path):
    cells = read_cells(put(tmp_path / "a.csv", "ID;Age\nP1;61\n"))
    with pytest.raises(
        BadInput, match=r"The header is one cell \('ID;Age'\): is the file separated by what its ending"
    ):
        cells.position("ID")


def test_a_header_that_stands_twice_is_refused_when_it_is_asked_for(tmp_path):
    """phillips_gbm's clinical table has Subtype.ssgsea twice; nobody needs to care who does not read it."""
    cells = read_cells(put(tmp_path / "a.csv", "ID,x,x\nP1,1,2\n"))
    assert cells.position("ID") == 0
    with pytest.raises(BadInput, match=r"column x: found 2 columns of that name, expected one"):
        cells.position("x")


def test_a_worksheet_must_be_named_where_there_are_several(tmp_path):
    path = workbook(tmp_path / "a.xlsx", one=CONTENT, two=CONTENT)
    with pytest.raises(BadInput, match=r"a.xlsx: worksheet: found no worksheet named, expected one of one, two"):
        read_cells(path)
    assert rows(path, worksheet="two") == CONTENT


def test_a_worksheet_that_is_not_there_is_refused(tmp_path):
    path = workbook(tmp_path / "a.xlsx", one=CONTENT)
    with pytest.raises(BadInput, match=r"worksheet: found 'three', expected one of one"):
        read_cells(path, worksheet="three")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xls", b"x", r"a file ending in '.xls', expected csv, .* Open it in a spreadsheet and save it as .xlsx"),
        ("a.csv", b"", r"found no header, expected a header and rows"),
        ("a.csv", "ID\nZürich\n".encode("latin-1"), r"found bytes that are not UTF-8 \(at byte 4\), expected UTF-8"),
        ("a.csv.gz", b"ID\nP1\n", r"found Not a gzipped file"),
        ("a.csv.gz", gzip.compress(b"ID\n" * 99, mtime=0)[:-9], r"a.csv.gz: file: found .*, expected a readable file"),
        ("a.xlsx", b"x", r"found File is not a zip file, expected an xlsx workbook"),
        ("a.parquet", b"x", r"expected a Parquet file"),
    ],
)
def test_files_that_are_no_tables_are_refused(tmp_path, name, content, message):
    with pytest.raises(BadInput, match=message):
        read_cells(put(tmp_path / name, content))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"a.csv: file: found nothing, expected a table. Check the path"):
        read_cells(tmp_path / "a.csv")


@pytest.mark.real
def test_a_real_workbook_is_read(shared_data):
    cells = read_cells(shared_data / "vasari_20" / "clinical_2014-01-16.xlsx", worksheet=None)
    assert len(cells.rows) > 100
