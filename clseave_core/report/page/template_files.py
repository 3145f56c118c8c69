"""Where the page's templates, style and script lie; rules name them as input."""

from pathlib import Path

TEMPLATES = Path(__file__).with_name("templates")


def template_files(root: str | Path) -> list[str]:
    """All of them, as paths relative to `root`."""
    return sorted(
        path.relative_to(Path(root).resolve()).as_posix()
        for path in TEMPLATES.resolve().rglob("*.*")
        if path.is_file()
    )
