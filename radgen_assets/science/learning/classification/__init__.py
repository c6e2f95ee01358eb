"""How good a classification is: rates, the ROC curve, comparisons, and survival made two classes."""
