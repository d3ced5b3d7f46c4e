"""How the whole program does beside a broker: start-up, memory, end-to-end rate, publish -> alarm."""

import argparse
import http.client
import json
import os
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [HERE, os.path.join(os.path.dirname(os.path.dirname(HERE)), "tests/servers")]

import support  # noqa: E402
from publisher import BackgroundLoad, Publisher  # noqa: E402
from support import Broker, Folder, Process, WebSocket, eventually  # noqa: E402

ASSETS, SIGNALS = 100, 100  # 10,000 signals, a rule an asset
BATCH = 50
LOAD_SAMPLES_PER_S = 50_000

TWIN_TEMPLATE = """gemel: 1
plant: bench
types:
  Machine:
    signals:
{signals}
      trip: {{}}
    rules:
      - {{ when: trip > 0.5, alarm: tripped, priority: high, action: look }}
    binding: {{ from: plant, topic: "bench/{{path}}", time: $.ts, trip: $.trip, {fields} }}
assets:
{assets}
sources:
  plant: {{ kind: mqtt, url: "{url}", qos: 1, session_expiry: 1 h }}
"""


def write_twin(path, url):
    names = [f"s{i}" for i in range(SIGNALS - 1)]  # and `trip`
    text = TWIN_TEMPLATE.format(
        url=url,
        signals="\n".join(f"      {name}: {{ range: [-1e9, 1e9] }}" for name in names),
        fields=", ".join(f"{name}: $.{name}" for name in names),
        assets="\n".join(f"  m{i}: {{ type: Machine }}" for i in range(ASSETS)))
    with open(path, "w") as file:
        file.write(text)


def single(number, base_ms):
    """Message `number` of one sample: another signal each time, its time a millisecond later each round."""
    signal, asset, turn = number % (SIGNALS - 1), number // (SIGNALS - 1) % ASSETS, number // ((SIGNALS - 1) * ASSETS)
    return f"bench/m{asset}", b'{"ts":%d,"s%d":%d.5}' % (base_ms + turn, signal, number % 1000)


def batch(number, base_ms):
    """Message `number` of fifty samples: one object with fifty signals of a machine."""
    asset, turn = number % ASSETS, number // ASSETS
    fields = b",".join(b'"s%d":%d.25' % (i, (number + i) % 1000) for i in range(BATCH))
    return f"bench/m{asset}", b'{"ts":%d,%b}' % (base_ms + turn, fields)


