"""Bounded, polite HTTP that reaches no private address.

    fetched = fetch("https://news.example/visit", settings)     # fetched.content, .url (after redirects), .charset

ingest.network checks the very address that is connected to, on every redirect anew. For that to hold no proxy may
stand between, so proxies named in the environment are not used. One deadline lies over everything
(DATELINE_FETCH_SECONDS), and one limit of size, counted as unpacked (DATELINE_FETCH_MB).

robots.txt by RFC 9309: a 4xx answer allows everything; a 5xx answer, a 429 or none forbids everything until it is back.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpcore
import httpx

from ingest.network import Allowed, Network
from rag.errors import OriginError, OriginMissing, OriginRefused, OriginTooLarge
from rag.settings import Settings

if TYPE_CHECKING:
    from protego import Protego

MEGABYTE = 1_000_000
MOST_REDIRECTS = 5
PAUSE = 0.5  # seconds between two requests to one host; up to LONGEST_PAUSE where its robots.txt asks for more
LONGEST_PAUSE = 5.0
ROBOTS_BYTES = 512_000  # RFC 9309 asks for at least 500 KiB; what is beyond is not read
ROBOTS_SECONDS = 24 * 3600.0
AGENT = "Dateline"

_last_request: dict[str, float] = {}
_robots: dict[str, tuple[float, Protego | None]] = {}
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: `url` is where redirects led, `content_type` without its parameters, `charset` as stated."""

    url: str
    content: bytes
    content_type: str
    charset: str | None = None


def fetch(url: str, settings: Settings, *, allow: Allowed = frozenset()) -> Fetched:
    """Fetch one page, feed or file.

    `allow` names (IP, port) pairs that may be reached though they are private. Raises OriginRefused (scheme, private
    address, robots.txt, 401, 403), OriginMissing (404, 410), OriginTooLarge, or OriginError with what went wrong.
    """
    network = Network(settings, allow)
    with httpcore.ConnectionPool(ssl_context=_certificates(), network_backend=network) as pool:
        address = _address(url)
        for _ in range(MOST_REDIRECTS + 1):
            if settings.robots:
                _heed_robots(pool, network, address)
            answer = _get(pool, network, address, int(settings.fetch_mb * MEGABYTE))
            if answer.location is None:
                _check_status(answer)
                return answer.fetched()
            address = _address(answer.location)
    raise OriginError(f"it redirects more than {MOST_REDIRECTS} times")


@functools.cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # reading them takes some 30 ms


@dataclass(frozen=True, slots=True)
class _Answer:
    address: httpx.URL
    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def location(self) -> str | None:
        """Where it redirects to, or None."""
        if self.status not in (301, 302, 303, 307, 308) or not self.headers.get("location"):
            return None
        try:
            return str(self.address.join(self.headers["location"]))
        except httpx.InvalidURL as e:
            raise OriginError(f"it redirects to something that is no address ({e})") from e

    def fetched(self) -> Fetched:
        kind, _, parameters = self.headers.get("content-type", "").partition(";")
        charset = next((value.strip(" \"'") for name, _, value in (p.partition("=") for p in parameters.split(";"))
                        if name.strip().lower() == "charset"), None)  # fmt: skip
        return Fetched(str(self.address), self.content, kind.strip().lower(), charset or None)


def _address(url: str) -> httpx.URL:
    """`url` as an address that is fetched, without a fragment; OriginRefused where it is none."""
    try:
        address = httpx.URL(url.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError, TypeError) as e:
        raise OriginRefused(f"{url!r} is no address ({e})") from e
    if address.scheme not in ("http", "https") or not address.host:
        raise OriginRefused(f"only http and https addresses are fetched, and this is {address.scheme or 'no'!r}")
    if address.userinfo:
        raise OriginRefused("the address holds a user name or password; give it without")
    return address


def _get(pool: httpcore.ConnectionPool, network: Network, address: httpx.URL, limit: int, cut: bool = False) -> _Answer:
    """One request, after a pause where the host was asked just now; `cut` takes the first `limit` bytes instead of
    refusing more. The pause is not counted against the deadline."""
    network.deadline += _wait_turn(address)
    target = httpcore.URL(scheme=address.raw_scheme, host=address.raw_host, port=address.port, target=address.raw_path)
    with (
        _told(address, network.settings.fetch_seconds),
        pool.stream("GET", target, headers=_headers(address)) as response,
    ):
        headers = httpx.Headers(response.headers)
        content = b""
        if 200 <= response.status < 300:
            stated = headers.get("content-length", "")
            if not cut and stated.isdigit() and int(stated) > limit:
                raise _too_large(limit)
            blocks = _unpacked(response.iter_stream(), headers.get("content-encoding", "").strip().lower(), limit)
            content = _gather(blocks, limit, cut)
        return _Answer(address, response.status, headers, content)


def _headers(address: httpx.URL) -> list[tuple[str, str]]:
    return [
        ("Host", address.netloc.decode("ascii")),
        ("User-Agent", _agent()),
        (
            "Accept",
            "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=0.9,*/*;q=0.5",
        ),
        ("Accept-Encoding", "gzip, deflate"),  # what is unpacked here, within bounds
        ("Connection", "close"),
    ]


