#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads recordings with sqlite3 and nothing of ours, as docs/recording.md tells, and compares inspect, compare and
export with what stands there.

    test_plain_reader.py KVPRISM_CLI RECORD_SYNTHETIC MODEL GOLDEN_RECORDING...
"""
import array
import csv
import ctypes
import json
import os
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest

CLI, RECORDER, MODEL, GOLDEN = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
FORMATS = {"u8": "B", "u16": "H", "u32": "I", "i32": "i", "i64": "q", "f32": "f"}
TIERS = ["dropped", "anchor", "window", "global", "compressed"]
REASONS = ["anchor", "window", "primary", "secondary", "filled", "fits", "pinned", "evicted", "below_cut"]

zstd = ctypes.CDLL("libzstd.so.1")
zstd.ZSTD_decompress.restype = ctypes.c_size_t
zstd.ZSTD_decompress.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t]


def unpack(kind, delta, count, data):
    """A column: one zstd frame, plane by plane, perhaps as differences."""
    letter = FORMATS[kind]
    size = struct.calcsize("<" + letter)
    raw = ctypes.create_string_buffer(max(size * count, 1))
    got = zstd.ZSTD_decompress(raw, size * count, data, len(data))
    assert got == size * count, (kind, count, got)
    planes = raw.raw[:size * count]
    values = list(struct.unpack("<%d%s" % (count, letter),
                                bytes(planes[p * count + i] for i in range(count) for p in range(size))))
    if delta:
        bits = 8 * size
        total = 0
        for i, value in enumerate(values):
            total = (total + value) % (1 << bits)
            values[i] = total - (1 << bits) if letter.islower() and total >> (bits - 1) else total
    return values


def float32(value):
    return array.array("f", [float(value)])[0]


class Recording:
    def __init__(self, path):
        self.path = path
        self.db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
        self.db.row_factory = sqlite3.Row
        self.about = {row["name"]: row["value"] for row in self.db.execute("SELECT * FROM about")}
        self.selectors = [row["name"] for row in self.db.execute("SELECT * FROM selectors ORDER BY selector")]
        self.steps = self.db.execute("SELECT * FROM steps ORDER BY step").fetchall()
        self.applied = {row["step"]: row for row in self.db.execute("SELECT * FROM applied")}
        self.answers = self.db.execute("SELECT * FROM answers ORDER BY answer").fetchall()
        self.tokens = {row["name"]: unpack(row["type"], row["delta"], row["count"], row["data"])
                       for row in self.db.execute("SELECT * FROM token_columns")}

    def columns(self, step):
        return {row["name"]: unpack(row["type"], row["delta"], row["count"], row["data"])
                for row in self.db.execute("SELECT * FROM step_columns WHERE step = ? AND list = 0", (step,))}

    def kept(self, step):
        columns = self.columns(step)
        return [p for p, tier in zip(columns["position"], columns["tier"]) if tier != 0]

    def cuts(self, step):
        return {self.selectors[row["selector"]]: row["value"]
                for row in self.db.execute("SELECT * FROM cuts WHERE step = ?", (step,)) if row["selector"] != 255}

    def piece(self, token):
        ends = self.tokens["piece_end"]
        return bytes(self.tokens["pieces"][ends[token - 1] if token else 0:ends[token]])

    def ranks(self, step):
        """Position → rank of the candidates: pooled score, else the first; larger first, then lower position."""
        columns = self.columns(step)
        names = [row["name"] for row in self.db.execute(
            "SELECT name FROM step_columns WHERE step = ? AND name LIKE 'score:%' ORDER BY position", (step,))]
        if not names:
            return {}
        scores = columns["score:pooled" if "score:pooled" in names else names[0]]
        rows = [i for i, is_candidate in enumerate(columns["candidate"]) if is_candidate]
        rows.sort(key=lambda i: (-scores[i], columns["position"][i]))
        return {columns["position"][i]: rank + 1 for rank, i in enumerate(rows)}


def cli(*arguments):
    return subprocess.run([CLI, *arguments], check=True, capture_output=True, timeout=60).stdout


class PlainReader(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.runs = [self.record("a", 3000, 256, 512, 1), self.record("b", 3000, 256, 256, 1)]
        self.all = self.runs + [Recording(path) for path in GOLDEN]

    def record(self, name, *options):
        path = os.path.join(self.folder.name, name + ".kvtrace")
        subprocess.run([RECORDER, path, *map(str, options)], check=True, capture_output=True)
        return Recording(path)

    def export(self, run, view, ending):
        path = os.path.join(self.folder.name, "%s.%s" % (view, ending))
        if os.path.exists(path):
            os.remove(path)
        cli("export", run.path, "--view", view, "--output", path)
        with open(path, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file)) if ending == "csv" else json.load(file)["rows"]

    def test_inspect_shows_the_run(self):
        for run in self.all:
            shown = json.loads(cli("inspect", run.path, "--json"))
            self.assertEqual(shown["run_id"], run.about["run_id"])
            self.assertEqual(shown["question"], run.about["question"])
            self.assertEqual(shown["tokens"]["budget"], int(run.about["budget"]))
            self.assertEqual(shown["model"]["sha256"], run.about["model_sha256"])
            self.assertEqual([a["answer"] for a in shown["answers"]], [a["text"] for a in run.answers])
            self.assertEqual(len(shown["steps"]), len(run.steps))
            for step, row in zip(shown["steps"], run.steps):
                for name, column in [("block", "step"), ("begin", "block_begin"), ("end", "block_end"),
                                     ("held", "held"), ("candidates", "candidates"), ("anchors", "kept_anchors"),
                                     ("window", "kept_window"), ("global", "kept_global"), ("dropped", "dropped"),
                                     ("kept_count", "kept"), ("peak_slots", "peak_slots")]:
                    self.assertEqual(step[name], row[column])
                self.assertEqual(step["ms"]["forward"], row["forward_ms"])

    def test_inspect_shows_a_step(self):
        for run in self.all:
            for index in range(len(run.steps)):
                shown = json.loads(cli("inspect", run.path, "--json", "--step", str(index)))
                columns, ranks = run.columns(index), run.ranks(index)
                self.assertEqual(shown["kept_positions"], run.kept(index))
                self.assertEqual({k: float32(v) for k, v in shown["cuts"].items()},
                                 {k: float32(v) for k, v in run.cuts(index).items()})
                rows = [i for i, is_candidate in enumerate(columns["candidate"]) if is_candidate]
                self.assertEqual(len(shown["candidates"]), len(rows))
                for candidate, i in zip(shown["candidates"], rows):
                    self.assertEqual(candidate["pos"], columns["position"][i])
                    self.assertEqual(candidate["reason"], REASONS[columns["reason"][i]])
                    self.assertEqual(candidate["rank"], ranks.get(columns["position"][i]))
                    for name, value in candidate["scores"].items():
                        self.assertEqual(float32(value), columns["score:" + name][i])

    def test_inspect_shows_a_token(self):
        run = self.runs[0]
        for token in (0, 700, 2999):
            shown = json.loads(cli("inspect", run.path, "--json", "--token", str(token)))
            self.assertEqual(shown["id"], run.tokens["id"][token])
            self.assertEqual(shown["piece"].encode(), run.piece(token))
            held = [i for i in range(len(run.steps)) if token in run.columns(i)["position"]]
            self.assertEqual([moment["step"] for moment in shown["steps"]], held)

    def test_export_map_is_every_held_token(self):
        for run in self.all:
            expected = []
            for index in range(len(run.steps)):
                columns = run.columns(index)
                for i, position in enumerate(columns["position"]):
                    selector = columns["selector"][i]
                    expected.append((index, position, TIERS[columns["tier"][i]], REASONS[columns["reason"][i]],
                                     None if selector == 255 else run.selectors[selector]))
            rows = self.export(run, "map", "json")
            self.assertEqual([tuple(row.values()) for row in rows], expected)
            table = self.export(run, "map", "csv")
            self.assertEqual([tuple(row.values()) for row in table],
                             [tuple("" if v is None else str(v) for v in row) for row in expected])

    def test_export_text_is_every_token_of_the_stream(self):
        for run in self.all:
            read, dropped, tier = {}, {}, {}
            for index in range(len(run.steps)):
                columns = run.columns(index)
                for position, number in zip(columns["position"], columns["tier"]):
                    read.setdefault(position, index)
                    tier[position] = TIERS[number]
                    if number == 0:
                        dropped[position] = index
            rows = self.export(run, "text", "json")
            self.assertEqual(len(rows), int(run.about["stream_tokens"]))
            for position, row in enumerate(rows):
                self.assertEqual(row["position"], position)
                self.assertEqual(row["id"], run.tokens["id"][position])
                offset = run.tokens["byte_offset"][position]
                self.assertEqual(row["byte_offset"], offset if offset >= 0 else None)
                self.assertEqual(row["bytes"], len(run.piece(position)))
                self.assertEqual(row["piece"], run.piece(position).decode(errors="replace"))
                self.assertEqual(row["tier"], tier.get(position, "unread"))
                self.assertEqual(row["read_in_step"], read.get(position))
                self.assertEqual(row["dropped_in_step"], dropped.get(position))
            self.assertEqual([row["piece"] for row in self.export(run, "text", "csv")], [row["piece"] for row in rows])

    def test_export_budget_is_a_row_a_step(self):
        for run in self.all:
            rows = self.export(run, "budget", "json")
            self.assertEqual(len(rows), len(run.steps))
            for row, step in zip(rows, run.steps):
                for name, column in [("step", "step"), ("begin", "block_begin"), ("end", "block_end"),
                                     ("held", "held"), ("candidates", "candidates"), ("quota", "quota"),
                                     ("anchors", "kept_anchors"), ("window", "kept_window"),
                                     ("global", "kept_global"), ("dropped", "dropped"), ("kept", "kept"),
                                     ("peak_slots", "peak_slots"), ("forward_ms", "forward_ms"),
                                     ("score_ms", "score_ms"), ("select_ms", "select_ms")]:
                    self.assertEqual(row[name], step[column])
                columns = run.columns(step["step"])
                for number, selector in enumerate(run.selectors):
                    chosen = sum(t == 3 and s == number for t, s in zip(columns["tier"], columns["selector"]))
                    self.assertEqual(row["global_" + selector], chosen)
                applied = run.applied.get(step["step"])
                self.assertEqual(row["bytes_kept"], applied["bytes_kept"] if applied else None)
                self.assertEqual(row["compact_ms"], applied["compact_ms"] if applied else None)

    def test_export_scores_is_every_candidate(self):
        for run in self.all:
            expected = []
            for index in range(len(run.steps)):
                columns, ranks, cuts = run.columns(index), run.ranks(index), run.cuts(index)
                for i, position in enumerate(columns["position"]):
                    if not columns["candidate"][i]:
                        continue
                    row = {"step": index, "position": position, "rank": ranks.get(position),
                           "kept": columns["tier"][i] != 0, "tier": TIERS[columns["tier"][i]]}
                    row.update({name: values[i] for name, values in columns.items()
                                if name.startswith(("score:", "peak_"))})
                    row.update({"cut:" + name: float32(value) for name, value in cuts.items()})
                    expected.append(row)
            for ending in ("json", "csv"):
                rows = self.export(run, "scores", ending)
                self.assertEqual(len(rows), len(expected))
                for row, wanted in zip(rows, expected):
                    for name, value in wanted.items():
                        if isinstance(value, float):
                            self.assertEqual(float32(row[name]), value)
                        elif ending == "csv":
                            self.assertEqual(row[name], "" if value is None else str(int(value))
                                             if isinstance(value, (bool, int)) else value)
                        else:
                            self.assertEqual(row[name], value)

    def test_lsh_is_what_was_recorded(self):
        document, path = (os.path.join(self.folder.name, name) for name in ("text.txt", "lsh.kvtrace"))
        with open(document, "w", encoding="utf-8") as file:
            file.write("The secret number is 48213. Nothing else matters. " * 12)
        cli("ask", "--model", MODEL, "--document", document, "--question", "Which number?", "--method", "lsh",
            "--budget", "64", "--block-size", "64", "--max-new-tokens", "1", "--quiet", "--record", path)
        run = Recording(path)
        exported = iter(self.export(run, "lsh", "json"))
        hashed = 0
        for index in range(len(run.steps)):
            columns = run.columns(index)
            if "lsh_collisions" not in columns:
                continue
            shown = json.loads(cli("inspect", path, "--json", "--step", str(index)))["candidates"]
            rows = [i for i, is_candidate in enumerate(columns["candidate"]) if is_candidate]
            self.assertEqual(len(shown), len(rows))
            for candidate, i in zip(shown, rows):
                row = next(exported)
                hashed += 1
                self.assertEqual((row["step"], row["position"]), (index, columns["position"][i]))
                self.assertEqual(row["kept"], columns["tier"][i] != 0)
                for name in ("collisions", "u", "distance"):
                    self.assertEqual(float32(row[name]), columns["lsh_" + name][i])
                    self.assertEqual(float32(candidate[name]), columns["lsh_" + name][i])
                signature = [columns["lsh_signature:%d" % table][i] for table in range(8)]
                self.assertEqual([row["signature:%d" % table] for table in range(8)], signature)
                self.assertEqual(candidate["signature"], signature)
                self.assertEqual(row["rank"], candidate["rank"])
            kept = {c["pos"] for c in shown if c["kept"]}
            self.assertEqual(kept, {c["pos"] for c in shown if c["rank"] <= len(kept)})
        self.assertGreater(hashed, 100)
        self.assertIsNone(next(exported, None))

    def test_compare_adds_up(self):
        a, b = self.runs
        shown = json.loads(cli("compare", a.path, b.path, "--json"))
        self.assertEqual(len(shown["steps"]), len(a.steps))
        for index, step in enumerate(shown["steps"]):
            in_a, in_b = set(a.kept(index)), set(b.kept(index))
            self.assertEqual(step["both"], len(in_a & in_b))
            self.assertEqual(step["only_a"], len(in_a - in_b))
            self.assertEqual(step["only_b"], len(in_b - in_a))
            self.assertEqual(step["neither"], a.steps[index]["block_end"] - len(in_a | in_b))
            self.assertAlmostEqual(step["jaccard"], len(in_a & in_b) / len(in_a | in_b), places=12)
        self.assertEqual(shown["last"]["both"], sorted(in_a & in_b))
        self.assertEqual(shown["last"]["only_a"], sorted(in_a - in_b))
        self.assertEqual(shown["last"]["only_b"], sorted(in_b - in_a))
        self.assertNotEqual(shown["last"]["only_a"], [])
        self.assertEqual([x["answer"] for x in shown["a"]["answers"]], [row["text"] for row in a.answers])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
