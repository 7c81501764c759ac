// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "views/models/navigator.h"
#include "views/style.h"

#include <QString>

#include <vector>

namespace kvprism::views {

class RunComparison;
class TraceModel;

// What is written of a view, and how.
struct ViewExport {
    QString view;                  // name, as on the command line
    QString path;                  // ends in .png or .svg: its picture; in .csv or .json: its numbers
    int width = 0;                 // of a picture, in units of 1/96 inch; 0: what suits the view
    int height = 0;                // the same
    double scale = 1;              // pixels a unit; 2 for print
    Scheme scheme = Scheme::light; // of a picture: light or dark
    bool withData = true;          // beside a picture, a .csv of the same name with the numbers that it shows
    bool mayReplace = false;       // the user agreed to replace `path`, whatever it is
    QString recording;             // where the run is recorded, which is never written over; empty: nowhere
    RunComparison* comparison = nullptr;        // with another run, for the views that may have one
    QString with;                               // where that one is recorded, as above
    std::vector<Navigator::TokenRange> needles; // for the view of them
};

// Writes a view of the shown run as it stands at the navigator's step, with its locked tokens and range and
// without what the pointer does; the map shows the whole stream. Neither model nor navigator changes. The
// command line writes by this as well, so that both write the same.
//
// Files are there whole or not at all; one that is not a picture or table of ours is left alone. Errors are
// one sentence: usage (a view, size or place that cannot be, no token, run or needles for a view that is
// about them), malformed (two runs that cannot be compared), unavailable (the run has nothing for the view;
// the view cannot be drawn), io, outOfMemory. On the window's thread.
Status exportView(TraceModel& model, const Navigator& navigator, const ViewExport& what);

} // namespace kvprism::views
