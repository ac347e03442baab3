"""An external detector in another language: reads every scan in lockstep from the registers alone, by docs/protocol.md,
and rebuilds the frames' digest. Its only knowledge beside the registers is the layout of GET /api/layout.

    read_frames.py LAYOUT.json HOST PORT gateway|stations [ABCD|CDAB|BADC|DCBA]

Prints one JSON line: {"frames": N, "digest": "...", "last_us": N}.
"""

import hashlib
import inspect
import json
import struct
import sys
import time

from pymodbus.client import ModbusTcpClient

GATEWAY, HEADER, BLOCK = 255, 11, 125


def image(layout, unit, stations):
    """Where things stand in one unit's input registers."""
    tags = [t for t in layout["tags"] if t["station"] in stations]
    quality = HEADER + 4 * len(stations)
    columns = quality + len(tags)
    size = columns + 2 * sum(t["width"] for t in tags) + 2
    return {"unit": unit, "stations": stations, "tags": tags, "quality": quality, "columns": columns, "size": size}


def main():
    path, host, port, via = sys.argv[1:5]
    order = sys.argv[5] if len(sys.argv) > 5 else "ABCD"
    with open(path, encoding="utf-8") as file:
        answer = json.load(file)
    layout = answer["layout"]
    names = [s["id"] for s in layout["stations"]]
    if via == "gateway":
        images = [image(layout, GATEWAY, names)]
    else:
        images = [image(layout, s["unitId"], [s["id"]]) for s in layout["stations"]]

    client = ModbusTcpClient(host, port=int(port))
    assert client.connect(), "no connection"
    # The unit id has had three names in pymodbus 3.
    known = inspect.signature(client.read_input_registers).parameters
    key = next((k for k in ("device_id", "slave", "unit") if k in known), "slave")

    def read(where):
        words = []
        while len(words) < where["size"]:
            count = min(BLOCK, where["size"] - len(words))
            reply = client.read_input_registers(len(words), count=count, **{key: where["unit"]})
            assert not reply.isError(), reply
            words += reply.registers
        return words

    def floats(words):
        out = []
        for i in range(0, len(words), 2):
            a, b = words[i], words[i + 1]
            if order in ("CDAB", "DCBA"):
                a, b = b, a
            raw = struct.pack(">HH", a, b) if order in ("ABCD", "CDAB") else struct.pack("<HH", a, b)
            out.append(raw)
        return out

    digest = hashlib.sha256()
    seq = frames = last_us = 0
    while True:
        over = client.read_discrete_inputs(0, count=1, **{key: images[0]["unit"]}).bits[0]
        scans = [read(where) for where in images]
        heads = {tuple(words[5:7]) for words in scans} | {tuple(words[-2:]) for words in scans}
        if len(heads) > 1:
            continue  # cut by a publication
        for words in scans:
            assert words[0] == 1, "another register map"
            assert "".join(f"{w:04x}" for w in words[1:5]) == answer["layoutDigest"][:16], "another layout"
        high, low = heads.pop()
        now = high * 65536 + low
        if now == seq:
            if over:
                break
            time.sleep(0.01)
            continue
        assert now == seq + 1, f"scan {now} after scan {seq}"
        seq = now
        # The frame as bytes: seq, plant time, station times, qualities, values; big-endian, in layout order.
        times, quality, value = {}, {}, {}
        for where, words in zip(images, scans):
            for i, station in enumerate(where["stations"]):
                times[station] = words[HEADER + 4 * i : HEADER + 4 * i + 4]
            at = where["columns"]
            for i, tag in enumerate(where["tags"]):
                quality[tag["id"]] = words[where["quality"] + i]
                value[tag["id"]] = floats(words[at : at + 2 * tag["width"]])
                at += 2 * tag["width"]
        plant_time = scans[0][7:11]
        last_us = struct.unpack(">q", struct.pack(">4H", *plant_time))[0]
        digest.update(struct.pack(">I4H", seq, *plant_time))
        for name in names:
            digest.update(struct.pack(">4H", *times[name]))
        digest.update(bytes(quality[t["id"]] for t in layout["tags"]))
        for tag in layout["tags"]:
            digest.update(b"".join(value[tag["id"]]))
        frames += 1
        reply = client.write_registers(0, [seq >> 16, seq & 0xFFFF], **{key: images[0]["unit"]})
        assert not reply.isError(), reply
    client.close()
    print(json.dumps({"frames": frames, "digest": digest.hexdigest(), "last_us": last_us}))


main()
