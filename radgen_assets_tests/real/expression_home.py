"""A home made from examples/expression by the command line, over all patients and a part of the genes.

Whole transcriptomes take minutes; what is tested is who is compared with whom, which every patient must be there for.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

from radgen_assets.contracts.cohort import Cohort
from radgen_assets.formats.gene_map import read_gene_map
from radgen_assets.formats.gmt import read_gmt
from radgen_assets.formats.toml_files import cohort_root, read_cohort, read_study
from radgen_assets.stewardship.toml_text import toml_text
from radgen_assets_tests.real.example_home import EXAMPLES, FEW, ExampleHome

FOLDER = EXAMPLES / "expression"
COHORTS = ("cptac3_gbm", "freije_gbm", "phillips_gbm", "tcga_counts_40", "tcga_lgg_counts")
STUDIES = ("array_survival", "gbm_against_lgg", "high_grade_arrays", "lgg_idh")
REFUSED = ("gbm_against_lgg_plates", "gbm_by_cohort")
THINNED = ("cptac3_gbm", "tcga_lgg_counts")
EVERY = 25  # of the genes that are in no gene set and tell no sex
SEX_GENES = frozenset({"XIST", "RPS4Y1", "DDX3Y", "KDM5D", "EIF1AY", "UTY", "USP9Y", "ZFY"})
SILENCED = frozenset({"RBP1", "RARRES2", "MEOX2"})  # by hypermethylation in IDH-mutant tumours


def radgen(home: Path, *words: str | Path, ends: int = 0) -> str:
    """What a command printed; it must end with `ends`."""
    command = [str(Path(sys.executable).parent / "radgen"), *map(str, words), "--home", str(home)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=600)
    assert done.returncode == ends, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def make_expression_home(folder: Path, shared_data: Path) -> ExampleHome:
    """Init, all five cohorts, the studies that can be answered, run."""
    home, printed = folder / "home", {}
    radgen(home, "init")
    write_settings(home, shared_data)
    for name in COHORTS:
        path = thinned(folder, name, shared_data) if name in THINNED else FOLDER / f"{name}.toml"
        printed[name] = radgen(home, "cohort", "add", path)
    for name in STUDIES:
        radgen(home, "study", "new", quicker(folder, name))
    printed["run"] = radgen(home, "run")
    for name in REFUSED:  # known by now, so that who would be compared can be asked about
        radgen(home, "study", "new", FOLDER / f"{name}.toml")
        printed[name] = radgen(home, "study", "check", name, ends=1)
    return ExampleHome(folder, printed)


def quicker(folder: Path, name: str) -> Path:
    """A study, its fits with folds and bootstraps for a test."""
    study = read_study(FOLDER / f"{name}.toml")
    if not study.fits:
        return FOLDER / f"{name}.toml"
    smaller = study.model_copy(update={"fits": tuple(fit.model_copy(update=FEW) for fit in study.fits)})
    path = folder / f"{name}.toml"
    path.write_text(toml_text(smaller, comment=f"examples/expression/{path.name}, quicker"))
    return path


def write_settings(home: Path, shared_data: Path) -> None:
    """The example's radgen.toml and identity.csv, gene sets named from where this home stands."""
    text = (FOLDER / "radgen.toml").read_text()
    (home / "radgen.toml").write_text(text.replace("../../shared/data", str(shared_data)))
    shutil.copy(FOLDER / "identity.csv", home / "identity.csv")


def thinned(folder: Path, name: str, shared_data: Path) -> Path:
    """The example's cohort with a matrix of all samples: Hallmark's genes, those that are asked about, every 25th."""
    path = FOLDER / f"{name}.toml"
    cohort = read_cohort(path)
    root = cohort_root(cohort, path)
    (declared,) = cohort.expression
    small = folder / f"{name}.tsv.gz"
    thin_matrix(root / declared.file, small, cohort, shared_data)
    smaller = declared.model_copy(update={"file": str(small)})
    written = cohort.model_copy(update={"root": str(root), "expression": (smaller,)})
    (folder / path.name).write_text(toml_text(written, comment=f"examples/expression/{path.name}, fewer genes"))
    return folder / path.name


def thin_matrix(path: Path, small: Path, cohort: Cohort, shared_data: Path) -> None:
    genes = read_gene_map(shared_data / "gene_sets" / "gene_ids_2022-09-12.tsv.gz")
    sets = read_gmt(shared_data / "gene_sets" / "h.all.v7.0.symbols.gmt.gz")
    wanted = SEX_GENES | SILENCED | {gene for each in sets for gene in each.genes}
    by_ensembl = cohort.expression[0].gene_ids == "ensembl_version"
    with gzip.open(path, "rt") as lines, gzip.open(small, "wt", compresslevel=1) as kept:
        kept.write(next(lines))
        for number, line in enumerate(lines):
            own = line.partition("\t")[0]
            symbol = genes.by_ensembl.get(own.partition(".")[0]) if by_ensembl else genes.current(own)
            if symbol in wanted or number % EVERY == 0:
                kept.write(line)
