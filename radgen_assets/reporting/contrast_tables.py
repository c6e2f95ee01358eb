"""Tables of a contrast: the genes and sets that stand out, ready to print, and everything as CSV beside the page."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from radgen_assets.contracts.contrasts import ContrastResult
from radgen_assets.reporting.contrast_figures import leaning_most, set_name
from radgen_assets.reporting.contrast_wording import group_name, of_method
from radgen_assets.science.expression.contrasts.methods import NAMES
from radgen_assets.science.figures.numbers import ABSENT, MINUS, count, plain, signed

GENES_A_SIDE, SETS_SHOWN, GENES_NAMED = 12, 20, 8
SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True)
class GeneRow:
    """A gene by the first method, and by the second beside it."""

    gene: str
    direction: str
    mean: str
    change: str
    p: str
    second_change: str
    second_p: str


@dataclass(frozen=True)
class SetRow:
    """An over-represented or enriched set."""

    name: str
    direction: str
    counts: str
    size: str
    p: str
    genes: str


@dataclass(frozen=True)
class SetTable:
    """One collection's sets: of how many tested, by which question."""

    collection: str
    n_tested: int
    n_found: int
    rows: tuple[SetRow, ...]


def gene_rows(result: ContrastResult) -> tuple[GeneRow, ...]:
    """The genes of smallest P to either side, as the first method found them."""
    first = of_method(result, result.methods[0])
    found = first[first["found"] != ""].sort_values(["p", "gene"], kind="stable")
    shown = pd.concat([found[found["found"] == side].head(GENES_A_SIDE) for side in ("up", "down")])
    beside = of_method(result, result.methods[1]).set_index("gene") if len(result.methods) > 1 else None
    return tuple(_gene_row(result, row, beside) for row in shown.to_dict("records"))


def _gene_row(result: ContrastResult, row: dict, beside: pd.DataFrame | None) -> GeneRow:
    other = beside.loc[row["gene"]] if beside is not None and row["gene"] in beside.index else None
    return GeneRow(
        gene=row["gene"],
        direction=_told_direction(result, row["found"]),
        mean=plain(row["mean_expression"], 1),
        change=f"{signed(row['log2_fold_change'])} ({plain(row['low'])} to {plain(row['high'])})",
        p=small_p(row["p_adjusted"]),
        second_change=signed(other["log2_fold_change"]) if other is not None else "",
        second_p=_second_p(other) if other is not None else "",
    )


def _second_p(other: pd.Series) -> str:
    return small_p(other["p_adjusted"]) if pd.notna(other["p_adjusted"]) else str(other["status"])


def over_represented(result: ContrastResult) -> tuple[SetTable, ...]:
    """Sets of each collection, smallest P first; a set stands once, in the direction in which it is clearest."""
    table = result.over_representation
    tables = []
    for name in table["collection"].unique() if len(table) else ():
        here = table[(table["collection"] == name) & table["p"].notna()]
        rate = result.settings["false_discovery_rate"]
        found = here[here["p_adjusted"] < rate].sort_values(["p", "set"], kind="stable").drop_duplicates("set")
        rows = tuple(
            SetRow(
                set_name(row["set"]),
                _told_direction(result, row["direction"]),
                f"{row['n_overlap']} of {count(int(row['n_in_universe']))} ({plain(row['n_expected'], 1)} expected)",
                plain(row["fold_enrichment"], 1),
                small_p(row["p_adjusted"]),
                _named(row["genes"]),
            )
            for row in found.head(SETS_SHOWN).to_dict("records")
        )
        tables.append(SetTable(str(name), int(here["set"].nunique()), len(found), rows))
    return tuple(tables)


def enriched(result: ContrastResult) -> tuple[SetTable, ...]:
    """The sets of each collection that lean most to either side."""
    table = result.enrichment
    tables = []
    for name in table["collection"].unique() if len(table) else ():
        here = table[table["collection"] == name]
        rows = tuple(
            SetRow(
                set_name(row["set"]),
                _told_direction(result, "up" if row["normalised_enrichment"] > 0 else "down"),
                count(int(row["n_found"])),
                signed(row["normalised_enrichment"]),
                small_p(row["p_adjusted"]),
                _named(row["leading_edge"]),
            )
            for row in leaning_most(here).to_dict("records")
        )
        found = int((here["p_adjusted"] < result.settings["false_discovery_rate"]).sum())
        tables.append(SetTable(str(name), int(here["p"].notna().sum()), found, rows))
    return tuple(tables)


def csv_files(result: ContrastResult) -> dict[str, bytes]:
    """File name -> the whole tables, as text."""
    tables = {
        "genes": result.genes,
        "over_representation": result.over_representation,
        "enrichment": result.enrichment,
    }
    return {
        f"{result.contrast}_{name}.csv": table.to_csv(index=False, float_format="%.6g", lineterminator="\n").encode()
        for name, table in tables.items()
        if len(table)
    }


def small_p(p: float) -> str:
    """A P value that tells small ones apart: "3 × 10⁻¹²", "0.004"."""
    if p is None or not math.isfinite(p):
        return ABSENT
    if p >= 0.001:
        return f"{p:.3f}" if p < 0.0995 else f"{p:.2f}"
    if p < 1e-300:
        return f"< 10{'-300'.translate(SUPERSCRIPT)}"
    mantissa, _, exponent = f"{p:.0e}".partition("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPT)}".replace("-", MINUS)


def method_names(result: ContrastResult) -> tuple[str, ...]:
    """The methods in words, the first first."""
    return tuple(NAMES[method] for method in result.methods)


def _told_direction(result: ContrastResult, direction: str) -> str:
    level = group_name(result, result.level)
    return {"up": f"higher in {level}", "down": f"lower in {level}"}.get(direction, "either")


def _named(genes: str) -> str:
    names = [gene for gene in str(genes).split(";") if gene]
    more = f" and {count(len(names) - GENES_NAMED)} more" if len(names) > GENES_NAMED else ""
    return ", ".join(names[:GENES_NAMED]) + more
