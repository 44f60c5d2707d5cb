"""A server of files on this machine, with the faults that servers have."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WHOLE = bytes(range(256)) * 10_000  # 2.56 MB


class Files(BaseHTTPRequestHandler):
    """``/whole`` is a file, ``/half`` ends early, ``/endless`` has no length; else 404."""

    def do_GET(self) -> None:
        if self.path not in ("/whole", "/half", "/endless"):
            self.send_error(404)
            return
        self.send_response(200)
        if self.path != "/endless":
            self.send_header("Content-Length", str(len(WHOLE)))
        self.end_headers()
        self.wfile.write(WHOLE[: len(WHOLE) // (2 if self.path == "/half" else 1)])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    """The address of a server that runs in this block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
