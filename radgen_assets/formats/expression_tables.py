"""Expression matrices as declared: genes x patients, one row a gene, one sample a patient, in their own unit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.cohort import ExpressionDeclaration
from radgen_assets.contracts.errors import BadInput, UnitRefused
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.sources import ExpressionSource
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.formats.expression_cells import RawMatrix, read_matrix
from radgen_assets.formats.expression_samples import choose_samples, id_pattern
from radgen_assets.formats.gene_map import read_gene_map
from radgen_assets.formats.gene_rows import merge_repeats, name_genes
from radgen_assets.formats.patient_ids import PatientIds

HIGHEST_LOG2 = 100.0  # 2^100: no count, no fluorescence; a maximum above it says the values are not logarithms
WHOLE_WITHIN = 1e-6
TPM_TOTAL = 1e6  # transcripts per million add up to it over all genes, and to less over some


def read_declared(source: ExpressionSource) -> ExpressionMatrix:
    """The declared matrix of a cohort."""
    return read_expression(source.declaration, Path(source.folder), source.cohort)


def read_expression(declaration: ExpressionDeclaration, folder: Path, cohort: str) -> ExpressionMatrix:
    """Read a matrix; `folder` is what its name and its gene map's are relative to.

    Genes stand in the order of the file, patients in the order of their ids. What the rules did is in the notes.

    Raises
    ------
    BadInput
        A cell is no number; a gene stands twice, a gene is unknown or a patient has several samples, and the rule
        says refuse; no sample fits the pattern.
    UnitRefused
        The values cannot be of the declared unit: counts that are negative or not whole, negative tpm or fpkm, tpm
        that add up to more than a million, log2 above 100; or a rule for repeated genes does not suit the unit.
    """
    file = Path(declaration.file).name
    ids = PatientIds(id_pattern(declaration), f"{cohort}.toml", "expression.patient_id_pattern")
    values, genes, samples, notes = _genes_by_samples(declaration, folder, ids)
    patients = [ids.patient(sample, file, f"sample {sample}") for sample in samples]
    places = [place for place, patient in enumerate(patients) if patient is not None]
    if not places:
        found = f"no sample in which {ids.pattern!r} is found"
        raise BadInput(file, "samples", found, "at least one", "Correct expression.patient_id_pattern.")
    chosen = choose_samples(
        [samples[place] for place in places],
        [str(patients[place]) for place in places],
        declaration.samples_per_person,
        file,
    )
    values = values[:, [places[place] for place in chosen.places]]
    gene_map = None if declaration.gene_map is None else read_gene_map(folder / declaration.gene_map)
    named = name_genes(genes, declaration, gene_map, file)
    rows = [place for place, name in enumerate(named.names) if name is not None]
    names = tuple(str(named.names[place]) for place in rows)
    values = values[rows]
    _refuse_gaps(values, names, chosen.patients, file)
    rounds = declaration.not_whole == "round"
    _refuse_other_unit(values, declaration.unit, file, may_round=rounds)
    values, names, merged = merge_repeats(values, names, declaration.duplicate_genes, declaration.unit, file)
    rounded = _round(values, file) if rounds else ()
    return ExpressionMatrix(
        values=np.ascontiguousarray(values),
        genes=names,
        samples=chosen.patients,
        unit=declaration.unit,
        notes=(*notes, *chosen.notes, *named.notes, *merged, *rounded),
    )


def _genes_by_samples(
    declaration: ExpressionDeclaration, folder: Path, ids: PatientIds
) -> tuple[NDArray[np.float64], tuple[str, ...], tuple[str, ...], list[str]]:
    """Values (n_genes, n_samples), gene ids, sample ids and notes, whichever way up the file is."""
    path = folder / declaration.file
    if declaration.orientation == "genes_in_rows":
        raw = read_matrix(path, declaration.gene_column, lambda name: _fits(ids, name))
        return raw.values, raw.rows, raw.columns, _notes_on(raw, path.name, ids)
    raw = read_matrix(path, declaration.gene_column, lambda name: True)
    kept = [place for place, sample in enumerate(raw.rows) if _fits(ids, sample)]
    aside = tuple(sample for sample in raw.rows if not _fits(ids, sample))
    notes = _notes_on(RawMatrix(raw.values, raw.rows, raw.columns, aside), path.name, ids)
    return raw.values[kept].T, raw.columns, tuple(raw.rows[place] for place in kept), notes


def _fits(ids: PatientIds, sample: str) -> bool:
    return ids.pattern is None or ids.patient(sample, "sample", sample) is not None


def _notes_on(raw: RawMatrix, file: str, ids: PatientIds) -> list[str]:
    if not raw.aside:
        return []
    first = ", ".join(raw.aside[:3])
    return [f"{file}: {len(raw.aside)} columns or rows in which {ids.pattern!r} is not found are set aside ({first})."]


def _refuse_gaps(values: NDArray[np.float64], genes: tuple[str, ...], patients: tuple[str, ...], file: str) -> None:
    if np.isfinite(values.sum()):  # a sum is finite only if all of its terms are: no array of flags is needed
        return
    bad = np.argwhere(~np.isfinite(values))
    if len(bad) == 0:
        return
    gene, patient = genes[bad[0][0]], patients[bad[0][1]]
    found = f"no number (in {len(bad)} cells in all)"
    remedy = "Complete the matrix at its source, or leave the gene or the sample out there."
    raise BadInput(file, f"gene {gene}, patient {patient}", found, "a number", remedy)


def _n_not_whole(values: NDArray[np.float64], rows_at_once: int = 4096) -> int:
    """How many values are not whole; in blocks, since three copies of a transcriptome are a gigabyte."""
    blocks = (values[start : start + rows_at_once] for start in range(0, len(values), rows_at_once))
    return sum(int((np.abs(block - np.rint(block)) > WHOLE_WITHIN).sum()) for block in blocks)


def _round(values: NDArray[np.float64], file: str) -> tuple[str, ...]:
    """Round in place, halves to the even number as R's round does; a note on what that changed."""
    broken = _n_not_whole(values)
    np.rint(values, out=values)
    if not broken:
        return ()
    return (f"{file}: {broken} of {values.size} values are rounded to the nearest whole number (not_whole = 'round').",)


