// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace kvprism::views {

class Navigator;
class TraceModel;

// Every token of the stream (x) at every step (y), coloured by tier.
class SurvivalMap final : public QWidget {
    Q_OBJECT
  public:
    SurvivalMap(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

  private:
    TraceModel* m_model;
    Navigator* m_navigator;
};

} // namespace kvprism::views
