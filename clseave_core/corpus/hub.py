"""Models from the Hugging Face hub, each as one folder of plain files.

The hub's own client fetches them into its cache (`HF_HOME`, `HF_ENDPOINT`, `HF_HUB_OFFLINE` and
`HF_TOKEN` mean here what they mean everywhere); the files are then linked or copied into the folder
that the study reads. Only weights, configuration, tokenizer and processor are fetched, never code.
"""

import hashlib
import os
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from huggingface_hub import constants, get_cached_repo_tree, snapshot_download
from huggingface_hub.errors import CachedRepoTreeNotFoundError

from clseave_core.borders.files import reaching
from clseave_core.corpus.hub_errors import ELSEWHERE, plain_errors
from clseave_core.corpus.model_folder import (
    SETTINGS,
    WEIGHTS,
    check_model_folder,
    convert_weights,
    weight_files,
)
from clseave_core.files import whole_folder, write_json
from clseave_core.redaction import without_secrets
from clseave_core.web import is_safe_address

SOURCE = "source.json"


@dataclass(frozen=True)
class ModelSource:
    """Whence a model is: `revision` as it was asked for, `commit` as it was resolved.

    `weights` are the files that the weights were read from; when they are `.bin` files,
    they were converted.
    """

    id: str
    revision: str
    commit: str
    weights: list[str]


def fetch_model(model_id: str, revision: str, folder: str | Path) -> ModelSource:
    """Make `folder` hold the model, whole or not at all; its `source.json` says whence it is.

    What the hub's cache has is not fetched again, and with `HF_HUB_OFFLINE=1` or no network the
    cache is enough. Raises DownloadError that says what to do when the hub does not give the
    model, FileError where a file here cannot be reached, ValueError when what it gives is not a
    model that can be read safely.
    """
    folder = Path(folder)
    if not is_safe_address(constants.ENDPOINT):
        raise ValueError(
            f"HF_ENDPOINT {without_secrets(constants.ENDPOINT)!r} is not an https address (http is "
            "for this machine's own servers). Set another one."
        )
    with plain_errors(model_id, revision, folder):
        snapshot = Path(
            snapshot_download(model_id, revision=revision, allow_patterns=list(SETTINGS))
        )
        names = _names(model_id, snapshot)
    # The folder of a snapshot bears the commit's name.
    weights = _choose_weights(model_id, snapshot.name, names)
    source = ModelSource(model_id, revision, snapshot.name, weights)
    with plain_errors(model_id, revision, folder):
        snapshot_download(model_id, revision=source.commit, allow_patterns=source.weights)
    for name in source.weights:
        _check_blob(snapshot / name)
    with whole_folder(folder) as temporary:
        for name in SETTINGS:
            if (snapshot / name).exists():
                _link(snapshot / name, temporary / name)
        binary = [snapshot / name for name in source.weights if name.endswith(".bin")]
        if binary:
            convert_weights(binary, temporary / WEIGHTS)
        else:
            for name in source.weights:
                _link(snapshot / name, temporary / name)
        try:
            check_model_folder(temporary)
        except ValueError as error:
            reason = str(error).replace(str(temporary), f"its folder {folder}")
            raise ValueError(f"the model {model_id} of the hub cannot be used: {reason}") from error
        write_json(temporary / SOURCE, asdict(source))
    return source


def _names(model_id: str, snapshot: Path) -> list[str]:
    """The files of the commit by its listing, which the client keeps in its cache."""
    try:
        return [file.path for file in get_cached_repo_tree(model_id, revision=snapshot.name)]
    except CachedRepoTreeNotFoundError:  # an offline cache that an older client filled
        return [path.name for path in snapshot.iterdir()]


def _choose_weights(model_id: str, commit: str, names: list[str]) -> list[str]:
    """Choose the weight files; ValueError where the model has none for PyTorch."""
    weights = weight_files(names)
    if not weights:
        raise ValueError(
            f"the model {model_id} at {commit} has no weights for PyTorch: neither "
            f"safetensors nor pytorch_model.bin (there: {', '.join(sorted(names))})."
        )
    return weights


def _check_blob(path: Path) -> None:
    """Hold a large file of the cache against its SHA-256, which is its name there.

    The hub's client itself compares sizes only.
    """
    blob = path.resolve()
    if re.fullmatch("[0-9a-f]{64}", blob.name):
        with reaching(blob, "read", ELSEWHERE), blob.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != blob.name:
            raise ValueError(
                f"{blob} ({path.name}) is damaged: its SHA-256 is {found}. "
                "Delete it to have it fetched again."
            )


def _link(source: Path, target: Path) -> None:
    """Put a file of the cache into the folder, without its bytes where the disk allows that."""
    whole = source.resolve()  # a snapshot holds symbolic links into the cache
    try:
        os.link(whole, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(whole, target)
