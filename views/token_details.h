// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace kvprism::views {

class Navigator;
class TraceModel;

// What is known of one token: its tier, score and rank, and why and when it was dropped.
class TokenDetails final : public QWidget {
    Q_OBJECT
  public:
    TokenDetails(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

  private:
    TraceModel* m_model;
    Navigator* m_navigator;
};

} // namespace kvprism::views
