"""What no module of this project does: unpickle, evaluate text, start programs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

ROOMS = ("backbones", "ensemble")

#: Modules that restore objects by running code from the file, or that run code or programs.
MODULES = {"_pickle", "cloudpickle", "copyreg", "dill", "marshal", "multiprocessing", "pickle"}
MODULES |= {"code", "pdb", "pickletools", "pty", "runpy", "shelve", "subprocess", "torch", "yaml"}

#: Functions that do so; joblib's and pandas's readers unpickle, Keras's take code from .h5 files.
CALLS = {"__import__", "compile", "eval", "exec", "joblib.dump", "joblib.load", "pd.read_pickle"}
CALLS |= {"os.popen", "os.startfile", "os.system", "pandas.read_pickle", "tf.saved_model.load"}
CALLS |= {"keras.config.enable_unsafe_deserialization", "keras.models.load_model"}

STARTS = ("os.exec", "os.spawn", "os.posix_spawn", "os.fork")


def offences(source: str) -> list[str]:
    """The lines of a module that do what none may."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node, name.name) for name in node.names if _top(name.name) in MODULES]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            found += [(node, module)] if _top(module) in MODULES else []
            named = (f"{module}.{alias.name}" for alias in node.names)
            found += [(node, name) for name in named if name in CALLS or name.startswith(STARTS)]
        elif isinstance(node, ast.Call):
            found += [(node, reason) for reason in _wrong_call(node)]
    return [f"line {node.lineno}: {reason}" for node, reason in found]


def _top(module: str) -> str:
    return module.partition(".")[0]


def _wrong_call(node: ast.Call) -> list[str]:
    name = ast.unparse(node.func)
    keywords = {one.arg: one.value for one in node.keywords}
    wrong = [name] if name in CALLS or name.startswith(STARTS) else []
    if name in ("np.load", "numpy.load", "np.save", "np.savez", "np.savez_compressed"):
        wrong += [] if _is(keywords.get("allow_pickle"), False) else [f"{name} may pickle"]
    if _is(keywords.get("shell"), True) or _is(keywords.get("allow_pickle"), True):
        wrong.append(f"{name} with shell or pickle")
    if _is(keywords.get("safe_mode"), False):
        wrong.append(f"{name} without its safe mode")
    if name.rpartition(".")[2] == "load_model" and not _is(keywords.get("safe_mode"), True):
        wrong.append(f"{name} without its safe mode")
    if name == "YAML" and not (
        isinstance(typ := keywords.get("typ"), ast.Constant) and typ.value == "safe"
    ):
        wrong.append("YAML that is not safe")
    return wrong


def _is(value: ast.expr | None, constant: bool) -> bool:
    return isinstance(value, ast.Constant) and value.value is constant


def test_no_module_unpickles_evaluates_or_starts_programs() -> None:
    modules = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    assert len(modules) > 100
    found = {str(path.relative_to(ROOT)): offences(path.read_text()) for path in modules}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "import os, cloudpickle.pickle",
        "from shelve import open",
        "from os import system",
        "from joblib import load",
        "def f():\n    import marshal",
        "joblib.load(path)",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "np.savez(path, a=1)",
        "pd.read_pickle(path)",
        "eval(text)",
        "exec(text)",
        "__import__(name)",
        "os.system(text)",
        "os.execv(path, [])",
        "run(text, shell=True)",
        "YAML()",
        "YAML(typ='unsafe')",
        "keras.models.load_model(path)",
        "keras.saving.load_model(path, safe_mode=False)",
        "keras.config.enable_unsafe_deserialization()",
    ],
)
def test_what_is_looked_for_is_found(source: str) -> None:
    assert len(offences(source)) >= 1


@pytest.mark.parametrize(
    "source",
    [
        "from joblib import Parallel, delayed",
        "np.load(path, allow_pickle=False)",
        "YAML(typ='safe', pure=True)",
        "keras.saving.load_model(path, safe_mode=True)",
        "re.compile(text)",
        "importlib.import_module(name)",
    ],
)
def test_what_is_harmless_is_left_alone(source: str) -> None:
    assert offences(source) == []