def _refuse_other_unit(values: NDArray[np.float64], unit: ExpressionUnit, file: str, *, may_round: bool) -> None:
    """Raise UnitRefused when the values cannot be of `unit`."""
    if values.size == 0:
        raise BadInput(file, "matrix", "no value", "genes and samples", "Check the file and the declared rules.")
    lowest, highest = float(values.min()), float(values.max())
    declared = f"values of unit '{unit.value}'"
    if unit in (ExpressionUnit.counts, ExpressionUnit.tpm, ExpressionUnit.fpkm) and lowest < 0:
        found = f"{int((values < 0).sum())} negative values (down to {lowest:.4g})"
        raise UnitRefused(file, "unit", found, declared, "Declare what they are: log2 or zscore.")
    if may_round and unit is not ExpressionUnit.counts:
        found, remedy = f"'round' of {unit.value}", "Leave not_whole out: only a count has to be whole."
        raise UnitRefused(file, "not_whole", found, "unit 'counts'", remedy)
    if unit is ExpressionUnit.counts and not may_round:
        broken = _n_not_whole(values)
        if broken:
            found = f"{broken} of {values.size} values that are not whole"
            remedy = (
                "Expected counts (RSEM, kallisto) are rounded if you say so: not_whole = 'round'; else declare tpm."
            )
            raise UnitRefused(file, "unit", found, declared, remedy)
    if unit is ExpressionUnit.tpm and (total := float(values.sum(axis=0).max())) > TPM_TOTAL * 1.01:
        found = f"a sample that adds up to {total:.4g}"
        raise UnitRefused(file, "unit", found, "at most 1,000,000, as tpm do", "Declare what they are: counts or fpkm.")
    if unit is ExpressionUnit.log2 and highest > HIGHEST_LOG2:
        found = f"a value of {highest:.4g}"
        remedy = "Declare what they are: counts, tpm or fpkm; radgen takes the logarithm itself."
        raise UnitRefused(file, "unit", found, f"{declared}, which stay below {HIGHEST_LOG2:.0f}", remedy)
