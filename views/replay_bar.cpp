// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/replay_bar.h"

#include "views/controls.h"
#include "views/following_font.h"
#include "views/icons.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/replay_timeline.h"
#include "views/style.h"

#include <QAction>
#include <QActionGroup>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

namespace {

constexpr int millisecondsPerStep = 500; // at speed 1

QString speedText(double speed) {
    return QStringLiteral("%1\u00d7").arg(QLocale().toString(speed));
}

} // namespace

ReplayBar::ReplayBar(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator) {
    setAccessibleName(tr("Replay bar"));
    m_first = addTransport(tr("First step"), Qt::Key_Home, &ReplayBar::goToFirst);
    m_back = addTransport(tr("Step back"), Qt::Key_Left, &ReplayBar::stepBack);
    m_play = addTransport(tr("Play"), Qt::Key_Space, &ReplayBar::togglePlaying);
    m_forward = addTransport(tr("Step forward"), Qt::Key_Right, &ReplayBar::stepForward);
    m_last = addTransport(tr("Last step"), Qt::Key_End, &ReplayBar::goToLast);
    m_drop = addTransport(tr("Where this token was dropped"), Qt::Key_D, &ReplayBar::goToDrop);
    m_first->setIcon(icon(Symbol::home));
    m_back->setIcon(icon(Symbol::stepBack));
    m_forward->setIcon(icon(Symbol::stepForward));
    m_last->setIcon(icon(Symbol::end));
    m_drop->setIcon(icon(Symbol::dropPoint));

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(grid, 0, grid, 0);
    row->setSpacing(0);
    for (QAction* action : {m_first, m_back, m_play, m_forward, m_last})
        row->addWidget(addButton(action));
    row->addSpacing(grid);
    m_loop = flatButton(icon(Symbol::loop), tr("Start again at the end"), this);
    m_loop->setCheckable(true);
    row->addWidget(m_loop);
    m_speedButton = flatButton(speedText(1), tr("Speed of the replay"), this);
    followFont(m_speedButton, FontKind::number, TextSize::small);
    m_speedButton->setFixedWidth(5 * grid);
    m_speedButton->setPopupMode(QToolButton::InstantPopup);
    makeSpeedMenu();
    row->addWidget(m_speedButton);
    row->addWidget(addButton(m_drop));
    row->addSpacing(grid);
    m_timeline =
        new ReplayTimeline(model, navigator, this); // after the buttons in the order of the focus, too
    row->addWidget(m_timeline, 1);
    row->addSpacing(grid);
    m_position = new QLabel(this);
    followFont(m_position, FontKind::number, TextSize::normal);
    m_position->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(m_position);

    connect(&m_clock, &QTimer::timeout, this, &ReplayBar::tick);
    connect(m_model, &TraceModel::runChanged, this, [this] {
        setPlaying(false);
        updateState();
    });
    connect(m_model, &TraceModel::stepsAppended, this, &ReplayBar::updateState);
    connect(m_model, &TraceModel::curtainDrawn, this, &ReplayBar::updateState);
    connect(m_navigator, &Navigator::extentChanged, this, &ReplayBar::updateState);
    connect(m_navigator, &Navigator::stepChanged, this, &ReplayBar::updateState);
    connect(m_navigator, &Navigator::lockChanged, this, &ReplayBar::updateState);
    updateState();
}

QAction* ReplayBar::addTransport(const QString& text, const QKeySequence& key, void (ReplayBar::*does)()) {
    auto* action = new QAction(text, this);
    action->setToolTip(tr("%1 (%2)").arg(text, key.toString(QKeySequence::NativeText)));
    connect(action, &QAction::triggered, this, does);
    return action;
}

QToolButton* ReplayBar::addButton(QAction* action) {
    QToolButton* button = flatButton(QIcon(), action->text(), this);
    button->setDefaultAction(action);
    button->setAccessibleName(action->text());
    return button;
}

void ReplayBar::makeSpeedMenu() {
    auto* menu = new QMenu(m_speedButton);
    auto* group = new QActionGroup(menu);
    for (const double speed : {0.5, 1.0, 2.0, 4.0, 8.0}) {
        QAction* choice = menu->addAction(speedText(speed));
        choice->setCheckable(true);
        choice->setChecked(speed == m_speed);
        group->addAction(choice);
        connect(choice, &QAction::triggered, this, [this, speed] { setSpeed(speed); });
    }
    m_speedButton->setMenu(menu);
}

