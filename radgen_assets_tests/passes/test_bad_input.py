"""Bad input reaches the person as a sentence, in one run, status and the cohort's flow, and stops nobody else."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pytest

from radgen_assets_tests.passes.small_home import Said, SmallHome, make_small_home, meant, small_phantom

pytestmark = pytest.mark.slow
SITE = "second_site"


def truncate(folder: Path) -> None:
    path = folder / "T1_post.nii.gz"
    whole = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(whole[: len(whole) // 2]))


def change(name: str, edit: Callable[[np.ndarray], np.ndarray]) -> Callable[[Path], None]:
    """A fault that rewrites one image of a patient."""

    def fault(folder: Path) -> None:
        image = nibabel.load(folder / name)
        data = edit(np.asarray(image.dataobj).astype(np.float32 if name != "tumour.nii.gz" else np.uint8))
        nibabel.save(nibabel.Nifti1Image(data, image.affine), folder / name)

    return fault


def with_nan(data: np.ndarray) -> np.ndarray:
    data = data.copy()
    data[0, 0, 0] = np.nan
    return data


def with_label_9(data: np.ndarray) -> np.ndarray:
    data = data.copy()
    data[tuple(np.argwhere(data > 0)[0])] = 9
    return data


def twin_of_the_next(folder: Path) -> None:
    """The images of S2-009 under the name of S2-008: the same head under two persons."""
    shutil.rmtree(folder)
    shutil.copytree(folder.with_name("S2-009"), folder)


# fault, the asset that fails, what the person reads
FAULTS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "S2-001": (truncate, "imaging/volumes", "S2-001/T1_post.nii.gz: file: found a truncated or damaged file ("),
    "S2-002": (
        change("FLAIR.nii.gz", lambda data: np.stack([data, data], axis=3)),
        "raw/scans",
        "S2-002/FLAIR.nii.gz: dimensions: found 4 (32 x 32 x 32 x 2), expected 3 for flair. "
        "Split the series, or name the right file in the cohort's layout.",
    ),
    "S2-003": (change("T2.nii.gz", with_nan), "imaging/volumes", "S2-003/T2.nii.gz: "),
    "S2-004": (change("T1.nii.gz", np.zeros_like), "imaging/volumes", "S2-004/T1.nii.gz: "),
    "S2-005": (
        change("tumour.nii.gz", lambda labels: labels[:, :, :-2]),
        "imaging/tumour_masks",
        "S2-005/tumour.nii.gz: shape: found (32, 32, 30), expected (32, 32, 32) as t1ce, which it was drawn on.",
    ),
    "S2-006": (
        change("tumour.nii.gz", np.zeros_like),
        "imaging/tumour_masks",
        "S2-006/tumour.nii.gz: labels: found background only, expected at least one voxel of ",
    ),
    "S2-007": (
        change("tumour.nii.gz", with_label_9),
        "imaging/tumour_masks",
        "S2-007/tumour.nii.gz: labels: found 9 among ",
    ),
}
TWINS = ("second_site.S2-008", "second_site.S2-009")
GOOD = "second_site.S2-010"


SHEET = 'patient_column = "id"'
AGE = '{ name = "age_years", source = "age", kind = "number", unit = "years" }'
TIMES = (
    '{ name = "time_months", source = "months", kind = "time", unit = "months" }, '
    '{ name = "event", source = "dead", kind = "boolean" }'
)
MATRIX = 'orientation = "genes_in_rows", unit = "tpm", gene_column = "gene"'


def clinical(columns: str) -> str:
    return f'clinical = [{{ file = "clinical.csv", {SHEET}, columns = [{columns}] }}]'


def expression(more: str = "") -> str:
    return f'expression = [{{ file = "tpm.csv", {MATRIX}{more} }}]'


# declaration, files, the asset that fails ("" for the cohort as a whole), what the person reads
COHORTS: dict[str, tuple[str, dict[str, str], str, str]] = {
    "negative_time": (
        clinical(TIMES),
        {"clinical.csv": "id,months,dead\na,5,1\nb,-3,0\n"},
        "raw/clinical",
        "clinical.csv: row 3, column months: found '-3', expected a number >= 0.",
    ),
    "event_of_two": (
        clinical(TIMES),
        {"clinical.csv": "id,months,dead\na,5,1\nb,3,2\n"},
        "raw/clinical",
        "clinical.csv: row 3, column dead: found '2', expected ",
    ),
    "missing_column": (
        clinical(AGE),
        {"clinical.csv": "id,years\na,50\n"},
        "raw/clinical",
        "clinical.csv: column age: found ",
    ),
    "missing_sheet": (
        clinical(AGE),
        {},
        "raw/clinical",
        "clinical.csv: file: found No such file or directory, expected ",
    ),
    "duplicate_gene": (
        expression(),
        {"tpm.csv": "gene,a,b\nTP53,1,2\nEGFR,3,4\nTP53,5,6\n"},
        "raw/expression",
        "tpm.csv: ",
    ),
    "two_samples": (
        expression(', patient_id_pattern = "^(p\\\\d)"'),
        {"tpm.csv": "gene,p1-01A,p1-02A\nTP53,1,2\nEGFR,3,4\n"},
        "raw/expression",
        "tpm.csv: ",
    ),
    "no_folder": (clinical(AGE), {}, "", "no_folder.toml: root: found '../../faulty/no_folder', which is not there"),
    "same_key_twice": (
        '[identity]\npatient_id_pattern = "^(p\\\\d)"\n'
        '[layout]\nkind = "plain"\npatterns = { t1ce = "{patient}/t1ce.nii.gz" }',
        {"p1_first/t1ce.nii.gz": "", "p1_second/t1ce.nii.gz": ""},
        "",
        "same_key_twice: patient p1: found two places (p1_first and p1_second), expected one. Remove one, or ",
    ),
}


DEAD_ONLY = "id,months,dead\na,5,1\nb,,0\nc,7,1\nd,,0\n"


def declare_faulty_cohorts(small: SmallHome) -> None:
    """Cohorts of a file or two beside the phantom's, each with one fault."""
    for name, (declaration, files, _, _) in COHORTS.items():
        folder = small.folder / "faulty" / name
        if name != "no_folder":
            folder.mkdir(parents=True)
        for file, content in files.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(content)
        text = f'name = "{name}"\ntitle = "{name}"\nroot = "../../faulty/{name}"\n{declaration}\n'
        (small.home.cohorts_folder / f"{name}.toml").write_text(text)


