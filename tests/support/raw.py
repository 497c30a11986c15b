"""Bare sockets: what well-behaved clients would not send, and many connections at a small price."""

import os
import socket
import struct

from scale import seconds

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
)
ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # of that key; RFC 6455, section 1.3


def connect(gateway, receive_buffer=None):
    connection = socket.socket()
    connection.settimeout(seconds(15))
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.connect(("127.0.0.1", gateway.port))
    return connection


def handshake(gateway, path="/v1/ws", more=""):
    return HANDSHAKE.format(path=path, port=gateway.port, more=more).encode()


def open_websocket(gateway, path="/v1/ws", receive_buffer=None):
    """A connection behind its opening handshake."""
    connection = connect(gateway, receive_buffer)
    connection.sendall(handshake(gateway, path))
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += connection.recv(1)  # one at a time, so as to leave the first frame alone
    assert head.startswith(b"HTTP/1.1 101 ") and ACCEPT in head, head
    return connection


def frame(opcode, payload=b"", fin=True, mask=True, reserved=0, length=None):
    """One frame of a client; `length` says another length than the payload has."""
    size = len(payload) if length is None else length
    head = bytes([(0x80 if fin else 0) | reserved << 4 | opcode])
    masked = 0x80 if mask else 0
    if size < 126:
        head += bytes([masked | size])
    elif size < 1 << 16:
        head += bytes([masked | 126]) + struct.pack(">H", size)
    else:
        head += bytes([masked | 127]) + struct.pack(">Q", size)
    if not mask:
        return head + payload
    key = os.urandom(4)
    pattern = (key * (len(payload) // 4 + 1))[: len(payload)]
    body = int.from_bytes(payload, "big") ^ int.from_bytes(pattern, "big")
    return head + key + body.to_bytes(len(payload), "big")


def receive_exactly(connection, size):
    data = bytearray()
    while len(data) < size:
        piece = connection.recv(min(size - len(data), 1 << 20))
        if not piece:
            raise EOFError(f"closed {size - len(data)} bytes early")
        data += piece
    return bytes(data)


def receive_frame(connection):
    """One frame of the gateway: opcode and payload."""
    first, size = receive_exactly(connection, 2)
    if size == 126:
        (size,) = struct.unpack(">H", receive_exactly(connection, 2))
    elif size == 127:
        (size,) = struct.unpack(">Q", receive_exactly(connection, 8))
    return first & 0x0F, receive_exactly(connection, size)


def receive_close(connection):
    """Reads up to the close frame; its code, or None when the connection ends without one."""
    try:
        while True:
            opcode, payload = receive_frame(connection)
            if opcode == CLOSE:
                return struct.unpack(">H", payload[:2])[0] if payload else 1005
    except (EOFError, ConnectionError):
        return None


def answer_to(gateway, request):
    """Everything that the gateway says to a request, up to the end of the connection."""
    with connect(gateway) as connection:
        connection.sendall(request)
        return receive_all(connection)


def receive_all(connection):
    """Everything up to the end of the connection."""
    data = bytearray()
    try:
        while piece := connection.recv(1 << 16):
            data += piece
    except ConnectionError:
        pass  # reset by the peer: that too is an end
    return bytes(data)
