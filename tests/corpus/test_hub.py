"""Models from a hub on the loopback interface."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import load_file, save_file

from clseave_core.corpus.downloads import DownloadError
from clseave_core.corpus.hub import ModelSource, fetch_model
from clseave_core.files import read_json
from tests.corpus.test_model_folder import MakesAFile
from tests.rehearsal.servers import Drop, ModelHub, Stall, Status

BERT = "google-bert/bert-tiny"
OLD = "google-bert/bert-old"
TENSORS = {"words": torch.arange(60_000.0), "decoder": torch.ones(2)}
BEYOND = ["README.md", "flax_model.msgpack", "tf_model.h5", "modeling_bert.py", "onnx/model.onnx"]


@pytest.fixture
def models(tmp_path: Path) -> dict[str, Path]:
    """Two models as they lie on the hub: one with safetensors and .bin, one with .bin only."""
    folders = {BERT: tmp_path / "on_hub" / "tiny", OLD: tmp_path / "on_hub" / "old"}
    for folder in folders.values():
        (folder / "onnx").mkdir(parents=True)
        (folder / "config.json").write_text('{"model_type": "bert"}')
        (folder / "vocab.txt").write_text("[UNK]\n[SEP]\n")
        for name in BEYOND:
            (folder / name).write_text("never fetched")
        torch.save(TENSORS, folder / "pytorch_model.bin")
    save_file(TENSORS, folders[BERT] / "model.safetensors")
    return folders


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, with the network allowed."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    return tmp_path / "cache"


def point_at(hub: ModelHub | str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do in this process what HF_ENDPOINT does in a new one."""
    url = hub if isinstance(hub, str) else hub.url
    monkeypatch.setattr(constants, "ENDPOINT", url)
    template = url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