class Faulty:
    """One home with all faults at once, after one run."""

    def __init__(self, folder: Path) -> None:
        sizes = small_phantom().patients.model_copy(update={"training_site": 0, "second_site": 10, "two_readers": 0})
        self.small = make_small_home(folder, small_phantom(patients=sizes), encoder=False)
        for patient, (fault, _, _) in FAULTS.items():
            fault(self.small.sources / SITE / patient)
        twin_of_the_next(self.small.sources / SITE / "S2-008")
        self._declare_times_of_the_dead_only()
        declare_faulty_cohorts(self.small)
        self.ran: Said = self.small.say("run", "--json", workers=2)
        self.status: Said = self.small.say("status")

    def _declare_times_of_the_dead_only(self) -> None:
        folder = self.small.folder / "faulty" / "dead_only"
        folder.mkdir(parents=True)
        (folder / "clinical.csv").write_text(DEAD_ONLY)
        text = f'name = "dead_only"\ntitle = "x"\nroot = "../../faulty/dead_only"\n{clinical(TIMES)}\n'
        (self.small.home.cohorts_folder / "dead_only.toml").write_text(text)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Faulty:
    return Faulty(tmp_path_factory.mktemp("faulty"))


def test_the_run_ends_with_found_trouble_and_no_traceback(faulty: Faulty):
    assert faulty.ran.code == 1
    assert "Traceback" not in faulty.ran.errors + faulty.ran.output
    assert faulty.status.code == 1
    assert "Traceback" not in faulty.status.errors + faulty.status.output


@pytest.mark.parametrize("patient", FAULTS)
def test_a_bad_patient_is_named_with_what_was_found_and_expected(faulty: Faulty, patient: str):
    _, asset, text = FAULTS[patient]
    key = f"{SITE}.{patient}"
    record = faulty.small.current(asset, key)
    assert record.state == "failed"
    assert record.reason.startswith(text), record.reason
    assert [key, asset, record.reason] in faulty.ran.json["troubles"]
    assert f"failed: {key}  {asset}: {record.reason}" in faulty.status.output


