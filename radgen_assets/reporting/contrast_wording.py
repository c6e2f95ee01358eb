"""Sentences about a contrast that say no more than its numbers do; every number in them is of the ContrastResult."""

from __future__ import annotations

import numpy as np
import pandas as pd

from radgen_assets.contracts.contrasts import ContrastResult
from radgen_assets.reporting.wording import Statement, capital, spaced
from radgen_assets.science.agreement import BaselineTable
from radgen_assets.science.expression.contrasts.methods import NAMES
from radgen_assets.science.figures.numbers import count, percent, plain

IMBALANCE = 0.25  # standardised mean difference from which a column is named


def contrast_title(result: ContrastResult, title: str | None = None) -> str:
    """Heading of a contrast: the study's words, or its column and groups."""
    return title or f"{capital(spaced(result.column))}: {spaced(result.level)} against {spaced(result.reference)}"


def group_name(result: ContrastResult, level: str) -> str:
    """A level where it stands alone: "mutant", but "grade 4"."""
    return spaced(level) if any(letter.isalpha() for letter in level) else _group(result, level)


def of_method(result: ContrastResult, method: str) -> pd.DataFrame:
    """The genes' rows of one method."""
    return result.genes[result.genes["method"] == method]


def verdict(result: ContrastResult) -> Statement:
    """What the first method found, for the top of the page."""
    up, down = _found(result, result.methods[0])
    if not up + down:
        return Statement("No gene is shown to differ", "weak")
    told = f"{count(up)} higher and {count(down)} lower in {group_name(result, result.level)}"
    return Statement(f"{count(up + down)} {_genes(up + down)}: {told}")


def paragraphs(result: ContrastResult) -> tuple[tuple[Statement, ...], ...]:
    """All that the summary says about a contrast, in reading order."""
    doubts = tuple(Statement(each, "weak") for each in result.warnings)
    said = ((compared(result), genes_found(result)), doubts, (methods_agree(result),), gene_sets_found(result))
    kept = [tuple(each for each in paragraph if each is not None) for paragraph in said]
    return tuple(paragraph for paragraph in kept if paragraph)


def compared(result: ContrastResult) -> Statement:
    """Who is compared with whom, and what is held fixed."""
    sizes = [sum(n for name, _, n in result.groups if name == level) for level in (result.level, result.reference)]
    of = "of" if result.column == "cohort" else "with"
    first = f"{count(sizes[0])} {'patients' if sizes[0] != 1 else 'patient'} {of} {_group(result, result.level)}"
    fixed = held_fixed(result)
    held = f", with {_listed(fixed)} held fixed" if fixed else ""
    return Statement(f"{first} are compared with {count(sizes[1])} {of} {_group(result, result.reference)}{held}.")


def groups_by_cohort(result: ContrastResult) -> str:
    """ "first: 12 mutant, 12 wildtype; second: 4 mutant"."""
    cohorts = dict.fromkeys(sorted(cohort for _, cohort, _ in result.groups))
    told = (
        f"{name}: "
        + ", ".join(f"{count(n)} {group_name(result, level)}" for level, cohort, n in result.groups if cohort == name)
        for name in cohorts
    )
    return "; ".join(told)


def held_fixed(result: ContrastResult) -> list[str]:
    """Columns of the design beside the one compared, in words."""
    design = [name for name in result.patients if name not in ("patient", "person", "cohort", "group")]
    declared = [*result.settings["adjust_for"], *result.settings["batch"]]
    if "cohort" in declared and result.patients["cohort"].nunique() > 1:  # which every patient's row has anyhow
        design.append("cohort")
    return [spaced(str(name)) for name in design]


def genes_found(result: ContrastResult) -> Statement:
    """What the first method found, out of how many."""
    method = result.methods[0]
    n = int(of_method(result, method)["p_adjusted"].notna().sum())
    up, down = _found(result, method)
    rate, least = _rate(result), result.settings["least_log2_fold_change"]
    change = f"change at least {plain(2**least, 1).removesuffix('.0')}-fold" if least else "change"
    tested, at = f"Of {count(n)} genes tested by {NAMES[method]}", f"at a false discovery rate of {rate}"
    if not up + down:
        blind = "With these patients, smaller differences would not be seen."
        return Statement(f"{tested}, none is shown to {change} {at}. {blind}", "weak")
    told = f"{tested}, {count(up + down)} ({percent(up + down, n)}) {change} {at}"
    chance = "one in " + count(round(1 / result.settings["false_discovery_rate"]))
    return Statement(
        f"{told}: {count(up)} are higher and {count(down)} lower in {_group(result, result.level)}. About {chance} of "
        "such finds is expected to be chance."
    )


