"""What the tests of the program from outside share: processes, HTTP, WebSocket, and a closing line for ./dev test."""

import base64
import http.client
import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GEMEL = os.environ.get("GEMEL_PROGRAM", "")
PLANT = os.environ.get("PLANT_PROGRAM", "")
MOSQUITTO = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
SKIPPED = 77  # CTest's SKIP_RETURN_CODE


def eventually(happened, patience_s=60, every_s=0.05):
    """The first true answer of `happened`, or None when there was none in time."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        answer = happened()
        if answer:
            return answer
        time.sleep(every_s)
    return None


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def gemel(*arguments, environment=None, folder=None):
    """Runs the program to its end."""
    return subprocess.run([GEMEL, *map(str, arguments)], capture_output=True, text=True, timeout=300,
                          env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL, cwd=folder)


class Process:
    """A program in the background, its words in a file; killed at the end."""

    def __init__(self, words, log, environment=None):
        self.log_path = log
        self.log_file = open(log, "wb")
        self.child = subprocess.Popen([str(word) for word in words], stdout=self.log_file, stderr=subprocess.STDOUT,
                                      stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})})

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def running(self):
        return self.child.poll() is None

    def stop(self, how=signal.SIGKILL, patience_s=30):
        """Its exit status; killed when it does not end by itself."""
        if self.running():
            self.child.send_signal(how)
        try:
            status = self.child.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.child.kill()
            status = self.child.wait()
        self.log_file.close()
        return status


class Broker(Process):
    def __init__(self, folder, more=()):
        self.port = free_port()
        configuration = os.path.join(folder, "mosquitto.conf")
        lines = [f"listener {self.port} 127.0.0.1", "allow_anonymous true", "max_inflight_messages 0",
                 "max_queued_messages 0", *(["user root"] if os.geteuid() == 0 else []), *more]
        with open(configuration, "w") as file:
            file.write("\n".join(lines) + "\n")
        super().__init__([MOSQUITTO, "-c", configuration], os.path.join(folder, "mosquitto.log"))
        if not eventually(self.listens):
            raise RuntimeError("mosquitto does not listen: " + self.log())

    def listens(self):
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", self.port)) == 0

    def url(self):
        return f"mqtt://127.0.0.1:{self.port}"


class Twin(Process):
    """`gemel run` on a port of its choice."""

    def __init__(self, twin, history, log, more=(), environment=None):
        super().__init__([GEMEL, "run", twin, "--history", history, "--port", "0", *more], log, environment)
        found = eventually(lambda: re.search(r"page=http://([^:]+):(\d+)/", self.log()) or not self.running(), 120)
        if not isinstance(found, re.Match):
            self.stop()
            raise RuntimeError("gemel run does not start: " + self.log())
        self.host, self.port = found[1], int(found[2])

    def url(self):
        return f"http://{self.host}:{self.port}"

    def request(self, method, target, body=None, headers=None, user=None, token=None):
        """Any request; the answer has status, headers, text and json()."""
        sent = dict(headers or {})
        if user is not None:
            sent["X-Gemel-User"] = urllib.parse.quote(user)
        if token is not None:
            sent["Authorization"] = "Bearer " + token
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if method != "GET":
            sent.setdefault("Content-Type", "application/json")
        link = http.client.HTTPConnection(self.host, self.port, timeout=120)
        try:
            link.request(method, target, body=body, headers=sent)
            return Answer(link.getresponse())
        finally:
            link.close()

    def get(self, target):
        return self.request("GET", target)

    def raw(self, data):
        """Sends bytes as they are; what came back until the other side closed or said nothing for two seconds."""
        with socket.create_connection((self.host, self.port), timeout=10) as sock:
            sock.settimeout(2)
            back = b""
            try:
                sock.sendall(data)
                while True:
                    got = sock.recv(65536)
                    if not got:
                        return back
                    back += got
            except OSError:
                return back


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def content_type(self):
        return self.headers.get("Content-Type", "").split(";")[0]

    def json(self):
        return json.loads(self.text, parse_constant=lambda word: self._no_number(word))

    @staticmethod
    def _no_number(word):
        raise ValueError(word + " is not JSON")


class WebSocket:
    """A client as small as RFC 6455 allows: unfragmented text, answers pings."""

    def __init__(self, twin, target="/api/v1/live", protocols=(), headers=None):
        self.sock = socket.create_connection((twin.host, twin.port), timeout=30)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {target} HTTP/1.1", f"Host: {twin.host}:{twin.port}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        if protocols:
            lines.append("Sec-WebSocket-Protocol: " + ", ".join(protocols))
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.buffer = b""
        head = self._until(b"\r\n\r\n").decode()
        self.status = int(head.split()[1])
        self.headers = {name.strip().lower(): value.strip() for name, _, value in
                        (line.partition(":") for line in head.split("\r\n")[1:] if line)}

    def _until(self, mark):
        while mark not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def _take(self, count):
        while len(self.buffer) < count:
            self._more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def _more(self):
        got = self.sock.recv(1 << 20)
        if not got:
            raise ConnectionError("the server closed the WebSocket")
        self.buffer += got

    def send(self, opcode, payload=b""):
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.sock.sendall(bytes([0x80 | opcode, 0x80 | len(payload)]) + mask + masked)  # payloads below 126 bytes

    def message(self):
        """The next text message, parsed."""
        text = b""
        while True:
            first, second = self._take(2)
            length = second & 0x7F
            if length == 126:
                length, = struct.unpack(">H", self._take(2))
            elif length == 127:
                length, = struct.unpack(">Q", self._take(8))
            payload = self._take(length)
            opcode = first & 0x0F
            if opcode == 0x9:
                self.send(0xA, payload)
            elif opcode == 0x8:
                raise ConnectionError("the server closed the WebSocket")
            elif opcode in (0x0, 0x1):
                text += payload
                if first & 0x80:
                    return json.loads(text)

    def close(self):
        self.sock.close()


class Folder:
    """A temporary folder, kept when the test failed and GEMEL_KEEP is set."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="gemel-test-")

    def __truediv__(self, name):
        return os.path.join(self.path, name)

    def remove(self):
        if not os.environ.get("GEMEL_KEEP"):
            shutil.rmtree(self.path, ignore_errors=True)


def skip_all(reason):
    """For a test program whose peer is not here; where GEMEL_NO_SKIP=1 forbids that, it fails."""
    print(f"skipped: {reason}")
    forbidden = os.environ.get("GEMEL_NO_SKIP") == "1"
    print(f"0 passed, {int(forbidden)} failed, {int(not forbidden)} skipped")
    sys.exit(1 if forbidden else SKIPPED)


def main(module="__main__"):
    """Runs the module's cases and prints the line that ./dev test adds up."""
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[module])
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    passed = max(0, result.testsRun - failed - skipped)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or (skipped and os.environ.get("GEMEL_NO_SKIP") == "1") else 0)
