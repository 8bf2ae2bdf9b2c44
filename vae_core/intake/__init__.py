"""What visitors bring: any picture file, made into what a model takes."""
