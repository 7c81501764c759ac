// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/picture_views.h"

#include <QWidget>

namespace kvprism::views {

// Two runs on paper: the difference map, and below it who holds how many tokens after each step, in bars and,
// where there is room, in numbers.
class ComparisonPicture final : public QWidget {
    Q_OBJECT
  public:
    ComparisonPicture(const PictureScene& scene, QWidget* host);
};

} // namespace kvprism::views
