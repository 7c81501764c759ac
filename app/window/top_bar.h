// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/run_controller.h"

#include <QWidget>

#include <optional>

class QHBoxLayout;
class QLineEdit;

namespace kvprism::app {

class AskButton;
class MemoryMeter;
class NameButton;
class ReadingChoice;

// The slim bar: which document, which model, the question, Run or Stop, and the memory. Asking is the most
// obvious thing in the window: where one line has no room for a whole question, the question gets a line of
// its own.
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

    void setEstimate(const QString& sentence); // what asking will take; empty: not known

    QString question() const;
    void setQuestion(const QString& question);
    void focusQuestion();
    MemoryMeter* meter() const { return m_meter; }
    ReadingChoice* reading() const { return m_reading; }

    QSize minimumSizeHint() const override; // as narrow as two lines can be

  Q_SIGNALS:
    void openDocumentRequested();
    void openModelRequested();
    void askRequested(const QString& question);
    void stopRequested();
    void askedMeanwhile(); // a question was sent while a run goes on

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    void refresh();
    void act();
    void offerAnother();
    void shareTheWidth();
    void place(bool onOneLine);
    int widthOfOneLine(bool compactMeter) const;

    // As they are read: the focus moves in the order in which they are made.
    NameButton* m_document;
    QLineEdit* m_question;
    ReadingChoice* m_reading;
    AskButton* m_run;
    NameButton* m_model;
    MemoryMeter* m_meter;
    QHBoxLayout* m_upper; // everything, or what is asked of and with
    QHBoxLayout* m_lower; // the question, where it has a line of its own
    std::optional<bool> m_onOneLine;
    RunState m_state = RunState::idle;
    QString m_documentName;
    QString m_obstacle;
    QString m_estimate;
    double m_share = 0;
    bool m_clickedInto = false; // the question, by the click that goes on
};

} // namespace kvprism::app
