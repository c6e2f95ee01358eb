"""Contrasts of a study: who is compared with whom, in which genes and gene sets they differ."""
