"""A fake webhook receiver, which records requests and responds as configured."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.support.servers import TestServer


@dataclass
class Receiver:
    """The server; *status* 0 hangs up. It waits for *released* before it responds."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    released: threading.Event = field(default_factory=threading.Event)
    paths: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    place: str = ""  # host and port


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    """Run *receiver* on a free port; it responds at once unless the block clears `released`."""
    receiver.released.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.paths.append(self.path)
            receiver.agents.append(self.headers["User-Agent"])
            receiver.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.released.wait(10)
            if receiver.status == 0:
                self.close_connection = True
                return
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.body)))
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    class Server(TestServer):
        def handle_error(self, *_: object) -> None:
            """Print nothing: a client that does not wait leaves a broken pipe."""

    with Server(("127.0.0.1", 0), Handler) as server:
        receiver.place = f"127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield receiver
        finally:
            receiver.released.set()
            server.shutdown()
