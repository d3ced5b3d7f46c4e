"""The history beside VictoriaMetrics and InfluxDB on the same workload, in process, and as it grows."""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import servers
import tables

SERVERS = (servers.Gemel, servers.VictoriaMetrics, servers.Influx)
PEERS = (servers.VictoriaMetrics, servers.Influx)


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = tempfile.mkdtemp(prefix="gemel-bench-history-")
        self.began = time.monotonic()
        self.child = None
        self.notes = []

    def say(self, words):
        print(f"[{time.monotonic() - self.began:6.1f} s] {words}", file=sys.stderr, flush=True)

    def program(self, name, *words):
        """Runs one of the benchmark's programs: {row: value}."""
        path = os.path.join(self.folder, "rows.json")
        words = [os.path.join(os.environ["GEMEL_BIN_DIR"], "bench/history", name), *map(str, words), "--json", path]
        self.child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.PIPE, text=True, start_new_session=True)
        complaint = self.child.communicate()[1]
        status, self.child = self.child.returncode, None
        if status != 0:
            raise RuntimeError(complaint.strip()[-500:] or f"{name} ended with {status}")
        with open(path, encoding="utf-8") as file:
            return {row["name"]: row["value"] for row in json.load(file)}

    def line_protocol(self, kind):
        """One server from its start to its end."""
        options = self.options
        folder = tempfile.mkdtemp(dir=self.folder)
        server = kind(folder, options.signals)
        try:
            rows = self.program("gemel_bench_line_protocol_load", "--server", kind.name.split(",")[0], "--port", server.port,
                                "--pid", server.child.pid, "--data", server.data, "--signals", options.signals, "--ticks",
                                options.ticks, "--turns", options.turns, "--connections", options.connections,
                                "--settle-at-most", options.settle)
        finally:
            server.stop()
        on_disk = server.bytes_on_disk() or rows["on disk, flushed and merged"]
        rows["bytes a sample"] = on_disk / rows["samples"]
        shutil.rmtree(folder)
        return rows

    def in_process(self, *words):
        # Not in /tmp by chance: where the servers' data lies too.
        return self.program("gemel_bench_history_in_process", "--in", self.folder, *words)

    def available(self):
        for kind in SERVERS:
            if kind in PEERS and (self.options.no_peers or not kind.program()):
                self.notes.append(f"{kind.name} is not measured: "
                                  + ("not wanted" if self.options.no_peers else "Debian's package can't be had here"))
            else:
                yield kind

    def race(self):
        """All servers and the library, in turns, so that what else the machine does hits all alike."""
        options = self.options
        runs = {kind.name: [] for kind in self.available()}
        inside = {"every frame synced": [], "synced every 100 ms": []}
        for turn in range(options.rounds):
            for heading, commit_every in (("every frame synced", "0 s"), ("synced every 100 ms", "100 ms")):
                self.say(f"round {turn + 1} of {options.rounds}: in process, {heading}")
                inside[heading].append(self.in_process("--signals", options.signals, "--ticks", options.ticks, "--repeats",
                                                       "--commit-every", commit_every))
            for kind in [kind for kind in SERVERS if kind.name in runs]:
                self.say(f"round {turn + 1} of {options.rounds}: {kind.name}")
                try:
                    runs[kind.name].append(self.line_protocol(kind))
                except (RuntimeError, subprocess.CalledProcessError) as error:
                    self.notes.append(f"{kind.name} is not measured: {error}")
                    del runs[kind.name]
        medians = {name: tables.medians(each) for name, each in runs.items() if each}
        return medians, {heading: tables.medians(each) for heading, each in inside.items()}

    def growth(self):
        options = self.options
        sizes = {"as above": (options.signals, options.ticks), "10 × history": (options.signals, 10 * options.ticks),
                 "10 × signals": (10 * options.signals, options.ticks)}
        found = {}
        for heading, (signals, ticks) in sizes.items():
            self.say(f"growth: {heading}, {signals:,} signals, {ticks:,} samples each")
            found[heading] = self.in_process("--signals", signals, "--ticks", ticks, "--commit-every", "100 ms")
        return found

    def month(self):
        self.say(f"a month of {self.options.signals:,} signals, one sample in {self.options.month_period}")
        return self.in_process("--signals", self.options.signals, "--days", 30, "--period", self.options.month_period)

    def stop(self):
        if self.child is not None and self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
    return {"processors": os.cpu_count(), "model": model, "kernel": platform.release(),
            "load": [round(load, 2) for load in os.getloadavg()]}


def options_of(words):
    parser = argparse.ArgumentParser(prog="./dev bench history", description=__doc__,
                                     epilog="example: ./dev bench history --quick --json history.json")
    parser.add_argument("--quick", action="store_true", help="end within two minutes: less of everything, one round")
    parser.add_argument("--full", action="store_true", help="more rounds, and the month at one sample a minute")
    parser.add_argument("--json", metavar="FILE", help="write everything that was measured to this file as well")
    parser.add_argument("--no-peers", action="store_true", help="measure Gemel alone")
    parser.add_argument("--no-growth", action="store_true", help="leave out the larger sizes and the month")
    parser.add_argument("--signals", type=int, default=10_000)
    parser.add_argument("--ticks", type=int, help="samples of each signal, one a second")
    parser.add_argument("--rounds", type=int, help="how often all are measured, in turns; the medians count")
    parser.add_argument("--connections", type=int, default=2, help="of the client that writes")
    options = parser.parse_args(words)
    size = "quick" if options.quick else "full" if options.full else "usual"
    options.ticks = options.ticks or {"quick": 100}.get(size, 1000)
    options.rounds = options.rounds or {"quick": 1, "usual": 2, "full": 5}[size]
    options.turns = 15 if options.quick else 60
    options.settle = 10 if options.quick else 120
    options.month_period = {"quick": "1 h", "usual": "10 min", "full": "1 min"}[size]
    return options


def measure(bench):
    before = machine()
    http, inside = bench.race()
    growth = {} if bench.options.no_growth else bench.growth()
    month = {} if bench.options.no_growth else bench.month()
    return {"before": before, "after": machine(), "http": http, "in_process": inside, "growth": growth, "month": month,
            "versions": {kind.name: kind.version() for kind in SERVERS if kind.name in http}, "notes": bench.notes}


def show(found, options):
    before, after = found["before"], found["after"]
    print(f"\n{options.signals:,} signals, {options.ticks:,} samples each at 1 Hz; medians of {options.rounds} rounds in turns; "
          f"{options.connections} connections")
    print(f"{before['processors']} × {before['model']}, Linux {before['kernel']}; load {before['load'][0]} before, "
          f"{after['load'][0]} after")
    print("versions: " + "; ".join(f"{name} {version}" for name, version in found["versions"].items()))
    tables.print_servers(found["http"])
    tables.print_columns("in process", found["in_process"])
    for title, part in (("growth, in process, synced every 100 ms", "growth"), ("a month", "month")):
        if found[part]:
            tables.print_columns(title, found[part] if part == "growth" else {"": found[part]})
    reached = tables.aims(found["http"].get("gemel"), found["http"].get("victoria-metrics"),
                          found["in_process"].get("every frame synced"))
    tables.print_aims(reached)
    for note in found["notes"]:
        print(f"note: {note}")
    return reached


def main():
    options = options_of(sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    bench = Bench(options)
    try:
        found = measure(bench)
    except KeyboardInterrupt:
        bench.say("stopping")
        sys.exit(130)
    finally:
        bench.stop()
    found["aims"] = [dict(zip(("what", "value", "aim", "met"), aim)) for aim in show(found, options)]
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(found, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