class Running:
    """`gemel run`, timed from its start."""

    def __init__(self, twin, history, log):
        self.port = support.free_port()
        began = time.monotonic()
        self.process = Process([support.GEMEL, "run", twin, "--history", history, "--port", str(self.port)], log)
        self.host = "127.0.0.1"
        self.health_s = self._until("/healthz", began)
        self.snapshot_s = self._until("/api/v1/snapshot", began)

    def _until(self, target, began):
        while time.monotonic() - began < 120:
            try:
                if self.get(target)[0] == 200:
                    return time.monotonic() - began
            except OSError:
                if not self.process.running():
                    break
            time.sleep(0.002)
        raise RuntimeError("gemel run does not answer: " + self.process.log())

    def get(self, target):
        link = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            link.request("GET", target)
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()

    def status(self):
        return json.loads(self.get("/api/v1/status")[1])

    def samples(self):
        return self.status()["samples"]

    def online(self):
        return self.status()["sources"][0]["state"] == "online"

    def megabytes(self):
        with open(f"/proc/{self.process.child.pid}/smaps_rollup") as file:
            for line in file:
                if line.startswith("Rss:"):
                    return int(line.split()[1]) / 1024
        return float("nan")

    def processor_seconds(self):
        with open(f"/proc/{self.process.child.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        return self.process.stop(how=2)


class Bench:
    def __init__(self, quick):
        self.quick = quick
        self.folder = Folder()
        self.rows = []
        self.broker = Broker(self.folder.path, ["set_tcp_nodelay true"])
        self.twin = self.folder / "twin.yaml"
        write_twin(self.twin, self.broker.url())
        self.runs = 0

    def row(self, name, value, unit, better, peer=None, peer_value=None, aim=None):
        ratio = value / peer_value if peer_value else None
        self.rows.append({"name": name, "value": value, "unit": unit, "better": better, "peer": peer,
                          "peer_value": peer_value, "ratio": ratio, "aim": aim})

    def start(self, history=None):
        self.runs += 1
        return Running(self.twin, history or self.folder / f"history-{self.runs}", self.folder / f"gemel-{self.runs}.log")

    def start_up(self):
        """From the start of the process; the best of several, because others use the machine too."""
        health, snapshot = [], []
        for _ in range(2 if self.quick else 5):
            running = self.start()
            health.append(running.health_s)
            snapshot.append(running.snapshot_s)
            running.stop()
        self.row("start of 10,000 signals to /healthz", min(health), "s", "lower", aim=1.0)
        self.row("start of 10,000 signals to the page's snapshot", min(snapshot), "s", "lower", aim=1.0)

    def memory(self):
        running = self.start()
        eventually(running.online)
        time.sleep(3)
        self.row("idle memory (RSS), 10,000 signals, nothing held yet", running.megabytes(), "MB", "lower", aim=100)
        publisher = Publisher(self.broker.port, "bench-fill")
        base = int(time.time() * 1000) - 3_600_000
        publisher.send_all([batch(i, base) for i in range(2 * ASSETS)] )
        publisher.close()
        expected = 2 * ASSETS * BATCH
        eventually(lambda: running.samples() >= expected)
        time.sleep(3)
        self.row("idle memory (RSS), 10,000 signals, 5,000 of them known", running.megabytes(), "MB", "lower", aim=100)
        running.stop()

    def rate(self, name, make, samples_a_message, count):
        running = self.start()
        eventually(running.online)
        self.settle(running)
        base = int(time.time() * 1000) - 3_600_000
        messages = [make(i, base) for i in range(count)]
        before, used = running.samples(), running.processor_seconds()
        publisher = Publisher(self.broker.port, "bench-rate")
        began = publisher.send_all(messages)
        acknowledged = time.time() - began
        wanted = before + count * samples_a_message
        done = eventually(lambda: running.samples() >= wanted, 300, 0.01)
        took = time.time() - began
        used = running.processor_seconds() - used
        if not done:
            raise RuntimeError(f"{name}: {running.samples() - before} of {count * samples_a_message} samples arrived")
        publisher.close()
        running.stop()
        peer = self.consumer_seconds(messages)
        total = count * samples_a_message
        self.row(f"{name}: published to durable and visible", total / took, "samples/s", "higher",
                 "mosquitto_sub, transport only", total / peer if peer else None)
        self.row(f"{name}: the broker's acknowledgement of the publisher", total / acknowledged, "samples/s", "higher")
        self.row(f"{name}: processor time of gemel", used / total * 1e6, "s a million", "lower")

    def settle(self, running):
        """Until the subscription stands: something has come through."""
        publisher = Publisher(self.broker.port, "bench-probe")
        base = int(time.time() * 1000) - 7_200_000

        def came(turn=[0]):
            turn[0] += 1
            publisher.send_all([("bench/m0", b'{"ts":%d,"s0":1}' % (base + turn[0]))])
            return running.samples() > 0
        eventually(came, 30, 0.1)
        time.sleep(0.3)
        publisher.close()

    def consumer_seconds(self, messages):
        """The same messages to mosquitto_sub, which only counts them."""
        if not support.shutil.which("mosquitto_sub"):
            print("mosquitto_sub is not here (apt-get install mosquitto-clients): no peer for the rates")
            return None
        sub = subprocess.Popen(["mosquitto_sub", "-h", "127.0.0.1", "-p", str(self.broker.port), "-q", "1", "-t", "bench/#",
                                "-C", str(len(messages)), "-F", "x"], stdout=subprocess.DEVNULL)
        time.sleep(1)
        publisher = Publisher(self.broker.port, "bench-peer")
        began = publisher.send_all(messages)
        sub.wait(300)
        took = time.time() - began
        publisher.close()
        return took

    def latency(self, name, load_samples_per_s, trials, aim=None, peer=None, peer_value=None):
        running = self.start()
        eventually(running.online)
        self.settle(running)
        load = None
        if load_samples_per_s:
            # Live times: one millisecond may hold several messages, so each machine's own are told apart by its name.
            load = BackgroundLoad(self.broker.port, lambda n: batch(n, int(time.time() * 1000) - n // ASSETS),
                                  load_samples_per_s / BATCH)
            time.sleep(3)
        before, began = running.samples(), time.time()
        listener = AlarmListener(running)
        publisher = Publisher(self.broker.port, "bench-trips")
        published = {}
        for i in range(trials):
            asset = f"m{i % ASSETS}"
            time.sleep(0.12 + 0.01 * (i % 13))  # not in step with anything
            sent = time.time()
            publisher.send(f"bench/{asset}", b'{"ts":%d,"trip":1}' % int(sent * 1000))
            published[asset] = sent
            if not eventually(lambda: asset in listener.seen, 10, 0.005):
                break  # overloaded: the others would only queue behind it
        reached = (running.samples() - before) / (time.time() - began)
        if load:
            load.stop()
        listener.close()
        polled = [listener.polled[a] - t for a, t in published.items() if a in listener.polled]
        pushed = [listener.seen[a] - t for a, t in published.items() if a in listener.seen]
        missed = len(published) - len(pushed)
        waiting = running.status()["inbox_depth"]
        running.stop()
        if missed:
            print(f"{name}: this machine is too slow now: after {len(pushed)} of {trials} an alarm had not come within "
                  f"10 s; {reached:,.0f} samples/s were taken, {waiting:,} samples wait")
        if load:
            self.row(f"{name}: load that was reached", reached, "samples/s", "higher", aim=load_samples_per_s)
        for what, values, these in (("asked for over REST", polled, {"aim": aim, "peer": peer, "peer_value": peer_value}),
                                    ("pushed over the WebSocket (at most 5 a second)", pushed, {})):
            self.row(f"{name}, {what}: p50", percentile(values, 50) * 1000, "ms", "lower")
            self.row(f"{name}, {what}: p99", percentile(values, 99) * 1000, "ms", "lower", **these)

    def stop(self):
        self.broker.stop()
        self.folder.remove()


class AlarmListener:
    """When each machine's alarm was first told: by the WebSocket, and to somebody who asks all the time."""

    def __init__(self, running):
        self.seen, self.polled = {}, {}
        self._running = running
        self._socket = WebSocket(running)
        self._stopped = False
        self._threads = [threading.Thread(target=self._listen, daemon=True), threading.Thread(target=self._poll, daemon=True)]
        for thread in self._threads:
            thread.start()

    def _listen(self):
        try:
            while not self._stopped:
                self._note(self.seen, self._socket.message().get("alarms") or [])
        except OSError:
            pass

    def _poll(self):
        link = http.client.HTTPConnection(self._running.host, self._running.port, timeout=30)
        while not self._stopped:
            link.request("GET", "/api/v1/alarms")
            self._note(self.polled, json.loads(link.getresponse().read())["alarms"])
            time.sleep(0.002)
        link.close()

    @staticmethod
    def _note(told, alarms):
        now = time.time()
        for alarm in alarms:
            told.setdefault(alarm["asset"], now)

    def close(self):
        self._stopped = True
        self._threads[1].join(10)
        self._socket.close()


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))] if ordered else float("nan")


