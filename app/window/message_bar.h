// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <functional>

class QLabel;
class QPushButton;
class QToolButton;

namespace kvprism::app {

// One sentence above the panels, with at most one way on. Never modal; stays until it is closed or replaced.
class MessageBar final : public QWidget {
    Q_OBJECT
  public:
    enum class Kind { information, warning };
    struct Action {
        QString text; // empty: none
        std::function<void()> run;
    };

    explicit MessageBar(QWidget* parent = nullptr);

    void say(Kind kind, const QString& sentence, const Action& action = {});
    QString sentence() const;
    Kind kind() const { return m_kind; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    Kind m_kind = Kind::information;
    QLabel* m_sentence;
    QPushButton* m_way;
    QToolButton* m_close;
    std::function<void()> m_run;
};

} // namespace kvprism::app
