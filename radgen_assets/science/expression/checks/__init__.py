"""Is each sample the person it is said to be: sex against the clinical table, outliers, samples that are one."""
