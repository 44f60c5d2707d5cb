"""A Ray cluster: found or started when it is first needed, and left as it was found."""

from __future__ import annotations

import importlib.util
import logging
import os
import secrets
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from backbones.cluster.environment import settings_to_send
from backbones.cluster.processes import end_processes
from backbones.errors import InputError

_LOG = logging.getLogger("ensemble")

#: Seconds to wait for a cluster to answer at all; Ray itself would try for minutes.
_PATIENCE = 10.0

#: The longest folder in which Ray's sockets still have names that the system takes.
_SHORT = 40


@dataclass(frozen=True)
class Machines:
    """What a cluster has."""

    cores: int  #: of all nodes together
    most: int  #: of the node that has most
    node: str | None  #: the node of this process; None where it is none of the cluster
    cores_here: int  #: of that node


class Cluster:
    """A Ray cluster, as ``parallel`` of a config names it; its block ends what it has started.

    Parameters
    ----------
    address : str
        ``auto`` is a running cluster that Ray finds by itself, and where there is none, ``local``:
        one of this machine's cores, for the time of the block. Otherwise the cluster's address.
    actors : int, optional
        Processes that extract features; by default as many as there are cores for.
    cores : int
        Of each of these processes, and of each training of a network.
    shared : bool
        Whether the nodes see this process's files under the same paths.
    """

    def __init__(
        self,
        address: str = "auto",
        actors: int | None = None,
        cores: int = 1,
        shared: bool = False,
    ) -> None:
        self.address = address
        self.actors = actors
        self.cores = cores
        self.shared = shared
        self._folder: Path | None = None
        self._is_ours = False
        self._set: list[str] = []

    def __enter__(self) -> Cluster:
        """Refuse, in a line, what cannot be had; nothing is started yet."""
        if importlib.util.find_spec("ray") is None:
            raise InputError(
                "parallel.backend: ray is not installed: pip install 'backbone-ensemble[ray]', or "
                "set parallel.backend: threads"
            )
        address = self._named_address()
        if address is not None:
            _refuse_silent(address)
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_ours and "ray" in self.__dict__:
            self.ray.shutdown()
        self.end()
        for name in self._set:
            os.environ.pop(name, None)

    def end(self) -> None:
        """End at once what was started on this machine, without a word to Ray.

        A signal may have come while Ray was starting. What this process has on other machines, the
        cluster ends by itself when the process is gone.
        """
        if self._folder is not None:
            end_processes(str(self._folder))
            shutil.rmtree(self._folder, ignore_errors=True)

    @cached_property
    def ray(self) -> Any:
        """The package, connected to the cluster.

        Raises
        ------
        InputError
            The cluster cannot be reached, or its Ray or Python is another version.
        """
        os.environ.setdefault("GRPC_VERBOSITY", "ERROR")  # or it tells of every fork behind ray://
        import ray

        if not ray.is_initialized():  # one that the caller has connected to is the caller's
            self._is_ours = True
            with _signals_kept():
                self._connect(ray)
        return ray

    @cached_property
    def machines(self) -> Machines:
        """What the cluster has now."""
        ray = self.ray
        cores = {
            one["NodeID"]: int(one["Resources"].get("CPU", 0))
            for one in ray.nodes()
            if one["Alive"]
        }
        # Behind ray:// this process talks to a node, and is none.
        is_client = ray.util.client.ray.is_connected()
        here = None if is_client else ray.get_runtime_context().get_node_id()
        total, most = sum(cores.values()), max(cores.values(), default=0)
        return Machines(total, most, here, cores.get(here or "", 0))

    @property
    def is_started(self) -> bool:
        """Whether it is one of this machine's cores, started for this block."""
        return self._folder is not None

    def _named_address(self) -> str | None:
        """The address that the config or, with ``auto``, the environment names."""
        named = os.environ.get("RAY_ADDRESS") if self.address == "auto" else self.address
        return None if named in (None, "", "auto", "local") else named

    def _connect(self, ray: Any) -> None:
        named = self._named_address()
        sent = settings_to_send()
        options: dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
        if sent:
            options["runtime_env"] = {"env_vars": sent}
        if self.address != "local":
            try:
                ray.init(named or "auto", **options)
                return
            except Exception as error:  # Ray raises exceptions of many classes
                if named is not None or not isinstance(error, ConnectionError):
                    raise InputError(_unreachable(named or "auto", error)) from error
        self._start(ray)

    def _start(self, ray: Any) -> None:
        """Start Ray on this machine; the kernel ends it where this process is killed."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
        usual = tempfile.gettempdir()
        is_short = len(usual) <= _SHORT or os.name == "nt"
        place = usual if is_short else Path(os.sep, "tmp")
        self._folder = Path(tempfile.mkdtemp(prefix="ray", dir=place))
        self._keep_private()
        try:
            ray.init(
                "local",
                num_cpus=cores,
                include_dashboard=False,
                logging_level=logging.ERROR,
                log_to_driver=False,
                _temp_dir=str(self._folder),
            )
        except Exception as error:  # Ray raises exceptions of many classes
            raise InputError(
                f"parallel: Ray cannot be started on this machine ({_first_line(error)}); name a "
                "cluster as parallel.address, or set parallel.backend: threads"
            ) from error
        if self.address == "auto":
            count = int(ray.cluster_resources().get("CPU", 0))
            _LOG.info("no Ray cluster is running: one of %d cores is started here", count)

    def _keep_private(self) -> None:
        """Ray tells nobody of its use, and serves nobody who does not know this process's token.

        Without one in the environment Ray would write one into the home of the user.
        """
        ours = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_TOKEN": _token()}
        self._set = [name for name in ours if name not in os.environ]
        os.environ.update({name: ours[name] for name in self._set})


@cache
def _token() -> str:
    """One for as long as this process lives: Ray remembers the first that it has read."""
    return secrets.token_hex(32)


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Ray takes SIGTERM to itself, where the main thread starts it, and makes it an exception."""
    kept = signal.getsignal(signal.SIGTERM)
    ended = False
    try:
        yield
    except SystemExit as end:
        ended = end.code == signal.SIGTERM
        raise
    finally:
        if signal.getsignal(signal.SIGTERM) is not kept and kept is not None:
            signal.signal(signal.SIGTERM, kept)
        if ended:
            signal.raise_signal(signal.SIGTERM)


def _refuse_silent(address: str) -> None:
    """Raise an ``InputError`` where nothing listens at an address."""
    place = urlsplit(address if "://" in address else f"ray://{address}")
    try:
        socket.create_connection((place.hostname or "", place.port or 10001), _PATIENCE).close()
    except (OSError, ValueError) as error:
        raise InputError(_unreachable(address, error)) from None


def _unreachable(address: str, error: Exception) -> str:
    return (
        f"parallel.address: there is no Ray cluster to be had at {address} ({_first_line(error)}); "
        "start one (ray start --head), name another, or set parallel.backend: threads"
    )


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]
