// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/models/navigator.h"
#include "views/models/trace_model.h"

#include <QEvent>
#include <QWidget>

#include <optional>
#include <random>
#include <span>

namespace kvprism::views {

class ReplayBar;
class SurvivalMap;
class TextView;

// The panels of the workspace Inspect together in one window, and a hand that uses them: each action sends
// an event as a mouse, a wheel or a keyboard does, and waits until everything that follows from it is
// painted.
class ExplorerProbe final : public QWidget {
    Q_OBJECT
  public:
    struct Action {
        const char* name;
        void (ExplorerProbe::*prepare)(); // nullptr: nothing to
        void (ExplorerProbe::*act)();
    };
    static std::span<const Action> actions();

    // Shown, laid out and painted when this returns. The model has a run with steps.
    ExplorerProbe(TraceModel* model, Navigator* navigator, QSize size, std::uint64_t seed);

    void begin(const Action& action);
    // Milliseconds from the event until all is painted; nothing where it changed no pixel.
    std::optional<double> measure(const Action& action);
    void end(); // lets go of what is pressed, points at nothing

  protected:
    bool event(QEvent* event) override;

  private:
    void layOut(QWidget* right);
    void settle();
    bool paintedAgain();  // works off what is waiting
    int below(int limit); // seeded, [0, limit)
    QPoint somewhereOnMap();
    void sendMouse(QWidget* to, QEvent::Type type, const QPoint& at, Qt::MouseButton button,
                   Qt::MouseButtons held);
    void sendWheel(QWidget* to, const QPoint& at, int angle);
    void sendKey(QWidget* to, int key);

    void startPan();
    void pan();
    void zoom();
    void step();
    void startScroll();
    void scroll();
    void jump();
    void hover();
    void hoverText();
    void select();

    TraceModel* m_model;
    Navigator* m_navigator;
    SurvivalMap* m_map;
    TextView* m_text;
    ReplayBar* m_replay;
    std::mt19937_64 m_random;
    bool m_painted = false;
    int m_events = 0; // of the action
    QPoint m_pressed; // while panning: where the pointer is
    bool m_panning = false;
};

} // namespace kvprism::views
