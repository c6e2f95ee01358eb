"""A home made from examples/ by the command line as a person would, over a few patients of each cohort."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from radgen_assets.contracts.results import FitResult
from radgen_assets.formats import registry
from radgen_assets.formats.toml_files import cohort_root, read_cohort, read_study
from radgen_assets.lineage.records import ArtifactRecord
from radgen_assets.resources.home import Home
from radgen_assets.stewardship.toml_text import toml_text

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

# seven who died, five IDH wildtype, one without T1 and T1ce, one without counts, one who stands in brats_18 too
LGG = (
    *("TCGA-CS-5395", "TCGA-CS-5397", "TCGA-CS-6188", "TCGA-DU-7013", "TCGA-HT-7860"),
    *("TCGA-CS-4942", "TCGA-CS-6290", "TCGA-DU-7299", "TCGA-HT-7602", "TCGA-HT-7692"),
    *("TCGA-CS-6665", "TCGA-DU-A5TR"),
)
# the two wrong masks of the network, a FLAIR that is cut off, two who died, and TCGA-DU-A5TR under another name
BRATS = tuple(
    f"Brats18_{name}_1" for name in ("2013_3", "CBICA_AME", "2013_20", "TCIA01_201", "TCIA02_135", "TCIA10_628")
)

SETTINGS = """
[settings.radiomics]           # original images only: what is tested is the way, not the number of features
image_types = ["original"]

[settings.encoders]
n_phantoms = 8
epochs = 1
"""
FEW = {
    "repeats": 1,
    "outer_folds": 2,
    "inner_folds": 2,
    "bootstraps": 50,
    "max_features": 5,
    "times_months": (12.0, 24.0),
}


# as a person would declare them who has not noticed that the living have no time
DEAD_ONLY = {
    "cptac3": """\
name = "cptac3"
title = "CPTAC-3 glioblastoma"
root = "{shared}/cptac3_gbm_counts"

[[clinical]]
file = "clinical.tsv"
patient_column = "CaseID"
missing = ["", "'--"]
columns = [
    {{ name = "sex", source = "Sex", kind = "text" }},
    {{ name = "time_months", source = "Survival_days", kind = "time", unit = "days" }},
    {{ name = "event", source = "Censored", kind = "boolean", coding = {{ Dead = "1", Alive = "0" }} }},
]
""",
    "upenn": """\
name = "upenn"
title = "UPENN-GBM"
root = "{shared}/clinical_sheets"

[[clinical]]
file = "UPENN-GBM_clinical_info_v1.1.csv"
patient_column = "ID"
patient_id_pattern = '^(UPENN-GBM-\\d+)_11$'
missing = ["", "Not Available"]
columns = [{{ name = "time_months", source = "Survival_from_surgery_days", kind = "time", unit = "days" }}]
""",
}


@dataclass(frozen=True)
class ExampleHome:
    """The home in `folder`/home, the example files as they were added in `folder`, and what each command printed."""

    folder: Path
    printed: dict[str, str]

    @property
    def home(self) -> Home:
        return Home.open(self.folder / "home")

    def mart(self, name: str) -> Any:
        """A mart as a frame."""
        return self.home.warehouse().mart(name)

    def record(self, asset: str, key: str = "all") -> ArtifactRecord:
        """The current artifact of an asset."""
        with self.home.ledger(read_only=True) as ledger:
            return ledger.current(asset, [key])[key]

    def fit(self, study: str, fit: str) -> FitResult:
        """A fit as its report reads it."""
        folder = self.home.lake.path(self.record(f"models/{study}/{fit}"))
        return registry.kind_of(FitResult).read(folder, registry.ReadContext(root=folder))


def make_example_home(folder: Path) -> ExampleHome:
    """Init, add the cohorts and both studies, run; every command must end well, the run too."""
    made = ExampleHome(folder, {})
    home = folder / "home"
    _radgen(made, "init", "--home", home)
    _write_settings(home)
    _radgen(made, "cohort", "add", _only(folder, "tcga_lgg/tcga_lgg.toml", LGG), "--home", home)
    _radgen(made, "cohort", "add", _only(folder, "brats_18/brats_18.toml", BRATS), "--home", home)
    for name, text in DEAD_ONLY.items():
        path = folder / f"{name}.toml"
        path.write_text(text.format(shared=EXAMPLES.parent.resolve().parent / "shared" / "data"))
        _radgen(made, "cohort", "add", path, "--home", home)
    _radgen(made, "study", "new", _smaller(folder, "tcga_lgg/tcga_lgg_first.toml"), "--home", home)
    _radgen(made, "study", "new", _smaller(folder, "brats_18/both_first.toml"), "--home", home)
    _radgen(made, "run", "--home", home)
    return made


def _radgen(made: ExampleHome, *words: str | Path) -> None:
    command = [str(Path(sys.executable).parent / "radgen"), *map(str, words)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=800)
    name = " ".join(words[0:2] if words[0] in ("cohort", "study") else words[0:1])
    made.printed[f"{name} {Path(words[2]).stem}" if " " in name else name] = done.stdout
    assert done.returncode == 0, f"{name}: {done.returncode}\n{done.stdout}\n{done.stderr}"


def _write_settings(home: Path) -> None:
    """The example's radgen.toml, its gene sets named from where this home stands."""
    text = (EXAMPLES / "tcga_lgg" / "radgen.toml").read_text()
    (name,) = tomllib.loads(text)["gene_sets"]
    as_documented = EXAMPLES.parent / "home"
    (home / "radgen.toml").write_text(text.replace(name, str((as_documented / name).resolve())) + SETTINGS)


def _only(folder: Path, example: str, patients: tuple[str, ...]) -> Path:
    """An example's cohort with these patients alone."""
    path = EXAMPLES / example
    cohort = read_cohort(path)
    listed = {"patients": "listed", "only": patients, "root": str(cohort_root(cohort, path))}
    return _write(folder, path.name, cohort.model_copy(update=listed))


def _smaller(folder: Path, example: str) -> Path:
    """An example's study with folds and features for a dozen patients."""
    study = read_study(EXAMPLES / example)
    fits = tuple(fit.model_copy(update=FEW) for fit in study.fits)
    return _write(folder, Path(example).name, study.model_copy(update={"fits": fits}))


def _write(folder: Path, name: str, declaration: Any) -> Path:
    path = folder / name
    path.write_text(toml_text(declaration, comment=f"examples/{name}, smaller"))
    return path