@functools.cache
def _agent() -> str:
    try:
        version = importlib.metadata.version("dateline")
    except importlib.metadata.PackageNotFoundError:
        version = "0"
    return f"{AGENT}/{version} (reads news articles for a person; honours robots.txt)"


def _unpacked(blocks: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """`blocks` with their content encoding taken off, never more than `limit` + 1 bytes at once."""
    if encoding in ("", "identity"):
        yield from blocks
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise OriginError(f"the server sends the encoding {encoding!r}, which was not asked for")
    engine = None
    for block in blocks:
        while block:
            if engine is None:  # 47 reads gzip and zlib; some servers send "deflate" without zlib's header
                engine = zlib.decompressobj(47 if block[0] in (0x1F, 0x78) else -15)
            yield engine.decompress(block, limit + 1)
            block = engine.unconsumed_tail
            if engine.eof:
                block, engine = engine.unused_data if engine.unused_data[:1] == b"\x1f" else b"", None


def _gather(blocks: Iterator[bytes], limit: int, cut: bool) -> bytes:
    content = bytearray()
    for block in blocks:
        content += block
        if len(content) > limit:
            if not cut:
                raise _too_large(limit)
            break
    return bytes(content[:limit])


def _too_large(limit: int) -> OriginTooLarge:
    return OriginTooLarge(f"it is larger than {limit / MEGABYTE:g} MB, the limit that DATELINE_FETCH_MB sets")


@contextlib.contextmanager
def _told(address: httpx.URL, seconds: float) -> Iterator[None]:
    """What the network raises, told as an OriginError that says what to do."""
    try:
        yield
    except httpcore.TimeoutException as e:
        raise OriginError(
            f"{address.host} did not answer in full within {seconds:g} s (DATELINE_FETCH_SECONDS); try again later"
        ) from e
    except httpcore.NetworkError as e:
        raise OriginError(f"{address.host} could not be reached ({e or type(e).__name__}); try again later") from e
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, zlib.error) as e:
        raise OriginError(f"{address.host} answered with something that is no HTTP ({e})") from e


# Status -> the error, and what it means; others fall to the last line of _check_status.
_STATUS: dict[int, tuple[type[OriginError], str]] = {
    401: (OriginRefused, "it asks for a login"),
    402: (OriginRefused, "it asks for payment"),
    403: (OriginRefused, "the server does not allow it to be read by programs, or at all"),
    404: (OriginMissing, "there is no such page (any more)"),
    410: (OriginMissing, "the page was taken down"),
    429: (OriginError, "the server says that it was asked too often; try again later"),
    451: (OriginRefused, "it is withheld for legal reasons"),
}


def _check_status(answer: _Answer) -> None:
    if 200 <= answer.status < 300:
        if not answer.content.strip():
            raise OriginError(f"the answer is empty (status {answer.status})")
        return
    later = "the server failed; try again later" if answer.status >= 500 else "that is no page"
    kind, reason = _STATUS.get(answer.status, (OriginError, later))
    raise kind(f"{reason} (status {answer.status})")


def _wait_turn(address: httpx.URL) -> float:
    """Wait until the host may be asked again; the seconds waited."""
    key = address.netloc.decode("ascii")
    with _lock:
        held = _robots.get(_site(address))
        asked = held[1].crawl_delay(AGENT) if held and held[1] is not None else None
        pause = min(max(PAUSE, float(asked or 0)), LONGEST_PAUSE)
        now = time.monotonic()
        turn = max(now, _last_request.get(key, now - pause) + pause)
        _last_request[key] = turn
    time.sleep(turn - now)
    return turn - now


def _site(address: httpx.URL) -> str:
    return f"{address.scheme}://{address.netloc.decode('ascii')}"


def _heed_robots(pool: httpcore.ConnectionPool, network: Network, address: httpx.URL) -> None:
    """OriginRefused where robots.txt forbids `address`; read once a day for each site."""
    held = _robots.get(_site(address))
    if held is None or time.monotonic() - held[0] > ROBOTS_SECONDS:
        held = (time.monotonic(), _read_robots(pool, network, address))
        _robots[_site(address)] = held
    if held[1] is not None and not held[1].can_fetch(str(address), AGENT):
        raise OriginRefused(
            f"the robots.txt of {address.host} asks programs not to read it; save the page as a file and add that"
        )


def _read_robots(pool: httpcore.ConnectionPool, network: Network, address: httpx.URL) -> Protego | None:
    """The rules of a site; None where it has none."""
    from protego import Protego

    place = _address(f"{_site(address)}/robots.txt")
    for _ in range(MOST_REDIRECTS + 1):
        answer = _get(pool, network, place, ROBOTS_BYTES, cut=True)
        if answer.location is None:
            break
        place = _address(answer.location)
    if answer.status >= 500 or answer.status == 429:
        raise OriginRefused(
            f"the robots.txt of {address.host} cannot be had now (status {answer.status}), so that nothing may be read "
            "there; try again later"
        )
    return Protego.parse(answer.content.decode("utf-8", "replace")) if 200 <= answer.status < 300 else None
