#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the screenshots in this folder again, from the program itself under Xvfb on an empty profile.

    docs/images/make_images.py [--program build/release/bin/kvprism]

Needs what tests/xvfb_window.py needs, and ImageMagick's `convert`.
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


def keep(window, name):
    """The screen as a PNG with a palette: flat colours lose nothing by it."""
    window.x("mousemove", "640", "786")  # the status line: nothing is pointed at
    time.sleep(0.5)
    shot = window.shots / "shot.png"
    subprocess.run(["import", "-window", "root", str(shot)], env=window.environment, check=True)
    subprocess.run(["convert", str(shot), "+dither", "-colors", "200", "-strip", "PNG8:" + str(FOLDER / name)],
                   check=True)
    print(f"{name}: {(FOLDER / name).stat().st_size / 1024:.0f} KiB")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/bin/kvprism")
    program = options.parse_args().program
    profile = pathlib.Path(tempfile.mkdtemp())
    display = Display("1280x800")
    window = None
    try:
        window = Window(program, display.name, profile, "1280x800", "light", profile)
        window.wait(window.at_step, "the bundled recording is shown", 5)
        keep(window, "first_look.png")

        window.click(919, 98)  # closes the message
        window.click(695, 590)  # a word that was dropped, above the planted sentence
        window.key("d")
        keep(window, "token.png")
    finally:
        if window:
            window.process.kill()
        display.close()
        shutil.rmtree(profile, ignore_errors=True)


if __name__ == "__main__":
    main()
