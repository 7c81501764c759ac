// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace kvprism::app {

// Call first: relative places, and a home folder that is unset or relative, would be taken from wherever the
// program is started. The first are ignored, as the XDG base directory specification says; the user's entry
// has the home folder.
void useAbsolutePlaces();

// Where things of this user are kept, as that specification says.
QString settingsFile();  // $XDG_CONFIG_HOME/kvprism/window.ini
QString runsFolder();    // $XDG_DATA_HOME/kvprism/runs, made where it is missing
QString embeddedModel(); // $XDG_CACHE_HOME/kvprism/models/…, as ./kvprism unpacked it

// A name for a new recording in `folder` that no file has yet: time of day, then the document's name.
QString newRecordingPath(const QString& folder, const QString& documentName);

// Where a recording's memory is kept: beside it, with the same name but for its ending.
QString memoryBeside(const QString& recording);
QString recordingBeside(const QString& memory); // the other way round

// Makes ":/documents/LICENSE", ":/icons/kvprism.svg" and ":/recordings/…" readable. Call once at the start.
void useBundledFiles();

// The recording that comes with the program, as a file; empty where there is none.
QString bundledRecording();

// A bundled file as a file on disk (SQLite cannot read from the program itself), written to the cache where
// it is missing or another one; where the cache cannot be written, to a temporary folder that goes with the
// program. Empty where that failed too.
QString unpackedResource(const QString& resource);

// Whether a recording is one of the program's own.
bool isBundled(const QString& path);

} // namespace kvprism::app
