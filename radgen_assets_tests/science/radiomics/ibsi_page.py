"""Prints docs/ibsi.md: every published value of IBSI chapter 1 beside the computed one.

python -m radgen_assets_tests.science.radiomics.ibsi_page > docs/ibsi.md
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from pathlib import Path
from textwrap import fill

from radgen_assets.science.radiomics.ibsi.configurations import CONFIGURATIONS
from radgen_assets.science.radiomics.ibsi.conformance import Comparison
from radgen_assets.science.radiomics.ibsi.names import FEATURES
from radgen_assets_tests.conftest import SHARED
from radgen_assets_tests.science.radiomics.ibsi.phantoms import compared, published
from radgen_assets_tests.science.radiomics.ibsi.pyradiomics_convention import (
    after_the_manuals_preparation,
    with_its_own_preparation,
)

IBSI_1 = SHARED / "data" / "radiomics_reference" / "ibsi_1"
HEAD = """\
# IBSI

Radiomic features beside the values that the Image Biomarker Standardisation Initiative published for its phantoms.
Printed by `python -m radgen_assets_tests.science.radiomics.ibsi_page`; a test holds this page to it. Every run that
makes `features/radiomics` compares the digital phantom anew: asset check `radiomics_conforms_to_ibsi`.

- `science/radiomics/ibsi` gives features by IBSI's tag, name and code, in IBSI's convention: centre-aligned grids,
  rounded intensities, bins from the lower end of the range, six ways to put slices and directions together. It counts
  with the engine's own kernels, so a value that fails here is a fault of the engine.
- A value **passes** when it lies within the published tolerance; where that is 0, when it is equal as printed.
- Published: Zwanenburg et al., Radiology 295 (2020) 328-338, and the reference manual, arXiv 1612.07003 (CC BY 4.0).
  Phantoms: github.com/theibsi/data_sets (digital CC BY 4.0; CT, Lambin 2016, CC BY-NC 3.0, not part of radgen).
"""
NOT_COVERED = """
Not computed, since no value is published:
{names}
Configurations B and E (bilinear slices, tricubic volumes) are not offered: the reference data hold no values of them.

One choice was made after the values were seen. With variances divided by n, as pyradiomics has them, 479 of the 482
values of the digital phantom passed; `morph_pca_min_axis`, `morph_pca_least_axis` and `morph_vol_dens_aee` did not.
They pass with n - 1, which is also what MIRP 2.3.2, by the manual's author, divides by. `morph_area_dens_aee` follows
the manual's series for the area of an ellipsoid, which is not its area: in the digital phantom that would give 1.30,
published is 1.36.
"""
CONVENTION = """
## Where pyradiomics' convention differs

The default features have pyradiomics' names and values (`RadiomicsSettings`). pyradiomics 3.0.1 on the same phantoms,
with the settings nearest to each configuration, for the features that it shares with IBSI ({n_shared}): how many pass
when it prepares the image itself, and when it is given the image and masks that the manual's preparation makes.

| | shared | pass, own preparation | pass, the manual's preparation |
| --- | ---: | ---: | ---: |
"""
REASONS = """
What does not pass, and why:

- **Always: `stat_kurt`.** pyradiomics' Kurtosis is not excess; IBSI's is lower by 3.
- **In small regions: `morph_pca_min_axis`, `morph_pca_least_axis`.** pyradiomics divides the variances of the axes by
  n, IBSI's published values by n - 1: 0.7 % in the 74 voxels of the digital phantom, within the tolerance elsewhere.
- **Levels, where no voxel lies at the lower end of the range** (configuration C, {n_bins} features). pyradiomics calls
  the lowest bin that holds a voxel level 1; IBSI counts from the lower end of the range, -1,000 HU. With IBSI's count
  begun there, its values are pyradiomics' (a test holds that). They are:
{bins}
- **Resampling and re-segmentation** (configurations C and D). {n_grid_c} more features of C and {n_grid_d} of D pass
  once the manual's preparation makes image and masks. pyradiomics aligns the new grid to the corner of the old one,
  IBSI to its centre; it resamples the mask by nearest neighbour, IBSI linearly with a threshold of 0.5; it does not
  round. How much each of these does was not measured. For IBSI's values, prepare with `ibsi.preparation` first.
- **Voxels without neighbours** have a tone difference of 0 in pyradiomics and none in IBSI: the five `ngt_` features
  of configuration A differ for that, by less than the tolerance.
- **Slices.** With `force_2d` pyradiomics adds the slices' matrices and averages over directions: this is IBSI's
  *2.5D, direction-merged* (JJUI), zones, tones and dependences *2.5D* (62GR). *2D, averaged* it cannot give.
