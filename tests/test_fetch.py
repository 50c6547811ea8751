"""Fetching over real HTTP on loopback: limits, redirects, robots.txt, and addresses that are not reached."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ingest import fetch as fetching
from ingest.fetch import Fetched, fetch
from ingest.load import Fault, Loaded, load_url
from rag.errors import NotAnArticle, OriginError, OriginMissing, OriginRefused, OriginTooLarge
from rag.settings import Settings

WORDS = "The council met on Monday in the town hall and agreed to build a new bridge over the river. " * 4
PAGE = (f'<html lang="en"><head><title>Bridge agreed</title></head><body><article><h1>Bridge agreed</h1><p>{WORDS}</p>'
        f"<p>{WORDS}</p></article></body></html>")  # fmt: skip
Answer = tuple[int, dict[str, str], bytes]
Routes = dict[str, Answer | Callable[[BaseHTTPRequestHandler], None]]


PAUSE = fetching.PAUSE


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback does not mind; the test of the pause itself puts it back."""
    monkeypatch.setattr(fetching, "PAUSE", 0.0)


class Site:
    """A server on loopback with `routes`; `asked` holds (time, path, headers) of each request."""

    def __init__(self, routes: Routes) -> None:
        self.routes = routes
        self.asked: list[tuple[float, str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((time.monotonic(), self.path, dict(self.headers)))
                route = site.routes.get(self.path, (404, {}, b"none"))
                if callable(route):
                    route(self)
                    return
                status, headers, body = route
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.allow = frozenset({("127.0.0.1", self.port)})
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@contextmanager
def _serve(routes: Routes) -> Iterator[Site]:
    site = Site(routes)
    try:
        yield site
    finally:
        site.server.shutdown()
        site.server.server_close()


def _html(body: str, **headers: str) -> Answer:
    return 200, {"Content-Type": "text/html; charset=utf-8", **headers}, body.encode()


def _get(site: Site, path: str = "/a", **settings: object) -> Fetched:
    return fetch(site.url + path, Settings(robots=False, **settings), allow=site.allow)  # type: ignore[arg-type]


def test_a_page_with_its_type_charset_and_final_address() -> None:
    routes: Routes = {
        "/a": (302, {"Location": "b?x=1#top"}, b""),
        "/b?x=1": (200, {"Content-Type": 'Text/HTML; Charset="cp1251"'}, b"x"),
    }
    with _serve(routes) as site:
        assert _get(site) == Fetched(f"{site.url}/b?x=1", b"x", "text/html", "cp1251")
        agent = site.asked[0][2]["User-Agent"]
    assert agent.startswith("Dateline/")
    assert "http" not in agent


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "[::]",
    ],
)
def test_no_spelling_of_loopback_is_reached(host: str) -> None:
    with _serve({"/a": _html("secret")}) as site:
        with pytest.raises((OriginRefused, OriginError)):
            fetch(f"http://{host}:{site.port}/a", Settings(robots=False))
        assert site.asked == []


def test_a_redirect_to_a_private_address_is_refused() -> None:
    with _serve({"/secret": _html("secret")}) as inside:
        for there in (
            f"{inside.url}/secret",
            f"http://localhost:{inside.port}/secret",
            f"http://[::ffff:127.0.0.1]:{inside.port}/secret",
        ):
            with (
                _serve({"/a": (302, {"Location": there}, b"")}) as site,
                pytest.raises(OriginRefused, match="private network"),
            ):
                _get(site)
        assert inside.asked == []
        with _serve({"/a": (302, {"Location": f"{inside.url}/secret"}, b"")}) as site:
            assert _get(site, private_addresses=True).content == b"secret"


def test_the_address_checked_is_the_address_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers with a public address first and a private one later gains nothing: it is asked once."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *more: Any, **named: Any) -> Any:
        asked.append(host)
        if host != "rebind.example":
            return real(host, port, *more, **named)
        return real("203.0.113.7" if asked.count(host) == 1 else "127.0.0.1", port, *more, **named)

    with _serve({"/a": _html("secret")}) as site:
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        allow = frozenset({("203.0.113.7", site.port)})
        with pytest.raises(OriginError):
            fetch(f"http://rebind.example:{site.port}/a", Settings(robots=False, fetch_seconds=0.5), allow=allow)
        assert site.asked == []
    assert asked.count("rebind.example") == 1