@pytest.mark.parametrize("patient", FAULTS)
def test_a_bad_patient_stands_in_the_cohorts_flow_with_the_reason(faulty: Faulty, patient: str):
    flow = faulty.small.mart("cohort_flow")
    rows = flow[(flow["patient_key"] == f"{SITE}.{patient}") & (flow["branch"] == "imaging") & ~flow["included"]]
    assert FAULTS[patient][2] in " ".join(rows["reason"].dropna())


def test_a_good_patient_beside_them_is_done(faulty: Faulty):
    for asset in ("imaging/quality", "features/radiomics"):
        assert faulty.small.current(asset, GOOD).state == "done"
    assert GOOD in faulty.small.patients_with("radiomics")


@pytest.mark.parametrize("cohort", COHORTS)
def test_a_bad_cohort_is_named_and_stops_no_other(faulty: Faulty, cohort: str):
    _, _, asset, text = COHORTS[cohort]
    if not asset:
        assert text in faulty.ran.json["problems"][cohort]
        return
    record = faulty.small.current(asset, cohort)
    assert record.state == "failed"
    assert record.reason.startswith(text), record.reason
    assert f"failed: {cohort}  {asset}: {record.reason}" in faulty.status.output
    assert faulty.small.current("raw/clinical", SITE).state == "done"


def test_times_for_the_dead_only_make_no_endpoint_and_say_why(faulty: Faulty):
    """Leaving the living out would keep those who died early: the trap in UPENN's and CPTAC-3's tables."""
    ends = faulty.small.mart("endpoints")
    rows = ends[ends["patient_key"].str.startswith("dead_only.")]
    assert len(rows) == 4
    assert not rows["usable"].any()
    assert all("times are known for the dead only" in reason for reason in rows["reason"])


def test_equal_voxels_under_two_persons_raise_a_suspicion(faulty: Faulty):
    text = f"{' and '.join(TWINS)} have equal images but are declared as different persons"
    assert faulty.ran.json["suspicions"] == [text]
    assert f"suspicion: {text}" in faulty.status.output


def test_a_suspicion_is_settled_by_declaring_one_person(faulty: Faulty, monkeypatch: pytest.MonkeyPatch):
    small = faulty.small
    meant(small, monkeypatch)
    rows = "".join(f"twin,{key.replace('.', ',')},\n" for key in TWINS)
    small.home.identity_file.write_text("person,cohort,patient,source_id\n" + rows)
    assert small.run().suspicions == []
    with small.ledger() as ledger:
        assert ledger.suspicions() == ()


def test_what_was_mended_is_tried_again_unasked(faulty: Faulty, monkeypatch: pytest.MonkeyPatch):
    small = faulty.small
    meant(small, monkeypatch)
    shutil.copy(small.sources / SITE / "S2-010" / "T1.nii.gz", small.sources / SITE / "S2-004" / "T1.nii.gz")
    (small.folder / "faulty" / "missing_sheet" / "clinical.csv").write_text("id,age\na,50\n")
    summary = small.run()
    assert small.current("features/radiomics", f"{SITE}.S2-004").state == "done"
    assert small.current("raw/clinical", "missing_sheet").state == "done"
    assert "missing_sheet" not in summary.problems


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('titel = "x"', "typo.toml: titel: found an unknown key, expected "),
        ('title = "x"\nexpression = [{ file = "x.csv", orientation = "genes_in_rows", unit = "rpkm2" }]', "unit"),
    ],
)
def test_a_declaration_that_cannot_be_read_stops_the_run_before_it_begins(faulty: Faulty, text: str, message: str):
    """What a typo was meant to say nobody knows: nothing is run on a guess."""
    path = faulty.small.home.cohorts_folder / "typo.toml"
    path.write_text(f'name = "typo"\nroot = "."\n{text}\n')
    try:
        last = faulty.small.ids()
        said = faulty.small.say("run")
    finally:
        path.unlink()
    assert said.code == 1
    assert message in said.errors
    assert "Traceback" not in said.errors
    assert faulty.small.recorded_since(last) == []
