"""The check that features/radiomics shows."""

from __future__ import annotations

from dataclasses import replace

from radgen_assets.defs.features.conformance import MOST_NAMED, conformance
from radgen_assets.science.radiomics.ibsi import conformance as science


def test_the_engine_meets_every_published_value_of_the_digital_phantom():
    told = conformance()
    assert told.passed
    assert told.description == "482 of 482 published values of IBSI's digital phantom are met."
    assert {name: value.value for name, value in told.metadata.items()} == {"values": 482, "met": 482}


def test_values_that_are_not_met_are_named_with_what_was_found(monkeypatch):
    sound = science.check_digital_phantom()
    wrong = tuple(replace(each, found=each.found + 1) for each in sound[:30]) + sound[30:]
    monkeypatch.setattr(science, "check_digital_phantom", lambda: wrong)
    told = conformance()
    assert not told.passed
    assert told.description.startswith("4")
    assert "morph_comp_1 1.04" in told.description
    assert told.description.count(" instead of ") == MOST_NAMED
