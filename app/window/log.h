// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLoggingCategory>

namespace kvprism::app {

// What runs did and how long they took. Silent unless asked for: QT_LOGGING_RULES="kvprism.run=true".
Q_DECLARE_LOGGING_CATEGORY(runLog)

} // namespace kvprism::app
