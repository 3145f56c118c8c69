"""The tables of the thesis that every study has, in the thesis's order."""

TABLES: tuple[str, ...] = (
    "table_1_1_linguistic_distances",
    "table_2_1_corpus_sizes",
    "table_4_1_accuracy",
    "table_a_1_hyper_parameters",
    "table_a_2_dev_mse",
    "table_a_3_dev_mae",
    "published_systems",
)
"""Each is there as CSV, Markdown and LaTeX; what a study has no numbers for is an empty cell."""
