"""Which modules of this library a script depends on, read from its import statements.

Rules name them as input, so that an edit of code that decides a result makes that result anew,
and nothing else. Modules that decide none (logs, progress, memory) are left out.
"""

import ast
import re
from functools import cache
from inspect import cleandoc
from pathlib import Path

PACKAGE = "clseave_core"
IMPORT = re.compile(
    rf"^[ \t]*(?:from {PACKAGE}\b.* import (?:\([^)]*\)|.*)|import {PACKAGE}\b.*)", re.MULTILINE
)
"""An import statement of this library; to parse whole files would be a fifth of a dry run."""
NO_RESULT = {f"{PACKAGE}/{name}.py" for name in ("run", "progress", "garbage")}


def core_modules(script: str | Path, root: str | Path = ".") -> list[str]:
    """Paths, relative to `root`, of the modules that `root/script` imports, at any depth."""
    root = Path(root)
    found: set[str] = set()
    pending = list(_imports(root / script, root))
    while pending:
        module = pending.pop()
        if module not in found:
            found.add(module)
            pending += _imports(root / module, root)
    return sorted(found - NO_RESULT)


@cache
def _imports(path: Path, root: Path) -> tuple[str, ...]:
    names: list[str] = []
    for statement in IMPORT.findall(path.read_text(encoding="utf-8")):
        (node,) = ast.parse(cleandoc(statement), str(path)).body
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    paths = [name.replace(".", "/") for name in names if name.startswith(f"{PACKAGE}.")]
    candidates = [path + ending for path in paths for ending in (".py", "/__init__.py")]
    return tuple(module for module in candidates if (root / module).exists())
