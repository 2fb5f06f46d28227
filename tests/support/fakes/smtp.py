"""A fake mail server that supports the part of RFC 5321 needed to send mail."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer


@dataclass
class Mailbox:
    """The received mails: for each, the recipients and the lines as sent."""

    port: int = 0
    is_full: bool = False
    mails: list[tuple[list[str], bytes]] = field(default_factory=list)


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """Run a server that accepts every mail, or none while `is_full`."""
    box = Mailbox()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            recipients: list[str] = []
            self._say("220 ready")
            while line := self.rfile.readline().decode().strip():
                verb = line.upper()
                if verb.startswith("RCPT TO:"):
                    recipients.append(line[len("RCPT TO:") :].strip("<>"))
                    self._say("452 mailbox full" if box.is_full else "250 ok")
                elif verb == "DATA":
                    self._say("354 go on")
                    box.mails.append((recipients, b"".join(iter(self.rfile.readline, b".\r\n"))))
                    self._say("250 ok")
                else:
                    self._say("221 bye" if verb == "QUIT" else "250 ok")

        def _say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    class Server(ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield box
        finally:
            server.shutdown()
