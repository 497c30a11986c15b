"""A link that is slow and loses frames, where the kernel's netem is not built in. Run in a network
namespace, carries Ethernet frames between two interfaces there until standard input ends:

    slow_link.py carry ONE OTHER DELAY_MS LOSS_PERCENT SEED

and says then, as JSON, how many it has lost and carried. Whoever sends towards one of the two has to
send frames as they are on a wire, put together and summed up: `slow_link.py plain INTERFACE`."""

import array
import collections
import fcntl
import json
import random
import select
import socket
import struct
import sys
import time

ETH_P_ALL = 3
SO_RCVBUFFORCE = 33
SIOCETHTOOL = 0x8946
# linux/ethtool.h: ETHTOOL_STSO, ETHTOOL_SGSO, ETHTOOL_SSG and ETHTOOL_STXCSUM
SET_OFFLOADS = (0x1F, 0x24, 0x19, 0x17)
MOST = 65536


def send_plain_frames(interface):
    """Turns off what is left to hardware that a pair of veth does not have: frames of many packets in
    one, without their checksums."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        for command in SET_OFFLOADS:
            off = array.array("I", (command, 0))
            fcntl.ioctl(handle, SIOCETHTOOL,
                        struct.pack("16sP16x", interface.encode(), off.buffer_info()[0]))


class Way:
    """One direction: frames wait here for their time."""

    def __init__(self, source, target, delay, loss, chance):
        self._source, self._target = source, target
        self._delay, self._loss, self._chance = delay, loss, chance
        self._waiting = collections.deque()
        self.carried = self.lost = 0

    def take(self):
        """All that has come."""
        while True:
            try:
                frame, address = self._source.recvfrom(MOST)
            except BlockingIOError:
                return
            if address[2] == socket.PACKET_OUTGOING:
                continue  # this host's own
            if self._chance.random() < self._loss:
                self.lost += 1
            else:
                self._waiting.append((time.monotonic() + self._delay, frame))

    def give(self):
        """Sends on what has waited long enough; the seconds until there is more, or None."""
        while self._waiting:
            left = self._waiting[0][0] - time.monotonic()
            if left > 0:
                return left
            try:
                self._target.send(self._waiting[0][1])
            except BlockingIOError:
                return 0.001
            self._waiting.popleft()
            self.carried += 1
        return None


def packet_socket(interface):
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    opened.bind((interface, 0))
    opened.setblocking(False)
    opened.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
    return opened


def carry(one, other, delay_ms, loss_percent, seed):
    ends = packet_socket(one), packet_socket(other)
    delay, loss = float(delay_ms) / 1000, float(loss_percent) / 100
    ways = [Way(ends[i], ends[1 - i], delay, loss, random.Random(f"{seed}-{i}")) for i in (0, 1)]
    print("ready", flush=True)
    while True:
        pauses = [pause for way in ways if (pause := way.give()) is not None]
        readable, _, _ = select.select([sys.stdin, *ends], [], [], min(pauses, default=None))
        if sys.stdin in readable:
            break
        for way in ways:
            way.take()
    print(json.dumps({"carried": sum(way.carried for way in ways), "lost": sum(way.lost for way in ways)}))


if __name__ == "__main__":
    {"carry": carry, "plain": send_plain_frames}[sys.argv[1]](*sys.argv[2:])
