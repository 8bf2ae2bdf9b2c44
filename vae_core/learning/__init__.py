"""Learning: what is maximised (objectives) and how (training)."""
