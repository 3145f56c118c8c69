"""The figures that every study has, in the order in which a report shows them."""

FIGURES: tuple[str, ...] = (
    "example_pairs",
    "figure_2_1_label_distribution",
    "figure_3_2_clip_ve_curves",
    "figure_4_1_student_training",
    "accuracy",
    "dev_accuracy_by_mse",
    "confusion",
    "accuracy_by_length",
    "accuracy_by_template",
    "accuracy_by_distance",
    "teacher_agreement",
)
"""A figure that a corpus or study has no numbers for is drawn all the same, and says so."""
