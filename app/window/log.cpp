// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/log.h"

namespace kvprism::app {

Q_LOGGING_CATEGORY(runLog, "kvprism.run", QtWarningMsg)

} // namespace kvprism::app
