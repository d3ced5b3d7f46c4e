"""An MQTT 3.1.1 publisher fast enough not to be what is measured: whole chunks of packets are made before the clock
starts, and QoS 1 acknowledgements are only counted."""

import multiprocessing
import socket
import struct
import time


def _length(count):
    out = b""
    while True:
        count, low = divmod(count, 128)
        out += bytes([low | (128 if count else 0)])
        if not count:
            return out


def publish_packet(topic, payload, message_id):
    """A PUBLISH with QoS 1."""
    name = topic.encode()
    body = struct.pack(">H", len(name)) + name + struct.pack(">H", message_id) + payload
    return b"\x32" + _length(len(body)) + body


class Publisher:
    CHUNK = 500  # messages sent at once and acknowledged before the chunk after the next leaves

    def __init__(self, port, client_id):
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        name = client_id.encode()
        body = b"\x00\x04MQTT\x04\x02\x00\x00" + struct.pack(">H", len(name)) + name
        self.sock.sendall(b"\x10" + _length(len(body)) + body)
        answer = self.sock.recv(4)
        if answer[3:] != b"\x00":
            raise ConnectionError(f"the broker refused the publisher: {answer!r}")
        self.unacknowledged = 0

    def _wait_until(self, unacknowledged):
        while self.unacknowledged > unacknowledged:
            got = self.sock.recv(65536)
            if not got:
                raise ConnectionError("the broker closed the connection")
            self._bytes = getattr(self, "_bytes", 0) + len(got)
            acknowledged, self._bytes = divmod(self._bytes, 4)  # nothing but PUBACKs of four bytes come
            self.unacknowledged -= acknowledged

    def send_all(self, messages):
        """Packets of (topic, payload), as fast as the broker acknowledges. Prepares before it sends."""
        chunks = [(b"".join(publish_packet(topic, payload, i % 60_000 + 1)
                            for i, (topic, payload) in enumerate(messages[at:at + self.CHUNK], at)),
                   len(messages[at:at + self.CHUNK])) for at in range(0, len(messages), self.CHUNK)]
        began = time.time()
        for chunk, count in chunks:
            self._wait_until(self.CHUNK)
            self.sock.sendall(chunk)
            self.unacknowledged += count
        self._wait_until(0)
        return began

    def send(self, topic, payload):
        self.sock.sendall(publish_packet(topic, payload, 60_001))
        self.unacknowledged += 1

    def close(self):
        self.sock.sendall(b"\xe0\x00")
        self.sock.close()


class BackgroundLoad:
    """Batches of samples at an even rate, from a process of its own."""

    def __init__(self, port, make_message, messages_per_s):
        self._stop = multiprocessing.Event()
        self._sent = multiprocessing.Value("q", 0)
        self._process = multiprocessing.Process(target=self._run, args=(port, make_message, messages_per_s), daemon=True)
        self._process.start()

    def _run(self, port, make_message, messages_per_s):
        publisher = Publisher(port, "bench-load")
        began, sent = time.time(), 0
        while not self._stop.is_set():
            due = int((time.time() - began) * messages_per_s)
            for _ in range(max(0, min(due - sent, 500))):
                topic, payload = make_message(sent)
                publisher.send(topic, payload)
                sent += 1
            publisher._wait_until(2_000)
            self._sent.value = sent
            time.sleep(0.002)
        publisher._wait_until(0)

    def sent(self):
        return self._sent.value

    def stop(self):
        self._stop.set()
        self._process.join(30)
