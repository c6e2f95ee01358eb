"""Add a study to the home: a finished TOML, or a template to edit."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from radgen_assets.contracts.errors import UsedWrongly

if TYPE_CHECKING:
    from radgen_assets.resources.home import Home

TEMPLATE = """\
# A study: a question, the cohorts that answer it, fits and contrasts. docs/add_a_study.md explains every key.
name = "{name}"
title = "{name}"
question = "Does imaging add to what the clinic already knows?"

[roles]
train = [{train}]

[blocks.clinical]
kind = "clinical"
columns = ["age_years", "sex", "grade"]

[blocks.radiomics]
kind = "radiomics"
regions = ["whole_tumour"]
image_types = ["original"]

[[fits]]
name = "overall_survival"
kind = "survival"
outcome = "overall_survival"
baseline = "clinical"
blocks = ["clinical", "radiomics"]

# Genes and gene sets that differ between two groups need an expression matrix ([[expression]] in a cohort's TOML), gene
# sets (gene_sets in radgen.toml), and a column of the clinical or molecular sheet that tells the groups apart.
# A study may have contrasts and no fits.
# [[contrasts]]
# name = "idh"
# column = "idh_status"
# level = "mutant"                     # a positive fold change: more in this group
# reference = "wildtype"
# adjust_for = ["grade"]               # held fixed
# methods = ["deseq2", "limma_voom"]   # of counts; ["limma_trend"] of TPM, FPKM and log2 values
"""


def write_template(home: Home, name: str, train: tuple[str, ...]) -> Path:
    """Write studies/<name>.toml; refuses to replace one."""
    from radgen_assets.formats.toml_files import read_study

    path = home.studies_folder / f"{name}.toml"
    if path.exists():
        raise UsedWrongly(f"{path} exists. Edit it, or choose another name.")
    cohorts = train or tuple(home.cohorts())[:1]
    if not cohorts:
        raise UsedWrongly("The home has no cohort to train on. Add one first: radgen cohort add FILE.toml")
    path.write_text(TEMPLATE.format(name=name, train=", ".join(f'"{cohort}"' for cohort in cohorts)))
    try:
        read_study(path)
    except Exception:
        path.unlink()
        raise
    return path


def add_study(home: Home, file: Path) -> Path:
    """Copy a finished study's TOML into the home after checking it; refuses to replace a different one."""
    from radgen_assets.formats.toml_files import read_study

    if not file.is_file():
        raise UsedWrongly(f"{file} does not exist.")
    read_study(file)
    path = home.studies_folder / file.name
    if path.exists() and path.read_bytes() != file.read_bytes():
        raise UsedWrongly(f"{path} exists and differs. Edit it there, or give the study another name.")
    path.write_bytes(file.read_bytes())
    return path
