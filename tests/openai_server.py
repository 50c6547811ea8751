"""An OpenAI-compatible chat server on loopback that follows a script: what it says, how slowly, and how it fails.

    with OpenAIServer(Script(words=("Investment ", "and ", "mining."))) as server:
        Settings(model="openai:tiny", model_url=server.url)

Requests are answered by the scripts in order; the last script answers all further ones.
"""

from __future__ import annotations

import json
import select
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal


@dataclass(frozen=True)
class Script:
    """`then` is what happens after the words: the end, nothing more for ever, an early end, or a broken connection."""

    words: tuple[str, ...] = ("Investment ", "and ", "mining ", "[1].")
    pause: float = 0.0
    then: Literal["end", "hang", "early end", "break"] = "end"
    finish: str | None = "stop"
    status: int = 200
    body: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Seen:
    """One request; `closed` is the time (time.monotonic) at which the client was seen to have closed its socket."""

    path: str
    headers: dict[str, str]
    body: Any
    closed: float | None = None
    gone: threading.Event = field(default_factory=threading.Event)


class OpenAIServer:
    """`url` is what DATELINE_MODEL_URL takes; `requests` is what was seen, in order."""

    def __init__(self, *scripts: Script) -> None:
        self.scripts = list(scripts) or [Script()]
        self.requests: list[Seen] = []
        self._arrived = threading.Condition()
        self._ending = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.port = int(self._http.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> OpenAIServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ending.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    @property
    def authorizations(self) -> list[str | None]:
        return [seen.headers.get("authorization") for seen in self.requests]

    def wait_for(self, count: int, seconds: float = 5.0) -> Seen:
        """The request of that number, counted from 1, once it has arrived."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.requests) >= count, seconds), "no request came"
            return self.requests[count - 1]

    def _take(self, seen: Seen) -> Script:
        with self._arrived:
            self.requests.append(seen)
            self._arrived.notify_all()
            return self.scripts[min(len(self.requests), len(self.scripts)) - 1]

    def _handler(server: OpenAIServer) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("content-length") or 0))
                seen = Seen(self.path, {k.lower(): v for k, v in self.headers.items()}, json.loads(raw or b"null"))
                script = server._take(seen)
                try:
                    if script.body is not None or script.status != 200:
                        self._plain(script)
                    else:
                        self._stream(script, seen)
                except (BrokenPipeError, ConnectionResetError):
                    self._note_closed(seen)
                    self.close_connection = True

            def _plain(self, script: Script) -> None:
                body = (script.body or json.dumps({"error": {"message": "scripted"}})).encode()
                self.send_response(script.status)
                for name, value in (("content-type", "application/json"), *script.headers):
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _stream(self, script: Script, seen: Seen) -> None:
                self.send_response(200)
                self.send_header("content-type", "text/event-stream")
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                for word in script.words:
                    self._event({"content": word})
                    if script.pause and self._client_left(seen, script.pause):
                        return
                if script.then == "hang":
                    self._client_left(seen, None)
                elif script.then == "break":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                else:
                    if script.then == "end":
                        self._event({}, script.finish)
                        self._chunk(b"data: [DONE]\n\n")
                    self._chunk(b"")

            def _event(self, delta: dict[str, str], finish: str | None = None) -> None:
                choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
                record = {
                    "id": "c1",
                    "object": "chat.completion.chunk",
                    "created": 1,
                    "model": "m",
                    "choices": [choice],
                }
                self._chunk(f"data: {json.dumps(record)}\n\n".encode())

            def _chunk(self, data: bytes) -> None:
                self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

            def _client_left(self, seen: Seen, seconds: float | None) -> bool:
                """Waits so long, or for ever; whether the client closed its socket in that time."""
                until = None if seconds is None else time.monotonic() + seconds
                while not server._ending.is_set() and (until is None or time.monotonic() < until):
                    readable, _, _ = select.select([self.connection], [], [], 0.02)
                    if readable and self.connection.recv(1, socket.MSG_PEEK) == b"":
                        self._note_closed(seen)
                        self.close_connection = True
                        return True
                return server._ending.is_set()

            def _note_closed(self, seen: Seen) -> None:
                seen.closed = time.monotonic()
                seen.gone.set()

        return Handler
