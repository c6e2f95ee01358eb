"""Differential expression: counts by DESeq2."""
