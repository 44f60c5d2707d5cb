from __future__ import annotations

from pathlib import Path

import pytest

from ensemble.config.settings import ConfigError, expand, find_config, read_config

TEXT = """\
seed: 1
data: {folder: "${PLACE:-here}/photos"}
backbones:
  - name: a
    heads: [ridge]
  - name: b
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "one.yaml"
    path.write_text(TEXT)
    return path


def test_settings_go_over_the_file(file: Path) -> None:
    content = read_config(
        file,
        [
            "seed=2",
            "folds.n=3",
            "backbones.b.image_size=[32, 48]",
            "backbones.0.heads.0=svr",
            "stack=mean",
        ],
    )
    assert content == {
        "seed": 2,
        "data": {"folder": "here/photos"},
        "folds": {"n": 3},
        "backbones": [{"name": "a", "heads": ["svr"]}, {"name": "b", "image_size": [32, 48]}],
        "stack": "mean",
    }


def test_a_hash_in_quotation_marks_is_no_comment(file: Path) -> None:
    for text in ('"photos #2"', "'photos #2'"):
        assert read_config(file, [f"data.folder={text}"])["data"]["folder"] == "photos #2"
    assert read_config(file, ["data.folder=photos#2"])["data"]["folder"] == "photos#2"


def test_entries_are_found_by_what_they_are_called(file: Path) -> None:
    settings = ["joint.a+b.heads=[svr]", "backbones.own.flip=true"]
    extra = ['backbones=[{name: a}, {model: "dir/own.keras"}]', "joint=[{backbones: [a, b]}]"]
    content = read_config(file, [*extra, *settings])
    with pytest.raises(ConfigError, match=r"there is no entry 'a\+c'; did you mean a\+b"):
        read_config(file, [*extra, "joint.a+c.heads=[svr]"])
    assert content["joint"] == [{"backbones": ["a", "b"], "heads": ["svr"]}]
    assert content["backbones"][1]["flip"] is True


@pytest.mark.parametrize("mark", [",", ";", "|", "\t", " ", ":", "-", "#"])
def test_a_mark_alone_is_itself(file: Path, mark: str) -> None:
    assert read_config(file, [f"data.separator={mark}"])["data"]["separator"] == mark
    assert read_config(file, ["data.boxes=~", "seed=2"])["data"]["boxes"] is None


def test_variables_are_filled_in(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACE", "/there")
    assert read_config(file)["data"] == {"folder": "/there/photos"}
    monkeypatch.setenv("PLACE", "")
    assert expand("${PLACE:-here} ${PLACE:-}") == "here "


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("seed", "--set takes KEY=VALUE, as folds.n=3, not 'seed'"),
        ("=1", "--set takes KEY=VALUE"),
        ("backbones.c.flip=true", "there is no entry 'c'; known: a, b"),
        ("seed.deep=1", "seed is 1, which holds no keys"),
        ("seed=[1", r"'\[1' is not YAML"),
        ("data.folder=photos #2", r"""take all from the # .* --set 'data.folder="photos #2"'"""),
        ("data.folder=${NOT_SET_AT_ALL}", "data.folder: .* NOT_SET_AT_ALL is not set"),
    ],
)
def test_settings_that_cannot_be_put(file: Path, setting: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_config(file, [setting])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a", r"must hold keys and values, not \['a'\]"),
        ("seed: [1", "is not YAML: "),
        ("seed: 1\nseed: 2", "found duplicate key"),
        ("seed: !!python/object/apply:os.system [id]", "is not YAML: "),
    ],
)
def test_files_that_are_no_config(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message):
        read_config(path)


def test_configs_of_the_package_are_found_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("demo.yaml", "configs/demo.yaml"):
        text = find_config(Path(name)).read_text()
        assert text.splitlines()[1] == "# python -m ensemble.fit configs/demo.yaml"
    with pytest.raises(
        ConfigError, match=r"no config configs/dem\.yaml; did you mean configs/demo"
    ):
        find_config(Path("configs/dem.yaml"))
