// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/trace/run.h"

#include <QString>

namespace kvprism::views {

// What a model is called on the screen and in pictures: its file's or folder's name without the ending that
// says how it is stored.
QString modelName(const QString& path);
// The same of a recorded one; one whose place was not recorded has the name that it gives itself.
QString modelName(const trace::ModelIdentity& model);

} // namespace kvprism::views
