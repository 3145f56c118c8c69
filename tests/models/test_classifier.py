import pytest
import torch

from clseave_core.labels import LABELS
from clseave_core.models.classifier import EntailmentClassifier, combine


def test_features_are_both_embeddings_their_distance_and_their_product() -> None:
    image = torch.tensor([[1.0, 2.0], [0.0, -1.0]])
    text = torch.tensor([[3.0, -1.0], [0.5, -2.0]])

    features = combine(image, text)

    assert features.tolist() == [
        [1.0, 2.0, 3.0, -1.0, 2.0, 3.0, 3.0, -2.0],
        [0.0, -1.0, 0.5, -2.0, 0.5, 1.0, 0.0, 2.0],
    ]


def test_the_length_of_an_embedding_does_not_matter() -> None:
    torch.manual_seed(0)
    classifier = EntailmentClassifier(4).eval()
    image, text = torch.randn(5, 4), torch.randn(5, 4)

    assert torch.allclose(classifier(image, text), classifier(3 * image, 0.2 * text), atol=1e-6)
    assert classifier(image, text).shape == (5, len(LABELS))


def test_a_zero_image_vector_would_carry_nothing_but_a_unit_vector_is_kept() -> None:
    # The constant premise of `hypothesis_only` is a unit vector: its features are not zero.
    unit = torch.full((1, 4), 0.5)
    features = combine(torch.nn.functional.normalize(unit, dim=1), torch.zeros(1, 4))

    assert features[0, :4].tolist() == [0.5] * 4


def test_layers_are_those_of_the_thesis() -> None:
    kinds = [type(layer).__name__ for layer in EntailmentClassifier(512).layers]

    assert kinds == [
        "BatchNorm1d", "Dropout", "Linear", "ReLU", "Linear", "ReLU", "BatchNorm1d", "Dropout",
        "Linear",
    ]  # fmt: skip
    assert EntailmentClassifier(512).layers[2].in_features == 2048


@pytest.mark.parametrize("width", [2, 7])
def test_one_pair_can_be_classified_but_not_trained_on(width: int) -> None:
    classifier = EntailmentClassifier(width)
    one = torch.ones(1, width)

    assert classifier.eval()(one, one).shape == (1, 3)
    with pytest.raises(ValueError, match="more than 1 value"):
        classifier.train()(one, one)
