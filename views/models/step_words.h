// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/tier.h"

#include <QString>

#include <vector>

namespace kvprism::views {

class TraceModel;

// What one step did, in words for a class. Every number is a count of the record's rows or stands in it.
struct StepWords {
    struct Mark { // a word that names a tier; offsets in UTF-16 units of `text`
        int begin = 0;
        int length = 0;
        trace::Tier tier = trace::Tier::dropped;
    };
    struct Term { // used in `text`, for people who see it for the first time
        QString name;
        QString meaning; // a sentence
    };

    QString heading;         // "Step 6, block 7 of 12"; empty where there is no step
    QString text;            // sentences, without the heading
    std::vector<Mark> marks; // ascending, apart from one another
    std::vector<Term> terms; // in the order of their use

    QString plain() const; // heading and text, as it is read aloud
};

// Of a step that is there; where it is not, what will stand there. Looks through the step's rows once.
StepWords stepWords(const TraceModel& model, int step);

} // namespace kvprism::views
