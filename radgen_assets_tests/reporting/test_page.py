"""The report's page: whole, self-contained, honest about what is absent, safe with text from outside."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from radgen_assets.contracts.results import Coefficient
from radgen_assets.reporting.model import Exclusion
from radgen_assets.reporting.page import report_page
from radgen_assets.science.agreement import BaselineTable
from radgen_assets.science.figures.inputs import FlowStep
from radgen_assets_tests.reporting.synthetic import idh_fit, report, survival_fit

EVIL = '<script>alert("x")</script>'


class Page(HTMLParser):
    """Tags with attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, *names):
        return [attributes for tag, attributes in self.tags if tag in names]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def html() -> str:
    return report_page(report())


@pytest.fixture(scope="module")
def page(html) -> Page:
    return Page(html)


def test_every_section_is_there(page):
    anchors = {attributes.get("id") for attributes in page.all("section")}
    fits = {"fit-idh_status", "fit-overall_survival"}
    assert anchors == {"summary", "patients", *fits, "images", "exclusions", "provenance", "glossary"}


def test_every_link_of_the_contents_leads_somewhere(page):
    ids = {attributes["id"] for _, attributes in page.tags if attributes.get("id")}
    assert {attributes["href"][1:] for attributes in page.all("a")} <= ids


def test_ids_are_unique_over_all_figures(page):
    """matplotlib numbers the parts of every figure alike."""
    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(ids) == len(set(ids))


def test_what_a_figure_refers_to_stands_in_that_figure(page, html):
    ids = {attributes["id"] for _, attributes in page.tags if attributes.get("id")}
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= ids
    assert {attributes["xlink:href"][1:] for attributes in page.all("use")} <= ids


def test_nothing_is_fetched_and_no_script_runs(page):
    """A report must open on a machine without a network and tell no one that it was opened."""
    sources = [attributes.get("src") or "" for _, attributes in page.tags if "src" in attributes]
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    assert not page.all("script", "link", "iframe", "object")
    assert all(attributes["href"].startswith("#") for attributes in page.all("a"))
    (policy,) = [a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")


def test_headings_descend_without_a_gap(page):
    levels = [int(tag[1]) for tag, _ in page.tags if tag in {"h1", "h2", "h3", "h4"}]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_figure_is_told_in_words(page):
    """Whoever cannot see a figure is told what it shows, with its numbers."""
    drawn = page.all("svg")
    assert len(drawn) >= 14
    assert all(attributes["role"] == "img" and re.search(r"\d", attributes["aria-label"]) for attributes in drawn)
    assert all(attributes["alt"] for attributes in page.all("img"))


def test_every_table_has_a_caption_and_scoped_heads(page):
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(attributes.get("scope") in {"col", "row"} for attributes in page.all("th"))


def test_equal_reports_are_equal_pages(html):
    assert report_page(report()) == html


def test_every_exclusion_is_listed_with_its_reason(page):
    for each in report().exclusions:
        assert each.patient in page.text
        assert each.reason in page.text
    assert "idh_status is missing" in page.text


def test_every_content_hash_and_run_is_printed_in_full(page):
    made = report().provenance
    for text in [each.content_hash for each in made.artifacts] + [fit.mlflow_run_id for fit in made.fits]:
        assert text in page.text


def test_what_is_not_stated_about_a_cohort_is_said_to_be_so(page):
    assert "not stated" in page.text


def test_a_weak_model_is_reported_as_weak(page):
    assert "Not told apart from chance" in page.text


def test_warnings_of_a_fit_are_printed(page):
    assert survival_fit().warnings[0] in page.text


def test_numbers_change_with_the_data():
    fit = idh_fit()
    full, *others = fit.performances
    other = replace(full, estimates={**full.estimates, "auc": replace(full.estimates["auc"], value=0.777)})
    assert "0.78 (0.74 to 0.91)" in Page(report_page(report(fits=(replace(fit, performances=(other, *others)),)))).text


def test_text_from_outside_is_text():
    """Reasons, titles, feature names, file names: whatever a source holds is shown, never run."""
    fit = idh_fit()
    evil = replace(
        fit,
        coefficients=(Coefficient("full", EVIL, EVIL, 0.4, 1.0),),
        warnings=(EVIL,),
        excluded=((EVIL, EVIL),),
        positive=EVIL,
        missing=(replace(fit.missing[0], column=EVIL, handled=EVIL),),
    )
    page = report_page(
        report(
            study=report().study.model_copy(update={"title": EVIL, "question": EVIL}),
            fits=(evil,),
            exclusions=(Exclusion(EVIL, EVIL, EVIL, EVIL),),
            flow=(FlowStep(EVIL, 2), FlowStep(EVIL, 1, ((EVIL, 1),))),
            notes=(EVIL,),
        )
    )
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_quotes_in_a_figures_words_do_not_leave_the_attribute():
    fit = replace(idh_fit(), missing=(replace(idh_fit().missing[0], column='" onload="x'),))
    page = Page(report_page(report(fits=(fit,))))
    assert not any("onload" in attributes for _, attributes in page.tags)


def test_a_report_with_nothing_optional_still_reads():
    fit = replace(
        survival_fit(), coefficients=(), unadjusted=(), adjusted=(), missing=(), warnings=(), excluded=(), comparison={}
    )
    text = Page(
        report_page(report(fits=(fit,), flow=(), exclusions=(), table1=BaselineTable((), ()), previews=(), notes=()))
    ).text
    assert "No patient was left out of the study." in text
    assert "kept no term" in text
    assert "not compared with the clinical baseline" in text or "Not told apart from chance" in text


def test_a_flow_that_does_not_add_up_makes_no_report():
    with pytest.raises(ValueError, match="Give every exclusion one reason"):
        report_page(report(flow=(FlowStep("Found", 10), FlowStep("Analysed", 3)), exclusions=()))


def test_exclusions_that_the_flow_does_not_count_make_no_report():
    with pytest.raises(ValueError, match="exclusions: found 6 patients, expected 7, as many as the flow counts"):
        report_page(report(exclusions=report().exclusions[1:]))


def test_a_survival_model_that_tells_no_one_apart_says_so_instead_of_curves():
    fit = survival_fit()
    flat = tuple(
        replace(each, predictions=replace(each.predictions, score=(0.0,) * len(each.predictions.score)))
        for each in fit.performances
    )
    text = Page(report_page(report(fits=(replace(fit, performances=flat),)))).text
    assert "no curves by risk, since its scores all stand on one side of the training median" in text