def print_table(rows):
    def number(value):
        return "-" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    print(f"\n{'what':<86} {'value':>10} {'unit':<12} {'aim':>8} {'peer':>10}  which peer")
    for row in rows:
        print(f"{row['name']:<86} {number(row['value']):>10} {row['unit']:<12} {number(row['aim']):>8} "
              f"{number(row['peer_value']):>10}  {row['peer'] or ''}")


def main():
    parser = argparse.ArgumentParser(prog="./dev bench twin", description=__doc__,
                                     epilog="example: ./dev bench twin --quick --json twin.json")
    parser.add_argument("--quick", action="store_true", help="end within a minute: fewer messages and trials")
    parser.add_argument("--json", metavar="FILE", help="write the rows to this file as well")
    options = parser.parse_args()
    if not support.MOSQUITTO:
        sys.exit("bench twin: mosquitto is not on this machine; apt-get install mosquitto")

    bench = Bench(options.quick)
    scale = 1 if options.quick else 5
    try:
        bench.start_up()
        bench.memory()
        bench.rate("messages of one sample", single, 1, 20_000 * scale)
        bench.rate("messages of 50 samples", batch, BATCH, 4_000 * scale)
        bench.latency("publish -> alarm, quiet", 0, 20 if options.quick else 100, aim=50)
        bench.latency("publish -> alarm, 50,000 samples/s", LOAD_SAMPLES_PER_S, 20 if options.quick else 100, aim=50,
                      peer="OpenTwins at 5,000 samples/s, published, not measured here", peer_value=560.0)
    finally:
        bench.stop()
    print_table(bench.rows)
    if options.json:
        with open(options.json, "w") as file:
            json.dump(bench.rows, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
