// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace kvprism::views {

class Navigator;
class TraceModel;

// The document itself, each token tinted by its tier or score at the navigator's step.
class TextView final : public QWidget {
    Q_OBJECT
  public:
    TextView(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

  private:
    TraceModel* m_model;
    Navigator* m_navigator;
};

} // namespace kvprism::views
