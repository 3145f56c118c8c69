"""Models from the Hugging Face hub, each as one folder of plain files.

The hub's own client fetches them into its cache (`HF_HOME`, `HF_ENDPOINT`, `HF_HUB_OFFLINE` and
`HF_TOKEN` mean here what they mean everywhere); the files are then linked or copied into the folder
that the study reads. Only weights, configuration, tokenizer and processor are fetched, never code.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx2  # what huggingface_hub speaks HTTP with: its errors come through
from huggingface_hub import constants, get_cached_repo_tree, snapshot_download
from huggingface_hub.errors import (
    CachedRepoTreeNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from clseave_core.corpus.downloads import DownloadError
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
    model, ValueError when what it gives is not a model that can be read safely.
    """
    folder = Path(folder)
    if not is_safe_address(constants.ENDPOINT):
        raise ValueError(
            f"HF_ENDPOINT {without_secrets(constants.ENDPOINT)!r} is not an https address (http is "
            "for this machine's own servers). Set another one."
        )
    with _plain_errors(model_id, revision, folder):
        snapshot = Path(
            snapshot_download(model_id, revision=revision, allow_patterns=list(SETTINGS))
        )
        # The folder of a snapshot bears the commit's name.
        source = ModelSource(model_id, revision, snapshot.name, _choose_weights(model_id, snapshot))
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


def _choose_weights(model_id: str, snapshot: Path) -> list[str]:
    """Choose the weight files from the commit's listing, which the client keeps in its cache."""
    try:
        names = [file.path for file in get_cached_repo_tree(model_id, revision=snapshot.name)]
    except CachedRepoTreeNotFoundError:  # an offline cache that an older client filled
        names = [path.name for path in snapshot.iterdir()]
    weights = weight_files(names)
    if not weights:
        raise ValueError(
            f"the model {model_id} at {snapshot.name} has no weights for PyTorch: neither "
            f"safetensors nor pytorch_model.bin (there: {', '.join(sorted(names))})."
        )
    return weights


def _check_blob(path: Path) -> None:
    """Hold a large file of the cache against its SHA-256, which is its name there.

    The hub's client itself compares sizes only.
    """
    blob = path.resolve()
    if re.fullmatch("[0-9a-f]{64}", blob.name):
        with blob.open("rb") as stream:
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


@contextmanager
def _plain_errors(model_id: str, revision: str, folder: Path) -> Iterator[None]:
    """Say in one sentence what went wrong at the hub, and in the next what to do."""
    named = f"the model {model_id} (revision {revision})"
    page = f"{constants.ENDPOINT}/{model_id}"
    try:
        yield
    except GatedRepoError as error:
        raise DownloadError(
            f"{named} is gated. Accept its terms at {page}, then log in with `hf auth login` "
            "or set HF_TOKEN."
        ) from error
    except RepositoryNotFoundError as error:
        raise DownloadError(
            f"{named} is not known at {constants.ENDPOINT}. Check its `id` in the study; "
            "a private model needs `hf auth login` or HF_TOKEN."
        ) from error
    except RevisionNotFoundError as error:
        raise DownloadError(
            f"the model {model_id} has no revision {revision!r}. Its branches, tags and commits "
            f"are at {page}/commits/main."
        ) from error
    except HFValidationError as error:
        raise ValueError(f"{model_id!r} is no id of a model on the hub: {error}") from error
    except (LocalEntryNotFoundError, HfHubHTTPError, httpx2.TransportError) as error:
        offline = constants.is_offline_mode()
        reason = "HF_HUB_OFFLINE=1 forbids to fetch it" if offline else _root(error)
        remedy = "Run once without HF_HUB_OFFLINE" if offline else "Try again when the hub answers"
        raise DownloadError(
            f"{named} is not whole in the cache {constants.HF_HUB_CACHE}, and it could not be "
            f"fetched: {reason}. {remedy}, or fetch the files at {page}/tree/{revision} by other "
            "means (weights, config.json, tokenizer, processor) into a folder and name that as "
            f"`path` of the model in the study. (It was to become {folder.absolute()}.)"
        ) from error


def _root(error: BaseException) -> str:
    """The first line of the error at the bottom of a chain."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else repr(error)
