"""Broken studies: each is a file that is based on `tiny` or stands alone."""

from collections.abc import Callable
from pathlib import Path

from clseave_core.study.loading import load_study
from tests.bad_input.case import Case

ROOT = Path(__file__).resolve().parents[2]
CORPUS = (
    "corpus: {world: null, pictures: {path: p}, annotations: {train: {path: a}, dev: {path: b}}}"
)
WHERE = r"studies/bad\.yaml"

# What stands in the file below `based_on: tiny`, and what is said of it.
CHANGES: dict[str, tuple[str, str]] = {
    "a misspelt key": (
        "lanugages: [de]",
        r"the key lanugages is unknown\. Did you mean languages",
    ),
    "a misspelt key within": (
        "evaluation: {resample: 5}",
        r"evaluation: the key resample is unknown",
    ),
    "a language that nobody knows": (
        "languages: [de, xx]",
        r"languages: language 'xx' is not known",
    ),
    "a language's name": (
        "languages: [German]",
        r'the code of a language, .* got "German"',
    ),
    "a language twice": ("languages: [de, de]", r'languages: has "de" twice'),
    "the teacher's language": ("languages: [en]", r"'en' is the teacher's language"),
    "text for a list": ("languages: de", r'languages: must be a list, got "de"'),
    "a negative seed": (
        "seeds: [-1]",
        r"seeds\[0\]: must be at least 0 and at most 4294967295, got -1",
    ),
    "a fraction as seed": ("seeds: [0.5]", r"seeds\[0\]: must be a whole number, got 0\.5"),
    "no seed": ("seeds: []", r"seeds: must have at least 1 entry, got \[\]"),
    "a number without its dot": (
        "presets: {clip_ve: {learning_rate: 4e-5}}",
        r'clip_ve\.learning_rate: must be a number, got "4e-5".*with a dot, e\.g\. 4\.0e-05',
    ),
    "a number in quotes": (
        'presets: {clseave: {epochs: "3"}}',
        r'epochs: must be a whole number, got "3"\. Write .*without quotes',
    ),
    "no number": (
        "presets: {clip_ve: {learning_rate: .nan}}",
        r"clip_ve\.learning_rate: nan is no fin",
    ),
    "infinity": ("presets: {clip_ve: {learning_rate: .inf}}", r"clip_ve\.learning_rate: inf is "),
    "a rate of zero": (
        "presets: {clip_ve: {learning_rate: 0.0}}",
        r"learning_rate: must be more than 0 and at most 1, got 0\.0",
    ),
    "no epoch": (
        "presets: {clip_ve: {epochs: 0}}",
        r"presets\.clip_ve\.epochs: must be at least 1 and at most 10000, got 0",
    ),
    "yes for a number": (
        "presets: {clip_ve: {epochs: true}}",
        r"epochs: must be a whole number, got true",
    ),
    "an unknown choice": (
        "presets: {clip_ve: {optimizer: sgd}}",
        r'presets\.clip_ve\.optimizer: must be one of adam, adamw, got "sgd"',
    ),
    "an unknown preset": (
        "teachers: {clip_ve: {training: {preset: x}}}",
        r"teachers\.clip_ve\.training\.preset is 'x', which is none of the study's presets",
    ),
    "an unknown model": (
        "teachers: {clip_ve: {model: clap}}",
        r"teachers\.clip_ve\.model: 'clap' is",
    ),
    "an unknown teacher": (
        "methods: {clseave: {teacher: cliq}}",
        r"methods\.clseave\.teacher: 'cliq'",
    ),
    "a method in a table that it has not": (
        "comparisons: {more: {reference: clseave, methods: [clsaeve]}}",
        r"comparisons\.more: 'clsaeve' is none of the study's methods",
    ),
    "like itself": ("methods: {clseave: {like: clseave}}", r"methods\.clseave\.like is 'clseave'"),
    "a share beyond one": (
        "translation: {max_unchanged: 1.5}",
        r"translation\.max_unchanged: must be at least 0 and at most 1, got 1\.5",
    ),
    "no test set": ("testsets: []", r"testsets: must have at least 1 entry, got \[\]"),
    "a test set that nobody has": (
        "testsets: [test, xvnli]",
        r"a generated world has only .*'xvnli'",
    ),
    "no file for a test set": (CORPUS, r"corpus\.annotations has no file for 'test'"),
    "an address without encryption": (
        "translation: {google: {url: http://translate.example/m}}",
        r'translation\.google\.url: must be an https address .* got "http://translate\.example/m"',
    ),
    "a key that it needs": ("evaluation: null", r"the key evaluation is missing"),
    "a base that is not there": (
        "based_on: pockte",
        r"is based on 'pockte', but there is no .*pockte\.yaml\. Studies there: ",
    ),
}
# The whole file.
FILES: dict[str, tuple[bytes, str]] = {
    "no YAML": (b"languages: [de", r"is not YAML: .*line 1, column 12"),
    "a tab": (b"corpus:\n\tworld: 1\n", r"is not YAML: .*line 2, column 1"),
    "a list": (b"- de\n", r"must be a mapping of keys, got list"),
    "an empty file": (b"", r"must be a mapping of keys, got NoneType"),
    "Latin-1": ("description: é".encode("latin-1"), r"cannot be read: .*0xe9.*UTF-8"),
    "an object of Python": (
        b"description: !!python/object/apply:os.system [exit]",
        r"is not YAML: .*python/obj",
    ),
    "brackets without end": (b"a: " + b"[" * 5000, r"is not YAML: "),
    "a day that there is not": (
        b"description: 2024-13-40\n",
        r"cannot be read: month must",
    ),
}


def _study(content: bytes) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / "studies").mkdir()
        (folder / "schemas").symlink_to(ROOT / "schemas")
        for path in (ROOT / "studies").glob("*.yaml"):
            (folder / "studies" / path.name).symlink_to(path)
        (folder / "studies/bad.yaml").write_bytes(content)
        return folder

    return write


def _load(folder: Path) -> object:
    return load_study("bad", {}, folder)


def content_of(name: str) -> bytes:
    """The broken study `name` as a file."""
    if name in FILES:
        return FILES[name][0]
    text = CHANGES[name][0]
    base = "" if "based_on" in text else "based_on: tiny\n"
    return f"{base}{text}\n".encode()


CASES = {
    name: Case(
        _study(content_of(name)),
        _load,
        rf"{WHERE} .*{message}",
        FileNotFoundError if name == "a base that is not there" else ValueError,
    )
    for name, (_, message) in (CHANGES | FILES).items()
}
