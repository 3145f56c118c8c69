import pytest
import torch
from torch import nn

from clseave_core.models.dropout import Dropout, draw_cheaply


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_as_many_are_dropped_as_asked_and_the_mean_stays(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    x = torch.linspace(0.9, 1.1, 1_001_000).reshape(1000, 1001).to(dtype)
    out = Dropout(0.1)(x)

    assert out.dtype == dtype
    out = out.float()
    assert float((out == 0).float().mean()) == pytest.approx(0.1, abs=0.001)
    assert float(out.mean()) == pytest.approx(1, abs=0.001)
    assert float(out.max()) == pytest.approx(1.1 / 0.9, rel=5e-3)


def test_the_four_elements_of_a_number_are_dropped_by_themselves() -> None:
    torch.manual_seed(0)
    dropped = (Dropout(0.5)(torch.ones(250_000, 4)) == 0).double()

    assert torch.allclose(dropped.mean(dim=0), torch.tensor(0.5).double(), atol=0.005)
    correlation = torch.corrcoef(dropped.T) - torch.eye(4)
    assert float(correlation.abs().max()) < 0.01


@pytest.mark.parametrize("shape", [(1,), (3, 5), (2, 3, 7)])
def test_any_number_of_elements_has_its_own(shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    drawn = torch.stack([Dropout(0.5)(torch.ones(shape)) == 0 for _ in range(400)])

    assert drawn.shape[1:] == shape
    each = drawn.flatten(1).double()
    assert bool(((each.mean(dim=0) - 0.5).abs() < 0.15).all())
    if each.shape[1] > 1:
        correlation = torch.corrcoef(each.T) - torch.eye(each.shape[1])
        assert float(correlation.abs().max()) < 0.25


def test_the_gradient_has_the_same_mask() -> None:
    torch.manual_seed(0)
    x = torch.randn(50, 50, requires_grad=True)
    out = Dropout(0.3)(x)
    out.sum().backward()  # type: ignore[no-untyped-call]

    assert x.grad is not None
    assert torch.allclose(x.grad * x, out)


def test_a_seed_draws_the_same_again_and_no_training_draws_nothing() -> None:
    x = torch.randn(20, 20)
    drawn = []
    for _ in range(2):
        torch.manual_seed(7)
        drawn.append(Dropout(0.1)(x))

    assert torch.equal(*drawn)
    assert torch.equal(Dropout(0.1).eval()(x), x)
    assert torch.equal(Dropout(0.0)(x), x)
    assert torch.equal(Dropout(1e-9)(x), x)
    assert torch.equal(Dropout(1.0)(x), torch.zeros_like(x))


def test_a_models_dropouts_are_replaced_and_its_weights_kept() -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.2), nn.Sequential(nn.Dropout(0.3)))
    model[2].eval()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    draw_cheaply(model)

    found = [module for module in model.modules() if isinstance(module, nn.Dropout)]
    assert [type(module) for module in found] == [Dropout, Dropout]
    assert [module.p for module in found] == [0.2, 0.3]
    assert [module.training for module in found] == [True, False]
    after = model.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
