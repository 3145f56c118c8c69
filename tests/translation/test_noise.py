import pandas as pd

from clseave_core.corpus.pocket.lexicon import COLOURS, SHAPES
from clseave_core.translation.noise import noisy_translations

ENGLISH = [f"There is a {colour} {shape}." for colour in COLOURS for shape in SHAPES]


def test_a_noisy_translation_is_the_right_one_of_what_it_says_in_english() -> None:
    hypotheses = pd.DataFrame(
        {"hypothesis_id": range(len(ENGLISH)), "text": ENGLISH, "held_out": "none"}
    )
    rows, back = noisy_translations(hypotheses, "zh", 0.25, 3, COLOURS, SHAPES)
    clean, _ = noisy_translations(hypotheses, "zh", 0.0, 3, COLOURS, SHAPES)
    again, same = noisy_translations(hypotheses, "de", 0.25, 3, COLOURS, SHAPES)
    right = dict(zip(ENGLISH, clean["text"], strict=True))

    wrong = back["slot"] != ""
    assert wrong.sum() == 4
    assert (back["text"] != ENGLISH).equals(wrong)
    assert rows["text"][~wrong].tolist() == clean["text"][~wrong].tolist()
    for said, text in zip(back["text"][wrong], rows["text"][wrong], strict=True):
        assert text == right.get(said, text)
    assert set(back["slot"][wrong]) <= {"colour", "shape", "negation"}
    assert same.equals(back) and not again["text"].equals(rows["text"])
    assert set(rows["provider"]) == {"noise"} and not rows["unchanged"].any()
