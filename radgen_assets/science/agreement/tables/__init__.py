"""The first tables of a paper: each variable by group, and what is missing."""
