"""The wheel: what is in it, and that it works where nothing else of the project is."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from contextlib import chdir
from email.parser import HeaderParser
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.build import build_wheel

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
#: Files in the packages that are no modules.
PAGES = ("comparison", "findings", "legend", "outlook", "page", "photos", "report", "targets")
TEMPLATES = ("MODEL_CARD.md", "page.css", *(f"{name}.html" for name in PAGES))
DATA = {
    "backbones/networks/published.csv",
    "backbones/py.typed",
    "ensemble/py.typed",
    *(f"ensemble/report/page/templates/{name}" for name in TEMPLATES),
}
METADATA = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an unpacked wheel, as an installer would leave it."""
    place = tmp_path_factory.mktemp("wheel")
    with chdir(ROOT):
        name = build_wheel(str(place))
    with ZipFile(place / name) as archive:
        archive.extractall(place / "unpacked")
    return place / "unpacked"


def metadata(wheel: Path) -> Path:
    return wheel / f"backbone_ensemble-{PROJECT['version']}.dist-info"


def run(wheel: Path, code: str, *arguments: str) -> str:
    """What Python prints that has the wheel in front of everything else."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=wheel.parent,
        env={**os.environ, "PYTHONPATH": str(wheel)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_it_holds_the_packages_and_configs_and_nothing_else(wheel: Path) -> None:
    modules = {
        path.relative_to(ROOT).as_posix()
        for package in ("backbones", "ensemble")
        for path in (ROOT / package).rglob("*.py")
    }
    configs = {f"ensemble/configs/{path.name}" for path in (ROOT / "configs").iterdir()}
    about = {f"{metadata(wheel).name}/{name}" for name in METADATA}
    held = {path.relative_to(wheel).as_posix() for path in wheel.rglob("*") if path.is_file()}
    assert len(modules) > 50
    assert len(configs) >= 5
    assert held == modules | configs | DATA | about


def test_its_license_extras_and_types_are_said(wheel: Path) -> None:
    said = HeaderParser().parsestr((metadata(wheel) / "METADATA").read_text())
    assert said["Name"] == "backbone-ensemble"
    assert (said["License-Expression"], said["License-File"]) == ("Apache-2.0", "LICENSE")
    assert (metadata(wheel) / "licenses" / "LICENSE").read_bytes() == (
        ROOT / "LICENSE"
    ).read_bytes()
    extras = set(said.get_all("Provides-Extra", []))
    assert extras == {
        "all",
        "benchmarks",
        "fuzz",
        "gcs",
        "heif",
        "http",
        "int8",
        "large",
        "mlflow",
    } | {
        *("openvino", "ray", "s3", "test"),
    }
    # Of every extra but itself and the one that makes more files photos, from this distribution.
    assert PROJECT["optional-dependencies"]["all"] == [
        f"{said['Name']}[{','.join(sorted(extras - {'all', 'heif'}))}]"
    ]


def test_its_command_is_the_package_and_knows_the_version(wheel: Path) -> None:
    code = (
        "import sys; from importlib.metadata import entry_points\n"
        "script = entry_points(group='console_scripts', name='ensemble')['ensemble']\n"
        "main = script.load(); print(sys.modules['ensemble'].__file__, flush=True); main()"
    )
    file, said = run(wheel, code, "--version").splitlines()
    assert Path(file) == wheel / "ensemble" / "__init__.py"
    assert said == f"backbone-ensemble {PROJECT['version']}"


def test_its_configs_are_found_from_any_folder(wheel: Path) -> None:
    code = (
        "from pathlib import Path; from ensemble.config.settings import find_config\n"
        "print(find_config(Path('configs/demo.yaml')))"
    )
    assert run(wheel, code) == f"{wheel / 'ensemble' / 'configs' / 'demo.yaml'}\n"
