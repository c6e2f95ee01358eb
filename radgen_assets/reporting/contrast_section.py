"""Everything that the page tells about one contrast, ready to print."""

from __future__ import annotations

import json
from dataclasses import dataclass

from radgen_assets.contracts.contrasts import ContrastResult
from radgen_assets.reporting import contrast_figures, contrast_tables, contrast_wording
from radgen_assets.reporting.inline_figures import Drawing
from radgen_assets.reporting.model import ContrastReport
from radgen_assets.reporting.wording import Statement


@dataclass(frozen=True)
class ContrastSection:
    """One contrast's words, tables and drawings."""

    contrast: ContrastResult
    report: ContrastReport
    title: str
    groups: str
    verdict: Statement
    paragraphs: tuple[tuple[Statement, ...], ...]
    caveats: tuple[str, ...]
    methods: tuple[str, ...]
    volcano: Drawing | None
    agreement: Drawing | None
    genes: tuple[contrast_tables.GeneRow, ...]
    over_represented: tuple[contrast_tables.SetTable, ...]
    enriched: tuple[contrast_tables.SetTable, ...]
    sets: tuple[Drawing, ...]
    settings_text: str


def contrast_section(report: ContrastReport) -> ContrastSection:
    """The section of one contrast."""
    result = report.result
    return ContrastSection(
        contrast=result,
        report=report,
        title=contrast_wording.contrast_title(result, report.title),
        groups=contrast_wording.groups_by_cohort(result),
        verdict=contrast_wording.verdict(result),
        paragraphs=contrast_wording.paragraphs(result),
        caveats=contrast_wording.caveats(result, report.who),
        methods=contrast_tables.method_names(result),
        volcano=contrast_figures.volcano_drawing(result),
        agreement=contrast_figures.agreement_drawing(result),
        genes=contrast_tables.gene_rows(result),
        over_represented=contrast_tables.over_represented(result),
        enriched=contrast_tables.enriched(result),
        sets=contrast_figures.set_drawings(result),
        settings_text=json.dumps(dict(result.settings), indent=2, sort_keys=True, ensure_ascii=False),
    )
