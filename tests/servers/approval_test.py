"""The loop from fault to outcome, by the command line alone: a strainer clogs in the demo, the twin raises an alarm and
recommends, a person approves, the plant obeys, and the outcome of the command is on record."""

import json
import os
import subprocess
import time
import unittest

import support
from support import ROOT, eventually, free_port

DEMO = os.path.join(ROOT, "examples/pump_station/demo")
FAULTS = os.path.join(ROOT, "examples/pump_station/faults/clogging.txt")


@unittest.skipUnless(support.MOSQUITTO, "mosquitto is not installed")
class Approval(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.url = f"http://127.0.0.1:{free_port()}"
        cls.demo = subprocess.Popen(
            ["bash", DEMO, "--port", cls.url.rsplit(":", 1)[1], "--script", FAULTS],
            env={**os.environ, "GEMEL_BIN_DIR": os.path.dirname(support.GEMEL)},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)

    @classmethod
    def tearDownClass(cls):
        cls.demo.terminate()
        cls.demo.communicate(timeout=60)

    def ask(self, *words):
        """The answer as JSON; None while nobody answers."""
        self.assertIsNone(self.demo.poll(), "the demo ended by itself")
        done = support.gemel(*words, "--url", self.url, "--json")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def open_recommendation(self):
        """One that wants to change line 1, whose strainer is clogged."""
        answer = self.ask("recommendations", "list") or {"recommendations": []}
        for one in answer["recommendations"]:
            because = " ".join(one["evidence"])
            if one["decided"] is None and one["rank"] == 1 and "strainer_1" in because:
                return one
        return None

    def test_a_clogged_strainer_ends_in_a_confirmed_command(self):
        recommended = eventually(self.open_recommendation, patience_s=180, every_s=1)
        self.assertIsNotNone(recommended, "no recommendation named the strainer within 180 s")

        nameless = support.gemel("recommendations", "approve", recommended["id"], "--url", self.url, "--as", "")
        self.assertEqual(nameless.returncode, 1, "an approval without a name must be refused")

        # The list may renew itself between reading and answering; a person would then look again, and so does this.
        deadline = time.monotonic() + 60
        approved = None
        while approved is None and time.monotonic() < deadline:
            recommended = self.open_recommendation() or recommended
            approved = self.ask("recommendations", "approve", recommended["id"], "--as", "anna")
        self.assertIsNotNone(approved, "no approval went through")
        self.assertEqual(approved["recommendation"]["decided"]["by"], "anna")
        admissions = {command["admission"] for command in approved["commands"]}
        self.assertTrue(admissions <= {"admitted", "reduced"}, approved["commands"])

        sent = {command["id"] for command in approved["commands"]}

        def all_ended():
            answer = self.ask("recommendations", "list", "--all")
            ours = [c for c in (answer or {"commands": []})["commands"] if c["id"] in sent]
            return ours if ours and all(c["ended"] for c in ours) else None

        ended = eventually(all_ended, patience_s=120, every_s=1)
        self.assertIsNotNone(ended, "the commands did not end")
        for command in ended:
            self.assertEqual(command["ended"]["result"], "confirmed", command)
            self.assertAlmostEqual(command["ended"]["feedback"], command["value"], delta=30)

    def test_status_names_the_alarm_after_its_signal(self):
        def alarm():
            done = support.gemel("status", "--url", self.url)
            return done.stdout if "strainer_1: clogging" in done.stdout else None

        self.assertIsNotNone(eventually(alarm, patience_s=120, every_s=1), "no alarm of the strainer within 120 s")


if __name__ == "__main__":
    support.main()
