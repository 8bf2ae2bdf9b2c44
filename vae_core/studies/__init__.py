"""Studies: grids of settings times seeds, trained, measured and shipped."""
