"""Every public statistical function: the method, its use, how it is checked without R. Read from catalogue.tsv."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path


@dataclass(frozen=True)
class Method:
    """A line of docs/methods.md.

    items : of the published systems ("A5, C11"); empty where no paper asks for it
    stands_on : for a function without a row; the rows of a function say it themselves
    checked_by : for a function without a reference from R
    """

    function: str
    method: str
    items: str
    stands_on: str
    checked_by: str


def _read() -> tuple[tuple[str, tuple[Method, ...]], ...]:
    with (Path(__file__).parent / "catalogue.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return tuple(
        (chapter, tuple(Method(**{key: value for key, value in row.items() if key != "chapter"}) for row in group))
        for chapter, group in groupby(rows, key=lambda row: row["chapter"])
    )


ROOMS = _read()
NOT_STATISTICS = {  # public functions of the rooms that carry out no method of their own
    "learning.fit_study_classification",
    "learning.fit_study_survival",
    "learning.predict_from_model",
}
