"""The look: equal figures are equal bytes, settings of others stay, text fits, series can be told apart in grey."""

from __future__ import annotations

import subprocess
import sys

import matplotlib as mpl
import pytest
from matplotlib.colors import to_rgb

from radgen_assets.contracts.results import Missing
from radgen_assets.science import figures
from radgen_assets.science.figures import style


def simple_figure(label: str = "age_years"):
    return figures.missing_data_figure([Missing(label, 3, 10, "left out")])


def test_equal_figures_are_equal_svg_text():
    """Reports and MLflow artifacts are compared by content, so that nothing may vary."""
    assert figures.to_svg(simple_figure()) == figures.to_svg(simple_figure())


def test_equal_figures_are_equal_png_bytes():
    assert figures.to_png(simple_figure()) == figures.to_png(simple_figure())


def test_an_svg_names_no_date_and_no_program():
    svg = figures.to_svg(simple_figure())
    assert "date" not in svg.lower()
    assert "matplotlib.org" not in svg.lower()


def test_an_svg_brings_no_style_sheet_that_would_style_the_page_around_it():
    svg = figures.to_svg(simple_figure())
    assert svg.startswith("<svg")
    assert "<style" not in svg


def test_settings_of_the_user_neither_change_a_figure_nor_are_changed():
    before = figures.to_svg(simple_figure())
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "text.usetex": False, "svg.fonttype": "path"}):
        assert figures.to_svg(simple_figure()) == before
        assert mpl.rcParams["font.size"] == 30


def test_labels_are_data_and_never_mathematics_or_markup():
    """A feature named "$x$ <b>" is printed as such."""
    svg = figures.to_svg(simple_figure("$x^2$ <b>&"))
    assert "$x^2$ &lt;b&gt;&amp;" in svg


def test_drawing_needs_no_pyplot():
    """pyplot keeps every figure alive and picks a window system."""
    program = (
        "import sys; from radgen_assets.contracts.results import Missing; from radgen_assets.science import figures; "
        "figures.to_svg(figures.missing_data_figure([Missing('a', 1, 2, 'b')])); "
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_room_is_entered_without_matplotlib():
    """A report's model names figure inputs while definitions load; matplotlib may not come along."""
    program = (
        "import sys; import radgen_assets.science.figures; import radgen_assets.reporting.model; "
        "sys.exit(any(name in sys.modules for name in ('matplotlib', 'scipy', 'pandas', 'sklearn')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'pie_chart'"):
        _ = figures.pie_chart


def test_every_public_name_can_be_had():
    assert all(getattr(figures, name) is not None for name in figures.__all__)


@pytest.mark.parametrize("together", [("full", "baseline", "centre_only"), ("low_risk", "middle_risk", "high_risk")])
def test_series_drawn_together_differ_in_dash_and_marker(together):
    """Colour alone tells some readers nothing."""
    looks = [style.LOOKS[name] for name in together]
    assert len({str(look.dash) for look in looks}) == len(looks)
    assert len({look.marker for look in looks}) == len(looks)


@pytest.mark.parametrize("colour", [style.INK, style.SOFT, style.DEEP_BLUE, style.OCHRE, style.TEAL, style.RED])
def test_colours_of_text_and_lines_stand_out_from_white(colour):
    """WCAG 2.1: contrast of graphics and large text at least 3 to 1; of text (ink, soft) it is higher still."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    luminance = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    assert 1.05 / (luminance + 0.05) >= (4.5 if colour in {style.INK, style.SOFT} else 3)


def test_wrapped_lines_fit_and_lose_nothing_while_there_is_room():
    text = "image is truncated: found 1.2 MB, expected 4.1 MB"
    lines = style.wrap_to_width(text, 1.5, 9)
    assert " ".join(lines) == text
    assert all(style.text_width_in(line, 9) <= 1.5 for line in lines)


def test_text_that_takes_too_many_lines_ends_in_an_ellipsis():
    lines = style.wrap_to_width("word " * 60, 1.5, 9, max_lines=2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")


def test_a_long_feature_name_keeps_both_ends():
    """wavelet-LLH and wavelet-HHL, flair and t1ce: what tells features apart stands at the ends."""
    short = style.shorten_middle("wavelet-LLH_glszm_SmallAreaLowGrayLevelEmphasis|flair", 1.6, 8)
    assert short.startswith("wavelet-LLH")
    assert short.endswith("|flair")
    assert style.text_width_in(short, 8) <= 1.6
