"""The download endpoints of the Hugging Face hub, as huggingface_hub 2.4 calls them.

A data set is a model whose id begins with `datasets/`: of it the hub serves files alone.
`GET /api/models/{id}` and `/api/models/{id}/revision/{revision}` tell the commit,
`GET /api/models/{id}/tree/{commit}` the listing, `HEAD` and `GET /{id}/resolve/{revision}/{file}`
give a file. Weights are redirected to a storage path and have their SHA-256 as ETag, other files
their git id. Errors bear the codes by which the client tells them apart.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.rehearsal.servers.loopback import Answer, Fault, LoopbackServer

WEIGHTS = (".safetensors", ".bin", ".msgpack", ".h5", ".onnx", ".zip")
_ADDRESS = re.compile(
    r"/api/models/(?P<info>[^/]+(/[^/]+)?)(/revision/(?P<revision>[^/]+))?"
    r"|/api/models/(?P<listed>[^/]+(/[^/]+)?)/tree/(?P<commit>[^/]+)"
    r"|/(?P<id>(datasets/)?[^/]+(/[^/]+)?)/resolve/(?P<version>[^/]+)/(?P<file>.+)"
    r"|/storage/(?P<stored>(datasets/)?[^/]+(/[^/]+)?)/(?P<sha256>[0-9a-f]{64})"
)


class ModelHub(LoopbackServer):
    """Serves model folders by id at the branch `main`; those in `gated` show only their listing.

    `faults` are planned for `id/file`: they meet the GET that brings its bytes.
    """

    def __init__(
        self,
        models: Mapping[str, Path],
        faults: Mapping[str, Sequence[Fault | None]] | None = None,
        gated: Sequence[str] = (),
    ) -> None:
        self.models = dict(models)
        self.gated = tuple(gated)
        super().__init__(
            {self._byte_path(name): planned for name, planned in (faults or {}).items()}
        )

    def files(self, model_id: str) -> dict[str, bytes]:
        """The files of a model by their path in its folder, in order of name."""
        folder = self.models[model_id]
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    def commit(self, model_id: str) -> str:
        """The commit of a model: another one as soon as any of its files is another."""
        digest = hashlib.sha1(usedforsecurity=False)
        for name, content in self.files(model_id).items():
            digest.update(f"{name} {_git_id(content)}\n".encode())
        return digest.hexdigest()

    def fetched(self, model_id: str) -> list[str]:
        """The files of a model whose bytes were asked for, in order."""
        paths = {self._byte_path(f"{model_id}/{name}"): name for name in self.files(model_id)}
        return [paths[r.path] for r in self.gets() if r.path in paths and r.status in (200, 206)]

    def answer(self, path: str) -> Answer:
        """Give what the hub has at `path`."""
        match = _ADDRESS.fullmatch(path)
        if match is None:
            return Answer(status=404)
        part = match.groupdict()
        model_id = part["info"] or part["listed"] or part["id"] or part["stored"] or ""
        if model_id not in self.models:
            # The hub does not tell strangers whether a model is private or absent.
            return _error(401, "RepoNotFound", "Repository not found")
        commit = self.commit(model_id)
        if (part["revision"] or part["commit"] or part["version"] or "main") not in (
            "main",
            commit,
        ):
            return _error(404, "RevisionNotFound", "Invalid rev id")
        if part["info"]:
            siblings = [{"rfilename": name} for name in self.files(model_id)]
            return _json({"id": model_id, "modelId": model_id, "sha": commit, "siblings": siblings})
        if part["listed"]:
            return _json([_entry(name, body) for name, body in self.files(model_id).items()])
        if model_id in self.gated:
            return _error(401, "GatedRepo", f"Access to model {model_id} is restricted.")
        if part["stored"]:
            return self._stored(model_id, part["sha256"])
        return self._resolved(model_id, part["file"], commit)

    def _resolved(self, model_id: str, name: str, commit: str) -> Answer:
        headers = {"X-Repo-Commit": commit}
        body = self.files(model_id).get(name)
        if body is None:
            return _error(404, "EntryNotFound", "Entry not found", headers)
        if not name.endswith(WEIGHTS):
            return Answer(body, {**headers, "ETag": f'"{_git_id(body)}"'})
        sha256 = hashlib.sha256(body).hexdigest()
        headers |= {"X-Linked-ETag": f'"{sha256}"', "X-Linked-Size": str(len(body))}
        return Answer(
            headers={**headers, "Location": f"{self.url}/storage/{model_id}/{sha256}"}, status=302
        )

    def _stored(self, model_id: str, sha256: str) -> Answer:
        for body in self.files(model_id).values():
            if hashlib.sha256(body).hexdigest() == sha256:
                commit = {"X-Repo-Commit": self.commit(model_id)}
                return Answer(body, {**commit, "ETag": f'"{sha256}"'})
        return Answer(status=404)

    def _byte_path(self, name: str) -> str:
        """The path at which the bytes of `id/file` come."""
        model_id = next(known for known in self.models if name.startswith(f"{known}/"))
        file = name.removeprefix(f"{model_id}/")
        if file.endswith(WEIGHTS):
            return f"/storage/{model_id}/{hashlib.sha256(self.files(model_id)[file]).hexdigest()}"
        return f"/{model_id}/resolve/{self.commit(model_id)}/{file}"


def _json(content: object) -> Answer:
    return Answer(json.dumps(content).encode(), {"Content-Type": "application/json"})


def _error(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> Answer:
    return Answer(
        json.dumps({"error": message}).encode(),
        {**(headers or {}), "X-Error-Code": code, "X-Error-Message": message},
        status,
    )


def _entry(name: str, body: bytes) -> dict[str, object]:
    """One file of the listing."""
    entry: dict[str, object] = {
        "type": "file",
        "path": name,
        "size": len(body),
        "oid": _git_id(body),
    }
    if name.endswith(WEIGHTS):
        sha256 = hashlib.sha256(body).hexdigest()
        entry["lfs"] = {"oid": sha256, "size": len(body), "pointerSize": 134}
    return entry


def _git_id(content: bytes) -> str:
    """The id that git gives to a file."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
