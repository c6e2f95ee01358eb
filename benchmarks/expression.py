"""Time expression's steps, in one run beside the packages that other environments have: inmoose, pydeseq2, gseapy.

    python benchmarks/expression.py [--quick] [--json FILE] [--markdown FILE] [--data FOLDER] [--reference FOLDER]
                                    [--peers PYTHON ...] [--longest SECONDS]

DESeq2 and limma-voom on 20,000 genes x 40 made samples and on the whole of TCGA's lower-grade gliomas, GSVA, pre-ranked
enrichment, ComBat: seconds, peak memory and agreement, each in a process of its own on one native thread.
A peer that takes longer than `--longest` is cut, and the table says so. What it measures: measuring/expression_*.py.
"""

from __future__ import annotations

if __name__ == "__main__":
    from measuring.expression_cases import main

    main(__doc__)
