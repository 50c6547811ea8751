"""The Gradio window: `python -m ui --archive DIR`, or `ui.serve(archive)`.

server = serve(archive, port=0, block=False)
server.url       # "http://127.0.0.1:40961"
server.close()
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import ipaddress
import os
import socket
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.errors import DatelineError, UsageError

if TYPE_CHECKING:
    from rag.archive import Archive
    from window.entry import Entry

UPLOAD_MB = 25  # a file
START_SECONDS = 60.0


@dataclass(slots=True)
class Server:
    """A window that is being served."""

    url: str
    _server: Any
    _thread: threading.Thread

    def wait(self) -> None:
        """Until it is closed, or Ctrl-C, which closes it."""
        try:
            while self._thread.is_alive():
                self._thread.join(0.5)
        except KeyboardInterrupt:
            self.close()

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(5)
        if self._thread.is_alive():  # a browser that holds its stream open does not keep the server
            self._server.force_exit = True
            self._thread.join(5)


def serve(
    archive: Archive | Sequence[Archive],
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    auth: str | None = None,
    no_auth: bool = False,
    open_browser: bool = False,
    block: bool = True,
) -> Server:
    """Serve the window of this archive, or of several, and print its address; `port` 0 takes any free one.

    `auth` is "user:password"; unset, the settings of the (first) archive count. Raises UsageError when the port is taken, when
    `auth` has another form, and for an address that others can reach without a password, unless `no_auth` says so.
    """
    import uvicorn

    from window.entry import entry_of

    archives = list(archive) if isinstance(archive, Sequence) else [archive]
    entry = entry_of(archives[0].settings, auth, no_auth=no_auth)
    local = _is_loopback(host)
    if not local and not entry.closed and not no_auth:
        raise UsageError(
            f"{host} can be reached by others, and no password is set; give --auth user:password "
            "(or DATELINE_AUTH), or DATELINE_AUTH_FILE for several people, or --no-auth if everyone may read, add and "
            "remove articles"
        )
    bound = _bind(host, port)
    number = bound.getsockname()[1]
    app = application(archives, entry, local=local)
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2, server_header=False)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, name="dateline-window", daemon=True)
    thread.start()
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "localhost", "") else host
    running = Server(f"http://{f'[{shown}]' if ':' in shown else shown}:{number}", server, thread)
    _started(running)
    threading.Thread(target=_warm, args=(archives,), name="dateline-warm", daemon=True).start()
    print(f"Dateline is at {running.url} (Ctrl-C ends it)", flush=True)
    if open_browser:
        import webbrowser

        webbrowser.open(running.url)
    if block:
        running.wait()
    return running


def application(archives: Sequence[Archive], entry: Entry | None = None, *, local: bool = True) -> Any:
    """The window of these archives as an ASGI application, behind its guard."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # Gradio reads it while it is imported
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.responses import FileResponse, Response

    from window import page, theme
    from window.doors import Doors, called, doors, ways
    from window.entry import Entry
    from window.guard import LOOPBACK, Guard
    from window.library import forget_all
    from window.line import Lines
    from window.words import LOCALES, words_of

    entry = entry or Entry()
    names = called([archive.folder.resolve().name for archive in archives])
    of = dict(zip(names, archives, strict=True))
    language = archives[0].settings.language
    if language is not None and language not in LOCALES:
        raise UsageError(f"the language {language!r} is none of the window's; there are: {', '.join(LOCALES)}")
    for archive in archives:
        forget_all(archive)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get(theme.SCRIPT_PATH)
    def script() -> Any:
        return FileResponse(theme.SCRIPT, media_type="text/javascript")

    @app.get("/favicon.ico")
    def icon() -> Any:  # browsers ask for it at the root, where no page may be
        return Response(status_code=204)

    lines = Lines()
    for door in doors(list(names)):
        words = words_of(door.language)
        built = page.build(of[door.archive], entry.may_edit, words, ways(names, door), lines)
        gr.mount_gradio_app(
            app, built, path=door.path, auth=entry.check,
            auth_dependency=entry.user if entry.header else None,
            max_file_size=f"{UPLOAD_MB}mb", footer_links=[], run_history=False, enable_monitoring=False, ssr_mode=False,
            mcp_server=False, pwa=False, show_error=False, theme=theme.theme(), css_paths=[theme.STYLES],
            head=theme.head(words), app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        )  # fmt: skip
    _share_logins([route.app for route in app.routes if isinstance(getattr(route, "app", None), gr.routes.App)])
    return Guard(Doors(app, list(names), language), LOOPBACK if local and entry.header is None else ())


def _share_logins(pages: list[Any]) -> None:
    """Who has logged in to one page has logged in to all."""
    for one in pages[1:]:
        one.tokens, one.cookie_id = pages[0].tokens, pages[0].cookie_id


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _bind(host: str, port: int) -> socket.socket:
    """A listening socket, so that a taken port is known before anything heavy is loaded."""
    bound = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
        if os.name == "posix":
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(128)
    except (OSError, OverflowError) as e:
        if bound is not None:
            bound.close()
        if getattr(e, "errno", None) == errno.EADDRINUSE:
            raise UsageError(f"port {port} of {host} is taken by another program; choose another with --port") from e
        raise UsageError(f"the window cannot be served at {host}:{port}: {e}; see --host and --port") from e
    return bound


def _started(running: Server) -> None:
    end = time.monotonic() + START_SECONDS
    while not running._server.started:
        if not running._thread.is_alive() or time.monotonic() > end:
            raise DatelineError(f"the window at {running.url} did not start; the lines above say why")
        time.sleep(0.02)


def _warm(archives: Sequence[Archive]) -> None:
    """Load what a question needs before the first one asks for it."""
    for archive in archives:
        with contextlib.suppress(DatelineError):  # the first question will raise it, where it can be shown
            archive.search("warm", k=1)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ui", description="Serve the window of an archive.")
    parser.add_argument(
        "--archive", action="append", help="the folder of an archive (or DATELINE_ARCHIVE); may be repeated"
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to serve at")
    parser.add_argument("--port", type=int, default=7860, help="0 takes any free one")
    parser.add_argument("--auth", help="user:password that is asked for (or DATELINE_AUTH)")
    parser.add_argument("--no-auth", action="store_true", help="let everyone in")
    parser.add_argument("--open", action="store_true", help="open a browser")
    given = parser.parse_args(arguments)
    from rag.archive import Archive

    try:
        with contextlib.ExitStack() as opened:
            archives = [opened.enter_context(Archive(folder)) for folder in given.archive or [None]]
            serve(
                archives, host=given.host, port=given.port, auth=given.auth, no_auth=given.no_auth,
                open_browser=given.open,
            )  # fmt: skip
    except DatelineError as e:
        print(f"dateline: {e}", file=sys.stderr)
        return 2 if isinstance(e, UsageError) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
