"""Which addresses are public."""

from __future__ import annotations

import pytest

from ingest.network import is_public


@pytest.mark.parametrize(
    "ip",
    ["127.0.0.1", "10.1.2.3", "172.31.255.255", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "198.18.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1",
     "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "2002:7f00:1::", "2002:c0a8:1::1",
     "64:ff9b::10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b:1::a", "2001:0:1::1", "2001:db8::1", "fec0::1"],
)  # fmt: skip
def test_addresses_that_are_not_public(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize("ip", ["8.8.8.8", "93.184.216.34", "2606:4700::1", "2a00:1450::5", "64:ff9b::8.8.8.8"])
def test_addresses_that_are_public(ip: str) -> None:
    assert is_public(ip)
