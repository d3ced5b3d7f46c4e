#!/usr/bin/env python3
"""A running twin that collectors write to: both write APIs, what they refuse, and that a 204 is a promise.

Telegraf is in no Debian release, so its requests are made here in the form that it sends them."""

import base64
import gzip
import http.client
import json
import os
import signal
import threading
import time
import unittest
import urllib.parse

import support
from support import Folder, Twin, eventually

PUMPS = 20
TWIN = """gemel: 1
plant: written
types:
  Pump:
    signals: { flow: { unit: l/min }, pressure: { unit: bar }, state: { states: ["off", "on"] } }
    binding:
      from: telegraf
      measurement: pump
      tags: { asset: "{asset}" }
      flow: flow_rate
      pressure: { path: p, unit: mbar }
      state: state
assets:
""" + "".join(f"  pump_{n}: {{ type: Pump }}\n" for n in range(PUMPS)) + """sources:
  telegraf: { kind: line_protocol }
"""
TOKEN = "a-token-of-some-length"


class Written(unittest.TestCase):
    """With a twin of its own."""
    MORE = ()

    @classmethod
    def setUpClass(cls):
        cls.folder = Folder()
        with open(cls.folder / "twin.yaml", "w") as file:
            file.write(TWIN)
        with open(cls.folder / "tokens", "w") as file:
            file.write(f"telegraf {TOKEN}\n")
        cls.starts = 0
        cls.start()

    @classmethod
    def start(cls):
        cls.starts += 1
        more = [cls.folder / "tokens" if word == "TOKENS" else word for word in cls.MORE]
        cls.twin = Twin(cls.folder / "twin.yaml", cls.folder / "history", cls.folder / f"log{cls.starts}", more)

    @classmethod
    def tearDownClass(cls):
        cls.twin.stop(signal.SIGTERM)
        cls.folder.remove()

    def write(self, body, target="/api/v2/write?org=o&bucket=b&precision=ms", **headers):
        sent = {"Content-Type": "text/plain; charset=utf-8", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return self.twin.request("POST", target, body, headers=sent)

    def latest(self, signal_path, **how):
        answer = self.twin.request("GET", f"/api/v1/signals/{signal_path}/latest", **how)
        self.assertEqual(answer.status, 200, answer.text)
        return list(answer.json()["signals"].values())[0]

    def samples(self, signal_path, **how):
        query = urllib.parse.urlencode({"from": "2000-01-01", "until": "2100-01-01", "limit": 1000000})
        answer = self.twin.request("GET", f"/api/v1/signals/{signal_path}/samples?{query}", **how)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json()


def now_ms():
    return int(time.time() * 1000)


class Writes(Written):
    def test_second_version_is_there_when_it_is_acknowledged(self):
        at = now_ms()
        answer = self.write(f"pump,asset=pump_1,host=gw flow_rate=12.5,p=2500i,state=\"on\" {at}\n")
        self.assertEqual((answer.status, answer.body), (204, b""))
        self.assertIn("gemel", answer.headers["X-Influxdb-Version"])
        self.assertEqual(self.samples("pump_1.flow")["value"][-1], 12.5)
        self.assertEqual(self.samples("pump_1.pressure")["value"][-1], 2.5)
        self.assertEqual(self.samples("pump_1.state")["t"][-1], at)

    def test_latest_is_what_was_written_last(self):
        at = now_ms()
        self.assertEqual(self.write(f"pump,asset=pump_2 flow_rate=3 {at}").status, 204)
        self.assertEqual(self.latest("pump_2.flow")["value"], 3)
        many = self.twin.get("/api/v1/latest?signals=pump_2.flow,pump_2.pressure").json()["signals"]
        self.assertEqual((many["pump_2.flow"]["value"], many["pump_2.pressure"]["value"]), (3, None))
        self.assertEqual(self.twin.get("/api/v1/signals/no.such/latest").status, 404)
        self.assertEqual(self.twin.get("/api/v1/latest").status, 400)

    def test_first_version_in_seconds_and_compressed(self):
        at = now_ms() // 1000
        body = gzip.compress(f"pump,asset=pump_3 flow_rate=7 {at}\n".encode())
        answer = self.write(body, f"/write?db=telegraf&rp=autogen&precision=s&consistency=any", Content_Encoding="gzip")
        self.assertEqual(answer.status, 204, answer.text)
        self.assertEqual(self.samples("pump_3.flow")["t"], [at * 1000])

    def test_chunked_as_telegraf_compresses(self):
        body = gzip.compress(f"pump,asset=pump_4 flow_rate=8 {now_ms()}\n".encode() * 1000)
        link = http.client.HTTPConnection(self.twin.host, self.twin.port, timeout=60)
        link.request("POST", "/api/v2/write?bucket=b&precision=ms", body=iter([body[:10], body[10:]]), encode_chunked=True,
                     headers={"Transfer-Encoding": "chunked", "Content-Encoding": "gzip"})
        self.assertEqual(link.getresponse().status, 204)
        link.close()
        self.assertEqual(len(self.samples("pump_4.flow")["t"]), 1, "repeats count once")

    def test_body_is_invited_when_asked(self):
        body = f"pump,asset=pump_5 flow_rate=8 {now_ms()}\n".encode()
        head = (f"POST /write?precision=ms HTTP/1.1\r\nHost: {self.twin.host}\r\nContent-Length: {len(body)}\r\n"
                "Expect: 100-continue\r\nConnection: close\r\n\r\n").encode()
        self.assertTrue(self.twin.raw(head).startswith(b"HTTP/1.1 100 Continue"))
        back = self.twin.raw(head + body)
        self.assertIn(b"HTTP/1.1 204", back)

    def test_good_lines_of_a_bad_body_are_taken(self):
        at = now_ms()
        body = f"pump,asset=pump_6 flow_rate=1 {at}\npump,asset=pump_6 flow_rate=oops {at + 1}\npump,asset=pump_6 flow_rate=2 {at + 2}\n"
        answer = self.write(body)
        self.assertEqual(answer.status, 400)
        told = answer.json()
        self.assertEqual((told["code"], told["line"]), ("invalid", 2))
        self.assertIn("partial write: line 2, column 29", told["message"])
        self.assertIn("dropped=1", told["message"])
        self.assertEqual(self.samples("pump_6.flow")["value"], [1, 2])
        self.assertIn("partial write", self.write(body, "/write?db=d&precision=ms").json()["error"])

    def test_what_nobody_bound_is_counted_and_told_once(self):
        for _ in range(3):
            self.assertEqual(self.write("cpu,host=a usage_idle=97\nmem,host=a free=1i\n").status, 204)
        self.assertIn('gemel_connector_unbound_lines_total{source="telegraf"}', self.twin.get("/metrics").text)
        self.assertEqual(self.twin.log().count("cpu,host=a"), 1)

    def test_wrong_requests(self):
        self.assertEqual(self.write("pump v=1", "/api/v2/write?precision=fortnight").status, 400)
        self.assertEqual(self.write(b"no gzip", Content_Encoding="gzip").status, 400)
        self.assertEqual(self.write("x", Content_Encoding="br").status, 400)
        self.assertEqual(self.write("pump v=1", Origin="http://elsewhere.example").status, 403)
        self.assertEqual(self.twin.request("GET", "/api/v2/write").status, 404)
        self.assertEqual(self.write(gzip.compress(b" " * (65 << 20)), Content_Encoding="gzip").status, 413)
        back = self.twin.raw(f"POST /api/v2/write HTTP/1.1\r\nHost: {self.twin.host}\r\nContent-Length: {65 << 20}\r\n\r\n".encode())
        self.assertIn(b"413", back.split(b"\r\n")[0])
        back = self.twin.raw(f"POST /api/v1/whatif HTTP/1.1\r\nHost: {self.twin.host}\r\nContent-Length: {2 << 20}\r\n\r\n".encode())
        self.assertIn(b"413", back.split(b"\r\n")[0], "elsewhere the limit is 1 MiB")

    def test_signs_of_life(self):
        self.assertEqual(self.twin.get("/ping").status, 204)
        health = self.twin.get("/health")
        self.assertEqual((health.status, health.json()["status"]), (200, "pass"))

    def test_page_answers_while_many_write(self):
        done, statuses = threading.Event(), []

        def collector(n):
            link = http.client.HTTPConnection(self.twin.host, self.twin.port, timeout=60)
            while not done.is_set():
                at = time.time_ns()
                body = "".join(f"pump,asset=pump_{i % PUMPS} p={i}i {at + i * 1000 + n}\n" for i in range(500))
                link.request("POST", "/api/v2/write?bucket=b", body=body)
                answer = link.getresponse()
                answer.read()
                statuses.append(answer.status)
            link.close()
        threads = [threading.Thread(target=collector, args=(n,)) for n in range(20)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(20):
                self.assertEqual(self.twin.get("/api/v1/snapshot").status, 200)
                self.assertEqual(self.twin.get("/").status, 200)
        finally:
            done.set()
            for thread in threads:
                thread.join()
        self.assertEqual(set(statuses), {204})
        self.assertGreater(len(statuses), 20)


class Guarded(Written):
    MORE = ("--tokens", "TOKENS")

    def test_token_is_taken_wherever_collectors_put_it(self):
        line = "pump,asset=pump_1 flow_rate=1"
        basic = base64.b64encode(f"anybody:{TOKEN}".encode()).decode()
        for authorization in (f"Token {TOKEN}", f"Bearer {TOKEN}", f"Basic {basic}"):
            self.assertEqual(self.write(line, Authorization=authorization).status, 204, authorization)
        self.assertEqual(self.write(line, f"/write?u=x&p={TOKEN}").status, 204)
        for wrong in ({}, {"Authorization": "Token wrong-wrong-wrong-wrong"}, {"Authorization": "Basic ???"}):
            answer = self.write(line, **wrong)
            self.assertEqual((answer.status, answer.json()["code"]), (401, "unauthorized"))
        self.assertIn("error", self.write(line, "/write?db=b").json())


class Promise(Written):
    def test_every_acknowledged_sample_survives_kill_and_is_there_once(self):
        base = now_ms() - 3_600_000
        acknowledged, tried, lock = set(), [0], threading.Lock()

        def collector(stop):
            link = http.client.HTTPConnection(self.twin.host, self.twin.port, timeout=30)
            while not stop.is_set():
                with lock:
                    first = tried[0]
                    tried[0] += 50
                batch = range(first, first + 50)
                try:
                    link.request("POST", "/write?precision=ms",
                                 body="".join(f"pump,asset=pump_{n % PUMPS} flow_rate={n} {base + n}\n" for n in batch))
                    answer = link.getresponse()
                    answer.read()
                    if answer.status == 204:
                        acknowledged.update(batch)
                except (OSError, http.client.HTTPException):
                    return
        for round_number in range(3):
            stop, before = threading.Event(), len(acknowledged)
            threads = [threading.Thread(target=collector, args=(stop,)) for _ in range(4)]
            for thread in threads:
                thread.start()
            self.assertTrue(eventually(lambda: len(acknowledged) > before + 2_000))
            self.twin.stop(signal.SIGKILL)
            stop.set()
            for thread in threads:
                thread.join()
            type(self).start()
            found = []
            for n in range(PUMPS):
                found += [int(value) for value in self.samples(f"pump_{n}.flow")["value"]]
            self.assertEqual(len(found), len(set(found)), "a sample is there twice")
            self.assertEqual(acknowledged - set(found), set(), "acknowledged samples are lost")
            self.assertLessEqual(set(found), set(range(tried[0])), "samples that nobody sent")
        # Sent again, as after an unanswered request: nothing becomes double.
        again = "".join(f"pump,asset=pump_{n % PUMPS} flow_rate={n} {base + n}\n" for n in sorted(acknowledged)[:500])
        before = len(self.samples("pump_0.flow")["t"])
        self.assertEqual(self.write(again).status, 204)
        self.assertEqual(len(self.samples("pump_0.flow")["t"]), before)


if __name__ == "__main__":
    support.main()
