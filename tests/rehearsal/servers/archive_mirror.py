"""A web server with a few large files, as those that hold data sets."""

import hashlib
from collections.abc import Mapping, Sequence
from email.utils import formatdate
from pathlib import Path

from tests.rehearsal.servers.loopback import Answer, Fault, LoopbackServer


class ArchiveMirror(LoopbackServer):
    """Serves `files` (name to content or path), with ranges, ETag and Last-Modified.

    `faults` are planned for each name. `validators=False` leaves out ETag and Last-Modified.
    """

    def __init__(
        self,
        files: Mapping[str, bytes | Path],
        faults: Mapping[str, Sequence[Fault | None]] | None = None,
        *,
        validators: bool = True,
    ) -> None:
        super().__init__({f"/{name}": planned for name, planned in (faults or {}).items()})
        self.files = dict(files)
        self.validators = validators

    def address(self, name: str) -> str:
        """The address of one of the files."""
        return f"{self.url}/{name}"

    def answer(self, path: str) -> Answer:
        """Give the file, or 404."""
        content = self.files.get(path.removeprefix("/"))
        if content is None:
            return Answer(status=404)
        body = content if isinstance(content, bytes) else content.read_bytes()
        if not self.validators:
            return Answer(body)
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        return Answer(body, {"ETag": etag, "Last-Modified": formatdate(0, usegmt=True)})
