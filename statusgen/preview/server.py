"""Serve a site, rebuild it on every change and reload the browser.

The reload script is added when a page is sent, so it is never part of a build. While the site has
problems, every page shows a list of them.
"""

import re
import secrets
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from tempfile import TemporaryDirectory
from urllib.parse import quote, unquote

from statusgen.build import pipeline, read_site
from statusgen.build.pipeline import BuildRequest, BuildResult
from statusgen.preview import error_page, hosts
from statusgen.preview.pages import (
    EVENTS,
    PAGE_TYPE,
    RELOAD,
    SCRIPT,
    PageReply,
    file_at,
    is_page,
    media_type,
    with_reload,
)
from statusgen.problems import OutsideError, StatusgenError
from statusgen.system import files

_KEEP_ALIVE = 15.0  # seconds after which the current version is sent again


class Preview:
    """The site shown at *url*: the last successful build, stored in *folder*, or its problems.

    *format_path* formats the path of the file in a problem.
    """

    def __init__(self, folder: Path, *, url: str, format_path: Callable[[Path], str]) -> None:
        self.url = url
        self._folder = folder / "site"
        self._cache = folder / "cache"
        self._format_path = format_path
        self._paths: Collection[str] = ()
        self._error_page: bytes | None = None
        # Distinguishes the versions of different runs of the command.
        self._run = secrets.token_hex(4)
        self._number = 0
        self._is_stopped = False
        self._changed = threading.Condition()

    def build(self, request: Callable[[], BuildRequest]) -> BuildResult:
        """Build the site and show it; on an error, show an error page and re-raise the error."""
        try:
            site = replace(request(), cache=self._cache, gate=lambda: self._changed)
            built = pipeline.build(site, self._folder)
            with self._changed:
                self._paths = built.paths
                self._show(error_page=None)
        except Exception as error:
            page = error_page.format_error(error, format_path=self._format_path).encode()
            with self._changed:
                self._show(error_page=page)
            raise
        return built

    def stop(self) -> None:
        """Release all requests that are waiting for a new version."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def wait_for_version(self, last: str) -> str | None:
        """Wait for a version other than *last*, up to a time limit, and return the current one.

        Returns None once the preview is stopped.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopped or self._version != last, _KEEP_ALIVE)
            return None if self._is_stopped else self._version

    def answer(self, target: str) -> PageReply:
        """Return the response to a request for *target*, as a static file host would send it."""
        path = unquote(target.partition("?")[0].partition("#")[0]).removeprefix("/")
        if path == SCRIPT:
            return PageReply(status=HTTPStatus.OK, kind=media_type(path), body=RELOAD.encode())
        with self._changed:
            # The first build may still be running.
            self._changed.wait_for(lambda: self._is_stopped or self._number > 0)
            name = file_at(path, self._paths)
            if self._error_page is not None and is_page(name or path):
                return self._page(HTTPStatus.OK, self._error_page)
            if name is None and f"{path}/index.html" in self._paths:
                return PageReply(
                    status=HTTPStatus.MOVED_PERMANENTLY,
                    kind=media_type(".txt"),
                    body=b"",
                    location=f"/{quote(path)}/",
                )
            with suppress(StatusgenError):  # The temporary folder may have been cleaned up.
                if name is not None:
                    return self._file(HTTPStatus.OK, name)
                if "404.html" in self._paths:
                    return self._file(HTTPStatus.NOT_FOUND, "404.html")
        return PageReply(status=HTTPStatus.NOT_FOUND, kind=media_type(".txt"), body=b"not found\n")

    def _file(self, status: HTTPStatus, name: str) -> PageReply:
        body = files.read_bytes(self._folder / name, limit=read_site.MAX_STATIC)
        if media_type(name) == PAGE_TYPE:
            return self._page(status, body)
        return PageReply(status=status, kind=media_type(name), body=body)

    def _page(self, status: HTTPStatus, body: bytes) -> PageReply:
        return PageReply(
            status=status, kind=PAGE_TYPE, body=with_reload(body, version=self._version)
        )

    def _show(self, *, error_page: bytes | None) -> None:
        self._error_page = error_page
        self._number += 1
        self._changed.notify_all()

    @property
    def _version(self) -> str:
        return f"{self._run}-{self._number}"


@contextmanager
def serving(
    port: int,
    *,
    format_path: Callable[[Path], str],
    host: str = hosts.LOOPBACK,
    allowed: Collection[str] = (),
) -> Iterator[Preview]:
    """Serve a `Preview` on *port* of *host* until the block ends; 0 picks a free port.

    It answers requests for *host*, this computer and the names *allowed*. Its temporary folder is
    deleted afterwards. Raises OutsideError if the port is in use.
    """
    with _listening(host, port) as server, TemporaryDirectory(prefix="statusgen-") as name:
        server.hosts = hosts.host_headers(host, allowed)
        url = f"http://{hosts.shown_host(host)}:{server.server_port}"
        preview = server.preview = Preview(Path(name), url=url, format_path=format_path)
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
        thread.start()
        try:
            yield preview
        finally:
            preview.stop()
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    preview: Preview
    hosts: re.Pattern[str]

    def server_bind(self) -> None:
        """Bind without asking DNS for a name of the address, which takes seconds in a container."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]


def _listening(host: str, port: int) -> _Server:
    try:
        return _Server((host, port), _Handler)
    except OSError as error:
        what = f"cannot listen on {host}:{port}: {error.strerror}"
        remedy = "choose another port with --port"
        if not hosts.is_local(host):
            remedy = f"{remedy}, or another address with --host"
        raise OutsideError(f"{what}; {remedy}") from None


class _Handler(BaseHTTPRequestHandler):
    """A connection from a browser."""

    server: _Server
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        with suppress(ConnectionError):  # The browser closed the connection.
            super().handle()

    def parse_request(self) -> bool:
        """Reject foreign Host headers (DNS rebinding)."""
        if not super().parse_request():
            return False
        if self.server.hosts.fullmatch(self.headers.get("Host", "")) is None:
            remedy = f"Use {self.server.preview.url}/, or allow this name with --allow-host"
            self.send_error(HTTPStatus.FORBIDDEN, remedy)
            return False
        return True

    def do_GET(self) -> None:
        if self.path == f"/{EVENTS}":
            self._send_events()
            return
        answer = self.server.preview.answer(self.path)
        self._begin(answer.status, answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.location is not None:
            self.send_header("Location", answer.location)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_HEAD = do_GET  # noqa: N815, http.server calls it by this name

    def _send_events(self) -> None:
        """Send each new version as a server-sent event.

        Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
        """
        self._begin(HTTPStatus.OK, "text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        version = self.server.preview.wait_for_version("")
        while version is not None:
            self.wfile.write(f"retry: 500\ndata: {version}\n\n".encode())
            version = self.server.preview.wait_for_version(version)

    def _begin(self, status: HTTPStatus, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        # Prevents pages from other origins from running embed.js and reading its data.
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        super().end_headers()

    def version_string(self) -> str:
        return "statusgen"

    def log_message(self, *_: object) -> None:
        """Print nothing: the terminal shows only problems."""
