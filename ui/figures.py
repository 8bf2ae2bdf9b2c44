"""The colours of labels and quantities: the same in every figure and, sent with a model, on the map of codes."""

# Ten colours that people with any kind of colour vision can tell apart, on white and on black.
# Petroff, "Accessible color sequences for data visualization", https://arxiv.org/abs/2107.02270
LABEL_COLOURS = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)
SCALE = "Viridis"  # perceptually even, for every quantity that only grows
RECONSTRUCTION, KL = "#3f90da", "#e76300"  # the two terms of the ELBO, wherever they appear
