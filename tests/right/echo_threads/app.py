"""A thread for each connection, blocking reads, and frames written in two calls of send."""

import base64
import hashlib
import os
import re
import socketserver
import struct

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEY = re.compile(rb"[A-Za-z0-9+/]{21}[AQgw]==")


class Over(Exception):
    pass


class Connection(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            if self.shake_hands():
                while True:
                    self.answer(*self.message())
        except Over as over:
            if over.args:
                self.send(8, struct.pack("!H", over.args[0]))
        except OSError:
            pass

    def take(self, count):
        data = self.rfile.read(count)
        if len(data) < count:
            raise Over
        return data

    def shake_hands(self):
        fields = {}
        for line in iter(lambda: self.rfile.readline(8192), b"\r\n"):
            if not line.endswith(b"\r\n") or len(fields) > 100:
                return False
            name, _, value = line.strip().partition(b": ")
            fields[name.lower()] = value
        upgrades = b"upgrade" in re.split(rb"\s*,\s*", fields.get(b"connection", b"").lower())
        if not upgrades or fields.get(b"upgrade", b"").lower() != b"websocket":
            return self.refuse(b"426 Upgrade me", b"upgrade: websocket\r\n")
        if fields.get(b"sec-websocket-version") != b"13":
            return self.refuse(b"426 Upgrade yourself", b"sec-websocket-version: 13\r\n")
        if not KEY.fullmatch(key := fields.get(b"sec-websocket-key", b"")):
            return self.refuse(b"400 No key", b"")
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
        self.wfile.write(b"HTTP/1.1 101 Here you are\r\nserver: threads\r\n")
        if b"chat" in re.split(rb"\s*,\s*", fields.get(b"sec-websocket-protocol", b"")):
            self.wfile.write(b"sec-websocket-protocol: chat\r\n")
        self.wfile.write(b"sec-websocket-accept:" + accept + b"\r\n")
        self.wfile.write(b"connection: upgrade\r\nupgrade: WebSocket\r\n\r\n")
        return True

    def refuse(self, status, header):
        self.wfile.write(b"HTTP/1.1 " + status + b"\r\n" + header + b"\r\nNo.\n")
        return False

    def message(self):
        kind, whole = 0, b""
        while True:
            final, opcode, data = self.frame()
            if opcode == 8:
                raise Over(self.code(data))
            if opcode == 9:
                self.send(10, data)
            if opcode < 8:
                if bool(kind) == bool(opcode):
                    raise Over(1002)
                kind = kind or opcode
                whole += data
                if final:
                    return kind, whole

    def code(self, data):
        if not data:
            return 1000
        code = int.from_bytes(data[:2], "big")
        if len(data) == 1 or not (1000 <= code < 1004 or 1007 <= code < 1015 or 3000 <= code < 5000):
            return 1002
        try:
            data[2:].decode()
        except UnicodeDecodeError:
            return 1007
        return code

    def frame(self):
        head, size = self.take(2)
        final, opcode, masked, size = head >> 7, head & 0x7F, size >> 7, size & 0x7F
        if not masked or opcode not in (0, 1, 2, 8, 9, 10):
            raise Over(1002)
        if opcode > 7 and (size > 125 or not final):
            raise Over(1002)
        if size == 126:
            (size,) = struct.unpack("!H", self.take(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", self.take(8))
        if size > 1_000_000:
            raise Over(1009)
        key, data = self.take(4), bytearray(self.take(size))
        for i in range(4):
            data[i::4] = bytes(byte ^ key[i] for byte in data[i::4])
        return final, opcode, bytes(data)

    def answer(self, kind, data):
        if kind == 1:
            try:
                data.decode()
            except UnicodeDecodeError:
                raise Over(1007) from None
        self.send(kind, data)

    def send(self, opcode, data):
        size = len(data)
        short = size if size < 126 else 126 if size < 65536 else 127
        form = {126: "!BBH", 127: "!BBQ"}.get(short)
        head = struct.pack(form, 128 | opcode, short, size) if form else bytes([128 | opcode, size])
        self.wfile.write(head)
        self.wfile.write(data)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 50


with Server(("127.0.0.1", int(os.environ.get("PORT", "3000"))), Connection) as server:
    server.serve_forever()
