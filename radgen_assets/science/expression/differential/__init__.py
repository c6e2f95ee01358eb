"""Differential expression: counts by DESeq2 or limma-voom, log values by limma."""
