// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

class QAction;
class QLabel;
class QToolButton;

namespace kvprism::views {

class Navigator;
class ReplayTimeline;
class TraceModel;

// Moves through the steps as a video editor does: transport, timeline, where it stands. Keys while it has the
// focus: Space, Left, Right, Home, End, and D for where the looked-at token was dropped.
class ReplayBar final : public QWidget {
    Q_OBJECT
  public:
    ReplayBar(TraceModel* model, Navigator* navigator, QWidget* parent = nullptr);

    ReplayTimeline* timeline() const { return m_timeline; }
    bool isPlaying() const { return m_clock.isActive(); }
    void setPlaying(bool playing); // from the last step it starts again at the first
    void setSpeed(double speed);   // 1: two steps a second
    double speed() const { return m_speed; }
    void setLooping(bool looping);
    bool isLooping() const;
    void goToDrop(); // to the step that dropped the looked-at token

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    QAction* addTransport(const QString& text, const QKeySequence& key, void (ReplayBar::*does)());
    QToolButton* addButton(QAction* action);
    void makeSpeedMenu();
    void togglePlaying() { setPlaying(!isPlaying()); }
    void stepBack();
    void stepForward();
    void goToFirst();
    void goToLast();
    void tick();
    void updateState();

    TraceModel* m_model;
    Navigator* m_navigator;
    ReplayTimeline* m_timeline = nullptr;
    QAction* m_first;
    QAction* m_back;
    QAction* m_play;
    QAction* m_forward;
    QAction* m_last;
    QAction* m_drop;
    QToolButton* m_loop;
    QToolButton* m_speedButton;
    QLabel* m_position;
    QTimer m_clock;
    double m_speed = 1;
};

} // namespace kvprism::views