void ReplayBar::setSpeed(double speed) {
    if (!(speed > 0))
        return;
    m_speed = speed;
    m_clock.setInterval(std::max(static_cast<int>(std::lround(millisecondsPerStep / speed)), 1));
    m_speedButton->setText(speedText(speed));
    m_speedButton->setAccessibleDescription(speedText(speed));
}

void ReplayBar::setLooping(bool looping) {
    m_loop->setChecked(looping);
}

bool ReplayBar::isLooping() const {
    return m_loop->isChecked();
}

void ReplayBar::setPlaying(bool playing) {
    if (playing == isPlaying() || (playing && m_navigator->steps() < 2))
        return;
    if (playing) {
        if (m_navigator->step() >= m_navigator->steps() - 1)
            m_navigator->setStep(0);
        setSpeed(m_speed);
        m_clock.start();
    } else {
        m_clock.stop();
    }
    updateState();
}

void ReplayBar::tick() {
    const bool atEnd = m_navigator->step() >= m_navigator->steps() - 1;
    if (atEnd && isLooping())
        m_navigator->setStep(0);
    else if (!atEnd)
        m_navigator->setStep(m_navigator->step() + 1);
    if (m_navigator->step() >= m_navigator->steps() - 1 && !isLooping())
        setPlaying(false);
}

void ReplayBar::stepBack() {
    setPlaying(false);
    m_navigator->setStep(m_navigator->step() - 1);
}

void ReplayBar::stepForward() {
    setPlaying(false);
    m_navigator->setStep(m_navigator->step() + 1);
}

void ReplayBar::goToFirst() {
    m_navigator->setStep(0);
}

void ReplayBar::goToLast() {
    m_navigator->setStep(m_navigator->steps() - 1);
}

void ReplayBar::goToDrop() {
    const auto token = m_navigator->effectiveToken();
    const auto gone = token ? m_model->survival().droppedAt(*token) : std::nullopt;
    if (!gone)
        return;
    setPlaying(false);
    m_navigator->setStep(*gone);
    m_navigator->reveal(*token);
}

void ReplayBar::keyPressEvent(QKeyEvent* event) {
    const std::pair<int, QAction*> keys[] = {{Qt::Key_Home, m_first}, {Qt::Key_Left, m_back},
                                             {Qt::Key_Space, m_play}, {Qt::Key_Right, m_forward},
                                             {Qt::Key_End, m_last},   {Qt::Key_D, m_drop}};
    for (const auto& [key, action] : keys) {
        if (event->key() == key && event->modifiers() == Qt::NoModifier) {
            action->trigger();
            return;
        }
    }
    QWidget::keyPressEvent(event);
}

void ReplayBar::updateState() {
    const int step = m_navigator->step();
    const int last = m_navigator->steps() - 1;
    m_first->setEnabled(step > 0);
    m_back->setEnabled(step > 0);
    m_forward->setEnabled(step < last);
    m_last->setEnabled(step < last);
    m_play->setEnabled(last > 0);
    m_play->setText(isPlaying() ? tr("Pause") : tr("Play"));
    m_play->setToolTip(tr("%1 (Space)").arg(m_play->text()));
    m_play->setIcon(icon(isPlaying() ? Symbol::pause : Symbol::play));
    const auto& locked = m_navigator->locked();
    const auto token = locked.empty() ? std::nullopt : m_navigator->effectiveToken();
    const bool droppable = token && m_model->survival().droppedAt(*token);
    m_drop->setEnabled(droppable);
    // A disabled control says why.
    const QString why = !token      ? tr("lock a token first")
                        : droppable ? tr("D")
                                    : tr("the locked token was not dropped");
    m_drop->setToolTip(tr("Where this token was dropped (%1)").arg(why));
    const QString most = grouped(std::max(m_model->expectedSteps() - 1, 0));
    m_position->setText(step < 0 ? tr("no step yet") : tr("step %1 of 0–%2").arg(grouped(step), most));
    m_position->setMinimumWidth(
        m_position->fontMetrics().horizontalAdvance(tr("step %1 of 0–%2").arg(most, most)));
}

} // namespace kvprism::views
