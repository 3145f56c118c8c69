"""Input that is meant to do harm, and rules that the code itself keeps so that it cannot."""

import ast
import contextlib
import json
import re
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from huggingface_hub import constants

from clseave_core.corpus.downloads import DownloadError, download
from clseave_core.corpus.hub import fetch_model
from clseave_core.report.formats import Table, write_formats
from clseave_core.translation.cache import TranslationCache
from clseave_core.translation.google import GoogleClient
from clseave_core.translation.translator import Answer
from tests.bad_input import archives
from tests.rehearsal.servers import Answer as Reply
from tests.rehearsal.servers import ArchiveMirror

ROOT = Path(__file__).resolve().parents[2]
CODE = [path for part in ("clseave_core", "workflow_scripts", "commands")
        for path in sorted((ROOT / part).rglob("*.py"))]  # fmt: skip
FORBIDDEN_IMPORTS = {"marshal", "shelve", "dill", "joblib", "cloudpickle", "xmlrpc", "telnetlib"}
FORBIDDEN_CALLS = {
    "eval", "exec", "compile", "__import__", "pickle.load", "pickle.loads", "pickle.Unpickler",
    "yaml.load", "yaml.unsafe_load", "yaml.full_load", "os.system", "os.popen",
    "shutil.unpack_archive", "tempfile.mktemp", "torch.hub.load", "torch.jit.load",
}  # fmt: skip
UNPACKING = {"extract", "extractall"}
RULES = [ROOT / "Snakefile", *sorted((ROOT / "rules").glob("*.smk"))]
IN_RULES = re.compile(
    rf"(?<![\w.])({'|'.join(map(re.escape, sorted(FORBIDDEN_CALLS)))}|torch\.load)\s*\("
    rf"|\.({'|'.join(sorted(UNPACKING))})\s*\("
    rf"|^\s*(import|from)\s.*\b({'|'.join(sorted(FORBIDDEN_IMPORTS))})\b"
    r"|\b(allow_pickle|shell|trust_remote_code)\s*=\s*True|\bverify\s*=\s*False"
)
"""The same in a line of a rule file, whose language `ast` does not know."""
AUTOMATIC = re.compile(r"Auto\w+\.from_pretrained|model_class\.from_pretrained")


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Every call of the project's code: where it stands, what is called, the call."""
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", ast.unparse(node.func), node


def option(call: ast.Call, name: str) -> object:
    """The constant that a call gives `name`; None where it gives none."""
    values = [word.value for word in call.keywords if word.arg == name]
    return values[0].value if values and isinstance(values[0], ast.Constant) else None


def is_safe_yaml(name: str, call: ast.Call) -> bool:
    """A call of `yaml.load` with a loader that makes nothing but texts, numbers, lists, dicts."""
    loaders = [ast.unparse(word.value) for word in call.keywords if word.arg == "Loader"]
    return name == "yaml.load" and loaders in (["yaml.SafeLoader"], ["yaml.CSafeLoader"])


def is_fixed(query: ast.expr) -> bool:
    """A query of constants, or one that only counts its question marks."""
    if isinstance(query, ast.JoinedStr):
        parts = [part.value for part in query.values if isinstance(part, ast.FormattedValue)]
        return all(
            re.fullmatch(r"_?[A-Z_]+|', '\.join\('\?' \* len\(\w+\)\)", ast.unparse(part))
            for part in parts
        )
    return isinstance(query, ast.Constant)


def test_nothing_is_unpickled_evaluated_or_unpacked() -> None:
    wrong = [
        f"{place} {name}"
        for place, name, call in calls()
        if (name in FORBIDDEN_CALLS and not is_safe_yaml(name, call))
        or (isinstance(call.func, ast.Attribute) and call.func.attr in UNPACKING)
        or (name == "torch.load" and option(call, "weights_only") is not True)
        or option(call, "allow_pickle") is True
        or option(call, "shell") is True
        or option(call, "verify") is False
    ]
    imports = [
        f"{path.relative_to(ROOT)} {alias.name}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if {alias.name, getattr(node, "module", None)} & FORBIDDEN_IMPORTS
    ]
    assert wrong + imports == []


