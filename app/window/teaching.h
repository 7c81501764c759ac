// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace kvprism::app {

// A recording that comes with the program, for classes; resources/recordings/make_teaching.sh makes them.
struct Lesson {
    const char* resource; // its file
    const char* title;    // to be translated, with a mnemonic
    const char* says;     // one sentence: what to look at
    const char* beside;   // resource that it is compared with; nullptr: none
    const char* needle;   // words of the document that are marked as a needle
};
std::span<const Lesson> teaching();

} // namespace kvprism::app
