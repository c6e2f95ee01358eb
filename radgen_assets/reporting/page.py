"""A study's report as one self-contained HTML page: no script, no request, nothing but what its report holds."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from radgen_assets.contracts.results import FitResult
from radgen_assets.reporting import fit_figures, survival_figures, wording
from radgen_assets.reporting.contrast_section import contrast_section
from radgen_assets.reporting.glossary import terms_of
from radgen_assets.reporting.inline_figures import Drawing, drawing
from radgen_assets.reporting.model import StudyReport
from radgen_assets.reporting.published_numbers import published_rows
from radgen_assets.reporting.result_tables import ResultTable, result_tables
from radgen_assets.science import figures
from radgen_assets.science.figures import numbers

COLUMNS_SHOWN = 30


@dataclass(frozen=True)
class FitSection:
    """Everything that the page tells about one fit, ready to print."""

    fit: FitResult
    title: str
    verdict: wording.Statement
    paragraphs: tuple[tuple[wording.Statement, ...], ...]
    estimates: Drawing | None
    settings: tuple[tuple[ResultTable, fit_figures.SettingFigures], ...]
    how_measured: str
    groups: tuple[Drawing, ...]
    forests: tuple[Drawing, ...]
    proportional_told: str
    nomogram: Drawing | None
    keeps_terms: bool
    coefficients: Drawing | None
    paths: Drawing | None
    missing: Drawing | None
    missing_told: str
    settings_text: str


def report_page(report: StudyReport) -> str:
    """The page as HTML text; equal reports give equal text.

    Raises
    ------
    ValueError
        When the cohort flow's counts and reasons do not add up, or the exclusions are not as many as the flow counts.
    """
    _check_exclusions(report)
    return (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            study=report.study,
            flow=_flow(report),
            sections=[_section(fit) for fit in report.fits],
            contrasts=[contrast_section(contrast) for contrast in report.contrasts],
            pictures=[(each, _data_uri(each.png)) for each in report.previews],
            terms=terms_of(report),
            published=published_rows(report.study, report.fits),
        )
    )


def _check_exclusions(report: StudyReport) -> None:
    """Whoever the flow counts as left out is named with a reason, and no one else is."""
    counted = sum(n for step in report.flow for _, n in step.reasons)
    if report.flow and counted != len(report.exclusions):
        raise ValueError(
            f"report: exclusions: found {len(report.exclusions)} patients, expected {counted}, as many as the flow "
            "counts. Make both with study_flow."
        )


def _section(fit: FitResult) -> FitSection:
    return FitSection(
        fit=fit,
        title=wording.fit_title(fit),
        verdict=wording.verdict(fit),
        paragraphs=wording.paragraphs(fit),
        estimates=fit_figures.estimates_drawing(fit),
        settings=tuple(zip(result_tables(fit), fit_figures.setting_figures(fit), strict=True)),
        how_measured=wording.how_measured(fit),
        groups=survival_figures.group_drawings(fit),
        forests=fit_figures.forest_drawings(fit),
        proportional_told=wording.proportional_hazards(fit),
        nomogram=survival_figures.nomogram_drawing(fit),
        keeps_terms=any(term.model == "full" and term.value != 0 for term in fit.coefficients),
        coefficients=fit_figures.coefficient_drawing(fit),
        paths=fit_figures.path_drawing(fit),
        missing=_missing(fit),
        missing_told=wording.completeness(fit),
        settings_text=json.dumps(dict(fit.settings), indent=2, sort_keys=True, ensure_ascii=False),
    )


def _flow(report: StudyReport) -> Drawing | None:
    if not report.flow:
        return None
    told = "; ".join(
        f"{step.label}: {step.n}" + "".join(f", {n} left out: {reason}" for reason, n in step.reasons)
        for step in report.flow
    )
    figure = figures.cohort_flow_figure(report.flow)
    caption = "From the patients found to those analysed. Every patient left out is listed with its reason below."
    return drawing(figure, "cohort-flow", alt=f"Cohort flow. {told}.", caption=caption)


def _missing(fit: FitResult) -> Drawing | None:
    """Bars of the columns that lack values, the most incomplete first; None when all are complete."""
    lacking = sorted((row for row in fit.missing if row.n_missing), key=lambda row: -row.n_missing / row.n)
    if not lacking:
        return None
    shown = lacking[:COLUMNS_SHOWN]
    told = "; ".join(f"{row.column}: {row.n_missing} of {row.n}, {row.handled}" for row in shown)
    caption = f"Missing values for {wording.fit_title(fit)}, before anything was done about them."
    if len(lacking) > len(shown):
        caption += f" The {len(shown)} most incomplete of {len(lacking)} incomplete columns."
    figure = figures.missing_data_figure(shown)
    return drawing(figure, f"{fit.fit}-missing", alt=f"Missing values. {told}.", caption=caption)


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("radgen_assets.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        plain=numbers.plain,
        p_value=numbers.p_value,
        signed=numbers.signed,
        with_interval=numbers.with_interval,
        count=numbers.count,
        spaced=wording.spaced,
        capital=wording.capital,
        model_name=wording.model_name,
        variable_name=wording.variable_name,
        factor_name=wording.factor_name,
    )
    return environment
