"""Bounded, polite HTTP that reaches no private address.

    fetched = fetch("https://news.example/visit", settings)     # fetched.content, .url (after redirects), .charset

The address that is checked is the one that is connected to: the name is resolved here, each answer is looked up in
a table of networks, and the connection goes to that very IP, on every redirect anew. For that to hold no proxy may
stand between, so proxies named in the environment are not used. One deadline lies over everything
(DATELINE_FETCH_SECONDS), and one limit of size, counted as unpacked (DATELINE_FETCH_MB).

robots.txt by RFC 9309: a 4xx answer allows everything; a 5xx answer, a 429 or none forbids everything until it is back.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

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

Allowed = frozenset[tuple[str, int]]

# Networks of public addresses in which some are not: all of IPv4, and of IPv6 what is given out for the public.
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    )
)  # fmt: skip
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # the last four bytes are the IPv4 address that is reached

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
    network = _Network(settings, allow)
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


def is_public(ip: str) -> bool:
    """Whether `ip` is an address of the public internet; an IPv6 address that wraps an IPv4 one counts as that."""
    address = ipaddress.ip_address(ip.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:
            return is_public(str(ipaddress.IPv4Address(address.packed[-4:])))
        if address not in _PUBLIC_V6:
            return False  # loopback, link-local, unique local, multicast, IPv4-mapped, the rest of NAT64
    return address.is_global and not any(
        address in network for network in _NOT_PUBLIC if network.version == address.version
    )


class _Network(httpcore.NetworkBackend):
    """Opens connections to public addresses only, and lets nothing run past the deadline."""

    def __init__(self, settings: Settings, allow: Allowed) -> None:
        self.settings = settings
        self.allow = allow
        self.deadline = time.monotonic() + settings.fetch_seconds
        self.inner = httpcore.SyncBackend()

    def left(self) -> float:
        """Seconds until the deadline; httpcore's own timeout where there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline has passed")
        return left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        every = _resolve(host, port, self.left())
        addresses = [ip for ip in every if self.settings.private_addresses or (ip, port) in self.allow or is_public(ip)]
        if not addresses:
            raise OriginRefused(
                f"{host} leads to {every[0]}, an address inside a private network; "
                "where that is meant, set DATELINE_PRIVATE_ADDRESSES=1"
            )
        fault: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for number, ip in enumerate(addresses):
            share = self.left() / (len(addresses) - number)  # a first address that is silent leaves time for the next
            try:
                return _Timed(self.inner.connect_tcp(ip, port, share, local_address, socket_options), self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as e:
                fault = e
        raise fault or httpcore.ConnectError(f"{host} has no address")


class _Timed(httpcore.NetworkStream):
    """A connection whose every step ends at the deadline, so that a server that drips bytes gains nothing."""

    def __init__(self, stream: httpcore.NetworkStream, network: _Network) -> None:
        self.stream = stream
        self.network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self.network.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self.network.left())

    def close(self) -> None:
        self.stream.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Timed:
        return _Timed(self.stream.start_tls(ssl_context, server_hostname, self.network.left()), self.network)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def _resolve(host: str, port: int, seconds: float) -> list[str]:
    """The IPs of `host`; in a thread, because the system's resolver knows no deadline."""
    answers: list[str] = []
    faults: list[OSError | UnicodeError] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.extend(dict.fromkeys(str(row[4][0]) for row in found))
        except (OSError, UnicodeError) as e:
            faults.append(e)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    if faults or not answers:
        why = f" ({faults[0].args[-1]})" if faults else ""
        raise OriginError(f"the name {host} could not be resolved{why}; check the address and the network")
    return answers


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


def _get(
    pool: httpcore.ConnectionPool, network: _Network, address: httpx.URL, limit: int, cut: bool = False
) -> _Answer:
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


def _heed_robots(pool: httpcore.ConnectionPool, network: _Network, address: httpx.URL) -> None:
    """OriginRefused where robots.txt forbids `address`; read once a day for each site."""
    held = _robots.get(_site(address))
    if held is None or time.monotonic() - held[0] > ROBOTS_SECONDS:
        held = (time.monotonic(), _read_robots(pool, network, address))
        _robots[_site(address)] = held
    if held[1] is not None and not held[1].can_fetch(str(address), AGENT):
        raise OriginRefused(
            f"the robots.txt of {address.host} asks programs not to read it; save the page as a file and add that"
        )


def _read_robots(pool: httpcore.ConnectionPool, network: _Network, address: httpx.URL) -> Protego | None:
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