@pytest.mark.parametrize("url", ["ftp://a.example/x", "file:///etc/passwd", "gopher://a.example", "//a.example/x", "a.example/x",
                                 "http://", "http://user:secret@a.example/", "javascript:alert(1)"])  # fmt: skip
def test_what_is_no_open_http_address_is_refused(url: str) -> None:
    with pytest.raises(OriginRefused) as raised:
        fetch(url, Settings())
    assert "secret" not in raised.value.reason


def test_a_redirect_to_another_scheme_and_without_end() -> None:
    with _serve({"/a": (302, {"Location": "file:///etc/passwd"}, b""), "/l": (301, {"Location": "/l"}, b"")}) as site:
        with pytest.raises(OriginRefused, match="only http"):
            _get(site)
        with pytest.raises(OriginError, match="more than 5 times"):
            _get(site, "/l")
        assert len([path for _, path, _ in site.asked if path == "/l"]) == 6


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [(404, OriginMissing, "no such page"), (410, OriginMissing, "taken down"), (403, OriginRefused, "does not allow"),
     (401, OriginRefused, "login"), (429, OriginError, "too often"), (503, OriginError, "try again later"), (418, OriginError, "418")],
)  # fmt: skip
def test_a_status_becomes_an_error_with_its_reason(status: int, kind: type[OriginError], words: str) -> None:
    with _serve({"/a": (status, {}, b"x")}) as site, pytest.raises(kind, match=words) as raised:
        _get(site)
    assert str(status) in raised.value.reason


def test_an_unreachable_address_and_a_name_that_is_none() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(OriginError, match="could not be reached"):
            fetch(f"http://127.0.0.1:{port}/", Settings(private_addresses=True, robots=False))
    with pytest.raises(OriginError, match="could not be resolved"):
        fetch("http://no-such-host.invalid/", Settings(robots=False))


def test_size_is_limited_as_stated_as_sent_and_as_unpacked() -> None:
    big = b"x" * 3_000_000
    raw = zlib.compressobj(wbits=-15)
    bombs: Routes = {
        "/stated": (200, {"Content-Length": str(len(big))}, big),
        "/sent": (200, {}, big),
        "/gzip": (200, {"Content-Encoding": "gzip"}, gzip.compress(big)),
        "/zlib": (200, {"Content-Encoding": "deflate"}, zlib.compress(big)),
        "/raw": (200, {"Content-Encoding": "deflate"}, raw.compress(big) + raw.flush()),
    }
    with _serve(bombs) as site:
        for path in bombs:
            with pytest.raises(OriginTooLarge, match=r"1 MB.*DATELINE_FETCH_MB"):
                _get(site, path, fetch_mb=1)
            assert _get(site, path).content == big


def test_a_server_that_drips_ends_at_the_deadline() -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        try:
            for byte in b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + b"x" * 1000:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
                time.sleep(0.1)
        except OSError:
            pass

    with _serve({"/a": drip}) as site:
        started = time.monotonic()
        with pytest.raises(OriginError, match="DATELINE_FETCH_SECONDS"):
            _get(site, fetch_seconds=0.7)
        assert time.monotonic() - started < 3


def test_what_is_no_http_is_told() -> None:
    def other(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"SSH-2.0-x\r\n")

    with _serve({"/a": other}) as site, pytest.raises(OriginError, match="no HTTP"):
        _get(site)


def test_two_requests_to_one_host_keep_a_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "PAUSE", PAUSE)
    with _serve({"/a": _html("x"), "/b": _html("x")}) as site:
        _get(site)
        _get(site, "/b")
        first, second = (moment for moment, _, _ in site.asked)
    assert second - first >= 0.45


def _robots(site: Site, path: str = "/a", **settings: object) -> Fetched:
    return fetch(site.url + path, Settings(**settings), allow=site.allow)  # type: ignore[arg-type]


def test_robots_txt_is_honoured_on_redirects_too_and_read_once() -> None:
    rules = b"User-agent: *\nDisallow: /private\n\nUser-agent: other\nDisallow: /"
    routes: Routes = {"/robots.txt": (200, {}, rules), "/a": _html("x"), "/private/b": _html("secret"),
                      "/r": (302, {"Location": "/private/b"}, b"")}  # fmt: skip
    with _serve(routes) as site:
        assert _robots(site).content == b"x"
        for path in ("/private/b", "/r"):
            with pytest.raises(OriginRefused, match=r"robots\.txt"):
                _robots(site, path)
        assert [path for _, path, _ in site.asked] == ["/robots.txt", "/a", "/r"]
        assert _robots(site, "/private/b", robots=False).content == b"secret"


