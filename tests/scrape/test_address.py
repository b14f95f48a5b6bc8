from __future__ import annotations

import ipaddress

import pytest

from pipeline.scrape.address import odd_spelling, refusal


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_public_address_may_be_asked_however_it_is_wrapped(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254",
        "100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
        "2002:7f00:1::", "2002:a9fe:a9fe::", "2001:0:7f00:1::", "not an address",
    ],
)  # fmt: skip
def test_inside_address_is_refused_however_it_is_wrapped(address: str) -> None:
    assert refusal(address)


def test_network_that_is_allowed_is_let_in_and_no_other() -> None:
    allowed = (ipaddress.ip_network("10.0.0.0/8"),)

    assert refusal("10.1.2.3", allowed) is None
    assert refusal("::ffff:10.1.2.3", allowed) is None
    assert refusal("192.168.0.1", allowed)


@pytest.mark.parametrize(
    "host", ["2130706433", "0177.0.0.1", "127.1", "0x7f.0.0.1", "0x7f000001", "0", "127.0.0.1.", "010.0.0.1"]
)
def test_other_spellings_of_an_address_are_seen(host: str) -> None:
    assert odd_spelling(host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "::ffff:127.0.0.1", "news.example", "4chan.example", "0x7f.example", "24.hu"]
)
def test_usual_spelling_and_names_with_figures_are_not(host: str) -> None:
    assert not odd_spelling(host)