@pytest.mark.parametrize(
    ("code", "safe"),
    [
        ("yaml.load(text)", False),
        ("yaml.load(text, yaml.SafeLoader)", False),  # the search reads words only
        ("yaml.load(text, Loader=yaml.Loader)", False),
        ("yaml.load(text, Loader=yaml.UnsafeLoader)", False),
        ("yaml.load(text, Loader=yaml.CSafeLoader)", True),
        ("yaml.unsafe_load(text, Loader=yaml.CSafeLoader)", False),
    ],
)
def test_yaml_is_read_with_safe_loaders_only(code: str, safe: bool) -> None:
    call = ast.parse(code, mode="eval").body
    assert isinstance(call, ast.Call)
    assert is_safe_yaml(ast.unparse(call.func), call) is safe


def test_rules_do_nothing_of_that_either() -> None:
    assert len(RULES) >= 9
    wrong = [
        f"{path.relative_to(ROOT)}:{number} {line.strip()}"
        for path in RULES
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if IN_RULES.search(line)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "line",
    [
        *(f"    params: x={name}(path)," for name in sorted(FORBIDDEN_CALLS)),
        *(f"import {name}" for name in sorted(FORBIDDEN_IMPORTS)),
        "from joblib import load",
        "    archive.extractall(folder)",
        "    torch.load(path)",
        "    subprocess.run(command, shell=True)",
    ],
)
def test_the_search_in_rules_finds_it(line: str) -> None:
    assert IN_RULES.search(line)


def test_no_code_of_a_model_is_run() -> None:
    loaded = [(place, call) for place, name, call in calls() if AUTOMATIC.fullmatch(name)]
    assert len(loaded) >= 4
    for place, call in loaded:
        assert option(call, "trust_remote_code") is False, place
        assert option(call, "local_files_only") is True, place
    assert not any(option(call, "trust_remote_code") is True for _, _, call in calls())


def test_sqlite_is_asked_with_parameters_only() -> None:
    queries = [
        (place, call)
        for place, name, call in calls()
        if re.search(r"\.(execute|executemany|executescript)$", name)
    ]
    assert len(queries) >= 8
    for place, call in queries:
        assert is_fixed(call.args[0]), place


def test_a_sentence_that_looks_like_sql_is_a_sentence(tmp_path: Path) -> None:
    bad = "'); DROP TABLE translations; --"
    with TranslationCache(tmp_path / "cache.sqlite") as cache:
        cache.put("google", "en", "de", [Answer(bad, "Ein Hund."), Answer("A cat.", "Eine Katze.")])
        found = cache.get("google", "en", "de", [bad, "A cat.", '" OR 1=1'])
    assert {text: answer.translation for text, answer in found.items()} == {
        bad: "Ein Hund.", "A cat.": "Eine Katze.",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", [name for name, case in archives.CASES.items() if case.error is ValueError]
)
def test_an_archive_writes_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    path = archives.CASES[name].write(tmp_path / "a/b")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match=r"\w"):
        archives.CASES[name].read(path)
    assert sorted(tmp_path.rglob("*")) == before


def test_no_more_of_a_member_is_unpacked_than_its_header_says(tmp_path: Path) -> None:
    path = archives.zip_of(("1.jpg", bytes(2**20)))(tmp_path)
    content = path.read_bytes()
    size = (2**20).to_bytes(4, "little")
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, (10).to_bytes(4, "little")))
    with zipfile.ZipFile(path) as archive:
        assert archive.infolist()[0].file_size == 10
    with pytest.raises(ValueError, match=r"pictures\.zip cannot be read .*CRC"):
        archives.first_picture(path)


def test_an_address_without_encryption_is_not_asked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"'http://mirror\.example/a' is not an https address"):
        download(["http://mirror.example/a"], tmp_path / "a")
    with pytest.raises(ValueError, match=r"google\.url 'http://page\.example/m' is not an https"):
        GoogleClient("en", "de", "http://page.example/m", 1.0)


def test_a_hub_without_encryption_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", "http://ann:secret@hub.example")
    with pytest.raises(
        ValueError, match=r"HF_ENDPOINT 'http://\*\*\*@hub\.example' is not an https"
    ):
        fetch_model("a/b", "main", tmp_path / "model")


class Elsewhere(ArchiveMirror):
    """Sends everyone to an address without encryption, on this machine by another name."""

    def answer(self, path: str) -> Reply:
        answer = super().answer(path)
        if path.endswith("moved"):
            return answer
        address = self.address("moved").replace("127.0.0.1", "127.0.0.2")
        return Reply(b"", {"Location": address, "Content-Length": "0"}, 302)


