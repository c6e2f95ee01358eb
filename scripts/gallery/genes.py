"""Figures of many genes or features at once."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from scipy import stats

from radgen_assets.science import figures
from radgen_assets.science.agreement.adjustment import adjust_p_values
from radgen_assets.science.figures.inputs import (
    FoldChanges,
    GeneSetRow,
    HeatMap,
    PairTest,
    StabilityGroup,
    StabilityPanel,
    Strip,
    Volcano,
)
from scripts.gallery.example import Example
from scripts.made_up_cohort import SEED, cohort, expression, genes


def volcano() -> Figure:
    """16,000 genes between two groups."""
    table = genes()
    return figures.volcano_figure(
        Volcano(list(table["name"]), table["effect"], table["p"], table["p_adjusted"]),
        effect_label="log₂ fold change, high against low risk",
    )


def fold_changes() -> Figure:
    """12,000 genes by two methods that mostly agree."""
    generator = np.random.default_rng(SEED)
    true = np.where(generator.uniform(size=12_000) < 0.05, generator.normal(0, 2.2, 12_000), 0)
    first, second = true + generator.normal(0, 0.22, 12_000), 0.93 * true + generator.normal(0, 0.2, 12_000)
    found_first, found_second = (np.abs(each) > 1 for each in (first, second))
    return figures.fold_changes_figure(FoldChanges(("DESeq2", "limma-voom"), first, second, found_first, found_second))


def gene_sets() -> Figure:
    """Sets that lean to either of two groups."""
    names = ("E2F targets", "G2M checkpoint", "Epithelial mesenchymal transition", "Hypoxia", "Angiogenesis",
             "TNFA signaling via NFKB", "Interferon gamma response", "Coagulation", "Bile acid metabolism",
             "KRAS signaling down", "Oxidative phosphorylation", "Pancreas beta cells")  # fmt: skip
    found = (2.4, 2.2, 2.1, 1.8, 1.6, 1.5, 1.2, 1.0, -0.9, -1.3, -1.6, -1.9)
    sizes = (196, 189, 191, 188, 35, 198, 200, 131, 110, 172, 200, 38)
    rows = [
        GeneSetRow(name, score, n, min(0.9, 6 * 10 ** (-1.9 * abs(score))))
        for name, score, n in zip(names, found, sizes, strict=True)
    ]
    return figures.gene_set_figure(rows, directions=("lower in wildtype", "higher in wildtype"))


def heat_map() -> Figure:
    """54 genes in 96 patients."""
    values, known = expression()
    names = [f"{'PCM'[i // 18]}{'ABCDEFGHIKLMNPRSTV'[i % 18]}{i % 7 + 1}" for i in range(len(values))]
    programme = np.repeat(["neuronal", "cell cycle", "immune"], 18)
    age = [float(each) for each in known["age"]]
    return figures.heat_map_figure(
        HeatMap(
            values,
            names,
            [f"P{i:03d}" for i in range(values.shape[1])],
            row_strips=(Strip("Programme", list(programme), ("neuronal", "cell cycle", "immune")),),
            column_strips=(
                Strip("Subtype", list(known["subtype"]), ("proneural", "classical", "mesenchymal")),
                Strip("IDH status", [each if isinstance(each, str) else None for each in known["idh"]]),
                Strip("Age (years)", age),
            ),
        ),
        value_label="z score of log₂ TPM",
    )


def heat_map_small() -> Figure:
    """Correlations of 14 pathways with 10 radiomic features."""
    generator = np.random.default_rng(SEED + 5)
    hidden = generator.normal(size=(3, 200))
    pathways = np.repeat(hidden, [5, 5, 4], axis=0) + generator.normal(0, 0.8, (14, 200))
    features = np.repeat(hidden, [4, 3, 3], axis=0) * [[1]] + generator.normal(0, 1.0, (10, 200))
    values = np.corrcoef(np.vstack([pathways, features]))[:14, 14:]
    rows = ["hypoxia", "angiogenesis", "EMT", "TGF-β signalling", "glycolysis", "E2F targets", "G2M checkpoint",
            "MYC targets", "mitotic spindle", "DNA repair", "interferon-γ", "allograft rejection", "complement",
            "inflammation"]  # fmt: skip
    columns = ["shape Sphericity", "volume", "surface", "glcm Contrast", "glszm ZoneEntropy", "firstorder Kurtosis",
               "gldm Variance", "deep 017", "deep 203", "deep 511"]  # fmt: skip
    return figures.heat_map_figure(
        HeatMap(values, rows, columns), value_label="Pearson r", limit=0.7, unit=("pathways", "features")
    )


def upset() -> Figure:
    """Genes found by four methods."""
    generator = np.random.default_rng(SEED + 6)
    strength = generator.gamma(0.7, 1.0, 900)
    found = {
        name: [f"G{i}" for i in np.flatnonzero(strength + generator.normal(0, noise, 900) > bound)]
        for name, noise, bound in (
            ("Univariate Cox", 0.5, 1.5),
            ("LASSO-Cox", 0.35, 2.4),
            ("limma-voom", 0.6, 1.8),
            ("DESeq2", 0.55, 1.7),
            ("Correlation with score", 0.8, 2.2),
        )
    }
    return figures.upset_figure(found, at_most=16)


def boxes() -> Figure:
    """Tumour volume by extent of resection."""
    frame = cohort()
    groups = [
        (
            f"{name} resection" if name != "biopsy" else "biopsy only",
            np.log10(frame["volume"][frame["resection"] == name]),
        )
        for name in ("total", "partial", "biopsy")
    ]
    groups = [(name, values + shift) for (name, values), shift in zip(groups, (0.0, 0.12, 0.22), strict=True)]
    p = float(stats.kruskal(*(values for _, values in groups)).pvalue)
    pairs = [(0, 1), (1, 2), (0, 2)]
    raw = [float(stats.mannwhitneyu(groups[i][1], groups[j][1]).pvalue) for i, j in pairs]
    return figures.box_figure(
        groups,
        y_label="log₁₀ of tumour volume (ml)",
        test="Kruskal-Wallis",
        p=p,
        pairs=[
            PairTest(groups[i][0], groups[j][0], each)
            for (i, j), each in zip(pairs, adjust_p_values(raw, "holm"), strict=True)
        ],
        pair_test="Wilcoxon, Holm-adjusted",
    )


def stability() -> Figure:
    """Features of two readers' masks, and of perturbed ones."""
    sizes = {"shape": 14, "firstorder": 18, "glcm": 24, "glrlm": 16, "glszm": 16, "gldm": 14, "ngtdm": 5}
    images = {"original": 1, "wavelet": 8, "log": 3}
    panels = []
    for title, n, apart in (("reader A and reader B", 40, 0.35), ("reader A, given and perturbed", 120, 0.0)):
        generator = np.random.default_rng(SEED + 8)
        groups = [
            StabilityGroup(
                name,
                family,
                tuple(np.tanh(generator.normal(1.9 - apart - 0.5 * (family == "wavelet") - 0.3 * (name == "glszm"),
                                               0.45, 4 * n_features * n_images))),
            )
            for name, n_features in sizes.items()
            for family, n_images in images.items()
            if name != "shape" or family == "original"
        ]  # fmt: skip
        panels.append(StabilityPanel(title, n, tuple(groups)))
    return figures.stability_figure(panels)


