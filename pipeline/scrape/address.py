"""Addresses that may be asked: public ones alone, whatever their spelling and whatever they are wrapped in."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

# RFC 6052: an IPv4 address in the last 32 bits, reached through whatever translator the network has.
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
# RFC 8215: the same inside a network, with a layout that only its owner knows.
_LOCAL_NAT64: Final = ipaddress.IPv6Network("64:ff9b:1::/48")
_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")
_SPECIAL: Final = ipaddress.IPv4Network("192.0.0.0/24")  # RFC 6890; Pythons before 3.11.10 call parts of it public
# A last label in figures, or hexadecimal, makes a host an address for resolvers (WHATWG URL, «ends in a number»).
_NUMERIC: Final = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)


def refusal(address: str, allowed: Sequence[Network] = ()) -> str | None:
    """Return why ``address`` may not be asked, or None.

    Every address wrapped in it (mapped, compatible, 6to4, Teredo, NAT64) must be public too, or lie in ``allowed``.

    >>> refusal("93.184.216.34"), refusal("::ffff:127.0.0.1"), refusal("64:ff9b::a9fe:a9fe")
    (None, '127.0.0.1 is not public', '169.254.169.254 is not public')
    """
    try:
        outer = ipaddress.ip_address(address)
    except ValueError:
        return f"{address!r} is no address"
    for one in _all_in(outer):
        if any(one in network for network in allowed):
            continue
        if not _is_public(one):
            return f"{one} is not public"
    return None


def odd_spelling(host: str) -> bool:
    """Return whether a host is an address in another spelling than the usual: decimal, octal, hexadecimal, short.

    >>> odd_spelling("2130706433"), odd_spelling("0177.0.0.1"), odd_spelling("127.1"), odd_spelling("10.0.0.1")
    (True, True, True, False)
    """
    if ":" in host or _NUMERIC.fullmatch(host) is None:
        return False
    try:
        return str(ipaddress.IPv4Address(host)) != host
    except ValueError:
        return True


def _all_in(address: Address) -> Iterator[Address]:
    if isinstance(address, ipaddress.IPv6Address):
        yield from _wrapped(address)
        if address.ipv4_mapped is not None:  # no public address itself; what it stands for decides
            return
    yield address


def _wrapped(address: ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in _NAT64 or address in _COMPATIBLE:
        yield ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64:  # its inside has been looked at
            return True
        if address in _LOCAL_NAT64 or address in _COMPATIBLE or address.is_site_local:
            return False
    elif address in _SPECIAL:
        return False
    # is_global alone calls multicast public, and the lists of older Pythons lack some reserved networks.
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_private or address.is_unspecified
    )
