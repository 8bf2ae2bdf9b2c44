"""Analysis: what can be asked of a trained model."""
