"""The cases of benchmarks/expression.py: the same input by radgen and by what a user would take instead."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from measuring import expression_inputs as inputs
from measuring.expression_asking import Answer, Engines, differences, ratio, relative, rows
from measuring.expression_inputs import QUICK, WHOLE, Sizes
from measuring.goals import Report, parser_of

BESIDE = Path(__file__).resolve().parents[3] / "shared"
COUNTERS = ("inmoose", "pydeseq2")
LONGEST = 220  # seconds, with which the whole run stays below twelve minutes
LINEAR = 4_000  # genes of the linear models: the peer's time grows with their square
FEW, MORE = 10, 40  # permutations of the peer, from which its time for all is told


def main(description: str | None) -> None:
    """Measure, print the table and the goals."""
    asked = _options(description)
    report = Report("Expression: one core each, in one run with inmoose, pydeseq2 and gseapy")
    sizes = QUICK if asked.quick else WHOLE
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engines = Engines(asked.peers, folder, asked.longest)
        bench = Bench(report, engines, sizes, 1 if asked.quick else 3)
        made = inputs.made_counts(folder / "made", sizes.genes, sizes.samples)
        warm = inputs.made_counts(folder / "warm_counts", 300, 12)
        bench.counts(made, warm, f"{sizes.genes:,} genes x {sizes.samples}", "made")
        if asked.reference.is_dir():
            bench.deseq2_of_r(*inputs.counts_of_r(folder / "counts_of_r", asked.reference), warm)
        if not asked.quick:
            whole = inputs.lgg_counts(folder / "lgg", asked.data)
            n_genes, n = np.load(whole / "values.npy", mmap_mode="r").shape
            bench.counts(whole, warm, f"TCGA's lower-grade gliomas, {n_genes:,} genes x {n}, IDH and grade", "lgg")
        log2 = inputs.made_log2(folder / "log2", sizes)
        warm = inputs.made_log2(folder / "warm_log2", Sizes(300, 0, 24, 0, 3, 0))
        few = inputs.made_log2(
            folder / "few_log2", replace(sizes, genes=min(sizes.genes, LINEAR), patients=sizes.samples)
        )
        bench.limma(few, warm)
        bench.gsva(log2, warm)
        bench.combat(log2, warm)
        if asked.reference.is_dir():
            bench.combat_of_r(*inputs.batches_of_r(folder / "batches_of_r", asked.reference), warm)
        ranks = inputs.made_ranks(folder / "ranks", sizes)
        bench.preranked(ranks, inputs.made_ranks(folder / "warm_ranks", Sizes(300, 0, 0, 3, 0, 0)))
    report.finish(asked)


def _options(description: str | None) -> argparse.Namespace:
    parser = parser_of(description)
    parser.add_argument("--data", type=Path, default=BESIDE / "data", help="the real data (../shared/data)")
    parser.add_argument("--reference", type=Path, default=BESIDE / "reference", help="R's values (../shared/reference)")
    parser.add_argument("--longest", type=float, default=LONGEST, help=f"seconds a peer may take ({LONGEST})")
    parser.add_argument(
        "--peers", action="append", default=[], metavar="PYTHON",
        help="interpreter of an environment that has inmoose, pydeseq2 or gseapy; may be given again",
    )  # fmt: skip
    asked = parser.parse_args()
    if not asked.quick and not (asked.data / "tcga_lgg_counts").is_dir():
        parser.error(f"{asked.data} has no tcga_lgg_counts: name the real data with --data, or take --quick")
    return asked


class Bench:
    """Asks for one case after the other and writes what came out into the report."""

    def __init__(self, report: Report, engines: Engines, sizes: Sizes, rounds: int) -> None:
        self.report, self.engines, self.sizes, self.rounds = report, engines, sizes, rounds

    def _ours(self, case: str, given: Path, warm: Path, *, number: int | None = None, rounds: int = 0) -> Answer | None:
        answer = self.engines.ask("radgen", case, given, warm, rounds=rounds or self.rounds, number=number)
        if isinstance(answer, Answer):
            return answer
        self.report.note(f"{case}: radgen {answer}")
        return None

    def _beside(self, ours: Answer, engine: str, case: str, given: Path, warm: Path) -> dict[str, Answer | str]:
        return {"radgen": ours, engine: self.engines.ask(engine, case, given, warm)}

    def _tell(self, title: str, answers: dict[str, Answer | str], told: Callable[[Answer], str]) -> None:
        self.report.table(title, list(rows(answers, told)))
        for engine, answer in answers.items():
            if isinstance(answer, Answer):
                cut = " (cut: at least)" if answer.cut else ""
                self.report.figure(f"{title}: {engine}{cut}", answer.seconds, "s")

    def _not_slower(self, name: str, ours: Answer, theirs: Answer | str, times: float = 1.0) -> None:
        """One goal: `times` our time is within theirs; one that was cut before that much decides nothing."""
        if not isinstance(theirs, Answer):
            return
        value = times * ratio(ours, theirs)
        if theirs.cut and value > 1:
            self.report.note(f"{name}: undecided, {theirs.engine} was cut after {theirs.seconds:.3g} s")
        else:
            self.report.goal(name, value, 1.0)

    def counts(self, given: Path, warm: Path, what: str, name: str) -> None:
        """DESeq2 and limma-voom."""
        rounds = 1 if name == "lgg" else self.rounds
        ours = self._ours("deseq2", given, warm, rounds=rounds)
        if ours is not None:
            answers: dict[str, Answer | str] = {"radgen": ours}
            answers |= {engine: self.engines.ask(engine, "deseq2", given, warm) for engine in COUNTERS}
            self._tell(f"DESeq2, {what}", answers, lambda theirs: _tests_beside(ours, theirs))
            for engine in COUNTERS:
                self._not_slower(f"deseq2_{name}_by_{engine}", ours, answers[engine])
            if name == "lgg":
                self.report.goal("deseq2_lgg_peak_gb", ours.peak_mb / 1024, 4.0)
        voom = self._ours("voom", given, warm, rounds=rounds)
        if voom is not None:
            none = "not in inmoose, pydeseq2 or gseapy"
            self._tell(f"limma-voom, {what}", {"radgen": voom, "peers": none}, lambda _: "")

    def deseq2_of_r(self, given: Path, table, warm: Path) -> None:
        """Every engine beside R's own values."""
        columns = {"log2_fold_change": "log2FoldChange", "std_err": "lfcSE", "statistic": "stat", "p": "pvalue",
                   "p_adjusted": "padj"}  # fmt: skip
        lines = ["| engine | fold change | std. err. | statistic | P | adjusted P |", "|---|---:|---:|---:|---:|---:|"]
        ours = self._ours("deseq2", given, warm)
        by_reweighting = np.ones(len(table), dtype=bool) if ours is None else ours.values["by_newton"] == 0
        for engine in ("radgen", *COUNTERS):
            answer = ours if engine == "radgen" else self.engines.ask(engine, "deseq2", given, warm)
            if not isinstance(answer, Answer) or answer.cut:
                continue
            worst = []
            for column, in_r in columns.items():
                kept = by_reweighting | (column == "p_adjusted")
                worst.append(
                    float(relative(answer.values[column][kept], table[in_r].to_numpy(dtype=float)[kept]).max())
                )
            lines.append(f"| {engine} | " + " | ".join(f"{each:.1e}" for each in worst) + " |")
            if engine == "radgen":
                self.report.goal("deseq2_difference_from_r", max(worst[:3]), 1e-6)
        n_left = int((~by_reweighting).sum())
        self.report.table(
            f"Largest relative difference from R's DESeq2 (2,000 genes x 20; but for {n_left} genes that R leaves to "
            "its general optimiser, docs/methods.md)", lines
        )  # fmt: skip

    def limma(self, given: Path, warm: Path) -> None:
        """Moderated t with a trend."""
        ours = self._ours("limma", given, warm)
        if ours is not None:
            answers = self._beside(ours, "inmoose", "limma", given, warm)
            what = f"limma with a trend, {min(self.sizes.genes, LINEAR):,} genes x {self.sizes.samples}"
            self._tell(what, answers, lambda theirs: _largest(ours, theirs, "statistic"))
            self._not_slower("limma_by_inmoose", ours, answers["inmoose"])

    def gsva(self, given: Path, warm: Path) -> None:
        """Gaussian kernel."""
        ours = self._ours("gsva", given, warm)
        if ours is None:
            return
        answers = self._beside(ours, "gseapy", "gsva", given, warm)
        what = f"GSVA, {self.sizes.activities} sets x {self.sizes.patients} samples, {self.sizes.genes:,} genes"
        self._tell(what, answers, lambda theirs: _largest(ours, theirs, "scores"))
        self._equal("gsva_difference_from_gseapy", ours, answers["gseapy"], "scores", 1e-10)
        self._not_slower("gsva_10_times_ours_by_gseapy", ours, answers["gseapy"], 10.0)

    def combat(self, given: Path, warm: Path) -> None:
        """Fitted on the samples and applied to them, the group protected."""
        ours = self._ours("combat", given, warm)
        if ours is None:
            return
        answers = self._beside(ours, "inmoose", "combat", given, warm)
        what = f"ComBat, {self.sizes.genes:,} genes x {self.sizes.patients}, three batches, group"
        self._tell(what, answers, lambda theirs: _largest(ours, theirs, "values"))
        self._not_slower("combat_by_inmoose", ours, answers["inmoose"])

    def combat_of_r(self, given: Path, table, warm: Path) -> None:
        """Both beside R's own values."""
        genes = (given / "genes.txt").read_text(encoding="utf-8").split("\n")
        kept = [genes.index(gene) for gene in table.index]
        lines = ["| engine | largest difference from R's ComBat, log2 |", "|---|---:|"]
        for engine in ("radgen", "inmoose"):
            answer = self._ours("combat", given, warm) if engine == "radgen" else (
                self.engines.ask(engine, "combat", given, warm)
            )  # fmt: skip
            if isinstance(answer, Answer) and not answer.cut:
                worst = float(differences(answer.values["values"][kept], table.to_numpy(dtype=float)).max())
                lines.append(f"| {engine} | {worst:.1e} |")
                if engine == "radgen":
                    self.report.goal("combat_difference_from_r", worst, 1e-8)
        self.report.table(
            "ComBat, parametric, group protected: R sva's values, 400 genes (one of them constant in a batch)", lines
        )

    def preranked(self, given: Path, warm: Path) -> None:
        """Simple P by random sets; the peer does few permutations, from which its time for all is told."""
        n = self.sizes.permutations
        ours = self._ours("preranked", given, warm, number=n)
        if ours is None:
            return
        answers: dict[str, Answer | str] = {"radgen": ours}
        multilevel = self._ours("multilevel", given, warm, number=n)
        if multilevel is not None:
            answers["radgen, multilevel P"] = multilevel
        answers["gseapy"] = self._extrapolated(given, warm, n)
        what = f"Pre-ranked enrichment, {self.sizes.sets:,} sets x {n:,} permutations, {self.sizes.genes:,} genes"
        self._tell(what, answers, lambda theirs: _largest(ours, theirs, "enrichment"))
        self._equal("preranked_difference_from_gseapy", ours, answers["gseapy"], "enrichment", 1e-10)
        self._not_slower("preranked_50_times_ours_by_gseapy", ours, answers["gseapy"], 50.0)
        self.report.goal("preranked_peak_gb", ours.peak_mb / 1024, 1.0)

    def _extrapolated(self, given: Path, warm: Path, n: int) -> Answer | str:
        few = self.engines.ask("gseapy", "preranked", given, warm, number=FEW)
        more = self.engines.ask("gseapy", "preranked", given, warm, number=MORE)
        if not isinstance(few, Answer) or not isinstance(more, Answer) or few.cut or more.cut:
            return more
        each = [(b - a) / (MORE - FEW) for a, b in ((few.seconds, more.seconds), (few.processor, more.processor))]
        memory = (more.peak_mb - few.peak_mb) / (MORE - FEW)
        self.report.note(
            f"gseapy's enrichment is extrapolated: {FEW} permutations {few.seconds:.3g} s and {few.peak_mb:,.0f} MB, "
            f"{MORE} {more.seconds:.3g} s and {more.peak_mb:,.0f} MB; {n:,} are taken to go on in a line"
        )
        seconds, processor = more.seconds + each[0] * (n - MORE), more.processor + each[1] * (n - MORE)
        return Answer("gseapy", more.version, seconds, processor, more.peak_mb + memory * (n - MORE), more.values)

    def _equal(self, name: str, ours: Answer, theirs: Answer | str, quantity: str, bound: float) -> None:
        if isinstance(theirs, Answer) and quantity in theirs.values:
            self.report.goal(name, float(differences(ours.values[quantity], theirs.values[quantity]).max()), bound)


def _largest(ours: Answer, theirs: Answer, quantity: str) -> str:
    """How far apart they are; nothing beside itself."""
    if theirs is ours or quantity not in theirs.values:
        return ""
    return f"{quantity} differs by at most {differences(ours.values[quantity], theirs.values[quantity]).max():.1e}"


def _tests_beside(ours: Answer, theirs: Answer) -> str:
    """Statistics and who is found."""
    if theirs is ours:
        n = int((ours.values["p_adjusted"] < 0.05).sum())
        return f"{n:,} genes at a false discovery rate of 5 %"
    away = differences(ours.values["statistic"], theirs.values["statistic"])
    mine, other = ours.values["p_adjusted"] < 0.05, theirs.values["p_adjusted"] < 0.05
    return (
        f"statistic differs by {np.median(away):.1e} (median), {np.quantile(away, 0.99):.1e} (99 %), "
        f"{away.max():.1e} (most); {int(other.sum()):,} genes, {int((mine & other).sum()):,} of them ours"
    )
