"""Agreement between readers and masks, and adjusted P values, against R (r6)."""

from __future__ import annotations

from radgen_assets_tests.science.agreements.row import Row

PSYCH = "R psych {} (r6_agreement/{})"

ROWS: tuple[Row, ...] = (
    *(
        Row("agreement.intraclass_correlation", quantity, PSYCH.format("ICC(lmer = FALSE)", "icc"), 1e-10)
        for quantity in ("six forms", "F", "P", "limits")
    ),
    Row("agreement.cohen_kappa", "kappa", PSYCH.format("cohen.kappa", "kappa_dice"), 1e-10),
    Row("agreement.cohen_kappa", "se, limits, unweighted", PSYCH.format("cohen.kappa", "kappa_dice"), 1e-10),
    Row(
        "agreement.cohen_kappa",
        "se, weighted",
        "statsmodels cohens_kappa",
        1e-12,
        strength="formula",
        note="not R's: psych weighs its second margin by the row totals where Fleiss, Cohen & Everitt 1969 have the "
        "column's (its number is reproduced so to 1e-12), and is 11 % (linear) and 22 % (quadratic) too small here; "
        "the jackknife agrees with ours",
    ),
    Row("agreement.dice", "overlap", "formula in R (r6_agreement/kappa_dice)", 1e-12, strength="formula"),
    Row(
        "agreement.hausdorff_95",
        "distance",
        "all pairs of surface voxels, by hand",
        1e-12,
        strength="formula",
        library="scipy distance_transform_edt",
        note="no value in R; MONAI agrees to its 32-bit precision",
    ),
    *(
        Row("agreement.levene_filter", quantity, "R car leveneTest, three centres (r6_agreement/tests)", 1e-10)
        for quantity in ("F", "P")
    ),
    *(
        Row("agreement.adjust_p_values", method, "R p.adjust (r6_agreement/p_adjust)", 1e-10, strength="base R")
        for method in ("BH", "BY", "holm", "bonferroni", "hochberg", "hommel", "none")
    ),
)
