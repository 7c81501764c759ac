// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/offscreen/explorer_probe.h"

#include "views/budget_view.h"
#include "views/replay_bar.h"
#include "views/replay_timeline.h"
#include "views/score_view.h"
#include "views/style.h"
#include "views/survival_map.h"
#include "views/text_canvas.h"
#include "views/text_view.h"
#include "views/token_details.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QHBoxLayout>
#include <QMouseEvent>
#include <QScrollBar>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <array>

namespace kvprism::views {

namespace {

constexpr int notch = 120;     // of a wheel, in eighths of a degree
constexpr int sameWay = 12;    // events before wheel and scrolling turn round
constexpr double closeUp = 16; // how far the map is zoomed in where it is moved

} // namespace

std::span<const ExplorerProbe::Action> ExplorerProbe::actions() {
    using Probe = ExplorerProbe;
    static constexpr std::array<Action, 8> all{{{"pan", &Probe::startPan, &Probe::pan},
                                                {"zoom", nullptr, &Probe::zoom},
                                                {"step", nullptr, &Probe::step},
                                                {"scroll", &Probe::startScroll, &Probe::scroll},
                                                {"jump", nullptr, &Probe::jump},
                                                {"hover", nullptr, &Probe::hover},
                                                {"hover_text", nullptr, &Probe::hoverText},
                                                {"select", nullptr, &Probe::select}}};
    return all;
}

ExplorerProbe::ExplorerProbe(TraceModel* model, Navigator* navigator, QSize size, std::uint64_t seed)
    : m_model(model), m_navigator(navigator), m_map(new SurvivalMap(model, navigator)),
      m_text(new TextView(model, navigator)), m_replay(new ReplayBar(model, navigator)), m_random(seed) {
    auto* right = new QWidget;
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(new TokenDetails(model, navigator), 1);
    column->addWidget(new ScoreView(model, navigator), 1);
    column->addWidget(new BudgetView(model, navigator), 1);
    right->setFixedWidth(42 * grid);
    layOut(right);
    resize(size);
    show();
    settle();
}

void ExplorerProbe::layOut(QWidget* right) {
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    auto* columns = new QHBoxLayout;
    auto* centre = new QVBoxLayout;
    centre->addWidget(m_map, 10);
    centre->addWidget(m_text, 7);
    columns->addLayout(centre, 1);
    columns->addWidget(right);
    rows->addLayout(columns, 1);
    rows->addWidget(m_replay);
}

bool ExplorerProbe::event(QEvent* event) {
    const bool done = QWidget::event(event); // the window's: all of its parts are painted in it
    if (event->type() == QEvent::UpdateRequest)
        m_painted = true;
    return done;
}

bool ExplorerProbe::paintedAgain() {
    m_painted = false;
    // Twice: what one turn of the event loop puts off the next one does.
    for (int turn = 0; turn < 2 && !m_painted; ++turn)
        QCoreApplication::processEvents();
    return m_painted;
}

void ExplorerProbe::settle() {
    while (paintedAgain()) {
    }
}

void ExplorerProbe::begin(const Action& action) {
    m_events = 0;
    if (action.prepare)
        (this->*action.prepare)();
    settle();
}

std::optional<double> ExplorerProbe::measure(const Action& action) {
    settle();
    QElapsedTimer clock;
    std::optional<qint64> painted;
    clock.start();
    (this->*action.act)();
    while (paintedAgain())
        painted = clock.nsecsElapsed();
    ++m_events;
    if (!painted)
        return std::nullopt;
    return static_cast<double>(*painted) * 1e-6;
}

void ExplorerProbe::end() {
    if (m_panning)
        sendMouse(m_map, QEvent::MouseButtonRelease, m_pressed, Qt::LeftButton, Qt::NoButton);
    m_panning = false;
    m_navigator->setHover(std::nullopt);
    m_navigator->clearLock();
    m_map->showAll();
    settle();
}

int ExplorerProbe::below(int limit) {
    return static_cast<int>(m_random() % static_cast<std::uint64_t>(std::max(limit, 1)));
}

QPoint ExplorerProbe::somewhereOnMap() {
    const QRect map = m_map->mapArea();
    return {map.left() + below(map.width()), map.top() + below(map.height())};
}

void ExplorerProbe::sendMouse(QWidget* to, QEvent::Type type, const QPoint& at, Qt::MouseButton button,
                              Qt::MouseButtons held) {
    QMouseEvent event(type, QPointF(at), to->mapToGlobal(QPointF(at)), button, held, Qt::NoModifier);
    QCoreApplication::sendEvent(to, &event);
}

void ExplorerProbe::sendWheel(QWidget* to, const QPoint& at, int angle) {
    QWheelEvent event(QPointF(at), to->mapToGlobal(QPointF(at)), {}, {0, angle}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(to, &event);
}

void ExplorerProbe::sendKey(QWidget* to, int key) {
    QKeyEvent event(QEvent::KeyPress, key, Qt::NoModifier);
    QCoreApplication::sendEvent(to, &event);
}

void ExplorerProbe::startPan() {
    m_map->zoom(closeUp);
    m_pressed = m_map->mapArea().center();
    m_panning = true;
    sendMouse(m_map, QEvent::MouseButtonPress, m_pressed, Qt::LeftButton, Qt::LeftButton);
    sendMouse(m_map, QEvent::MouseMove, m_pressed + QPoint(grid, 0), Qt::NoButton, Qt::LeftButton);
}

// As far as a fast hand moves in a frame; at the map's edges it turns round.
void ExplorerProbe::pan() {
    const QRect map = m_map->mapArea();
    int by = 4 + below(60);
    if (m_events / sameWay % 2 == 1)
        by = -by;
    if (m_pressed.x() + by < map.left() || m_pressed.x() + by > map.right())
        by = -by;
    m_pressed += QPoint(by, 0);
    sendMouse(m_map, QEvent::MouseMove, m_pressed, Qt::NoButton, Qt::LeftButton);
}

void ExplorerProbe::zoom() {
    sendWheel(m_map, somewhereOnMap(), m_events / sameWay % 2 == 0 ? notch : -notch);
}

// One on, one back, then anywhere.
void ExplorerProbe::step() {
    if (m_events % 3 != 2)
        return sendKey(m_replay, m_events % 3 == 0 ? Qt::Key_Right : Qt::Key_Left);
    ReplayTimeline* timeline = m_replay->timeline();
    const QPoint at(timeline->centreOf(below(m_model->stepCount())), timeline->height() / 2);
    sendMouse(timeline, QEvent::MouseButtonPress, at, Qt::LeftButton, Qt::LeftButton);
    sendMouse(timeline, QEvent::MouseButtonRelease, at, Qt::LeftButton, Qt::NoButton);
}

void ExplorerProbe::startScroll() {
    QScrollBar* bar = m_text->canvas()->verticalScrollBar();
    bar->setValue(bar->maximum() / 2);
}

void ExplorerProbe::scroll() {
    QWidget* viewport = m_text->canvas()->viewport();
    sendWheel(viewport, viewport->rect().center(), m_events / sameWay % 4 == 3 ? notch : -notch);
}

void ExplorerProbe::jump() {
    QScrollBar* bar = m_text->canvas()->verticalScrollBar();
    bar->setValue(below(bar->maximum() + 1));
}

void ExplorerProbe::hover() {
    sendMouse(m_map, QEvent::MouseMove, somewhereOnMap(), Qt::NoButton, Qt::NoButton);
}

void ExplorerProbe::hoverText() {
    QWidget* viewport = m_text->canvas()->viewport();
    const QPoint at(below(viewport->width()), below(viewport->height()));
    sendMouse(viewport, QEvent::MouseMove, at, Qt::NoButton, Qt::NoButton);
}

void ExplorerProbe::select() {
    const QPoint at = somewhereOnMap();
    sendMouse(m_map, QEvent::MouseButtonPress, at, Qt::LeftButton, Qt::LeftButton);
    sendMouse(m_map, QEvent::MouseButtonRelease, at, Qt::LeftButton, Qt::NoButton);
}

} // namespace kvprism::views
