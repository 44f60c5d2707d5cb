"""The config entry of a head."""

from __future__ import annotations

from typing import Any

from pydantic import Field, StrictBool, ValidationInfo, field_validator, model_validator

from backbones.section import Name, Section
from ensemble.heads import catalog
from ensemble.heads.target import Target


class HeadSpec(Section):
    """A head: its regressor, its name, its parameters and the scale of its target.

    An entry is a mapping, or the bare name of a head.

    >>> HeadSpec.model_validate("ridge").name
    'ridge'
    >>> HeadSpec(head="svr", name="svr_sqrt", target="sqrt", parameters={"C": 3.0}).target
    'sqrt'
    """

    unsaid = ("columns",)

    head: str
    """`ridge`, `svr`, `mlp`, `density`, or a regressor of scikit-learn by its class name."""
    name: Name = ""
    """What it is called; by default, as `head`, and with `columns` as `ridge_columns`."""
    columns: StrictBool = False
    """Whether it takes the columns of `data.columns.features` beside the features."""
    target: Target = "none"
    """Transformation of the target in fitting, inverted in prediction."""
    parameters: dict[str, Any] = Field(default_factory=dict)
    """Of the regressor; see below, and scikit-learn for its own."""

    @model_validator(mode="before")
    @classmethod
    def _expand_shorthand(cls, data: Any) -> Any:
        if isinstance(data, str):
            data = {"head": data}
        if isinstance(data, dict):
            with_columns = "_columns" if data.get("columns") is True else ""
            data = {"name": f"{data.get('head', 'nameless')}{with_columns}", **data}
        return data

    @field_validator("head")
    @classmethod
    def _check_head(cls, head: str) -> str:
        catalog.regressor_class(head)
        return head

    @field_validator("columns")
    @classmethod
    def _check_columns(cls, columns: bool, info: ValidationInfo) -> bool:
        if columns and "head" in info.data and not catalog.takes_columns(info.data["head"]):
            raise ValueError(f"{info.data['head']} takes none; give them to another head")
        return columns

    @field_validator("target")
    @classmethod
    def _check_target(cls, target: Target, info: ValidationInfo) -> Target:
        if target != "none" and "head" in info.data and catalog.takes_maps(info.data["head"]):
            raise ValueError(f"{info.data['head']} adds up over places: leave out target: {target}")
        return target

    @field_validator("parameters")
    @classmethod
    def _check_parameters(cls, parameters: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        if "head" in info.data:
            catalog.check_parameters(info.data["head"], parameters)
        return parameters
