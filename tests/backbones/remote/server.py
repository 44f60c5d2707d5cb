"""Servers of photos on this machine, with the faults that servers and networks have."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote
from urllib.request import Request, urlopen


@dataclass
class Asked:
    """What a server was asked for, and what it will still give."""

    address: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)  #: method and path
    whole: float = float("inf")  #: photos that are sent whole; of later ones, half is

    def photos(self, method: str = "GET") -> list[str]:
        """The photos that were asked for, by their names."""
        return [
            path.rpartition("/")[2]
            for how, path in self.requests
            if how == method and path.endswith((".png", ".jpg"))
        ]

    def sends_whole(self) -> bool:
        """Whether the next photo is sent whole."""
        self.whole -= 1
        return self.whole >= 0


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # as many connections as are made at once


@contextmanager
def serving(files: dict[str, bytes], **headers: str) -> Iterator[Asked]:
    """Files by their paths, with an ETag and these headers, over plain HTTP.

    ``/denied/`` answers 403, ``/busy/`` 503, ``/far/`` sends on to another server, ``/round/`` to
    itself.
    """
    asked, lock = Asked(), threading.Lock()

    class Files(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.answer(with_body=False)

        def do_GET(self) -> None:
            self.answer(with_body=True)

        def answer(self, with_body: bool) -> None:
            path = unquote(self.path)
            with lock:
                asked.requests.append((self.command, path))
            for start, status in (("/denied/", 403), ("/busy/", 503)):
                if path.startswith(start):
                    self.send_error(status)
                    return
            for start, onward in (("/far/", "http://example.com"), ("/round/", asked.address)):
                if path.startswith(start):
                    self.send_response(302)
                    self.send_header("Location", onward + self.path.removeprefix(start[:-1]))
                    self.end_headers()
                    return
            if path not in files:
                self.send_error(404)
                return
            self.send(files[path], with_body)

        def send(self, data: bytes, with_body: bool) -> None:
            self.send_response(200)
            tag = hashlib.md5(data, usedforsecurity=False).hexdigest()
            for name, value in {"ETag": tag, "Content-Length": str(len(data)), **headers}.items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            if with_body:
                with lock:
                    part = len(data) if asked.sends_whole() else len(data) // 2
                self.wfile.write(data[:part])

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = _Server(("127.0.0.1", 0), Files)
    asked.address = f"http://127.0.0.1:{server.server_port}"
    with _running(server):
        yield asked


@contextmanager
def buckets() -> Iterator[Asked]:
    """What is compatible with S3, and empty; it loses connections as ``serving`` does."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    asked, lock = Asked(), threading.Lock()
    inner = DomainDispatcherApplication(create_backend_app)

    class Quiet(WSGIRequestHandler):
        def log(self, *_: object) -> None:
            """Say nothing."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"].encode("latin-1").decode()
        is_photo = environ["REQUEST_METHOD"] == "GET" and path.endswith((".png", ".jpg"))
        with lock:
            asked.requests.append((environ["REQUEST_METHOD"], path))
            part = not asked.sends_whole() if is_photo else False
        body = inner(environ, start)
        return _half(body) if part else body

    server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Quiet)
    asked.address = f"http://127.0.0.1:{server.port}"
    with _running(server):
        yield asked


def reset(asked: Asked, checked: bool = False) -> None:
    """Empty the buckets; from then on any key is taken, or, if `checked`, none is."""
    _tell(asked, "reset-auth", b"0" if checked else b"inf")
    if not checked:
        _tell(asked, "reset", b"")


def _tell(asked: Asked, what: str, data: bytes) -> None:
    plain = {"Content-Type": "text/plain"}  # a form would be read as such
    urlopen(Request(f"{asked.address}/moto-api/{what}", data, plain, method="POST")).close()


def _half(body: Iterable[bytes]) -> Iterator[bytes]:
    whole = b"".join(body)
    yield whole[: len(whole) // 2]
    raise ConnectionError  # for which the server closes the connection


@contextmanager
def _running(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
