"""Put a study's results into one HTML file that asks for nothing outside itself.

Style, script, figures, thumbnails and data stand inside the page. Its content security policy lets
a browser run this very script and style (by their checksums) and load no address at all. All text
is escaped by the templates, and by the script through `textContent`.
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from clseave_core.corpus.overlap import leaked_testsets
from clseave_core.evaluation.runs import run_of
from clseave_core.files import read_json, whole_file
from clseave_core.report.cautions import cautions
from clseave_core.report.page.captions import FIGURE_CAPTIONS
from clseave_core.report.page.claims import judge
from clseave_core.report.page.evidence import Evidence
from clseave_core.report.page.examples import examples
from clseave_core.report.page.font import embedded_font
from clseave_core.report.page.headline import headline, result
from clseave_core.report.page.nouns import noun_answers
from clseave_core.report.page.numbers import (
    Row,
    ShownTable,
    accuracy_lines,
    differences,
    read_rows,
    read_shown,
    standings,
)
from clseave_core.report.page.provenance import models, read_provenance, times, versions
from clseave_core.report.page.questions import answers, questions
from clseave_core.report.page.study import PageFiles, PageStudy, language_name
from clseave_core.report.page.template_files import TEMPLATES
from clseave_core.report.published import differing_counts, load_published, values_beside
from clseave_core.report.terminal_table import NO_INTERVALS

_VIEW_BOX = re.compile(rb'viewBox="0 0 ([\d.]+) ([\d.]+)"')


@dataclass(frozen=True)
class ShownFigure:
    """A figure's title and caption, its SVG as an address that holds it, and its size."""

    title: str
    caption: str
    address: str
    width: float
    height: float


def render_report(target: str | Path, study: PageStudy, files: PageFiles) -> None:
    """Write the report page of a study to `target`.

    Raises ValueError, naming the file, where a table or a file of predictions does not fit.
    """
    page = fill_templates(page_content(study, files))
    with whole_file(target) as temporary:
        temporary.write_text(page, encoding="utf-8")


def page_content(study: PageStudy, files: PageFiles) -> dict[str, Any]:
    """Everything that the templates name."""
    compared = [row for path in files.comparisons for row in read_rows(path)]
    lines = accuracy_lines(files.accuracy)
    shown = [read_shown(path) for path in files.tables]
    groups = [table for table in shown if table.name in study.comparisons]
    known = load_published(files.claims)
    corpus = read_json(files.corpus)
    leaked = leaked_testsets(corpus)
    first = headline(study, lines, compared)
    evidence = Evidence(
        study,
        {
            (row["method"], row["language"]): result(study, row, compared)
            for row in [*_compared_lines(groups), *lines]
            if row["testset"] == study.testset
        },
        differences([*files.comparisons, *files.tables], study.testset),
        _last_errors(study, files.histories),
        known,
        same_corpus=bool(values_beside(files.published, corpus)),
        leaked=study.testset in leaked,
    )
    jobs = read_provenance(files.logs)
    browser = examples(study, files)
    return {
        "study": study,
        "corpus": corpus,
        "is_published_corpus": not differing_counts(known, corpus),
        "cautions": cautions(corpus, files.published),
        "leaked": leaked,
        "first": first,
        "lines": lines,
        "no_intervals": NO_INTERVALS,
        "questions": questions(evidence, compared),
        "answers": answers(evidence, first),
        "nouns": noun_answers(study, shown),
        "claims": judge(evidence),
        "source": known,
        "families": _families(compared),
        "groups": groups,
        "standings": {table.name: standings(table) for table in groups},
        "further": [table for table in shown if table.name not in study.comparisons],
        "quality": [read_shown(path) for path in files.quality],
        "figures": [_figure(path) for path in files.figures],
        "versions": versions(jobs.values(), files.project),
        "models": models(study.models, study.world_seed, jobs.values()),
        "times": times(files.benchmarks, jobs),
        "browser": browser,
        "font": embedded_font(text for of in browser.data["sentences"].values() for text in of),
    }


def fill_templates(content: Mapping[str, Any]) -> str:
    """The page's HTML; a name that a template misses raises an error."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {
        "ensure_ascii": False,
        "separators": (",", ":"),
        "allow_nan": False,
    }
    environment.filters |= {"language": language_name, "words": _words, "duration": _duration}
    style, script = (
        (TEMPLATES / name).read_text(encoding="utf-8") for name in ("page.css", "page.js")
    )
    style = content["font"] + style
    return environment.get_template("page.html").render(
        **content,
        style=Markup(style),
        script=Markup(script),
        style_checksum=_checksum(style),
        script_checksum=_checksum(script),
    )


def _checksum(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _words(name: str) -> str:
    """A table's or column's name as words."""
    return name.replace("_", " ")


def _duration(seconds: float) -> str:
    """`3 h 07 min`, `12 min 05 s` or `9 s`."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"


def _figure(path: str | Path) -> ShownFigure:
    """Read an SVG. Raises ValueError naming the file when it does not say its size."""
    data = Path(path).read_bytes()
    size = _VIEW_BOX.search(data)
    if size is None:
        raise ValueError(f"{path} is no SVG with a viewBox. Delete it to have it made again.")
    title, caption = FIGURE_CAPTIONS[Path(path).stem]
    address = f"data:image/svg+xml;base64,{base64.b64encode(data).decode()}"
    return ShownFigure(title, caption, address, *map(float, size.groups()))


def _compared_lines(groups: Sequence[ShownTable]) -> list[Row]:
    """The rows of comparisons' tables under the accuracy table's names."""
    return [
        row | {"test_accuracy": row["accuracy"], "gap_to_english": "", "held_out_gap": ""}
        for table in groups
        for row in table.rows
    ]


def _families(compared: Sequence[Row]) -> list[ShownTable]:
    """`comparisons.csv` family by family."""
    families: dict[str, list[Row]] = {}
    for row in compared:
        families.setdefault(row["family"], []).append(row)
    return [ShownTable.of(family, "", rows) for family, rows in families.items()]


def _last_errors(
    study: PageStudy, histories: Sequence[str | Path]
) -> dict[tuple[str, str], tuple[float, float]]:
    """For each method and language the last train and dev MSE per dimension of the first seed.

    Both are measured without dropout. Paths are `.../{method}/{language}/seed{seed}/history.csv`.
    """
    columns = ("train_eval_mse_per_dim", "dev_mse_per_dim")
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for path in histories:
        run = run_of(path)
        if run.seed != study.seeds[0]:
            continue
        measured = [row for row in read_rows(path) if all(row.get(name) for name in columns)]
        if measured:
            train, dev = (float(measured[-1][name]) for name in columns)
            found[run.method, run.language] = train, dev
    return found
