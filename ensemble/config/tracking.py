"""Where runs are told of, beside their folders."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import field_validator, model_validator

from backbones.section import Section

#: What MLflow keeps runs in.
_SCHEMES = ("http", "https", "mssql", "mysql", "postgresql", "sqlite")

#: Databases in memory, which end with the process.
_NOWHERE = ("sqlite:", "sqlite://", "sqlite:///", "sqlite:///:memory:")


class Tracking(Section):
    """A store of runs that a fit tells of its run; no result depends on it, no run records it."""

    store: Literal["mlflow"]
    """`mlflow`, with the extra of that name: config, scores, curves, tables and the report."""
    uri: str | None = None
    """Of the store, as `sqlite:///mlflow.db` or `https://host`; by default MLFLOW_TRACKING_URI, or
    MLflow's own place."""
    experiment: str | None = None
    """Under which the run is listed; `ensemble` by default."""

    @model_validator(mode="before")
    @classmethod
    def _expand_shorthand(cls, data: Any) -> Any:
        return {"store": data} if isinstance(data, str) else data

    @field_validator("uri")
    @classmethod
    def _check_uri(cls, uri: str | None) -> str | None:
        if uri is None:
            return None
        parts = urlsplit(uri)
        if "@" in parts.netloc:
            raise ValueError(
                "must name no user, whose password or token would lie in the config; MLflow reads "
                "them from MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
            )
        if parts.scheme.partition("+")[0] not in _SCHEMES or uri in _NOWHERE:
            raise ValueError(
                f"must be a database, as sqlite:///mlflow.db, or a server, as https://host, not "
                f"{uri!r}"
            )
        return uri

    @field_validator("experiment")
    @classmethod
    def _check_experiment(cls, experiment: str | None) -> str | None:
        if experiment is not None and not experiment.strip():
            raise ValueError("must be a name; leave it out for the default one")
        return experiment
