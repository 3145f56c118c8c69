"""What several test rooms share: the smallest model folders that the real loaders accept.

Both have random weights. Every width differs from every other one, so that a mixed-up dimension
fails, and no size is larger than a test needs.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import clone_guard
from tests.hidden_gpus import hide_gpus

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

LONG_ROOMS = ("slurm", "workflow", "torture", "rehearsal")
"""Rooms whose tests run whole workflows. They start first: no core shall wait for one at last."""

# fmt: off
BERT_WORDS = [
    "a", "der", "die", "das", "ein", "eine", "een", "het", "de", "is", "Mann", "Frau", "Hund",
    "man", "hond", "kat", "red", "rot", "blue", "blau", "circle", "Kreis", "square", "over",
    "sleeps", "schläft", "##", "##s", "##en", "##e",
]
# fmt: on


def pytest_configure(config: pytest.Config) -> None:
    """Hide GPUs before torch is loaded, but where the tests that need one were asked for."""
    if config.getoption("markexpr") != "gpu":
        hide_gpus()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip the tests that need a GPU where there is none, or where it is hidden."""
    if item.get_closest_marker("gpu") is None:
        return
    if item.config.getoption("markexpr") != "gpu":
        pytest.skip("GPUs are hidden; `pytest -m gpu` and tests/test_hidden_gpus.py show them")
    import torch

    if not torch.cuda.is_available():
        pytest.skip("there is no GPU that PyTorch can use")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """One worker more than there are cores: Slurm's tests and those of outages mostly wait."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # pytest-xdist's own rule, which reads it
    return len(os.sched_getaffinity(0)) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of `LONG_ROOMS` first, in that order; the others stay as they are."""

    def place(item: pytest.Item) -> int:
        room = item.path.relative_to(Path(__file__).parent).parts[0]
        return LONG_ROOMS.index(room) if room in LONG_ROOMS else len(LONG_ROOMS)

    items.sort(key=place)


@pytest.fixture(scope="session", autouse=True)
def clone_without_results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder that every test works in: the clone without its results and downloads."""
    folder = tmp_path_factory.mktemp("clone")
    clone_guard.link_all_else(folder)
    before = Path.cwd()
    os.chdir(folder)
    clone_guard.watch()
    yield folder
    os.chdir(before)


def _byte_level_vocabulary() -> list[str]:
    """CLIP's tokens without a single merge: each byte, each byte that ends a word, two marks."""
    from tokenizers.pre_tokenizers import ByteLevel

    letters = sorted(ByteLevel.alphabet())
    ends = [f"{letter}</w>" for letter in letters]
    return [*letters, *ends, "<|startoftext|>", "<|endoftext|>"]


@pytest.fixture(scope="session")
def tiny_clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A CLIP folder: 32x32 pictures in patches of 16, towers of 16 and 24, projection of 12.

    The end token is 513: with 2, transformers would pool by a legacy rule. Read only.
    """
    import torch
    from transformers.models.clip.configuration_clip import CLIPConfig
    from transformers.models.clip.modeling_clip import CLIPModel
    from transformers.models.clip.tokenization_clip import CLIPTokenizer

    folder = tmp_path_factory.mktemp("models") / "tiny_clip"
    vocabulary = {token: number for number, token in enumerate(_byte_level_vocabulary())}
    marks = {"bos_token_id": vocabulary["<|startoftext|>"]} | dict.fromkeys(
        ("eos_token_id", "pad_token_id"), vocabulary["<|endoftext|>"]
    )
    tower = {"num_hidden_layers": 2, "num_attention_heads": 2}
    config = CLIPConfig(
        text_config={
            "vocab_size": len(vocabulary), "hidden_size": 24, "intermediate_size": 48,
            "max_position_embeddings": 40, "projection_dim": 12, **marks, **tower,
        },
        vision_config={
            "hidden_size": 16, "intermediate_size": 32, "image_size": 32, "patch_size": 16,
            "projection_dim": 12, **tower,
        },
        projection_dim=12,
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        CLIPModel(config).save_pretrained(folder)
    CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=40).save_pretrained(folder)
    processor = {
        "image_processor_type": "CLIPImageProcessor", "do_resize": True, "size": 32, "resample": 3,
        "do_center_crop": True, "crop_size": 32, "do_normalize": True,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
    }  # fmt: skip
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    return folder


@pytest.fixture(scope="session")
def tiny_bert_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cased multilingual BERT folder, width 20: a few words, and letters for all the rest.

    Han, kana and hangul beyond the few listed become [UNK]. Read only.
    """
    import torch
    from transformers.models.bert.configuration_bert import BertConfig
    from transformers.models.bert.modeling_bert import BertForMaskedLM
    from transformers.models.bert.tokenization_bert import BertTokenizer

    folder = tmp_path_factory.mktemp("models") / "tiny_bert"
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZäöüßÄÖÜéèê0123456789"
    eastern = "猫犬人男女赤青丸はがのにいる고양이개가는남자여자狗只红蓝"
    marks = [".", ",", "?", "'", "-"]
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *marks, *letters, *BERT_WORDS]
    tokens += [*(f"##{letter}" for letter in letters), *eastern]
    tokens += [f"##{letter}" for letter in eastern]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=20, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=40, max_position_embeddings=48, pad_token_id=0,
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        BertForMaskedLM(config).save_pretrained(folder)
    BertTokenizer(vocab=vocabulary, do_lower_case=False, model_max_length=48).save_pretrained(
        folder
    )
    return folder


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small pocket world. Read only."""
    from clseave_core.corpus.pocket.world import draw_pictures, generate_world
    from tests.small_world import SETTINGS

    folder = tmp_path_factory.mktemp("world")
    generate_world(SETTINGS, folder)
    draw_pictures(SETTINGS, folder / "pictures.zip")
    return folder
