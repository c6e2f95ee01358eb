"""What a prediction changes for patients: net reclassification and the decision curve."""
