#!/usr/bin/env python3
"""A whole LeakTwin detector in Python, with the standard library alone.

    leaktwin run crude-five-percent --detector "python3 docs/examples/detector.py"

It watches what enters and leaves a line: a CUSUM of the imbalance of the first and the last flow meter. The wire is
POST /api/next, one request per scan: the events and the acknowledge of the last scan go out, the next scan comes back.
That way is the shortest of the three (WebSocket needs a handshake and masked frames, Modbus a register map), and a request
that waits for the next scan needs no clock: a detector that counts scans gives the same alarms at any speed.
"""

import http.client
import json
import os
import statistics
import sys
import urllib.parse

NAME = "python-balance"
LEARN = 600        # scans from which the usual imbalance is learned; no alarm in them
SLACK = 0.006      # share of the flow that may be missing before it counts
THRESHOLD = 0.3    # sum of missing shares at which the alarm is raised, in scans' shares
OFF_DELAY = 60     # scans without the condition after which the alarm returns
UNUSABLE = 4 | 8 | 16


class Plant:
    """The wire: one connection, kept open, one request per scan."""

    def __init__(self, url):
        address = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)

    def ask(self, method, path, body=None):
        text = None if body is None else json.dumps(body)
        self.connection.request(method, path, text, {"Content-Type": "application/json"})
        reply = self.connection.getresponse()
        answer = json.loads(reply.read())
        if reply.status != 200:
            raise SystemExit(f"{path} answered {reply.status}: {json.dumps(answer)}")
        return answer


class Detector:
    """Pure in what it has seen: same frames, same events. It forgets everything but five numbers and what it learned."""

    def __init__(self, layout):
        flows = [t for t in layout["tags"] if t["quantity"] == "flow"]
        if len(flows) < 2:
            raise SystemExit(f"{layout['plant']} has fewer than two flow meters")
        flows.sort(key=lambda t: t.get("position_m", 0.0))
        self.inlet, self.outlet = flows[0]["id"], flows[-1]["id"]
        self.learned, self.mean, self.sum, self.quiet, self.raised, self.onset = [], 0.0, 0.0, 0, False, 0

    def step(self, frame):
        flow = {}
        for tag in frame["tags"]:
            if tag["id"] in (self.inlet, self.outlet) and not tag["quality"] & UNUSABLE:
                flow[tag["id"]] = tag["values"][-1]
        into, out = flow.get(self.inlet), flow.get(self.outlet)
        if into is None or out is None or into <= 0:
            return []  # nothing can be said of this scan: neither learn from it nor count it
        missing = (into - out) / into
        if len(self.learned) < LEARN:
            self.learned.append(missing)
            self.mean = statistics.median(self.learned) if len(self.learned) == LEARN else 0.0
            return []
        if self.sum == 0.0:
            self.onset = frame["timeUs"]
        self.sum = min(2 * THRESHOLD, max(0.0, self.sum + missing - self.mean - SLACK))
        score = self.sum / THRESHOLD
        self.quiet = self.quiet + 1 if score < 0.9 else 0
        if score >= 1 and not self.raised:
            self.raised = True
            rate = f"{100 * (missing - self.mean):.1f} % of the flow is missing"
            return [self.event(frame, "normal", "unacknowledged", score, rate, self.onset)]
        if self.raised and self.quiet >= OFF_DELAY:
            self.raised = False
            return [self.event(frame, "unacknowledged", "normal", score, "the balance closes again", None)]
        return []

    @staticmethod
    def event(frame, before, after, score, because, onset):
        event = {
            "alarm": "PY-BALANCE", "timeUs": frame["timeUs"], "frameSeq": frame["seq"], "from": before, "to": after,
            "priority": 2, "score": score, "by": NAME, "because": because,
        }
        if onset is not None:
            event["onsetUs"] = onset
        return event


def main():
    url = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("LEAKTWIN_HTTP")
    if not url:
        raise SystemExit("say where the plant is: as the first argument, or in LEAKTWIN_HTTP")
    plant = Plant(url)
    detector = Detector(plant.ask("GET", "/api/layout")["layout"])
    done, events, alarms = None, [], 0
    while True:
        said = {"detector": NAME, "events": events}
        if done is not None:
            said["ack"] = done
        answer = plant.ask("POST", "/api/next", said)
        if answer["over"]:
            break
        events = detector.step(answer["frame"])
        alarms += sum(1 for e in events if e["to"] == "unacknowledged")
        done = answer["frame"]["seq"]
    print(f"{done} scans, {alarms} alarms; {answer['because']}")


if __name__ == "__main__":
    main()
