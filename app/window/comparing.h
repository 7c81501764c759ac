// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/replay_controller.h"
#include "views/models/run_comparison.h"
#include "views/models/trace_model.h"

#include <QObject>

namespace kvprism::views {
class CompareView;
class TextView;
} // namespace kvprism::views

namespace kvprism::app {

// The second run of a comparison: reads it from its recording, beside the shown run, and tells the views.
// Lives on the window's thread.
class Comparing final : public QObject {
    Q_OBJECT
  public:
    explicit Comparing(views::TraceModel* shown, QObject* parent = nullptr);

    views::RunComparison* comparison() { return &m_comparison; }
    const QString& path() const { return m_path; } // of the second run; empty: none
    bool isOn() const { return !m_path.isEmpty(); }

    void choose(const QString& path); // a recording
    void close();
    void shutDown() { m_reader.shutDown(); }

  Q_SIGNALS:
    void changed();                       // another second run, or none
    void failed(const QString& sentence); // the recording could not be read

  private:
    views::TraceModel m_other;
    views::RunComparison m_comparison;
    ReplayController m_reader;
    QString m_path;
    bool m_reading = false; // the second run is on its way
};

} // namespace kvprism::app
