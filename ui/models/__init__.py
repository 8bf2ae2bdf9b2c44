"""The Models page: what each idea changes."""