- Of IBSI's features it has none of: distance zones, local intensity, intensity-volume histogram, Moran's I and
  Geary's C, the histogram but entropy and uniformity, densities of bounding volumes.
"""


def page(ibsi_1: Path) -> str:
    """The page as Markdown."""
    values = {name: compared(ibsi_1, name) for name in CONFIGURATIONS}
    parts = [HEAD, _counts(ibsi_1, values), _convention(ibsi_1)]
    parts += [f"\n## {CONFIGURATIONS[name].title}\n" + _tables(rows) for name, rows in values.items()]
    return "".join(parts)


def _counts(ibsi_1: Path, values: dict[str, tuple[Comparison, ...]]) -> str:
    lines = [
        "\n## Published, covered, passing\n",
        "*Furthest*: the largest distance from a published value, in tolerances, of values that have one.\n",
        "| reference file | published | covered | pass | furthest | no value published |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, rows in values.items():
        covered, passing = sum(row.is_covered for row in rows), sum(row.passes for row in rows)
        without = len(published(ibsi_1, name)[1])
        lines.append(f"| {name} | {len(rows)} | {covered} | {passing} | {_furthest(rows):.2f} | {without} |")
    names = {tag for name in values for tag in published(ibsi_1, name)[1]}
    listed = fill(", ".join(f"`{tag}`" for tag in sorted(names)) + ".", 118)
    told = NOT_COVERED.format(names=listed)
    return "\n".join(lines) + "\n" + told + _by_family(values)


def _furthest(rows: tuple[Comparison, ...]) -> float:
    return max(
        abs(row.found - float(row.reference.value)) / row.reference.tolerance
        for row in rows
        if row.found is not None and row.reference.tolerance > 0
    )


def _by_family(values: dict[str, tuple[Comparison, ...]]) -> str:
    families = dict.fromkeys(_family(row) for rows in values.values() for row in rows)
    lines = [
        "\nPassing of published, by family:\n",
        "| family | " + " | ".join(values) + " |",
        "| --- |" + " ---: |" * len(values),
    ]
    for family in families:
        cells = []
        for rows in values.values():
            of_family = [row.passes for row in rows if _family(row) == family]
            cells.append(f"{sum(of_family)} of {len(of_family)}" if of_family else "")
        lines.append(f"| {family} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _family(row: Comparison) -> str:
    feature = FEATURES.get(row.reference.tag)
    return feature.family if feature else "Diagnostics"


def _convention(ibsi_1: Path) -> str:
    lines, failing = [], {}
    for name in CONFIGURATIONS:
        own = [row for row in compared(ibsi_1, name, with_its_own_preparation) if row.is_covered]
        given = [row for row in compared(ibsi_1, name, after_the_manuals_preparation) if row.is_covered]
        lines.append(
            f"| {name} | {len(own)} | {sum(row.passes for row in own)} | {sum(row.passes for row in given)} |\n"
        )
        failing[name] = ([_tag(row) for row in own if not row.passes], [_tag(row) for row in given if not row.passes])
    bins = [tag for tag in failing["config_C"][1] if tag != "stat_kurt"]
    for_grid = {name: len(set(own) - set(given)) for name, (own, given) in failing.items()}
    reasons = REASONS.format(
        n_bins=len(bins),
        bins=fill(", ".join(f"`{tag}`" for tag in bins) + ".", 118, initial_indent="  ", subsequent_indent="  "),
        n_grid_c=for_grid["config_C"],
        n_grid_d=for_grid["config_D"],
    )
    n_shared = Counter(bool(feature.pyradiomics) for feature in FEATURES.values())[True]
    return CONVENTION.format(n_shared=n_shared) + "".join(lines) + reasons


def _tag(row: Comparison) -> str:
    return row.reference.tag


def _tables(rows: tuple[Comparison, ...]) -> str:
    parts = []
    for family, of_family in groupby(rows, key=lambda row: row.reference.family):
        feature = FEATURES.get(next(each.reference.tag for each in rows if each.reference.family == family))
        code = f" ({feature.aggregation_code})" if feature and feature.aggregation_code else ""
        parts.append(f"\n### {family}{code}\n\n| code | feature | published | tolerance | computed | |\n")
        parts.append("| --- | --- | ---: | ---: | ---: | --- |\n")
        parts += [_line(row) for row in of_family]
    return "".join(parts)


def _line(row: Comparison) -> str:
    feature = FEATURES.get(row.reference.tag)
    found = f"{row.found:.5g}" if row.found is not None else ""
    verdict = "passes" if row.passes else "**fails**"
    code = feature.code if feature else ""
    return (
        f"| {code} | {row.reference.feature} | {row.reference.value} | {row.reference.tolerance:g} | {found} "
        f"| {verdict} |\n"
    )


if __name__ == "__main__":
    print(page(IBSI_1), end="")