def methods_agree(result: ContrastResult) -> Statement | None:
    """How far the second method says the same; None with a single one."""
    if len(result.methods) < 2:
        return None
    first, second = result.methods[:2]
    both = paired(result, first, second)
    n_second = sum(_found(result, second))
    shared = int(((both["found_first"] != "") & (both["found_first"] == both["found_second"])).sum())
    turned = int(
        (
            (both["found_first"] != "") & (both["found_second"] != "") & (both["found_first"] != both["found_second"])
        ).sum()
    )
    same = f"{count(shared)} of them among these and to the same side"
    told = f"{NAMES[second]} finds {count(n_second)}, {same}" if n_second else f"{NAMES[second]} finds none"
    against = f"; {count(turned)} {'goes' if turned == 1 else 'go'} the other way" if turned else ""
    if len(both) < 3 or min(both["first"].std(), both["second"].std()) == 0:
        return Statement(f"{told}{against}.")
    r = float(np.corrcoef(both["first"], both["second"])[0, 1])
    return Statement(
        f"{told}{against}. Over the {count(len(both))} genes that both tested, their fold changes correlate with "
        f"r = {plain(r, 3)}."
    )


def paired(result: ContrastResult, first: str, second: str) -> pd.DataFrame:
    """Genes that two methods tested: gene, first and second (log2 fold changes), found_first, found_second."""
    one, other = (
        of_method(result, method).loc[lambda rows: rows["p_adjusted"].notna(), ["gene", "log2_fold_change", "found"]]
        for method in (first, second)
    )
    joint = one.merge(other, on="gene", suffixes=("_first", "_second"))
    return joint.rename(columns={"log2_fold_change_first": "first", "log2_fold_change_second": "second"})


def gene_sets_found(result: ContrastResult) -> tuple[Statement, ...]:
    """What each collection shows, by both questions."""
    said = []
    collections = [*result.over_representation["collection"].unique(), *result.enrichment["collection"].unique()]
    for name in dict.fromkeys(collections):
        over = result.over_representation
        over = over[(over["collection"] == name) & (over["direction"] == "either")]
        lean = result.enrichment[result.enrichment["collection"] == name]
        told = [each for each in (_over_told(result, over), _lean_told(result, lean)) if each]
        if told:
            said.append(Statement(f"Gene sets of {name}: {'; '.join(told)}."))
    return tuple(said)


def _over_told(result: ContrastResult, over: pd.DataFrame) -> str:
    if not len(over):
        return ""
    tested = over[over["p"].notna()]
    n = int((tested["p_adjusted"] < result.settings["false_discovery_rate"]).sum())
    some = f"{count(n) if n else 'none'} of {count(len(tested))} {'hold' if n > 1 else 'holds'}"
    return f"{some} more of these genes than chance would put there"


def _lean_told(result: ContrastResult, lean: pd.DataFrame) -> str:
    if not len(lean):
        return ""
    found = lean[lean["p_adjusted"] < result.settings["false_discovery_rate"]]
    up, down = int((found["enrichment"] > 0).sum()), int((found["enrichment"] < 0).sum())
    if not up + down:
        return f"over all genes, none of {count(int(lean['p'].notna().sum()))} leans to either group"
    return (
        f"over all genes, {count(up)} {'leans' if up == 1 else 'lean'} to {_group(result, result.level)} and "
        f"{count(down)} to {_group(result, result.reference)}"
    )


def caveats(result: ContrastResult, who: BaselineTable) -> tuple[str, ...]:
    """What a reader must keep in mind, the particular before the general."""
    said = [*result.sources]
    fixed = held_fixed(result)
    uneven = dict.fromkeys(
        spaced(row.variable)
        for row in who.rows
        if row.smd is not None and row.smd > IMBALANCE and spaced(row.variable) not in fixed
    )
    if uneven:
        said.append(
            f"The groups differ in {_listed(list(uneven))} as well (standardised mean difference above {IMBALANCE}), "
            "which is not held fixed: a gene's difference may be theirs."
        )
    if "deseq2" in result.methods:
        also = " Trust most what both methods find." if len(result.methods) > 1 else " Ask limma_voom beside it."
        said.append(
            "Tumours differ more from one another than DESeq2's model allows. Among real tumours under labels drawn at "
            f"random, one in ten of its P was below 0.05, and one in twenty of limma-voom's.{also}"
        )
    if len(result.over_representation):
        said.append(
            f"Over-representation counts with the {result.universe} as its universe, and adjusts P within each "
            "collection and direction."
        )
    if len(result.over_representation) or len(result.enrichment):
        said.append(
            "Both questions about sets compare with genes drawn at random. Genes of a set move together, random ones "
            "do not: under labels that mean nothing, far more than one P in twenty is below 0.05. Read these P as an "
            "order of the sets, not as evidence."
        )
    said.append(
        "Groups of patients were compared, not made: what else goes with "
        f"{spaced(result.column)} (the share of tumour cells in a sample, say) is part of every difference."
    )
    return tuple(said)


def _found(result: ContrastResult, method: str) -> tuple[int, int]:
    found = of_method(result, method)["found"]
    return int((found == "up").sum()), int((found == "down").sum())


def _group(result: ContrastResult, level: str) -> str:
    return f"{spaced(result.column)} {level if result.column == 'cohort' else spaced(level)}"


def _genes(n: int) -> str:
    return "gene differs" if n == 1 else "genes differ"


def _rate(result: ContrastResult) -> str:
    return f"{100 * result.settings['false_discovery_rate']:g} %"


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
