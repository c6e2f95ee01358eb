"""Features in the convention of the Image Biomarker Standardisation Initiative, and whether they conform to it."""
