// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace kvprism::views {

// Something worth finding again on the timeline of steps.
struct TimelineMark {
    enum class Kind { needle, pin, answer };
    Kind kind = Kind::needle;
    int step = 0;
    QString label; // one line, for the pointer and for screen readers
    friend bool operator==(const TimelineMark&, const TimelineMark&) = default;
};

} // namespace kvprism::views
