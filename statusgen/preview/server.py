"""The preview: the site of a folder on 127.0.0.1, made anew and reloaded whenever a file changes.

What is published stays as it is. Only on the way to the browser a page gets the script that waits
for news, and while the content has problems every page is the list of them.
"""

import re
import secrets
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote, unquote

from statusgen.build import pipeline, read_site
from statusgen.build.pipeline import BuildRequest, BuildResult
from statusgen.characters import printable
from statusgen.preview.pages import (
    EVENTS,
    PAGE_TYPE,
    RELOAD,
    SCRIPT,
    SORRY,
    PageReply,
    file_at,
    is_page,
    media_type,
    with_reload,
)
from statusgen.problems import ContentError, OutsideError, StatusgenError, as_text, errors
from statusgen.system import files

HOST = "127.0.0.1"

_SILENCE = 15.0  # seconds after which a browser is told again what it knows

_HOSTS = re.compile(r"(127\.0\.0\.1|localhost)(:[0-9]+)?", re.IGNORECASE)


class Preview:
    """What is shown at *url*: the last site that could be built, kept below *folder*, or problems.

    *shown* is how the reader names a file.
    """

    def __init__(self, folder: Path, *, url: str, shown: Callable[[Path], str]) -> None:
        self.url = url
        self._folder = folder / "site"
        self._cache = folder / "cache"
        self._shown = shown
        self._paths: Collection[str] = ()
        self._sorry: bytes | None = None
        # Another run of the command is another version, too.
        self._run = secrets.token_hex(4)
        self._number = 0
        self._is_stopped = False
        self._changed = threading.Condition()

    def build(self, request: Callable[[], BuildRequest]) -> BuildResult:
        """Show the site that is asked for, or why there is none, and then raise what was raised."""
        try:
            asked = replace(request(), cache=self._cache, gate=lambda: self._changed)
            built = pipeline.build(asked, self._folder)
            with self._changed:
                self._paths = built.paths
                self._turn(None)
        except Exception as error:
            sorry = self._sorry_for(error).encode()
            with self._changed:
                self._turn(sorry)
            raise
        return built

    def stop(self) -> None:
        """Let go of everybody who waits for news."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def news(self, seen: str) -> str | None:
        """The version that is shown, once it is not *seen* or after a while; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_stopped or self._version != seen, _SILENCE)
            return None if self._is_stopped else self._version

    def answer(self, target: str) -> PageReply:
        """What a host of static files answers to *target*, the path of a request."""
        path = unquote(target.partition("?")[0].partition("#")[0]).removeprefix("/")
        if path == SCRIPT:
            return PageReply(status=HTTPStatus.OK, kind=media_type(path), body=RELOAD.encode())
        with self._changed:
            # The first build may take its time.
            self._changed.wait_for(lambda: self._is_stopped or self._number > 0)
            name = file_at(path, self._paths)
            if self._sorry is not None and is_page(name or path):
                return self._page(HTTPStatus.OK, self._sorry)
            if name is None and f"{path}/index.html" in self._paths:
                return PageReply(
                    status=HTTPStatus.MOVED_PERMANENTLY,
                    kind=media_type(".txt"),
                    body=b"",
                    location=f"/{quote(path)}/",
                )
            with suppress(StatusgenError):  # Somebody tidied up among temporary files.
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

    def _turn(self, sorry: bytes | None) -> None:
        self._sorry = sorry
        self._number += 1
        self._changed.notify_all()

    @property
    def _version(self) -> str:
        return f"{self._run}-{self._number}"

    def _sorry_for(self, error: Exception) -> str:
        """The page that stands in for all others because of *error*."""
        if isinstance(error, ContentError):
            number = len(errors(error.problems))
            title = f"{number:,} problem{'' if number == 1 else 's'} in the content"
            advice = "Mend these and save; the page comes back by itself."
            items = []
            for problem in sorted(error.problems, key=lambda one: one.level):
                message = printable(problem.message)
                text = as_text(problem, self._shown(problem.path))
                items.append((text.removesuffix(message), message))
        else:
            title = "The site cannot be built"
            advice = "The page comes back by itself with the next change that helps."
            items = [("", printable(str(error)))]
            if not isinstance(error, StatusgenError):
                advice = f"This is a mistake in statusgen; the terminal tells more. {advice}"
                items = [("", printable(f"{type(error).__name__}: {error}"))]
        rows = (f"<li><b>{escape(place)}</b>{escape(message)}</li>" for place, message in items)
        return SORRY % {"title": title, "advice": advice, "items": "\n".join(rows)}


@contextmanager
def serving(port: int, *, shown: Callable[[Path], str]) -> Iterator[Preview]:
    """A `Preview` on *port* of 127.0.0.1, or on any free one if that is 0, until the block ends.

    Its folder is a temporary one that goes with it. Raises OutsideError if the port is taken.
    """
    with _listening(port) as server, TemporaryDirectory(prefix="statusgen-") as name:
        url = f"http://{HOST}:{server.server_port}"
        preview = server.preview = Preview(Path(name), url=url, shown=shown)
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


def _listening(port: int) -> _Server:
    try:
        return _Server((HOST, port), _Handler)
    except OSError as error:
        what = f"cannot listen on {HOST}:{port}: {error.strerror}"
        raise OutsideError(f"{what}; choose another port with --port") from None


class _Handler(BaseHTTPRequestHandler):
    """One connection of a browser."""

    server: _Server
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        with suppress(ConnectionError):  # The browser has gone elsewhere.
            super().handle()

    def parse_request(self) -> bool:
        """Refuse what a page of somebody else asks for through a name that leads here."""
        if not super().parse_request():
            return False
        if _HOSTS.fullmatch(self.headers.get("Host", "")) is None:
            self.send_error(HTTPStatus.FORBIDDEN, f"This is {self.server.preview.url}/ only")
            return False
        return True

    def do_GET(self) -> None:
        if self.path == f"/{EVENTS}":
            self._tell_events()
            return
        answer = self.server.preview.answer(self.path)
        self._begin(answer.status, answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        if answer.location is not None:
            self.send_header("Location", answer.location)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_HEAD = do_GET  # noqa: N815, the name is given

    def _tell_events(self) -> None:
        """Tell the versions, as https://html.spec.whatwg.org/multipage/server-sent-events.html."""
        self._begin(HTTPStatus.OK, "text/event-stream; charset=utf-8")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        version = self.server.preview.news("")
        while version is not None:
            self.wfile.write(f"retry: 500\ndata: {version}\n\n".encode())
            version = self.server.preview.news(version)

    def _begin(self, status: HTTPStatus, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        # Without it a page of any other origin could run embed.js, and read the drafts in it.
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        super().end_headers()

    def version_string(self) -> str:
        return "statusgen"

    def log_message(self, *_: object) -> None:
        """Print nothing: the terminal is for what is wrong."""
