#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills real runs at random moments and looks at what is left of their recordings.

Runs `kvprism-cli ask` on LICENSE again and again, kills it (SIGKILL) at a random moment between the start of its
recording and the end of its run, and asks `kvprism-cli inspect --check` whether the file is sound: it must open, pass
every check and hold a whole number of steps. Reading takes seconds a run, so the test
programs do not do this; they kill a process that writes invented runs (tests/trace/test_recording_kill.cpp).

    tests/kill_recording.py [COUNT] [--cli build/release/bin/kvprism-cli] [--document LICENSE] [--seed N] [-- ASK OPTIONS]

COUNT is 200 unless given. What stands behind `--` goes to `ask`, for example a smaller --budget. Exit status 0: every
recording was sound; 1: one was not (its file is kept and named).
"""
import argparse
import collections
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PATIENCE = 300  # seconds until a run must have begun to record


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=200)
    parser.add_argument("--cli", default=os.path.join(ROOT, "build", "release", "bin", "kvprism-cli"))
    parser.add_argument("--document", default=os.path.join(ROOT, "LICENSE"))
    parser.add_argument("--seed", type=int, default=1)
    own, ask = sys.argv[1:], []
    if "--" in own:
        ask = own[own.index("--") + 1:]
        own = own[:own.index("--")]
    return parser.parse_args(own), ask


def ask_command(options, ask, recording):
    return [options.cli, "ask", "--document", options.document, "--question", "Who may copy this licence?",
            "--max-new-tokens", "16", "--quiet", "--record", recording, *ask]


def whole_run(options, ask, recording):
    """Seconds that a run takes from the first sight of its recording to its end."""
    process = subprocess.Popen(ask_command(options, ask, recording), stdout=subprocess.DEVNULL)
    begin = wait_for(process, recording)
    if process.wait() != 0 or begin is None:
        sys.exit(f"kill_recording: the undisturbed run failed with status {process.returncode}")
    return time.monotonic() - begin


def wait_for(process, recording):
    """The moment at which the recording was there, or None where the run ended before."""
    deadline = time.monotonic() + PATIENCE
    while not os.path.exists(recording):
        if process.poll() is not None or time.monotonic() > deadline:
            return None
        time.sleep(0.002)
    return time.monotonic()


def inspect(options, recording):
    """What --check says: (sound, outcome or sentence, steps)."""
    done = subprocess.run([options.cli, "inspect", recording, "--check", "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        return False, f"status {done.returncode}: {done.stderr.strip()}", 0
    report = json.loads(done.stdout)
    return report["valid"], report["outcome"], report["steps"]


def kill_once(options, ask, recording, delay):
    process = subprocess.Popen(ask_command(options, ask, recording), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if wait_for(process, recording) is None:
        process.kill()
        process.wait()
        return False, "the run ended before it recorded anything", 0
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return inspect(options, recording)


def main():
    options, ask = arguments()
    chance = random.Random(options.seed)
    folder = tempfile.mkdtemp(prefix="kill_recording.")
    duration = whole_run(options, ask, os.path.join(folder, "whole.kvtrace"))
    sound, outcome, most = inspect(options, os.path.join(folder, "whole.kvtrace"))
    if not sound:
        sys.exit(f"kill_recording: even the undisturbed recording is not sound: {outcome}")
    print(f"undisturbed: {most} steps in {duration:.1f} s; now {options.count} kills", flush=True)
    outcomes, steps = collections.Counter(), collections.Counter()
    for i in range(options.count):
        recording = os.path.join(folder, f"killed{i}.kvtrace")
        sound, outcome, count = kill_once(options, ask, recording, chance.uniform(0, duration))
        if not sound:
            sys.exit(f"kill_recording: {recording} is not sound: {outcome}")
        outcomes[outcome] += 1
        steps[count] += 1
        for leftover in (recording, recording + "-journal"):
            if os.path.exists(leftover):
                os.remove(leftover)
    shutil.rmtree(folder)
    print(f"{options.count} of {options.count} recordings are sound:",
          ", ".join(f"{number} {outcome}" for outcome, number in outcomes.most_common()))
    print("steps held:", ", ".join(f"{number}: {times}×" for number, times in sorted(steps.items())))


if __name__ == "__main__":
    main()
