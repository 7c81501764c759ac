#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the screenshots in this folder again, from the program itself under Xvfb on an empty profile.

    docs/images/make_images.py [--program build/release/bin/kvprism] [NAME …]

Needs what tests/xvfb_window.py needs, and ImageMagick's `convert`. Each picture is an entry of PICTURES: the theme, then
keys and clicks from a fresh start. Nothing is asked of a model: every run that is seen comes with the program.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent.parent / "tests"))
from xvfb_window import ROOT, Display, Window  # noqa: E402

SIZE = "1280x800"
MOST_BYTES = 200 * 1024
CLOSE_MESSAGE = (895, 98)
DROPPED_WORD = (420, 548)  # in the text of the bundled recording, above the planted sentence
ASK_THE_QUIZ = (1000, 334)
# Keys of the panels, as View lists them.
BUDGET, SCORES, LSH, OVERLAP, WHAT_IF, NEEDLES = "alt+5", "alt+6", "alt+7", "alt+8", "alt+9", "alt+shift+1"
# Recordings for teaching, as Help lists them.
FOUND, LOST, LASER_KV, DIVISOR = "ctrl+alt+1", "ctrl+alt+2", "ctrl+alt+3", "ctrl+alt+4"

PICTURES = {
    "first_look": ("light", []),
    "dark": ("dark", [CLOSE_MESSAGE]),
    "token": ("light", [CLOSE_MESSAGE, DROPPED_WORD, "d"]),
    "read": ("light", ["ctrl+1"]),
    "budget": ("light", [CLOSE_MESSAGE, BUDGET]),
    "scores": ("light", [CLOSE_MESSAGE, SCORES, "Left", "Left", "Left"]),
    "lsh": ("light", [LASER_KV, "ctrl+2", LSH, "Left"]),
    "overlap": ("light", [LASER_KV, "ctrl+2", OVERLAP, "Left"]),
    "what_if": ("light", [CLOSE_MESSAGE, WHAT_IF, "Left", "Left"]),
    "compare": ("light", [LOST]),
    "divisor": ("light", [DIVISOR]),
    "teach": ("light", [FOUND, "ctrl+4", "Home", "Right", "Right"]),
    "quiz": ("dark", [FOUND, "ctrl+4", "Home", "Right", "Right", ASK_THE_QUIZ]),
}


def keep(window, name):
    """The screen as a PNG with a palette: flat colours lose nothing by it."""
    window.x("mousemove", "640", "786")  # the status line: nothing is pointed at
    time.sleep(0.8)
    shot = window.shots / "shot.png"
    path = FOLDER / f"{name}.png"
    subprocess.run(["import", "-window", "root", str(shot)], env=window.environment, check=True)
    subprocess.run(["convert", str(shot), "+dither", "-colors", "200", "-strip", "PNG8:" + str(path)], check=True)
    print(f"{path.name}: {path.stat().st_size / 1024:.0f} KiB")
    if path.stat().st_size > MOST_BYTES:
        sys.exit(f"{path.name} is larger than {MOST_BYTES // 1024} KiB")


def make(program, name):
    theme, deeds = PICTURES[name]
    profile = pathlib.Path(tempfile.mkdtemp())
    display = Display(SIZE)
    window = None
    try:
        window = Window(program, display.name, profile, SIZE, theme, profile)
        window.wait(window.at_step, "the bundled recording is shown", 10)
        window.click(640, 786)  # the question field would take the arrow keys
        for deed in deeds:
            if isinstance(deed, tuple):
                window.click(*deed)
            else:
                window.key(deed)
            time.sleep(0.5)
        keep(window, name)
    finally:
        if window:
            window.process.kill()
        display.close()
        shutil.rmtree(profile, ignore_errors=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/bin/kvprism")
    options.add_argument("name", nargs="*", choices=[*PICTURES, []], help="these alone")
    given = options.parse_args()
    for name in given.name or PICTURES:
        make(given.program, name)


if __name__ == "__main__":
    main()
