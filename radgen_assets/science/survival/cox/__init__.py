"""Cox's model: the fit, what follows from it, whether it holds, a gene at a time, and as a nomogram."""
