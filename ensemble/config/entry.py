"""The entries of a config that name heads: of one backbone, and of several together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from backbones.networks.spec import BackboneSpec
from backbones.section import Name, Section, nearest
from ensemble.heads import HeadSpec, takes_maps

#: Letters of the backbones' names together: with a head's they are the name of a folder.
LONGEST = 140


class BackboneEntry(BackboneSpec):
    """A backbone and the heads that are trained on its features."""

    heads: tuple[HeadSpec, ...] = ()
    """The heads that learn from it; none where only an entry of `joint` does."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the backbones that it learns from."""
        return (self.name,)

    @field_validator("heads")
    @classmethod
    def _check_names_unique(cls, heads: tuple[HeadSpec, ...]) -> tuple[HeadSpec, ...]:
        check_names([head.name for head in heads], "heads of one backbone")
        return heads

    @model_validator(mode="after")
    def _check_heads_suit_features(self) -> BackboneEntry:
        unsuited = [head.name for head in self.heads if takes_maps(head.head) != self.keeps_maps]
        if unsuited and self.keeps_maps:
            raise ValueError(
                f"pooling: none keeps maps, of which {', '.join(unsuited)} can make nothing; give "
                "these heads an entry of their own, with another pooling"
            )
        if unsuited:
            raise ValueError(
                f"pooling: {', '.join(unsuited)} needs whole maps; give it an entry of its own, "
                "with pooling: none"
            )
        return self


class JointEntry(Section):
    """Heads that are trained on the features of several backbones at once.

    Rows stand side by side; maps are resampled to one grid, that of the largest input.
    """

    backbones: Annotated[tuple[Name, ...], Field(min_length=2)]
    """Names of entries of `backbones`."""
    heads: tuple[HeadSpec, ...]
    """The heads that learn from them together."""

    @field_validator("backbones")
    @classmethod
    def _check_backbones_differ(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        check_names(list(names), "backbones of one joint entry")
        return names

    @field_validator("heads")
    @classmethod
    def _check_names_unique(cls, heads: tuple[HeadSpec, ...]) -> tuple[HeadSpec, ...]:
        check_names([head.name for head in heads], "heads of one joint entry", needed=True)
        return heads

    @property
    def name(self) -> str:
        """As ``mobilenet_v2+squeezenet``."""
        return "+".join(self.backbones)

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the backbones that it learns from."""
        return self.backbones

    def mistakes(self, entries: Sequence[BackboneEntry]) -> list[str]:
        """What is wrong with it beside these backbones."""
        known = {entry.name: entry for entry in entries}
        unknown = [name for name in self.backbones if name not in known]
        if unknown:
            return [f"there is no backbone {name}; {nearest(name, known)}" for name in unknown]
        named = [known[name] for name in self.backbones]
        maps = [entry.name for entry in named if entry.keeps_maps]
        if maps and len(maps) < len(named):
            rows = [entry.name for entry in named if not entry.keeps_maps]
            return [f"{maps[0]} keeps maps (pooling: none), and {rows[0]} does not"]
        found = []
        if len(self.name) > LONGEST:
            found.append(f"a name of {len(self.name)} letters; give its backbones shorter ones")
        unsuited = [head.name for head in self.heads if takes_maps(head.head) != bool(maps)]
        if unsuited:
            kept = "keep maps (pooling: none)" if maps else "keep no maps; pooling: none would"
            found.append(f"{', '.join(unsuited)} cannot learn from these backbones, which {kept}")
        if maps and len({entry.framing for entry in named}) > 1:
            found.append("maps lie over each other only where resize and tile are the same")
        return found


def check_names(names: list[str], what: str, needed: bool = False, differ: str = "names") -> None:
    """Raise ``ValueError`` where names are given twice or, if `needed`, where there is none."""
    if needed and not names:  # a Field's min_length would count invalid entries too
        raise ValueError(f"{what}: at least one is needed")
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise ValueError(
            f"{what} need different {differ}; given more than once: {', '.join(doubles)}"
        )
