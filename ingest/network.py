"""Connections that reach no private address and end at a deadline.

The address that is checked is the one that is connected to: a name is resolved here, once, each answer is looked up in
a table of networks, and the connection goes to that very IP. A check before the request would be of another answer.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from rag.errors import OriginError, OriginRefused
from rag.settings import Settings

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


class Network(httpcore.NetworkBackend):
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

    def __init__(self, stream: httpcore.NetworkStream, network: Network) -> None:
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
