from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

import httpcore
import pytest

from benchmarks.loopback import Server
from pipeline.errors import FetchError
from pipeline.scrape.network import Gate, PinnedBackend, look_up
from pipeline.scrape.states import Why


def answering(*addresses: str) -> tuple[list[str], Gate]:
    """Return a gate whose names all have these addresses, and the names it looked up."""
    asked: list[str] = []

    async def lookup(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return addresses

    return asked, Gate({}, (), lookup)


def addresses(gate: Gate, host: str) -> Sequence[str]:
    return asyncio.run(gate.addresses(host, 80))


def test_public_addresses_of_a_name_are_kept_and_inside_ones_left_out() -> None:
    _, gate = answering("10.0.0.1", "93.184.216.34")

    assert addresses(gate, "news.example") == ["93.184.216.34"]


@pytest.mark.parametrize("inside", ["127.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
def test_name_that_leads_inside_is_refused(inside: str) -> None:
    _, gate = answering(inside)

    with pytest.raises(FetchError, match="is not public") as refused:
        addresses(gate, "rebinding.example")

    assert refused.value.facts["why"] is Why.ADDRESS
    assert not refused.value.facts.get("is_transient")


@pytest.mark.parametrize("host", ["2130706433", "0177.0.0.1", "127.1", "0"])
def test_odd_spelling_is_refused_without_looking_it_up(host: str) -> None:
    asked, gate = answering("93.184.216.34")

    with pytest.raises(FetchError, match="odd spelling"):
        addresses(gate, host)

    assert asked == []


def test_name_without_address_may_have_one_later() -> None:
    async def lookup(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror("not known")

    with pytest.raises(FetchError) as failed:
        addresses(Gate({}, (), lookup), "gone.example")

    assert failed.value.facts == {"why": Why.NETWORK, "is_transient": True}


def test_host_named_in_the_settings_is_let_in_by_name_and_not_by_address() -> None:
    gate = Gate({"daily.test": "127.0.0.1"}, ())

    assert addresses(gate, "Daily.Test") == ["127.0.0.1"]
    with pytest.raises(FetchError):
        addresses(gate, "127.0.0.1")


def test_allowed_network_is_let_in() -> None:
    assert addresses(Gate({}, ("127.0.0.0/8",)), "127.0.0.1") == ["127.0.0.1"]


def test_system_resolver_is_asked_each_address_once() -> None:
    assert asyncio.run(look_up("127.0.0.1", 80)) == ["127.0.0.1"]


def test_connection_goes_to_the_checked_address_and_the_name_is_looked_up_once(server: Server) -> None:
    asked: list[str] = []

    async def lookup(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        # A name server that gives another answer the second time: with two look-ups the check would be of the first.
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    async def peer() -> str:
        backend = PinnedBackend(Gate({}, ("127.0.0.1/32",), lookup))
        stream = await backend.connect_tcp("rebinding.example", server.port, timeout=5)
        address = stream.get_extra_info("server_addr")[0]
        await stream.aclose()
        return str(address)

    assert asyncio.run(peer()) == "127.0.0.1"
    assert asked == ["rebinding.example"]


def test_next_address_is_tried_where_one_does_not_answer(server: Server) -> None:
    async def lookup(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.9", "127.0.0.1"]

    async def peer() -> str:
        stream = await PinnedBackend(Gate({}, ("127.0.0.0/8",), lookup)).connect_tcp(
            "x.example", server.port, timeout=5
        )
        address = stream.get_extra_info("server_addr")[0]
        await stream.aclose()
        return str(address)

    assert asyncio.run(peer()) == "127.0.0.1"


def test_refusal_comes_through_the_client_as_it_is() -> None:
    async def ask() -> None:
        async with httpcore.AsyncConnectionPool(network_backend=PinnedBackend(Gate({}, ()))) as pool:
            await pool.request("GET", "http://127.0.0.1:9/")

    with pytest.raises(FetchError, match=r"127\.0\.0\.1 is not public"):
        asyncio.run(ask())


def test_sockets_of_this_machine_are_refused() -> None:
    async def ask() -> None:
        backend = PinnedBackend(Gate({}, ()))
        await backend.sleep(0)
        await backend.connect_unix_socket("/var/run/docker.sock")

    with pytest.raises(FetchError, match="may not be asked"):
        asyncio.run(ask())
