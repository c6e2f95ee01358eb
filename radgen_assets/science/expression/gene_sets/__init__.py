"""Gene sets: over-representation, pre-ranked enrichment, activity of single patients, signatures, subtypes."""
