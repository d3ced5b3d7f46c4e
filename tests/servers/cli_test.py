#!/usr/bin/env python3
"""The program as a person at a terminal meets it: help, exit statuses, files in and out, the same answer twice."""

import csv
import glob
import os
import re
import shutil
import signal
import socket
import unittest

import support
from support import Broker, Folder, Process, Twin, eventually, gemel

TWIN = os.path.join(support.ROOT, "examples/pump_station/twin.yaml")
MALFORMED = os.path.join(support.ROOT, "tests/golden/malformed_twins")
DUCKDB = os.environ.get("GEMEL_DUCKDB") or os.path.join(support.ROOT, "build/deps/lib/libduckdb.so")
FLOW = "line_1.pump_1.flow"
MINUTES = 5

folder = Folder()
HISTORY = folder / "history"


def setUpModule():
    """Five minutes of the station, replayed into a history."""
    unittest.addModuleCleanup(folder.remove)
    record = Process([support.PLANT, "--record", folder / "past.csv", "--duration", f"{MINUTES}min",
                      "--until", "2026-01-31T08:30:00Z"], folder / "record.log")
    if record.child.wait(60) != 0:
        raise RuntimeError("the station recorded nothing: " + record.log())
    replay = gemel("replay", folder / "past.csv", "--twin", TWIN, "--history", HISTORY)
    if replay.returncode != 0:
        raise RuntimeError("gemel replay failed: " + replay.stderr)


class Case(unittest.TestCase):
    def done(self, *arguments, **how):
        ended = gemel(*arguments, **how)
        self.assertEqual(ended.returncode, 0, f"gemel {' '.join(map(str, arguments))}: {ended.stdout}{ended.stderr}")
        return ended.stdout

    def fails(self, status, *arguments, **how):
        ended = gemel(*arguments, **how)
        self.assertEqual(ended.returncode, status, f"gemel {' '.join(map(str, arguments))}: {ended.stdout}{ended.stderr}")
        return ended.stderr


class Help(Case):
    def subcommands(self, *before):
        text = self.done(*before, "--help")
        listed = text.split("Subcommands:", 1)[1] if "Subcommands:" in text else ""
        return re.findall(r"^  ([a-z]+) ", listed.split("\n\n")[0], re.M)

    def test_every_subcommand_shows_an_example(self):
        top = self.subcommands()
        self.assertLessEqual({"check", "run", "replay", "history", "rewind", "status", "whatif", "recommendations", "version"},
                             set(top))
        for name in top:
            below = self.subcommands(name)
            for words in [(name, more) for more in below] or [(name,)]:
                with self.subTest(command=words):
                    text = self.done(*words, "--help")
                    self.assertRegex(text, r"Examples?:\n  gemel " + " ".join(words))

    def test_help_at_the_top_shows_where_to_begin(self):
        self.assertIn("gemel run twin.yaml", self.done("--help"))

    def test_version(self):
        self.assertRegex(self.done("version"), r"^gemel \d+\.\d+\.\d+\n$")


