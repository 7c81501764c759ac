// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/survival_index.h"
#include "views/models/token_text.h"

#include <QString>

#include <vector>

namespace kvprism::views {

struct Hit {
    int begin = 0; // UTF-16 units of the text
    int end = 0;
    int firstToken = 0;
    int lastToken = 0;
};

// Every place of `words` in the text, prefix included, whatever its case; places do not overlap.
std::vector<Hit> findAll(const TokenText& text, const QString& words);

// What is left of the hits after a step, over hits whose last token is read.
struct HitSurvival {
    int read = 0;       // hits read by then
    int whole = 0;      // of those, how many are held with every token
    int tokens = 0;     // tokens of the read hits
    int heldTokens = 0; // of those, held
};
HitSurvival survivalOf(const std::vector<Hit>& hits, const SurvivalIndex& index, int step);

} // namespace kvprism::views