def contents(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_model_becomes_a_folder_of_plain_files(
    tmp_path: Path, models: dict[str, Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "resources" / "models" / "bert"
    with ModelHub(models) as hub:
        point_at(hub, monkeypatch)
        source = fetch_model(BERT, "main", folder)
        assert source == ModelSource(BERT, "main", hub.commit(BERT), ["model.safetensors"])
        assert sorted(hub.fetched(BERT)) == ["config.json", "model.safetensors", "vocab.txt"]
    assert contents(folder) == ["config.json", "model.safetensors", "source.json", "vocab.txt"]
    assert not any(path.is_symlink() for path in folder.iterdir())
    assert load_file(folder / "model.safetensors")["words"].equal(TENSORS["words"])
    assert read_json(folder / "source.json") == {
        "id": BERT,
        "revision": "main",
        "commit": source.commit,
        "weights": ["model.safetensors"],
    }
    # The bytes are not there twice.
    assert (folder / "model.safetensors").stat().st_nlink == 2
    assert contents(folder.parent) == ["bert"]


def test_a_second_time_no_bytes_are_asked_for(
    tmp_path: Path, models: dict[str, Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelHub(models) as hub:
        point_at(hub, monkeypatch)
        fetch_model(BERT, "main", tmp_path / "bert")
        fetched = len(hub.requests)
        (tmp_path / "bert" / "config.json").unlink()
        fetch_model(BERT, "main", tmp_path / "bert")
        later = [request.path for request in hub.requests[fetched:]]
        assert later == [f"/api/models/{BERT}/revision/main"]
        fetch_model(BERT, hub.commit(BERT), tmp_path / "bert")
        assert len(hub.requests) == fetched + 1
    assert (tmp_path / "bert" / "config.json").exists()


def test_without_network_the_cache_is_enough(
    tmp_path: Path, models: dict[str, Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelHub(models) as hub:
        point_at(hub, monkeypatch)
        first = fetch_model(BERT, "main", tmp_path / "bert")
    assert fetch_model(BERT, "main", tmp_path / "down") == first  # the hub is down
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert fetch_model(BERT, "main", tmp_path / "offline") == first
    assert contents(tmp_path / "offline") == contents(tmp_path / "bert")


def test_a_cache_without_listing_is_read_too(
    tmp_path: Path, models: dict[str, Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = cache / "models--google-bert--bert-tiny" / "snapshots" / ("0" * 40)
    shutil.copytree(models[BERT], snapshot)
    (snapshot.parent.parent / "refs").mkdir()
    (snapshot.parent.parent / "refs" / "main").write_text("0" * 40)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert fetch_model(BERT, "main", tmp_path / "bert").commit == "0" * 40
    expected = ["config.json", "model.safetensors", "source.json", "vocab.txt"]
    assert contents(tmp_path / "bert") == expected


def test_bin_weights_are_converted(
    tmp_path: Path, models: dict[str, Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelHub(models) as hub:
        point_at(hub, monkeypatch)
        source = fetch_model(OLD, "main", tmp_path / "bert")
    assert source.weights == ["pytorch_model.bin"]
    expected = ["config.json", "model.safetensors", "source.json", "vocab.txt"]
    assert contents(tmp_path / "bert") == expected
    found = load_file(tmp_path / "bert" / "model.safetensors")
    assert {name: value.tolist() for name, value in found.items()} == {
        name: value.tolist() for name, value in TENSORS.items()
    }


def test_weights_that_would_run_code_leave_nothing(
    tmp_path: Path, models: dict[str, Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.save({"a": MakesAFile(tmp_path / "made")}, models[OLD] / "pytorch_model.bin")
    with ModelHub(models) as hub:
        point_at(hub, monkeypatch)
        with pytest.raises(ValueError, match="holds something else than tensors"):
            fetch_model(OLD, "main", tmp_path / "models" / "bert")
    assert not (tmp_path / "made").exists()
    assert contents(tmp_path / "models") == []


def test_a_dropped_connection_goes_on_by_range(
    tmp_path: Path, models: dict[str, Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 10_000)  # what it has, it has in chunks
    faults = {f"{BERT}/model.safetensors": [Drop(100_000)]}
    with ModelHub(models, faults) as hub:
        point_at(hub, monkeypatch)
        fetch_model(BERT, "main", tmp_path / "bert")
        assert [request.start for request in hub.gets("/storage/")] == [None, 100_000]
    assert load_file(tmp_path / "bert" / "model.safetensors")["words"].equal(TENSORS["words"])


def test_a_damaged_cache_is_told(
    tmp_path: Path, models: dict[str, Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelHub(models) as hub:
        point_at(hub, monkeypatch)
        fetch_model(OLD, "main", tmp_path / "bert")
        blob = next(cache.rglob("pytorch_model.bin")).resolve()
        content = bytearray(blob.read_bytes())
        content[-1] ^= 1
        blob.write_bytes(content)
        with pytest.raises(
            ValueError, match=rf"{blob} \(pytorch_model.bin\) is damaged.*Delete it"
        ):
            fetch_model(OLD, "main", tmp_path / "bert")
        blob.unlink()
        fetch_model(OLD, "main", tmp_path / "bert")


@pytest.mark.parametrize(
    ("model_id", "revision", "message"),
    [
        ("nobody/nothing", "main", r"nobody/nothing \(revision main\) is not known at http"),
        (BERT, "v9", "has no revision 'v9'.*/commits/main"),
        ("a/b/c", "main", "'a/b/c' is no id of a model"),
    ],
)
def test_what_the_hub_does_not_know_is_told(
    tmp_path: Path,
    models: dict[str, Path],
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    model_id: str,
    revision: str,
    message: str,
) -> None:
    with ModelHub(models) as hub:
        point_at(hub, monkeypatch)
        with pytest.raises((DownloadError, ValueError), match=message):
            fetch_model(model_id, revision, tmp_path / "bert")
    assert not (tmp_path / "bert").exists()


def test_a_gated_model_tells_to_log_in(
    tmp_path: Path, models: dict[str, Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ModelHub(models, gated=[BERT]) as hub:
        point_at(hub, monkeypatch)
        with pytest.raises(DownloadError, match=f"is gated. Accept its terms at {hub.url}/{BERT}"):
            fetch_model(BERT, "main", tmp_path / "bert")


def test_offline_without_cache_says_what_to_do(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(DownloadError, match="HF_HUB_OFFLINE=1 forbids") as failure:
        fetch_model(BERT, "main", tmp_path / "bert")
    message = str(failure.value)
    assert "Run once without HF_HUB_OFFLINE" in message
    assert f"/{BERT}/tree/main" in message
    assert str(cache) in message
    assert "`path`" in message


def test_without_network_and_cache_the_reason_is_given(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with ModelHub({}) as hub:
        closed = hub.url
    point_at(closed, monkeypatch)
    with pytest.raises(
        DownloadError, match=r"could not be fetched: .*Connection refused\. Try again"
    ):
        fetch_model(BERT, "main", tmp_path / "bert")


def test_a_hub_that_fails_is_told(
    tmp_path: Path, models: dict[str, Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with ModelHub(models, {f"{BERT}/vocab.txt": [Status(500)] * 20}) as hub:
        point_at(hub, monkeypatch)
        with pytest.raises(DownloadError, match=r"could not be fetched: .*500"):
            fetch_model(BERT, "main", tmp_path / "bert")


@pytest.mark.parametrize(
    ("removed", "message"),
    [
        ("pytorch_model.bin", "has no weights for PyTorch: neither safetensors nor"),
        ("vocab.txt", "google-bert/bert-old of the hub cannot be used: its folder .*no tokenizer"),
    ],
)
def test_a_model_that_lacks_something_is_refused(
    tmp_path: Path,
    models: dict[str, Path],
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    removed: str,
    message: str,
) -> None:
    (models[OLD] / removed).unlink()
    with ModelHub(models) as hub:
        point_at(hub, monkeypatch)
        with pytest.raises(ValueError, match=message):
            fetch_model(OLD, "main", tmp_path / "bert")
    assert not (tmp_path / "bert").exists()


def test_a_killed_process_leaves_no_half_model_and_the_environment_is_respected(
    tmp_path: Path, models: dict[str, Path]
) -> None:
    program = (
        "import json, sys; from clseave_core.corpus.hub import fetch_model; "
        f"print(json.dumps(fetch_model({BERT!r}, 'main', sys.argv[1]).commit))"
    )
    folder = tmp_path / "models" / "bert"
    command = [sys.executable, "-c", program, str(folder)]
    with ModelHub(models, {f"{BERT}/model.safetensors": [Stall(100_000)]}) as hub:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path.cwd()),
            "HF_HOME": str(tmp_path / "home"),
            "HF_ENDPOINT": hub.url,
        }
        killed = subprocess.Popen(command, env=environment)
        while not any(request.sent for request in hub.gets("/storage/")):
            assert killed.poll() is None
            time.sleep(0.01)
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait()
        assert not folder.exists()
        again = subprocess.run(command, env=environment, check=True, capture_output=True)
        assert json.loads(again.stdout) == hub.commit(BERT)
        # Of what was whole before the kill nothing is fetched again.
        assert sorted(hub.fetched(BERT)) == ["config.json"] + ["model.safetensors"] * 2 + [
            "vocab.txt"
        ]
    assert contents(folder) == ["config.json", "model.safetensors", "source.json", "vocab.txt"]
    assert contents(folder.parent) == ["bert"]
    assert (tmp_path / "home" / "hub").is_dir()
