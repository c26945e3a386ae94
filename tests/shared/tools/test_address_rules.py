from ipaddress import ip_address

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.tools.address_rules import EVERY_NETWORK, parse_networks, refusal

# A busy machine is slow, which is no failure of what is tested.
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "10.0.0.1",
    "172.16.5.4",
    "192.168.1.1",
    "100.64.0.1",
    "198.18.0.1",
    "::1",
    "fd12::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::10.0.0.1",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
]
NEVER = [
    "0.0.0.0",
    "::",
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "2002:a9fe:a9fe::",
    "fe80::1",
    "fe80::1%eth0",
    "224.0.0.1",
    "ff02::1",
    "168.63.129.16",
    "::ffff:168.63.129.16",
    "100.100.100.200",
    "192.0.0.192",
    "fd00:ec2::254",
]
PUBLIC = ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::93.184.216.34"]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_reached_only_where_that_is_configured(address: str) -> None:
    for encrypted in (True, False):
        assert refusal(ip_address(address), (), encrypted=encrypted) == "the address is not public"
        assert refusal(ip_address(address), EVERY_NETWORK, encrypted=encrypted) is None


@pytest.mark.parametrize("address", NEVER)
def test_an_address_that_answers_machines_is_never_reached(address: str) -> None:
    for networks in ((), EVERY_NETWORK):
        assert refusal(ip_address(address), networks, encrypted=True) == "no tool server can have this address"


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_reached_over_https_only(address: str) -> None:
    assert refusal(ip_address(address), (), encrypted=True) is None
    assert refusal(ip_address(address), (), encrypted=False) == "a public address is only reached over https"


def test_only_the_given_ranges_are_opened() -> None:
    networks = parse_networks("10.2.0.0/16, fd12::/48")
    assert refusal(ip_address("10.2.3.4"), networks, encrypted=False) is None
    assert refusal(ip_address("::ffff:10.2.3.4"), networks, encrypted=False) is None
    assert refusal(ip_address("fd12::7"), networks, encrypted=True) is None
    assert refusal(ip_address("10.3.0.1"), networks, encrypted=True) is not None
    assert refusal(ip_address("127.0.0.1"), networks, encrypted=True) is not None


@pytest.mark.parametrize("text", ["10.0.0.1/8", "localhost", "10.0.0.0/33", "10.0.0.0/8;"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"10|localhost"):
        parse_networks(text)


def test_nothing_given_opens_nothing() -> None:
    assert parse_networks(" ") == ()


@CALM
@given(st.ip_addresses(v=4))
def test_an_address_in_ipv6_clothes_is_judged_as_itself(address: object) -> None:
    plain = ip_address(str(address))
    for prefix in ("::ffff:", "64:ff9b::"):
        worn = ip_address(f"{prefix}{address}")
        for encrypted in (True, False):
            assert refusal(worn, (), encrypted=encrypted) == refusal(plain, (), encrypted=encrypted)
