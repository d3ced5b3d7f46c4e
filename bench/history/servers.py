"""The servers of the benchmark, each started alone on ports and in a folder of its own, and stopped for sure."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.parse

INFLUX_SETTINGS = """reporting-disabled = true
bind-address = "127.0.0.1:{rpc_port}"
[meta]
  dir = "{data}/meta"
[data]
  dir = "{data}/data"
  wal-dir = "{data}/wal"
  index-version = "tsi1"
  query-log-enabled = false
  max-series-per-database = 0
  max-values-per-tag = 0
  # So that it writes its caches down and merges within the minute after the load.
  cache-snapshot-write-cold-duration = "10s"
  compact-full-write-cold-duration = "10s"
[monitor]
  store-enabled = false
[subscriber]
  enabled = false
[http]
  bind-address = "127.0.0.1:{port}"
  log-enabled = false
  max-body-size = 0
[logging]
  level = "error"
"""


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class Server:
    """A server that runs from its construction until stop(). Its folder is the caller's to remove."""

    name = ""
    health = "/health"

    def __init__(self, folder, signals):
        self.data = os.path.join(folder, "data")
        self.log = os.path.join(folder, "log")
        self.port = free_port()
        os.makedirs(self.data)
        self.prepare(folder, signals)
        with open(self.log, "wb") as log:
            # A group of its own: a Ctrl-C is for the benchmark, which then stops the server.
            self.child = subprocess.Popen(self.words(folder), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                          start_new_session=True)
        try:
            self.wait_healthy()
            self.ready()
        except BaseException:
            self.stop()
            raise

    def prepare(self, folder, signals):
        pass

    def words(self, folder):
        raise NotImplementedError

    def ready(self):
        pass

    def request(self, method, target, body=None, headers=None):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            link.request(method, target, body, headers or {})
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()

    def wait_healthy(self):
        until = time.monotonic() + 60
        while time.monotonic() < until and self.child.poll() is None:
            try:
                if self.request("GET", self.health)[0] < 300:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        raise RuntimeError(f"{self.name} does not start: {self.last_words() or 'it says nothing'}")

    def last_words(self):
        """The end of its log."""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()[-500:].strip()

    def stop(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGINT)
        try:
            self.child.wait(60)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def bytes_on_disk(self):
        """After stop(), or None where the running server's figure counts."""
        return None


class Gemel(Server):
    name = "gemel"
    health = "/healthz"
    commit_every = ""

    @staticmethod
    def programs():
        return os.environ["GEMEL_BIN_DIR"]

    @classmethod
    def version(cls):
        return said([os.path.join(cls.programs(), "gemel"), "version"])

    def prepare(self, folder, signals):
        words = [os.path.join(self.programs(), "bench/history/gemel_bench_line_protocol_load"), "--signals", signals,
                 "--write-twin", os.path.join(folder, "twin.yaml")]
        if self.commit_every:
            words += ["--commit-every", self.commit_every]
        subprocess.run([str(word) for word in words], check=True)

    def words(self, folder):
        return [os.path.join(self.programs(), "gemel"), "run", os.path.join(folder, "twin.yaml"), "--history", self.data,
                "--port", str(self.port)]

    def bytes_on_disk(self):
        """Everything sealed and merged, as a twin that ran on would have it; None where this version can't."""
        done = subprocess.run([os.path.join(self.programs(), "gemel"), "history", "compact", "--history", self.data],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=False)
        return folder_bytes(self.data) if done.returncode == 0 else None


class VictoriaMetrics(Server):
    name = "victoria-metrics"

    @staticmethod
    def program():
        return shutil.which("victoria-metrics")

    @classmethod
    def version(cls):
        return package_version("victoria-metrics") if cls.program() else None

    def words(self, folder):
        return [self.program(), f"-storageDataPath={self.data}", f"-httpListenAddr=127.0.0.1:{self.port}",
                "-retentionPeriod=100y", "-search.latencyOffset=0", "-search.disableCache", "-http.connTimeout=1h", "-loggerLevel=ERROR"]


class Influx(Server):
    name = "influxdb"
    health = "/ping"

    @staticmethod
    def program():
        return shutil.which("influxd")

    @classmethod
    def version(cls):
        return package_version("influxdb") if cls.program() else None

    def prepare(self, folder, signals):
        with open(os.path.join(folder, "influxdb.conf"), "w", encoding="utf-8") as file:
            file.write(INFLUX_SETTINGS.format(port=self.port, rpc_port=free_port(), data=self.data))

    def words(self, folder):
        return [self.program(), "run", "-config", os.path.join(folder, "influxdb.conf")]

    def ready(self):
        self.request("POST", "/query", urllib.parse.urlencode({"q": "CREATE DATABASE bench"}),
                     {"Content-Type": "application/x-www-form-urlencoded"})


def said(words):
    try:
        return subprocess.run(words, capture_output=True, text=True, timeout=30, check=False).stdout.strip().split("\n")[0]
    except OSError:
        return None


def package_version(package):
    """Of the unpacked package (see peers.sh), or of an installed one."""
    program = shutil.which({"influxdb": "influxd"}.get(package, package)) or ""
    beside = os.path.join(program.split("/root/usr/bin")[0], package + ".version")
    if os.path.isfile(beside):
        with open(beside, encoding="utf-8") as file:
            return file.read().strip()
    return said(["dpkg-query", "-W", "-f", "${Version}", package])


def folder_bytes(folder):
    """As du counts."""
    return sum(os.lstat(os.path.join(base, name)).st_blocks * 512 for base, _, names in os.walk(folder) for name in names)
