"""Certificates: the variables that name them, and what to do where one is not trusted."""

import os
import ssl
from pathlib import Path

from clseave_core.borders.causes import in_short, layers, words
from clseave_core.borders.trouble import Trouble

FILES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
FOLDERS = ("SSL_CERT_DIR",)
_NO_FOLDER = "SSL_CERT_FILE"
"""The hub's client takes no folder here; requests takes one in its variables."""
_TRUST = (
    "Where a company's proxy stands between, save its certificate to a file and set "
    "REQUESTS_CA_BUNDLE and SSL_CERT_FILE to that file"
)


def certificate_trouble(error: BaseException, host: str) -> Trouble | None:
    """What is wrong with the certificates, of this machine or of `host`; None where nothing is."""
    chain = layers(error)
    told = [layer for layer in chain if isinstance(layer, ssl.SSLError)]
    text = " ".join(map(words, chain))
    about_certificates = told or "CA certificate bundle" in text or "certificate" in text.lower()
    nameless = any(
        isinstance(layer, FileNotFoundError | PermissionError | IsADirectoryError)
        and not layer.filename
        for layer in chain
    )
    if about_certificates or nameless:
        broken = _broken_variable(in_contents=bool(about_certificates))
        if broken is not None:
            return broken
    if not about_certificates:
        return None
    cause = in_short(error)
    if "expired" in cause or "not yet valid" in cause:
        remedy = f"See whether this machine's clock is right. {_TRUST}."
    elif "verify failed" in text or any(
        isinstance(layer, ssl.SSLCertVerificationError) for layer in chain
    ):
        remedy = f"{_TRUST}; where a network asks for a login first, log in with a browser."
    else:
        remedy = "See whether a proxy or a firewall changes what passes, and try again."
    return Trouble(f"no safe connection to {host}: {cause}", remedy)


def _broken_variable(*, in_contents: bool) -> Trouble | None:
    """The first variable that names a file or folder that is not there or holds no certificate."""
    for name in (*FILES, *FOLDERS):
        value = os.environ.get(name, "")
        if not value:
            continue
        remedy = f"Correct {name}, or unset it."
        if not os.access(value, os.F_OK):
            kind = "a file" if name in FILES else "a folder"
            return Trouble(f"the variable {name} names {value}, {kind} that is not there", remedy)
        if not os.access(value, os.R_OK):
            return Trouble(f"the variable {name} names {value}, which cannot be read", remedy)
        if name == _NO_FOLDER and Path(value).is_dir():
            return Trouble(
                f"the variable {name} names {value}, which is a folder",
                f"Name a file, or set {FOLDERS[0]} to the folder and unset {name}.",
            )
        if in_contents and name in FILES and not _has_certificate(Path(value)):
            return Trouble(f"the variable {name} names {value}, which has no certificate", remedy)
    return None


def _has_certificate(path: Path) -> bool:
    if path.is_dir():
        return True
    try:
        ssl.create_default_context(cafile=str(path))
    except OSError:  # of ssl, too
        return False
    return True
