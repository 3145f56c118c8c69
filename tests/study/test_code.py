"""The modules a rule names as input, against what its script really imports."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from clseave_core.study.code import NO_RESULT, PACKAGE, _imports, core_modules

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(path.stem for path in (ROOT / "workflow_scripts").glob("*.py"))
IMPORTED = """
import json, runpy, sys
runpy.run_path(sys.argv[1], run_name="imported", init_globals=None)
print(json.dumps([m.__file__ for n, m in sys.modules.items() if n.startswith("clseave_core")]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("script", [name for name in SCRIPTS if name != "download_model"])
def test_every_module_that_is_imported_is_named(script: str) -> None:
    """`download_model` needs the `snakemake` object at import; its result is not the code's."""
    result = subprocess.run(
        [sys.executable, "-c", IMPORTED, f"workflow_scripts/{script}.py"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    loaded = {
        str(Path(path).relative_to(ROOT))
        for path in json.loads(result.stdout)
        if not path.endswith("__init__.py")
    }

    assert loaded
    assert loaded - NO_RESULT <= set(core_modules(f"workflow_scripts/{script}.py", ROOT))


def test_imports_inside_functions_count() -> None:
    modules = core_modules("workflow_scripts/translate_shard.py", ROOT)

    assert "clseave_core/translation/google.py" in modules
    assert "clseave_core/progress.py" not in modules


def test_no_import_of_a_file_is_overlooked() -> None:
    """Imports are found by a pattern; Python's own parser must find no other."""
    for path in sorted([*ROOT.glob(f"{PACKAGE}/**/*.py"), *ROOT.glob("workflow_scripts/*.py")]):
        named: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.module and node.level == 0, f"{path}: an import without its whole name"
                named |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        files = {
            name.replace(".", "/") + ending
            for name in named
            if name.startswith(f"{PACKAGE}.")
            for ending in (".py", "/__init__.py")
        }
        assert set(_imports(path, ROOT)) == {file for file in files if (ROOT / file).exists()}, path
