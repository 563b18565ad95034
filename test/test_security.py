"""Nothing that comes from a message or a file is run or unpickled."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = [
    path for folder in ("astro_nav_*", "environment", "compat") for top in ROOT.glob(folder) for path in top.rglob("*.py")
]  # fmt: skip

#: modules that make objects or processes of what they read
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
#: calls that do
CALLS = {
    "eval", "exec", "compile", "__import__", "yaml.load", "yaml.load_all", "yaml.unsafe_load", "yaml.full_load", "os.system", "os.popen",
    "np.load", "numpy.load", "pd.read_pickle",
}  # fmt: skip


def offences(tree: ast.AST) -> Iterator[str]:
    """What a source does that none should."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.partition(".")[0] in MODULES)
        elif isinstance(node, ast.ImportFrom) and str(node.module).partition(".")[0] in MODULES:
            yield str(node.module)
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in CALLS and not any(
                word.arg == "allow_pickle" and not word.value.value
                for word in node.keywords
                if isinstance(word.value, ast.Constant)
            ):
                yield f"{name}()"
            if any(word.arg == "shell" and ast.unparse(word.value) == "True" for word in node.keywords):
                yield f"{name}(shell=True)"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_source_runs_or_unpickles_what_it_reads(path: Path) -> None:
    assert not list(offences(ast.parse(path.read_text())))


@pytest.mark.parametrize(
    "text",
    ["import pickle", "from pickle import loads", "eval(text)", "yaml.load(file)", "run(command, shell=True)", "np.load(file)"],
)  # fmt: skip
def test_offences_are_found(text: str) -> None:
    assert list(offences(ast.parse(text)))


def test_what_is_harmless_is_let_through() -> None:
    assert not list(
        offences(ast.parse("yaml.safe_load(f); np.load(f, allow_pickle=False); run(c); ast.literal_eval(t)"))
    )
