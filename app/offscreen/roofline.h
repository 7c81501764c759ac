// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/tables/roofline_request.h"

#include <QPainter>
#include <QSize>

namespace kvprism::app {

inline constexpr QSize rooflineSize{1100, 640};

// The two ceilings and every point with its number; the names beside it. Both axes are logarithmic.
void paintRoofline(QPainter& painter, const tables::RooflineRequest& request);

} // namespace kvprism::app
