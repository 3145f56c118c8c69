"""The three classes of visual entailment, in the order of the classifier's outputs."""

LABELS: tuple[str, str, str] = ("entailment", "neutral", "contradiction")
LABEL_INDEX: dict[str, int] = {label: index for index, label in enumerate(LABELS)}
