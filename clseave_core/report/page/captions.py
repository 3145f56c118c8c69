"""What each figure shows, in words: its caption and its text for those who cannot see it."""

FIGURE_CAPTIONS: dict[str, tuple[str, str]] = {
    "example_pairs": (
        "Examples",
        "Pairs of the test set, drawn at random: one of each label and one that a student gets "
        "wrong though English does not, with every language's sentence and answer (first seed).",
    ),
    "figure_2_1_label_distribution": (
        "Labels",
        "Pairs of each label in train, dev and test.",
    ),
    "figure_3_2_clip_ve_curves": (
        "Training of the English teacher",
        "Loss and accuracy on train and dev, epoch by epoch. Values on train are measured with "
        "dropout on, so dev may look better than train.",
    ),
    "figure_4_1_student_training": (
        "Training of the students",
        "Learning rate, training MSE, dev MSE and dev MAE by epoch, one line a language. The left "
        "axis is per dimension, the right one the sum over dimensions.",
    ),
    "accuracy": (
        "Accuracy",
        "Every row of the accuracy table with its 95 % interval; the line at 33.3 % is a guess. "
        "Only rows of one setting can be ranked with each other.",
    ),
    "dev_accuracy_by_mse": (
        "What a smaller distance from the teacher is worth",
        "Dev accuracy against dev MSE per dimension, a mark for each measured epoch.",
    ),
    "confusion": (
        "Labels by predictions",
        "English and each language: the share of a label's pairs that got each prediction.",
    ),
    "accuracy_by_length": (
        "Accuracy by length of the sentence",
        "Words of the English hypothesis; bars show how many pairs there are. Intervals take pairs "
        "for independent and are a little too narrow.",
    ),
    "accuracy_by_template": (
        "Accuracy by template",
        "By the grammar's template of the sentence, which only generated worlds have.",
    ),
    "accuracy_by_distance": (
        "Accuracy by linguistic distance",
        "Accuracy against six distances from English. So few languages carry no correlation.",
    ),
    "teacher_agreement": (
        "Agreement with the teacher",
        "Share of pairs for which a student says what its English teacher says, right or wrong.",
    ),
}
"""Title and caption by the name of a figure."""
