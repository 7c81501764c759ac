// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace kvprism::views {

class Navigator;
class TraceModel;

// A timeline of blocks with the kept count drawn into it, a playhead, and its transport.
class ReplayBar final : public QWidget {
    Q_OBJECT
  public:
    ReplayBar(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    bool isPlaying() const { return m_playing; }
    void setPlaying(bool playing);

  private:
    TraceModel* m_model;
    Navigator* m_navigator;
    bool m_playing = false;
};

} // namespace kvprism::views