@pytest.mark.parametrize(("status", "read"), [(404, True), (403, True), (500, False), (503, False), (429, False)])
def test_robots_txt_that_cannot_be_had(status: int, read: bool) -> None:
    with _serve({"/robots.txt": (status, {}, b"x"), "/a": _html("x")}) as site:
        if read:
            assert _robots(site).content == b"x"
        else:
            with pytest.raises(OriginRefused, match="cannot be had now"):
                _robots(site)


def _load(site: Site, path: str = "/a") -> list[Loaded | Fault]:
    return list(load_url(site.url + path, Settings(robots=False), allow=site.allow))


def test_load_url_of_a_page_keeps_the_address_as_given() -> None:
    with _serve({"/a?utm_source=x": (301, {"Location": "/b"}, b""), "/b": _html(PAGE)}) as site:
        [item] = _load(site, "/a?utm_source=x")
        assert isinstance(item, Loaded)
        assert (item.url, item.canonical) == (f"{site.url}/a?utm_source=x", f"{site.url}/b")
        assert (item.title, item.source, item.found["source"]) == ("Bridge agreed", "127.0.0.1", "host of the address")
        assert item.date is None


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/a.md", "text/plain", f"# Bridge agreed\n\n{WORDS}"),
        ("/a", "text/markdown; charset=utf-8", f"# Bridge agreed\n\n{WORDS}"),
        ("/a", "text/plain", f"Bridge agreed\n\n{WORDS}"),
        ("/a", "application/json", f'{{"title": "Bridge agreed", "text": "{WORDS}"}}'),
        ("/a.csv?x=1", "application/octet-stream", f"title,text\nBridge agreed,{WORDS}\n"),
        ("/a", "", PAGE),
    ],
)
def test_load_url_of_other_formats_by_type_or_suffix(path: str, kind: str, body: str) -> None:
    with _serve({path: (200, {"Content-Type": kind}, body.encode())}) as site:
        [item] = _load(site, path)
    assert isinstance(item, Loaded)
    assert item.title == "Bridge agreed"


def test_load_url_of_what_is_not_read() -> None:
    routes: Routes = {"/a": (200, {"Content-Type": "image/png"}, b"x"), "/b": _html("<p>Short.</p>")}
    with _serve(routes) as site:
        with pytest.raises(OriginRefused, match="image/png"):
            _load(site)
        with pytest.raises(NotAnArticle):
            _load(site, "/b")


def test_load_url_of_a_feed_follows_its_summaries() -> None:
    with _serve({}) as site:
        item = (
            "<item><title>{0}</title><link>"
            + site.url
            + "/{0}</link><guid>{0}</guid><pubDate>19 Nov 2024</pubDate>{1}</item>"
        )
        whole = f'<c:encoded xmlns:c="http://purl.org/rss/1.0/modules/content/">{WORDS}</c:encoded>'
        items = "".join(item.format(name, body) for name, body in (
            ("page", "<description>Short.</description>"), ("gone", f"<description>{WORDS}</description>"),
            ("lost", "<description>Short.</description>"), ("whole", whole)))  # fmt: skip
        feed = f"<rss version='2.0'><channel><title>Town News</title>{items}</channel></rss>"
        site.routes.update({"/feed": (200, {"Content-Type": "text/html"}, feed.encode()), "/page": _html(PAGE)})
        page, gone, lost, whole_item = _load(site, "/feed")
    assert isinstance(page, Loaded)
    assert (page.place, page.title, page.text.count("council")) == (f"entry {site.url}/page", "Bridge agreed", 4)
    assert (str(page.date), page.found["date"], page.source) == ("2024-11-19", "feed entry", "Town News")
    assert isinstance(gone, Loaded)
    assert gone.text == WORDS.strip()
    assert isinstance(lost, Fault)
    assert "status 404" in lost.reason
    assert isinstance(whole_item, Loaded)
    assert "/whole" not in [path for _, path, _ in site.asked]
