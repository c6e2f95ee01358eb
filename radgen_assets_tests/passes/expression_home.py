"""A home of expression alone: a cohort of counts in which genes of known sets differ by IDH status, and its neighbours.

No images, so that a pass takes seconds.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from radgen_assets.resources.home import Home, make_home

N_GENES, SET_SIZE = 400, 20
PLANTED_UP, PLANTED_DOWN = "PLANTED_UP", "PLANTED_DOWN"
GENES = tuple(f"MADE{number:03d}" for number in range(N_GENES))
SETS = {
    PLANTED_UP: GENES[:SET_SIZE],
    PLANTED_DOWN: GENES[SET_SIZE : 2 * SET_SIZE],
    **{f"UNTOUCHED_{n}": GENES[SET_SIZE * n : SET_SIZE * (n + 1)] for n in range(2, 12)},
}
COHORT = """\
name = "{name}"
title = "{name}, made up"
root = "../../sources/{name}"
source = "made by code"
consent = "none needed"
centre = "{name}"

[[clinical]]
file = "clinical.csv"
patient_column = "id"
columns = [
    {{ name = "age_years", source = "age", kind = "number", unit = "years" }},
    {{ name = "sex", source = "sex", kind = "text" }},
    {{ name = "grade", source = "grade", kind = "integer" }},
    {{ name = "plate", source = "plate", kind = "text" }},
    {{ name = "site", source = "site", kind = "text" }},
]

[[molecular]]
file = "clinical.csv"
patient_column = "id"
columns = [{{ name = "idh_status", source = "idh", kind = "text" }}]

[[expression]]
file = "counts.tsv"
orientation = "genes_in_rows"
unit = "{unit}"
platform = "{platform}"
"""
STUDY = """\
name = "made_up"
title = "Made-up tumours: genes by IDH status"
question = "Which genes and gene sets differ between IDH-mutant and IDH-wildtype tumours of one grade?"

[roles]
train = ["first"]

[[contrasts]]
name = "idh"
column = "idh_status"
level = "mutant"
reference = "wildtype"
adjust_for = ["grade"]
batch = ["site"]
"""


def write_cohort(home: Home, name: str, *, n: int = 24, seed: int = 1, effect: float = 2.0, **toml: str) -> Path:
    """A cohort of `n` patients, half of them mutant; returns its folder of sources.

    Genes of the planted sets are `effect` log2 units higher or lower in the mutant half.
    """
    folder = home.root.parent / "sources" / name
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    ids = [f"{name.upper()}{number:02d}" for number in range(n)]
    mutant = np.arange(n) % 2 == 0
    sheet = pd.DataFrame(
        {
            "id": ids,
            "age": rng.integers(30, 70, n),
            "sex": rng.choice(["female", "male"], n),
            "grade": rng.choice([2, 3], n),
            "plate": np.where(mutant, "p1", "p2"),
            "site": rng.choice(["north", "south"], n),
            "idh": np.where(mutant, "mutant", "wildtype"),
        }
    )
    sheet.to_csv(folder / "clinical.csv", index=False)
    level = np.tile(rng.normal(8.0, 1.5, N_GENES)[:, None], n) + rng.normal(0, 0.3, (N_GENES, n))
    place = {gene: row for row, gene in enumerate(GENES)}
    for planted, sign in ((PLANTED_UP, 1), (PLANTED_DOWN, -1)):
        rows = [place[gene] for gene in SETS[planted]]
        level[np.ix_(rows, mutant)] += sign * effect
    counts = rng.poisson(2**level * rng.gamma(20, 1 / 20, level.shape))
    table = pd.DataFrame(counts, index=pd.Index(GENES, name="gene"), columns=ids)
    table.to_csv(folder / "counts.tsv", sep="\t")
    values = {"unit": "counts", "platform": "RNA-seq"} | toml
    (home.cohorts_folder / f"{name}.toml").write_text(COHORT.format(name=name, **values))
    return folder


def make_expression_home(folder: Path, study: str = STUDY) -> Home:
    """A home with one cohort, its gene sets and a study; nothing has been run in it."""
    home = make_home(folder / "home")
    write_cohort(home, "first")
    lines = ["\t".join((name, "made", *genes)) for name, genes in SETS.items()]
    (home.root / "made.gmt").write_text("\n".join(lines) + "\n")
    text = home.toml.read_text().replace("gene_sets = []", 'gene_sets = ["made.gmt"]')
    home.toml.write_text(
        text.replace("# [settings.radiomics]", "train_encoder_when_missing = false\n# [settings.radiomics]")
    )
    (home.studies_folder / "made_up.toml").write_text(study)
    return Home.open(home.root)