def test_an_address_that_leads_to_one_without_encryption_gives_nothing(tmp_path: Path) -> None:
    with (
        Elsewhere({"a": b"harm", "moved": b"harm"}) as mirror,
        pytest.raises(DownloadError, match=r"it leads to 'http://127\.0\.0\.2.*not an https"),
    ):
        download([mirror.address("a")], tmp_path / "a", attempts=1)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_never_ends_does_not_fill_the_disk(tmp_path: Path) -> None:
    sent: list[int] = []

    def flood(listener: socket.socket) -> None:
        stream, _ = listener.accept()
        with stream, contextlib.suppress(OSError):
            stream.recv(4096)
            stream.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            while len(sent) < 200:
                stream.sendall(bytes(2**20))
                sent.append(2**20)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=flood, args=(listener,))
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/a"
        with pytest.raises(DownloadError, match="sends more than the 10 bytes"):
            download([url], tmp_path / "a", size=10, attempts=1)
        thread.join()
    assert len(sent) < 100
    assert list(tmp_path.iterdir()) == []


def test_a_size_that_is_no_number_is_none(tmp_path: Path) -> None:
    class Nonsense(ArchiveMirror):
        def answer(self, path: str) -> Reply:
            answer = super().answer(path)
            return Reply(answer.body, {**answer.headers, "Content-Length": "many"})

    with (
        Nonsense({"a": b"harm"}) as mirror,
        pytest.raises(DownloadError, match="does not say how large the file is"),
    ):
        download([mirror.address("a")], tmp_path / "a", attempts=1)


JOB = """
import sys, types
from clseave_core.run import start
import logging
address = "https://ann:secret1@mirror.example/a?token=secret2"
job = types.SimpleNamespace(
    log=["results/s/logs/rule/a.log"], rule="rule", wildcards={}, input={"code": []},
    params={"file": {"urls": [address]}},
)
with start(job):
    logging.getLogger("clseave_core.x").warning("%s does not answer", address)
    logging.getLogger("urllib3").warning("Proxy said: secret3")
    if len(sys.argv) > 1:
        raise ValueError(f"no {address} by secret3")
"""


@pytest.mark.parametrize("fails", [False, True])
def test_no_secret_stands_in_a_log_or_report(tmp_path: Path, fails: bool) -> None:
    result = subprocess.run(
        [sys.executable, "-c", JOB, *(["x"] if fails else [])],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={
            "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin",
            "HTTPS_PROXY": "http://ann:secret3@proxy.example:3128",
        },
    )  # fmt: skip
    assert result.returncode == int(fails), result.stderr
    written = [path.read_text() for path in (tmp_path / "results").rglob("a.*") if path.is_file()]
    text = "".join([result.stdout, result.stderr, *written])
    assert "mirror.example" in text
    assert "secret" not in text.replace("without_secrets", "")
    if not fails:
        report = json.loads((tmp_path / "results/s/logs/rule/a.json").read_text())
        shown = "https://***@mirror.example/a?token=***"
        assert report["params"] == {"file": {"urls": [shown]}}
        assert report["warnings"] == [f"{shown} does not answer"]


def test_a_table_holds_data_and_no_markup(tmp_path: Path) -> None:
    cells = [
        "=cmd|' /C calc'!A0", "<script>x</script>", "[a](javascript:x)", "a | b", "`x`",
        r"\input{/etc/passwd}", "100 % & $x_1$ #~^{}", "&lt;b&gt;", "*a*", "a \\",
    ]  # fmt: skip
    write_formats(tmp_path, Table("hostile", "<b>50 % & more", pd.DataFrame({"cell": cells})))

    found = pd.read_csv(tmp_path / "hostile.csv")["cell"].tolist()
    assert found == ["'" + cells[0], *cells[1:]]
    markdown = (tmp_path / "hostile.md").read_text()
    assert markdown.startswith("\\<b>50 % & more\n")
    for shown in (r"\<script>", r"[a]\(javascript:x)", r"a \| b", r"\`x\`", r"\&lt;b\&gt;",
                  r"\*a\*", r"a \\"):  # fmt: skip
        assert shown in markdown
    latex = (tmp_path / "hostile.tex").read_text()
    assert r"\textbackslash input\{/etc/passwd\}" in latex
    assert r"100 \% \& \$x\_1\$ \#\textasciitilde \textasciicircum \{\}" in latex
    assert r"\caption{<b>50 \% \& more}" in latex
