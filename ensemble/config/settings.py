"""Reading a config file into mappings and lists, with variables and overrides applied."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from importlib import resources
from pathlib import Path
from typing import Any

from backbones.home import expand_home
from backbones.section import nearest
from ensemble.config.document import DEPTH, SIZE, ConfigError, brief, parse

__all__ = ["ConfigError", "expand", "find_config", "read_config", "read_mapping"]

#: The widest whole number, in bits: beyond, nothing counts so far, and Python refuses to print it.
_BITS = 64


def read_config(
    config: str | Path | Mapping[str, Any], settings: Sequence[str] = ()
) -> dict[str, Any]:
    """The content of a YAML file, or a mapping, with `settings` (``KEY=VALUE``) put over it.

    Variables of the environment are filled in; the mapping itself stays as it is.

    Raises
    ------
    ConfigError
        The file is missing or not YAML, a setting names no entry, or a variable is not set.
    """
    if not isinstance(config, Mapping):
        config = read_mapping(find_config(expand_home(config)), str(config))
    # Filled in first: that also makes copies of what the file says once and uses twice.
    content: dict[str, Any] = _expand_all(config)
    for setting in settings:
        _apply_setting(content, setting)
    return content


def find_config(path: Path) -> Path:
    """Return the file itself, or the config of that name that the package ships.

    Raises
    ------
    ConfigError
        Neither exists.
    """
    if os.path.isfile(path):  # which takes names that are too long, too
        return path
    shipped = _shipped_configs()
    for config in shipped:
        if path in (Path(config.name), Path("configs") / config.name):
            return config
    names = [f"configs/{config.name}" for config in shipped]
    raise ConfigError(f"there is no config {path}; {nearest(str(path), names)}")


def _shipped_configs() -> list[Path]:
    package = Path(str(resources.files("ensemble")))
    inside, beside = package / "configs", package.parent / "configs"
    return sorted((inside if inside.is_dir() else beside).glob("*.yaml"))


def read_mapping(path: Path, source: str) -> dict[str, Any]:
    """Return the keys and values of a YAML file as they stand; `source` names it in messages.

    Raises
    ------
    ConfigError
        The file cannot be read, is not YAML, or holds something else.
    """
    try:
        with path.open("rb") as file:
            text = file.read(SIZE + 1)
    except OSError as error:
        raise ConfigError(f"{source} cannot be read: {error}") from None
    content = parse(text, source)
    if not isinstance(content, dict):
        raise ConfigError(
            f"{source} must hold keys and values, not {brief(content)}; configs/ has examples"
        )
    return content


def _expand_all(content: Any, key: str = "", depth: int = 0) -> Any:
    if depth > DEPTH:  # of a mapping given in Python, which may hold itself
        raise ConfigError(
            f"{key.lstrip('.')[:60]}...: nested deeper than {DEPTH} levels; write less in each "
            "other"
        )
    if isinstance(content, Mapping):
        return {
            name: _expand_all(value, f"{key}.{name}", depth + 1) for name, value in content.items()
        }
    if isinstance(content, list | tuple):
        return [
            _expand_all(value, f"{key}[{index}]", depth + 1) for index, value in enumerate(content)
        ]
    return _expand_value(content, key.lstrip("."))


def _expand_value(content: Any, key: str) -> Any:
    if isinstance(content, Path):
        return str(content)
    if isinstance(content, date | time | bytes | set | frozenset):
        kind = type(content).__name__
        raise ConfigError(f"{key}: a {kind}, {brief(content)}; in quotes it would be text")
    if isinstance(content, int) and content.bit_length() > _BITS:
        raise ConfigError(
            f"{key}: a whole number of {content.bit_length()} bits; write one of {_BITS} at most"
        )
    if not isinstance(content, str):
        return content
    try:
        return expand(content)
    except ValueError as error:
        raise ConfigError(f"{key}: {error}") from None


def _apply_setting(content: Any, setting: str) -> None:
    """Set one value in place: ``folds.n=3``, ``backbones.squeezenet.image_size=[224, 224]``."""
    key, equals, text = setting.partition("=")
    if not equals or not key:
        raise ConfigError(f"--set takes KEY=VALUE, as folds.n=3, not {setting!r}")
    *parents, last = key.split(".")
    if len(parents) >= DEPTH:
        raise ConfigError(f"--set {brief(setting)} is nested deeper than {DEPTH} levels")
    container = content
    for parent in parents:
        container = _entry(container, parent, setting)
    is_mark = len(text) == 1 and not text.isalnum() and text != "~"  # as the separator of a table
    if _COMMENT.search(text) and text[:1] not in "\"'[{":
        raise ConfigError(
            f"--set {setting}: YAML would take all from the # for a comment; quote the value: "
            f"--set '{key}=\"{text}\"'"
        )
    read = text if is_mark else parse(text, f"--set {setting[:200]}: {brief(text)}")
    value = _expand_all(read, key)
    if isinstance(container, list):
        container[_index(container, last, setting)] = value
    else:
        container[last] = value


#: Where a comment begins, unless a quotation mark is open.
_COMMENT = re.compile(r"\s#")


def _entry(container: Any, key: str, setting: str) -> Any:
    if isinstance(container, list):
        value = container[_index(container, key, setting)]
    else:
        value = container.setdefault(key, {})
    if not isinstance(value, dict | list):
        raise ConfigError(f"--set {setting}: {key} is {brief(value)}, which holds no keys")
    return value


def _index(entries: list[Any], key: str, setting: str) -> int:
    names = [_name(entry) if isinstance(entry, dict) else str(entry) for entry in entries]
    if key in names:
        return names.index(key)
    numbers = [str(number) for number in range(len(entries))]
    if key in numbers:
        return numbers.index(key)
    raise ConfigError(f"--set {setting}: there is no entry {key!r}; {nearest(key, names)}")


def _name(entry: Mapping[str, Any]) -> str:
    """What a message calls an entry: its own name, or what it would be called by without one."""
    together = entry.get("backbones")
    joint = "+".join(map(str, together)) if isinstance(together, list) else None
    model = entry.get("model")
    stem = Path(model).stem if isinstance(model, str) else None
    return str(entry.get("name") or entry.get("head") or entry.get("application") or stem or joint)


#: A default ends before another variable: else looking for its end might take the square of time.
_VARIABLE = re.compile(r"\$\{(\w+)(?::-((?:(?!\$\{)[^}])*))?\}")


def expand(text: str) -> str:
    """Replace ``${VARIABLE}`` and ``${VARIABLE:-default}`` in `text`, as a shell does.

    >>> expand("${SURELY_NOT_SET:-data}/photos")
    'data/photos'

    Raises
    ------
    ValueError
        A variable without a default is not set.
    """

    def value(match: re.Match[str]) -> str:
        variable, default = match.groups()
        found = os.environ.get(variable) or default
        if found is None:
            raise ValueError(
                f"{match[0]}: the variable {variable} is not set and has no default; set it, or "
                f"write ${{{variable}:-default}}"
            )
        return found

    return _VARIABLE.sub(value, text)
