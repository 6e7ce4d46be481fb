"""The holder's own part: which gateway it finds, and the routes that it asks the kernel for."""

import socket
import struct

import pytest

from harness.runtime.docker import network_holder

HEADER = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
INSIDE = "eth0\t000013AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
DEFAULT = "eth1\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"


@pytest.mark.parametrize(("routes", "gateway"), [(DEFAULT + INSIDE, "172.18.0.1"), (INSIDE, None), ("", None)])
def test_the_default_gateway_is_found_in_the_kernel_s_table(routes: str, gateway: str | None) -> None:
    assert network_holder.default_gateway(HEADER + routes) == gateway


def test_a_route_has_the_kernel_s_layout() -> None:
    """`struct rtentry` of linux/route.h: 120 bytes where a long has 8, addresses from the 8th on."""
    route = network_holder._route("10.0.0.7", "172.18.0.1", "255.255.255.255", 7)
    assert len(route) == struct.calcsize("@L") + 3 * 16 + struct.calcsize("@HhLPhPLLH")
    for place, address in ((8, "10.0.0.7"), (24, "172.18.0.1"), (40, "255.255.255.255")):
        family, port, packed = struct.unpack_from("=HH4s", route, place)
        assert (family, port, socket.inet_ntoa(packed)) == (socket.AF_INET, 0, address)
    assert struct.unpack_from("=H", route, 56) == (7,)
