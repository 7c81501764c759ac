// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/run_controller.h"

#include <QWidget>

class QLineEdit;

namespace kvprism::app {

class AskButton;
class MemoryMeter;
class NameButton;

// The slim bar: which document, which model, the question, Run or Stop, and the memory. Asking is the most
// obvious thing in the window.
class TopBar final : public QWidget {
    Q_OBJECT
  public:
    explicit TopBar(QWidget* parent = nullptr);

    void setDocument(const QString& name, const QString& detail, const QString& hint); // an empty name: none
    void setModel(const QString& name, const QString& detail, const QString& hint);
    void setState(RunState state);
    void setShare(double share); // 0 … 1 of what goes on, drawn as the line below
    // Why no question can be asked at the moment; empty: it can.
    void setObstacle(const QString& reason);

    QString question() const;
    void setQuestion(const QString& question);
    void focusQuestion();
    MemoryMeter* meter() const { return m_meter; }

  Q_SIGNALS:
    void openDocumentRequested();
    void openModelRequested();
    void askRequested(const QString& question);
    void stopRequested();

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    void refresh();
    void act();

    NameButton* m_document;
    NameButton* m_model;
    QLineEdit* m_question;
    AskButton* m_run;
    MemoryMeter* m_meter;
    RunState m_state = RunState::idle;
    QString m_documentName;
    QString m_obstacle;
    double m_share = 0;
};

} // namespace kvprism::app
