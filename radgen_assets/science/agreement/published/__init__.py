"""Whether published numbers can belong together: hazard ratios, areas under the curve, classifications."""
