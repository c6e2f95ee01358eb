"""Which files of a cohort's folder belong to which patient."""

from radgen_assets.formats.layouts.find import find_patients

__all__ = ["find_patients"]
