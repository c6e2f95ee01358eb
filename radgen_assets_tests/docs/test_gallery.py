"""`make gallery` draws every figure of a report on one page."""

from __future__ import annotations

import re

from scripts.draw_gallery import draw


def test_the_gallery_shows_every_kind_of_figure_and_every_picture_is_there(tmp_path):
    page = draw(tmp_path / "gallery")
    shown = re.findall(r'<img src="([^"]+)"', page.read_text())
    assert [name for name in shown if not (page.parent / name).stat().st_size] == []
    for kind in (
        "cohort_flow",
        "three_plane",
        "estimates",
        "coefficients",
        "adjusted",
        "roc",
        "scores",
        "calibration",
        "km",
    ):
        assert any(kind in name for name in shown), f"no {kind} among {shown}"
