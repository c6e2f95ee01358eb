"""Draws every figure that reports are made of, from made-up fits, as one page to look at: FOLDER/index.html.

python -m scripts.draw_gallery FOLDER
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

from radgen_assets.reporting.fit_pictures import fit_pictures
from radgen_assets.science.figures import cohort_flow_figure, to_svg
from radgen_assets_tests.reporting.synthetic import idh_fit, preview_png, report, survival_fit

HEAD = """\
<!doctype html><html lang="en"><meta charset="utf-8"><title>Figures of radgen</title>
<style>body { font: 16px system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
img { max-width: 100%; } figure { margin: 2rem 0; } figcaption { color: #52606d; }</style>
<h1>Figures of radgen</h1>
<p>Every figure that a study's report is made of, drawn from made-up fits. Nothing here is a finding.</p>
"""


def draw(folder: Path) -> Path:
    """Write the figures and the page into `folder`; returns the page."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {
        "cohort_flow.svg": to_svg(cohort_flow_figure(report().flow)).encode(),
        "three_plane.png": preview_png(1),
    }
    for fit in (idh_fit(), survival_fit()):
        pictures |= fit_pictures(fit)
    for name, content in pictures.items():
        (folder / name).write_bytes(content)
    shown = [
        f'<figure><img src="{escape(name)}" alt=""><figcaption>{escape(name)}</figcaption></figure>'
        for name in pictures
    ]
    page = folder / "index.html"
    page.write_text(HEAD + "\n".join(shown) + "\n")
    return page


if __name__ == "__main__":
    print(draw(Path(sys.argv[1])))
