// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/picture_views.h"

#include <QWidget>

namespace kvprism::views {

class NeedleRow;

// Needles on paper: each with its life in the shown run and in the one beside it, the steps named below.
class NeedlePicture final : public QWidget {
    Q_OBJECT
  public:
    NeedlePicture(const PictureScene& scene, QWidget* host);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    std::vector<NeedleRow*> m_rows;
};

} // namespace kvprism::views
