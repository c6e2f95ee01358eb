"""Calibration, optimism, nomogram, net reclassification and decision curves against R."""

from __future__ import annotations

from radgen_assets_tests.science.agreements.row import Row

RMS = "R rms nomogram (r7_nomogram)"
EARLY_STOP = (
    "rms stops Newton's method early (eps 1e-4; its third step from zero equals its spline fit to 3e-15) and lies "
    "below our maximum in log likelihood (-540.03727 against -540.03721)"
)

ROWS: tuple[Row, ...] = (
    Row("survival.nomogram", "points of each value, at rms's coefficients", RMS, 1e-7),
    Row("survival.nomogram", "points per unit of the linear predictor, at rms's coefficients", RMS, 1e-7),
    Row(
        "survival.nomogram",
        "total points of each survival tick, at rms's coefficients",
        RMS,
        1e-7,
        note="survival inverted as rms does, by straight lines between 1,000 values of the linear predictor; "
        "read exactly, survival at rms's ticks differs by up to 4e-6",
    ),
    Row("survival.nomogram", "points of each value, at our coefficients", RMS, 2e-2, note=EARLY_STOP),
)