EXAMPLES = (
    Example(
        "volcano",
        "Volcano plot",
        "volcano_figure(Volcano(names, effect, p, p_adjusted), effect_threshold=1, p_threshold=0.05)",
        "Triangles point the way of genes beyond both thresholds; the dashed line is the largest P that is "
        "below the threshold after adjustment.",
        volcano,
    ),
    Example(
        "fold_changes",
        "Fold changes by two methods",
        "fold_changes_figure(FoldChanges(('DESeq2', 'limma-voom'), first, second, by_first, by_second))",
        "Both on one scale; the dashed line is where they agree.",
        fold_changes,
    ),
    Example(
        "gene_sets",
        "Gene sets",
        "gene_set_figure([GeneSetRow(name, enrichment, n_genes, p_adjusted)])",
        "Triangles point the way a set leans; open ones are not below the threshold after adjustment.",
        gene_sets,
    ),
    Example(
        "heat_map",
        "Clustered heat map",
        "heat_map_figure(HeatMap(values, genes, patients, row_strips, column_strips))",
        "Rows and columns are ordered by hierarchical clustering. Light is high and dark is low, in grey too.",
        heat_map,
    ),
    Example(
        "heat_map_small",
        "Heat map with names",
        "heat_map_figure(HeatMap(r, pathways, features), value_label='Pearson r', limit=0.7)",
        "Names are written where a cell has room for one.",
        heat_map_small,
    ),
    Example(
        "upset",
        "UpSet plot",
        "upset_figure({'Univariate Cox': genes, 'LASSO-Cox': others})",
        "Each gene is counted once, in the column of exactly the methods that found it.",
        upset,
    ),
    Example(
        "boxes",
        "Box plots with tests",
        "box_figure(groups, y_label='...', test='Kruskal-Wallis', p=p, pairs=pairs, pair_test='...')",
        "Box over quartiles, whiskers to 1.5 interquartile ranges, a point a patient; brackets carry the P of "
        "two groups.",
        boxes,
    ),
    Example(
        "stability",
        "Stability of features",
        "stability_figure([StabilityPanel('reader A and reader B', 40, groups)], threshold=0.75)",
        "Intraclass correlation of every feature between masks of the same tumours, by class and image type; "
        "beside each row, how many lie below the dashed line.",
        stability,
    ),
)