class Misuse(Case):
    def test_wrong_command_lines_exit_with_two(self):
        for words in ([], ["rnu"], ["run"], ["run", TWIN, "--prot", "80"], ["run", TWIN, "--port", "many"],
                      ["run", TWIN, "--log-level", "loud"], ["check"], ["history"], ["history", "query"],
                      ["history", "query", "--history", HISTORY], ["history", "export", "--history", HISTORY, "--out", "x", "--format", "xls"],
                      ["rewind", "--history", HISTORY], ["replay"], ["recommendations"], ["recommendations", "reject", "1"]):
            with self.subTest(words=words):
                self.fails(2, *words)

    def test_nobody_at_the_url_names_the_remedy(self):
        url = f"http://127.0.0.1:{support.free_port()}"
        for words in (["status"], ["whatif"], ["recommendations", "list"], ["recommendations", "approve", "1"]):
            said = self.fails(1, *words, "--url", url)
            self.assertIn(url, said)
            self.assertIn("gemel run", said)
        self.assertIn("http://127.0.0.1:8080", self.fails(1, "status", "--url", "ftp://somewhere"))

    def test_files_and_moments_that_are_not_there(self):
        self.assertIn("no_such.yaml", self.fails(1, "check", "no_such.yaml"))
        self.assertIn("no_such_history", self.fails(1, "history", "stat", "--history", "no_such_history"))
        self.assertIn("flwo", self.fails(1, "history", "query", "--history", HISTORY, "pump_1.flwo"))
        self.assertIn("yesterday", self.fails(1, "rewind", "--history", HISTORY, "--at", "yesterday"))
        self.fails(1, "rewind", "--history", HISTORY, "--at", "1990-01-01")
        self.assertIn("no_such.csv", self.fails(1, "replay", "no_such.csv", "--twin", TWIN))
        self.assertFalse(os.path.exists("no_such_history"), "reading made a directory")

    def test_port_taken_is_told(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            said = self.fails(1, "run", TWIN, "--history", folder / "unused", "--port", taken.getsockname()[1])
        self.assertIn("--port", said)

    def test_listening_beyond_this_machine_needs_tokens(self):
        said = self.fails(1, "run", TWIN, "--history", folder / "unused", "--listen", "0.0.0.0", "--port", "0")
        self.assertIn("--tokens", said)


class Check(Case):
    def test_right_file_is_counted(self):
        said = self.done("check", TWIN)
        self.assertIn("riverside", said)
        self.assertRegex(said, r"signals +\d\d")

    def test_schema_is_the_published_one(self):
        with open(os.path.join(support.ROOT, "docs/twin.schema.json"), encoding="utf-8") as file:
            self.assertEqual(self.done("check", "--schema"), file.read())

    def test_malformed_files_are_explained_with_their_places(self):
        names = sorted(name for name in os.listdir(MALFORMED) if name.endswith(".yaml"))
        self.assertGreaterEqual(len(names), 10)
        placed = 0
        for name in names:
            with self.subTest(file=name):
                said = self.fails(1, "check", name, folder=MALFORMED)
                with open(os.path.join(MALFORMED, name[:-len(".yaml")] + ".expected"), encoding="utf-8") as file:
                    self.assertEqual(said, file.read())
                placed += bool(re.search(re.escape(name) + r":[1-9]\d*:[1-9]\d*: error: ", said))
        self.assertGreaterEqual(placed, 10)


class HistoryFiles(Case):
    def export(self, name, *more):
        path = folder / name
        said = self.done("history", "export", "--history", HISTORY, "--twin", TWIN, "--out", path, *more)
        return path, int(re.match(r"(\d+) rows", said)[1])

    def test_query_prints_the_records(self):
        rows = self.done("history", "query", "--history", HISTORY, "--twin", TWIN, FLOW).strip().splitlines()
        self.assertEqual(len(rows) - 1, MINUTES * 60)
        self.assertRegex(rows[1], r"^2026-01-31T08:2\d:\d\d.*Z +" + re.escape(FLOW) + r" +[\d.]+ +l/min +good")
        few = self.done("history", "query", "--history", HISTORY, FLOW, "--from", "2026-01-31T08:29:00Z",
                        "--until", "2026-01-31T08:29:10Z").strip().splitlines()
        self.assertEqual(len(few) - 1, 10)

    def test_query_says_when_there_are_too_many(self):
        self.assertIn("10", self.fails(1, "history", "query", "--history", HISTORY, FLOW, "--limit", "10"))

    def test_csv_holds_what_the_recording_held(self):
        path, rows = self.export("out.csv", FLOW, "tank_1.level")
        with open(path, newline="", encoding="utf-8") as file:
            exported = list(csv.DictReader(file))
        self.assertEqual((len(exported), rows), (2 * MINUTES * 60, 2 * MINUTES * 60))
        with open(folder / "past.csv", newline="", encoding="utf-8") as file:
            recorded = list(csv.DictReader(file))
        column = next(name for name in recorded[0] if name.endswith("pump_1.flow"))
        flows = [float(row["value"]) for row in exported if row["signal"] == FLOW]
        self.assertEqual(flows, [float(row[column]) for row in recorded])

    def test_wide_csv_has_a_column_for_each_signal(self):
        path, rows = self.export("wide.csv", "--wide", FLOW, "tank_1.level")
        with open(path, newline="", encoding="utf-8") as file:
            table = list(csv.reader(file))
        self.assertEqual(len(table[0]), 3)
        self.assertEqual((len(table) - 1, rows), (MINUTES * 60, MINUTES * 60))

    def test_parquet_is_written(self):
        if not os.path.exists(DUCKDB):
            self.skipTest("libduckdb is not there; ./dev setup fetches it")
        path = folder / "out.parquet"
        said = self.done("history", "export", "--history", HISTORY, "--twin", TWIN, "--out", path, FLOW,
                         environment={"GEMEL_DUCKDB": DUCKDB})
        self.assertIn(f"{MINUTES * 60} rows", said)
        with open(path, "rb") as file:
            data = file.read()
        self.assertEqual((data[:4], data[-4:]), (b"PAR1", b"PAR1"))

    def test_means_and_patterns_are_exported(self):
        path, rows = self.export("means.csv", "line_1.pump_1.*", "--every", "1 min", "--wide")
        self.assertIn(rows, (MINUTES, MINUTES + 1))
        with open(path, newline="", encoding="utf-8") as file:
            self.assertIn(FLOW, next(csv.reader(file)))

    def test_import_makes_an_exported_history_again(self):
        path, rows = self.export("all.csv")
        again = folder / "imported"
        how = ("history", "import", "--history", again, "--twin", TWIN, path)
        self.assertRegex(self.done(*how), rf"{rows} samples added in \d+ frames, 0 were there already; known at the times that")
        self.assertRegex(self.done(*how), rf" 0 samples added in 0 frames, {rows} were there already\n")
        question = ("query", FLOW, "tank_1.level", "--twin", TWIN, "--known-at", "2026-01-31T08:28:00Z")
        self.assertEqual(self.done("history", *question, "--history", HISTORY), self.done("history", *question, "--history", again))

    def test_import_tells_what_is_wrong(self):
        def fails(text, *more):
            with open(folder / "wrong.csv", "w", encoding="utf-8") as file:
                file.write(text)
            return self.fails(1, "history", "import", "--history", folder / "wrong", "--twin", TWIN, folder / "wrong.csv", *more)
        self.assertIn("wrong.csv:2:22: column 'pump_1.flow': 'much' is no value", fails("time,pump_1.flow\n2026-01-31T08:00:00Z,much\n"))
        self.assertIn("did you mean", fails("time,line_1.pump_1.flwo\n"))
        self.assertIn("--map", fails("time,pump_1.flow\n", "--map", "flow"))
        nowhere = folder / "nowhere"
        self.assertIn("with --twin", self.fails(1, "history", "import", "--history", nowhere, folder / "past.csv"))
        missing = folder / "no.csv"
        self.assertIn(str(missing), self.fails(1, "history", "import", "--history", nowhere, "--twin", TWIN, folder / "past.csv", missing))
        self.assertFalse(os.path.exists(nowhere), "a refused import makes no history")

    def test_sql_answers(self):
        if not os.path.exists(DUCKDB):
            self.skipTest("libduckdb is not there; ./dev setup fetches it")
        how = {"environment": {"GEMEL_DUCKDB": DUCKDB}}
        ask = ("history", "sql", "--history", HISTORY, "--twin", TWIN)
        said = self.done(*ask, f"SELECT signal, count(*) AS n FROM samples WHERE signal = '{FLOW}' GROUP BY signal", **how)
        self.assertRegex(said, rf"signal +n\n{re.escape(FLOW)} +{MINUTES * 60}\n")
        said = self.done(*ask, "--signals", FLOW, "--format", "csv", "SELECT count(*) AS n FROM samples", **how)
        self.assertEqual(said, f"n\n{MINUTES * 60}\n")
        path = folder / "answer.parquet"
        self.assertIn("rows written", self.done(*ask, "--output", path, "SELECT * FROM latest", **how))
        with open(path, "rb") as file:
            self.assertEqual(file.read(4), b"PAR1")
        wrong = self.fails(1, *ask, "SELECT valeu FROM samples", **how)
        self.assertIn("LINE 1: SELECT valeu FROM samples", wrong)
        self.assertIn("only read", self.fails(1, *ask, "DROP VIEW samples", **how))

    def test_failed_export_leaves_nothing_behind(self):
        self.fails(1, "history", "export", "--history", HISTORY, "--out", folder / "no/such/folder/out.csv", FLOW)
        self.assertFalse(os.path.exists(folder / "no"))

    def test_stat_counts(self):
        said = self.done("history", "stat", "--history", HISTORY)
        samples = int(re.search(r"^samples +(\d+)", said, re.M)[1])
        self.assertGreater(samples, MINUTES * 60 * 20)

    def test_verify_tells_whole_from_damaged(self):
        self.assertIn("every byte is as it was written", self.done("history", "verify", "--history", HISTORY))
        copy = folder / "damaged"
        shutil.copytree(HISTORY, copy)
        largest = max((path for path in glob.glob(copy + "/**", recursive=True) if os.path.isfile(path)), key=os.path.getsize)
        with open(largest, "r+b") as file:
            file.seek(os.path.getsize(largest) // 3)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 0x10]))
        self.assertIn("damaged", self.fails(1, "history", "verify", "--history", copy))

    def test_replay_twice_gives_the_same_history(self):
        self.done("replay", folder / "past.csv", "--twin", TWIN, "--history", folder / "again")
        moment = "2026-01-31T08:29:30Z"
        self.assertEqual(self.done("rewind", "--history", HISTORY, "--twin", TWIN, "--at", moment),
                         self.done("rewind", "--history", folder / "again", "--twin", TWIN, "--at", moment))

    def test_rewind_shows_values_of_then(self):
        said = self.done("rewind", "--history", HISTORY, "--twin", TWIN, "--at", "2026-01-31T08:28:00Z")
        self.assertRegex(said, re.escape(FLOW) + r" +[\d.]+ +l/min")
        self.assertRegex(said, r"snapshot hash [0-9a-f]{16}")


class Experiments(Case):
    """A simulator's surrogate, from a twin file alone and from a history."""

    LINE = ("experiments", "--twin", os.path.join(support.ROOT, "examples/production_line/twin.yaml"), "--horizon", "2h",
            "--draws", "4", "--vary", "castings.between=90..120", "--vary", "machine_2.machines=1..3")

    @staticmethod
    def without_times(text):
        return re.sub(r"[\d.,]+ (s\b|ms)|\([\d.,]+/s\)", "", text)

    def test_experiments_teach_a_surrogate_that_tells_its_trust(self):
        model, table = folder / "line.onnx", folder / "line.csv"
        how = (*self.LINE, "--answer", "throughput", "--answer", "energy", "--goal", "throughput > 30", "--budget", "60",
               "--virtual", "3000", "--onnx", model, "--csv", table)
        said = self.done(*how)
        self.assertIn("machine_2.machines from 1 to 3, whole numbers", said)
        self.assertRegex(said, r"(?m)^\d+ experiments in .*: learnt from \d+, checked on \d+")
        self.assertRegex(said, r"(?m)^throughput +1/h +(Gaussian process|networks) +[\d.e-]+ +[\d.]+ % .* \d+ of \d+ +(not )?met")
        self.assertRegex(said, r"(?m)^3,000 virtual experiments")
        self.assertRegex(said, r"(?m)^throughput > 30 +[\d.]+ %")
        self.assertRegex(said, r"(?m)^energy +\d+ %, \d+ % +\d+ %, \d+ %$")
        self.assertGreater(os.path.getsize(model), 1000)
        with open(table, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(len(rows), 3000)
        self.assertEqual({row["machine_2.machines"] for row in rows}, {"1", "2", "3"})
        self.assertLessEqual({row["throughput by"] for row in rows}, {"surrogate", "simulator", "untrusted"})
        for row in rows[:100]:
            self.assertLessEqual(float(row["throughput 5 %"]), float(row["throughput"]))
            self.assertLessEqual(float(row["throughput"]), float(row["throughput 95 %"]))
        self.assertEqual(self.without_times(said), self.without_times(self.done(*how)), "the same seed, the same answer")

    def test_what_is_not_trusted_is_said(self):
        said = self.done(*self.LINE, "--answer", "time_in_system", "--budget", "24", "--wish", "1e-6", "--virtual", "500")
        self.assertRegex(said, r"(?m)^time_in_system .* not met +nothing$")
        self.assertRegex(said, r"0 % the simulator's \(asked 0 times\), 100 % not to be trusted")

    def test_what_lies_beyond_the_box_goes_to_the_simulator(self):
        said = self.done("experiments", "--twin", self.LINE[2], "--horizon", "8h", "--draws", "8", "--budget", "60", "--wish", "0.2",
                         "--vary", "castings.between=lognormal(100 s, 5 s)", "--answer", "energy", "--virtual", "20000")
        self.assertRegex(said, r"(?m)^energy .* met +[\d.]+ %$")
        self.assertRegex(said, r"the simulator's \(asked [1-9]\d* times\)")

    def test_networks_learn_too(self):
        said = self.done(*self.LINE, "--answer", "throughput", "--budget", "60", "--virtual", "100", "--surrogate", "network")
        self.assertRegex(said, r"(?m)^throughput +1/h +networks ")

    def test_a_simulator_that_learns_wants_a_history(self):
        self.assertIn("--history", self.fails(1, "experiments", "--twin", TWIN, "--vary", "pump_1.speed_setpoint=1300..1600"))

    def test_list_shows_what_can_be_varied_and_asked(self):
        said = self.done("experiments", "--twin", self.LINE[2], "--list")
        self.assertRegex(said, r"(?m)^machine_3.speed +1 ")
        self.assertRegex(said, r"(?m)^throughput +1/h +an indicator$")

    def test_mistakes_are_explained(self):
        def fails(*more):
            return self.fails(1, *self.LINE[:3], *more)
        self.assertIn("--vary", fails())
        self.assertIn("did you mean 'machine_3.speed'", fails("--vary", "machine_3.sped=1..2"))
        self.assertIn("LOW..HIGH", fails("--vary", "machine_3.speed=2"))
        self.assertIn("leaves what it may be", fails("--vary", "machine_3.speed=-1..2"))
        self.assertIn("did you mean 'throughput'", fails("--vary", "machine_3.speed=1..2", "--answer", "througput"))
        self.assertIn("ANSWER > NUMBER", fails("--vary", "machine_3.speed=1..2", "--goal", "throughput"))
        self.assertIn("no two whole numbers", fails("--vary", "machine_2.machines=1.2..2.4"))
        self.fails(2, *self.LINE, "--surrogate", "forest")

    def test_ctrl_c_shows_what_is_known_by_then(self):
        log = folder / "experiments.log"
        child = Process([support.GEMEL, *self.LINE, "--answer", "throughput", "--budget", "40", "--virtual", "20000000"], log)
        self.addCleanup(child.stop)
        self.assertTrue(eventually(lambda: "how far it is known" in child.log(), 60))
        self.assertEqual(child.stop(signal.SIGINT), 0)
        self.assertIn("stopped; this is what was known by then", child.log())
        self.assertRegex(child.log(), r"over the virtual experiments")


class LiveAndLater(Case):
    """A moment rewound while the twin runs, after it ended, and after it ran again."""

    def setUp(self):
        if not support.MOSQUITTO:
            self.skipTest("mosquitto is not on this machine; apt-get install mosquitto")
        self.broker = Broker(folder.path)
        self.addCleanup(self.broker.stop)
        self.environment = {"GEMEL_DEMO_BROKER": self.broker.url()}

    def run_twin(self):
        twin = Twin(TWIN, folder / "live", folder / "gemel.log", environment=self.environment)
        self.addCleanup(twin.stop)
        return twin

    def hash_at(self, moment):
        said = self.done("rewind", "--history", folder / "live", "--twin", TWIN, "--at", moment)
        return re.search(r"snapshot hash ([0-9a-f]{16})", said)[1]

    def test_snapshot_hash_stays_the_same(self):
        twin = self.run_twin()
        station = Process([support.PLANT, "--broker", self.broker.url(), "--rate", "10Hz"], folder / "plant.log")
        self.addCleanup(station.stop)
        samples = lambda: twin.get("/api/v1/status").json()["history"]["samples"]
        self.assertTrue(eventually(lambda: samples() > 300))
        live = twin.get("/api/v1/snapshot").json()["known_at"]
        seen = samples()
        self.assertTrue(eventually(lambda: samples() > seen + 100))
        during = self.hash_at(live)
        self.assertEqual(self.hash_at(live), during)
        status = self.done("status", "--url", twin.url())
        self.assertIn("riverside", status)
        self.assertEqual(twin.stop(signal.SIGINT), 0)
        self.assertEqual(self.hash_at(live), during)
        again = self.run_twin()
        self.assertEqual(self.hash_at(live), during)
        self.assertEqual(again.stop(signal.SIGTERM), 0)
        self.assertIn("every byte is as it was written", self.done("history", "verify", "--history", folder / "live"))

    def test_history_belongs_to_one_twin_at_a_time(self):
        self.run_twin()
        said = self.fails(1, "run", TWIN, "--history", folder / "live", "--port", "0")
        self.assertIn("live", said)


if __name__ == "__main__":
    support.main()
