#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole window with real mouse and keyboard events, under Xvfb, on an empty profile.

    tests/xvfb_window.py [--program build/release/bin/kvprism] [--shots FOLDER] [--size 1280x800] [--theme light|dark]
                         [--patience FACTOR]

Looks at the bundled recording, opens a document, asks, watches, stops at several moments, asks again, replays with keys,
looks at a token with the mouse, closes in the middle of a run, and is killed there, twice. Checks on the way: the window is on the screen within
a second, the bundled recording within five; no libtorch in the process before the first run; the engine idle within
250 ms of every stop; the window no larger than its screen; every recording whole; nothing on standard error but our own
log (so no Qt warning). Needs Xvfb, xdotool, ImageMagick's `import`, and the embedded model in the cache. Prints what it
measured, and exits with 0 where everything held.
"""
import argparse
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
QUESTION = "For how many years must the written offer be valid?"
patience = 1  # how many times as long things may take


class Failure(Exception):
    pass


def check(holds, sentence):
    if not holds:
        raise Failure(sentence)
    print("ok   " + sentence)


class Display:
    """An X server of our own."""

    def __init__(self, size):
        self.read, write = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", size + "x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        self.name = ":" + os.fdopen(self.read).readline().strip()

    def close(self):
        self.server.terminate()
        self.server.wait()


class Window:
    """The program on a display, and the hands and eyes of its user."""

    def __init__(self, program, display, profile, size, theme, shots):
        self.size = [int(n) for n in size.split("x")]
        self.shots = shots
        self.number = 0
        cache = profile / "cache" / "kvprism"
        cache.mkdir(parents=True, exist_ok=True)
        real = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "kvprism"
        if not (cache / "models").is_symlink():  # else a window was there before on this profile
            (cache / "models").symlink_to(real / "models")
        runtime = profile / "runtime"
        runtime.mkdir(mode=0o700, exist_ok=True)
        self.environment = dict(os.environ, DISPLAY=display, QT_QPA_PLATFORM="xcb", XDG_RUNTIME_DIR=str(runtime),
                                XDG_CONFIG_HOME=str(profile / "config"), XDG_DATA_HOME=str(profile / "data"),
                                XDG_CACHE_HOME=str(profile / "cache"), QT_LOGGING_RULES="kvprism.run=true")
        # Where the program was built with AddressSanitizer, its leaks end it with a status that is not 0.
        self.environment.setdefault("LSAN_OPTIONS",
                                    f"suppressions={ROOT / 'tests/lsan.supp'}:print_suppressions=0")
        for name in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "SESSION_MANAGER"):
            self.environment.pop(name, None)
        self.log_path = profile / f"stderr-{time.monotonic_ns()}"
        self.begun = time.monotonic()
        self.process = subprocess.Popen([str(program)], env=self.environment, stderr=open(self.log_path, "w"))
        self.id = self.wait(self.find, "the window is on the screen", 20)
        self.shown_after = time.monotonic() - self.begun
        self.x("windowmove", self.id, "0", "0")
        self.x("windowsize", self.id, *map(str, self.size))
        self.x("windowfocus", self.id)
        time.sleep(0.5)
        if theme:
            self.key("ctrl+alt+" + theme[0])

    def x(self, *words):
        return subprocess.run(["xdotool", *words], env=self.environment, capture_output=True, text=True).stdout

    def find(self):
        found = self.x("search", "--onlyvisible", "--pid", str(self.process.pid)).split()
        return found[0] if found else None

    def key(self, *keys):
        for one in keys:
            self.x("key", "--clearmodifiers", one)
            time.sleep(0.1)

    def type(self, text):
        self.x("type", "--delay", "8", text)

    def click(self, x, y):
        self.x("mousemove", str(x), str(y))
        time.sleep(0.1)
        self.x("click", "1")

    def log(self):
        return self.log_path.read_text(errors="replace")

    def count(self, what):
        return self.log().count(what)

    def at_step(self):
        steps = re.findall(r"at step (-?\d+)", self.log())
        return int(steps[-1]) if steps else None

    def wait(self, condition, what, seconds):
        end = time.monotonic() + seconds * patience
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            if self.process.poll() is not None:
                raise Failure(f"the program ended while waiting until {what}:\n{self.log()}")
            time.sleep(0.02)
        self.shoot("late")
        raise Failure(f"waited {seconds} s in vain until {what}:\n{self.log()}")

    def shoot(self, name):
        if self.shots:
            self.number += 1
            time.sleep(0.3)
            path = self.shots / f"{self.number:02}-{name}.png"
            subprocess.run(["import", "-window", "root", str(path)], env=self.environment, check=True)

    def libraries(self):
        return pathlib.Path(f"/proc/{self.process.pid}/maps").read_text()

    def ask(self, question):
        before = self.count("run started")
        self.key("ctrl+l")
        self.type(question)
        self.key("Return")
        self.wait(lambda: self.count("run started") > before, "the run starts", 10)


def open_document(window, path):
    window.key("ctrl+o")
    dialog = window.wait(lambda: [i for i in window.x("search", "--onlyvisible", "--pid", str(window.process.pid)).split()
                                  if i != window.id], "the file dialog is there", 10)[-1]
    window.x("windowfocus", dialog)
    time.sleep(0.3)
    window.type(str(path))
    window.key("Return")
    time.sleep(0.7)
    window.x("windowfocus", window.id)
    time.sleep(0.3)


def stop(window, when):
    """Escape, now; how long the engine took to be idle, in milliseconds."""
    stops, ends = window.count("engine idle"), window.count("run ended")
    window.key("Escape")
    window.wait(lambda: window.count("engine idle") > stops, "the engine is idle", 10)
    window.wait(lambda: window.count("run ended") > ends, "the run ends", 10)
    idle = float(re.findall(r"engine idle ([\d.]+) ms", window.log())[-1])
    print(f"     stopped {when}: idle after {idle:.1f} ms")
    return idle


def stop_at_several_moments(window):
    window.ask(QUESTION)
    # The system loads libtorch in one go, once in the program's life: that is counted apart.
    stop(window, "while libtorch and the model are loaded")
    idle = []
    for blocks in (0, 1, 3, 5):
        steps, reads = window.count("at step"), window.count("state reading")
        window.ask(QUESTION)
        window.wait(lambda: window.count("state reading") > reads and window.count("at step") >= steps + blocks,
                    "some blocks are read", 120)
        if blocks == 3:
            window.shoot("reading")
        idle.append(stop(window, f"after {blocks} blocks"))
    window.shoot("stopped")
    return idle


def stop_while_answering(window):
    answers = window.count("state answering")
    window.ask("Tell me all that this text says, section by section.")
    window.wait(lambda: window.count("state answering") > answers, "it answers", 240)
    time.sleep(0.5)
    return stop(window, "while it answered")


def replay(window):
    last = window.at_step()
    width, height = window.size
    window.click(width // 2, height - 60)  # the timeline
    window.key("Home")
    check(window.at_step() == 0, "Home goes to the first step")
    window.key("Right", "Right", "Right")
    check(window.at_step() == 3, "Right goes on, step by step")
    window.shoot("replay")
    window.key("Left")
    check(window.at_step() == 2, "Left goes back")
    window.key("space")
    window.wait(lambda: window.at_step() >= 4, "Space plays", 10)
    window.key("space")
    window.key("End")
    check(window.at_step() == last, "End goes to the last step")
    window.key("ctrl+l")
    window.click(int(width * 0.3), int(height * 0.4))  # a token of the map
    window.shoot("token")
    window.key("d")
    window.shoot("dropped")
    geometry = re.search(r"Geometry: (\d+)x(\d+)", window.x("getwindowgeometry", window.id))
    check([int(n) for n in geometry.groups()] == window.size, "the window is as large as it was")
    window.key("Escape")


def check_recordings(folder, cli):
    recordings = sorted((folder / "data" / "kvprism" / "runs").glob("*.kvtrace"))
    for recording in recordings:
        with sqlite3.connect(f"file:{recording}?mode=ro", uri=True) as database:
            check(database.execute("PRAGMA integrity_check").fetchone()[0] == "ok", f"{recording.name} is sound")
        if cli.exists():
            done = subprocess.run([str(cli), "inspect", str(recording), "--check"], capture_output=True, text=True)
            check(done.returncode == 0, f"{recording.name} passes inspect --check {done.stderr.strip()}")
    return len(recordings)


def drive(window, document, short_document):
    check(window.shown_after < patience, f"the window was on the screen after {window.shown_after * 1000:.0f} ms")
    window.wait(lambda: "window shown" in window.log(), "the window says so", 5)
    window.wait(lambda: window.at_step(), "the bundled recording is shown", 5)
    time.sleep(1)
    maps = window.libraries()
    check("libQt6Widgets" in maps and not re.search("libtorch|libc10|libkvprism_engine", maps),
          "there is no libtorch in the process before the first run")
    window.shoot("first-start")
    open_document(window, document)
    window.shoot("document")
    idle = stop_at_several_moments(window)
    check("libtorch" in window.libraries(), "the engine came with the first run")
    open_document(window, short_document)
    ends = window.count("run ended")
    window.ask("What is the secret number of Lisbon?")
    window.wait(lambda: window.count("run ended") > ends, "a whole run ends", 240)
    window.shoot("answered")
    replay(window)
    idle.append(stop_while_answering(window))
    check(max(idle) < 250 * patience, "the engine was idle after " + ", ".join(f"{ms:.0f}" for ms in idle) + " ms")
    steps = window.count("at step")
    window.ask("Who may change the licence?")
    window.wait(lambda: window.count("at step") >= steps + 2, "the last run reads", 120)
    window.key("ctrl+q")
    begun = time.monotonic()
    check(window.process.wait(10 * patience) == 0, f"closed in the middle of a run, after {time.monotonic() - begun:.2f} s")
    strange = [line for line in window.log().splitlines() if not line.startswith("kvprism.run: ")]
    check(not strange, "standard error holds no warning " + " | ".join(strange))


def kill_in_the_middle(start, document, moments):
    """Killed at each of the moments (steps read), the next start offers what was read."""
    window = start()
    for steps in moments:
        time.sleep(2)  # what was shown last is opened again, a document or a recording
        open_document(window, document)
        begun = window.count("state reading")
        window.ask(QUESTION)
        window.wait(lambda: window.count("state reading") > begun, "it reads", 120)
        before = window.count("at step")
        window.wait(lambda: window.count("at step") >= before + steps, "some blocks are read", 120)
        window.process.kill()
        window.process.wait()
        window = start()
        window.wait(lambda: "offered a run that was cut off" in window.log(), "the run is offered", 10)
        print(f"ok   killed after {steps} blocks, the next start offers the run")
        if steps == moments[-1]:
            window.shoot("offered")
    window.key("ctrl+q")
    check(window.process.wait(10 * patience) == 0, "closed")
    window = start()
    time.sleep(2)
    check("cut off" not in window.log(), "after an end of its own nothing is offered")
    window.process.kill()
    window.process.wait()


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/bin/kvprism")
    options.add_argument("--shots", type=pathlib.Path)
    options.add_argument("--size", default="1280x800")
    options.add_argument("--theme", choices=["light", "dark"])
    options.add_argument("--patience", type=float, default=1, help="how many times as long things may take")
    given = options.parse_args()
    global patience
    patience = given.patience
    if given.shots:
        given.shots.mkdir(parents=True, exist_ok=True)
    profile = pathlib.Path(tempfile.mkdtemp())
    display = Display(given.size)
    window = None
    try:
        document = profile / "licence.txt"
        shutil.copy(ROOT / "LICENSE", document)
        short_document = profile / "sections.txt"
        lines = (ROOT / "LICENSE").read_text().splitlines()[:244]
        lines[96] += "  The secret number of Lisbon is 48213."
        short_document.write_text("\n".join(lines) + "\n")
        window = Window(given.program, display.name, profile, given.size, given.theme, given.shots)
        drive(window, document, short_document)
        check(check_recordings(profile, given.program.parent / "kvprism-cli") >= 6, "every run that read a block was recorded")
        kill_in_the_middle(lambda: Window(given.program, display.name, profile, given.size, given.theme, given.shots),
                           document, (1, 4))
        check(check_recordings(profile, given.program.parent / "kvprism-cli") >= 8, "what was read before is there")
        return 0
    except Failure as failure:
        print("FAIL " + str(failure), file=sys.stderr)
        return 1
    finally:
        if window and window.process.poll() is None:
            window.process.kill()
        display.close()
        shutil.rmtree(profile, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
