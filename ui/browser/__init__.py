"""What the browser runs: published files, a model as the browser needs it."""
