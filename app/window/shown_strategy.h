// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/select/options.h"
#include "engine/trace/run.h"

#include <QWidget>

class QLabel;
class QToolButton;

namespace kvprism::app {

// What the shown run was asked for, above the options of the next one, and one click to take it over.
class ShownStrategy final : public QWidget {
    Q_OBJECT
  public:
    explicit ShownStrategy(QWidget* parent = nullptr);

    void show(const trace::Run* run); // nullptr: nothing is shown
    void compareWith(const select::Settings& next);
    QString text() const;
    bool isSame() const { return m_same; } // the next question uses the options of the shown run

  Q_SIGNALS:
    void wanted(const select::Settings& settings);

  private:
    void refresh();
    // What that run would have been with these settings.
    Result<select::Config> resolved(const select::Settings& settings) const;

    QLabel* m_text;
    QToolButton* m_use;
    std::int32_t m_contextLength = 0; // of its model
    std::int32_t m_streamTokens = 0, m_prefixTokens = 0, m_promptTokens = 0;
    select::Settings m_shown;
    select::Settings m_next;
    bool m_same = false;
};

} // namespace kvprism::app
