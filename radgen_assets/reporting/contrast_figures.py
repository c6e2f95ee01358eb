"""The figures of one contrast, drawn from its result, each with its caption and its text for a screen reader."""

from __future__ import annotations

import pandas as pd

from radgen_assets.contracts.contrasts import ContrastResult
from radgen_assets.reporting.contrast_wording import group_name, of_method, paired
from radgen_assets.reporting.inline_figures import Drawing, drawing
from radgen_assets.science import figures
from radgen_assets.science.expression.contrasts.methods import NAMES
from radgen_assets.science.figures.inputs import FoldChanges, GeneSetRow, Volcano

SETS_A_SIDE = 10


def contrast_pictures(result: ContrastResult) -> dict[str, bytes]:
    """File name -> SVG bytes of every figure that the contrast has, for MLflow."""
    drawings = [
        *(_volcano(result, method) for method in result.methods),
        agreement_drawing(result),
        *set_drawings(result),
    ]
    return {f"{each.name}.svg": str(each.svg).encode() for each in drawings if each is not None}


def volcano_drawing(result: ContrastResult) -> Drawing | None:
    """Of the first method; those of the others lie in MLflow."""
    return _volcano(result, result.methods[0])


def _volcano(result: ContrastResult, method: str) -> Drawing | None:
    rows = of_method(result, method)
    rows = rows[rows["p_adjusted"].notna() & rows["log2_fold_change"].notna()]
    if rows.empty:
        return None
    rate, least = result.settings["false_discovery_rate"], result.settings["least_log2_fold_change"]
    level, reference = (group_name(result, each) for each in (result.level, result.reference))
    figure = figures.volcano_figure(
        Volcano(tuple(rows["gene"]), tuple(rows["log2_fold_change"]), tuple(rows["p"]), tuple(rows["p_adjusted"])),
        effect_label=f"log₂ fold change, {level} against {reference}",
        effect_threshold=least,
        p_threshold=rate,
    )
    found = rows[rows["found"] != ""].sort_values("p")
    named = ", ".join(f"{row.gene} {row.log2_fold_change:+.2f}" for row in found.head(8).itertuples())
    up, down = (int((rows["found"] == side).sum()) for side in ("up", "down"))
    told = f"{up} higher, {down} lower of {len(rows)} genes"
    caption = (
        f"{NAMES[method]}: every gene with an adjusted P. Triangles are beyond both thresholds and point the way of "
        f"the gene in {level}; the dashed line is the largest P that passes adjustment."
    )
    return drawing(
        figure,
        f"{result.contrast}-volcano-{method.replace('_', '-')}",
        alt=f"Volcano plot, {NAMES[method]}. {told}. Smallest P: {named or 'none found'}.",
        caption=caption,
    )


def agreement_drawing(result: ContrastResult) -> Drawing | None:
    """Fold changes of the first two methods; None with a single one."""
    if len(result.methods) < 2:
        return None
    first, second = result.methods[:2]
    both = paired(result, first, second)
    if both.empty:
        return None
    figure = figures.fold_changes_figure(
        FoldChanges(
            (NAMES[first], NAMES[second]),
            tuple(both["first"]),
            tuple(both["second"]),
            tuple(both["found_first"] != ""),
            tuple(both["found_second"] != ""),
        )
    )
    shared = int(((both["found_first"] != "") & (both["found_second"] != "")).sum())
    caption = f"Fold changes by {NAMES[first]} and {NAMES[second]}; on the dashed line they are equal."
    return drawing(
        figure,
        f"{result.contrast}-agreement",
        alt=f"Fold changes of {NAMES[first]} against {NAMES[second]}, {len(both)} genes; {shared} found by both.",
        caption=caption,
    )


def set_drawings(result: ContrastResult) -> tuple[Drawing, ...]:
    """One a collection: the sets that lean most to either side."""
    collections = result.enrichment["collection"].unique() if len(result.enrichment) else ()
    drawn = (_sets(result, str(name), place) for place, name in enumerate(collections))
    return tuple(each for each in drawn if each is not None)


def _sets(result: ContrastResult, collection: str, place: int) -> Drawing | None:
    table = result.enrichment[result.enrichment["collection"] == collection]
    shown = leaning_most(table)
    if shown.empty:
        return None
    rows = [
        GeneSetRow(set_name(row.set), row.normalised_enrichment, int(row.n_found), row.p_adjusted)
        for row in shown.itertuples()
    ]
    level = group_name(result, result.level)
    rate = result.settings["false_discovery_rate"]
    figure = figures.gene_set_figure(rows, directions=(f"lower in {level}", f"higher in {level}"), threshold=rate)
    n = int(table["p"].notna().sum())
    caption = (
        f"{collection}: the gene sets that lean most to either group, of {n} tested, by the statistic of "
        f"{NAMES[result.methods[0]]} over all genes. P by random sets of the same size, adjusted within the collection."
    )
    told = "; ".join(f"{row.name} {row.enrichment:+.2f}, adjusted P {row.p_adjusted:.2g}" for row in rows)
    return drawing(
        figure, f"{result.contrast}-sets-{place}", alt=f"Gene set enrichment, {collection}. {told}.", caption=caption
    )


def leaning_most(table: pd.DataFrame) -> pd.DataFrame:
    """Up to ten sets a side, smallest P first chosen, in the order of their enrichment."""
    tested = table[table["normalised_enrichment"].notna() & table["p_adjusted"].notna()]
    tested = tested.assign(size=tested["normalised_enrichment"].abs())
    ranked = tested.sort_values(["p", "size"], ascending=[True, False], kind="stable")
    up = ranked[ranked["normalised_enrichment"] > 0].head(SETS_A_SIDE)
    down = ranked[ranked["normalised_enrichment"] < 0].head(SETS_A_SIDE)
    return pd.concat([up, down]).sort_values("normalised_enrichment", ascending=False, kind="stable")


def set_name(name: str) -> str:
    """A set's name with blanks, so that a line can break there."""
    return name.replace("_", " ")
