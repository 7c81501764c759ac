// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/workspaces.h"

#include "app/window/window_layout.h"

#include <QDockWidget>
#include <QEvent>
#include <QMainWindow>
#include <QSplitter>
#include <QTimer>

#include <algorithm>

namespace kvprism::app {

namespace {

constexpr double widestColumns = 0.55; // of the window: what larger letters may take from the centre

PanelSizes scaledTo(const QSize& window, const Workspaces::State& state) {
    PanelSizes sizes = state.sizes;
    for (QSize& size : sizes) {
        size.setWidth(size.width() * window.width() / std::max(1, state.window.width()));
        size.setHeight(size.height() * window.height() / std::max(1, state.window.height()));
    }
    return sizes;
}

} // namespace

const WorkspaceRecipe& recipeOf(Workspace workspace) {
    static const std::array<WorkspaceRecipe, workspaces.size()> recipes{
        {{.workspace = Workspace::read,
          .key = "read",
          .title = QT_TRANSLATE_NOOP("kvprism::app::Workspaces", "&Read"),
          .hint = QT_TRANSLATE_NOOP("kvprism::app::Workspaces",
                                    "Ask, and see in the text what an answer attended to"),
          .left = {{{"runs"}, 1}},
          .right = {{{"conversation"}, 3}, {{"needles"}, 2}},
          .leftWidth = 26,
          .rightWidth = 56,
          .centre = {{"text", 1}}},
         {.workspace = Workspace::inspect,
          .key = "inspect",
          .title = QT_TRANSLATE_NOOP("kvprism::app::Workspaces", "&Inspect"),
          .hint = QT_TRANSLATE_NOOP("kvprism::app::Workspaces",
                                    "Every token and every step: what was kept, and why"),
          .left = {{{"runs"}, 18}, {{"strategy"}, 37}},
          .right = {{{"conversation"}, 42}, {{"token", "scores", "budget", "lsh", "overlap", "what_if"}, 35}},
          .leftWidth = 30,
          .rightWidth = 45,
          .centre = {{"map", 10}, {"text", 7}}},
         {.workspace = Workspace::compare,
          .key = "compare",
          .title = QT_TRANSLATE_NOOP("kvprism::app::Workspaces", "&Compare"),
          .hint = QT_TRANSLATE_NOOP("kvprism::app::Workspaces", "Two runs side by side: what each one kept"),
          .left = {{{"runs"}, 18}, {{"strategy"}, 37}},
          .right = {{{"needles"}, 1}, {{"token", "budget", "overlap"}, 1}},
          .leftWidth = 30,
          .rightWidth = 38,
          .centre = {{"comparison", 13}, {"text", 5}}},
         {.workspace = Workspace::teach,
          .key = "teach",
          .title = QT_TRANSLATE_NOOP("kvprism::app::Workspaces", "&Teach"),
          .hint = QT_TRANSLATE_NOOP("kvprism::app::Workspaces",
                                    "Large and slow: the map with a caption for each step, and a quiz"),
          .left = {},
          .right = {{{"quiz", "token", "conversation"}, 1}},
          .leftWidth = 0,
          .rightWidth = 44,
          .centre = {{"map", 10}, {"caption", 3}},
          .textScale = 1.25}}};
    return recipes[static_cast<std::size_t>(workspace)];
}

Workspaces::Workspaces(QMainWindow* window, WindowLayout* layout)
    : QObject(window), m_window(window), m_layout(layout) {
    window->installEventFilter(this);
    arrange();
}

Workspaces::State Workspaces::shown() const {
    return {m_window->saveState(), m_layout->run->saveState(),
            m_window->isVisible() ? m_window->size() : QSize(), m_layout->panelSizes()};
}

std::map<Workspace, Workspaces::State> Workspaces::states() const {
    auto states = m_states;
    states[m_current] = shown();
    return states;
}

void Workspaces::go(Workspace workspace) {
    if (workspace == m_current)
        return;
    m_states[m_current] = shown();
    m_current = workspace;
    arrange();
    Q_EMIT changed(workspace);
    // Whoever heard of it may have made the text smaller, and panels did not fit into their places before.
    if (const auto state = m_states.find(workspace);
        state != m_states.end() && state->second.window.isValid())
        give(scaledTo(m_window->size(), state->second), 6);
}

void Workspaces::reset() {
    m_states.erase(m_current);
    arrange();
}

bool Workspaces::restore(Workspace current, const std::map<Workspace, State>& states) {
    m_states = states;
    m_current = current;
    const bool whole = arrange();
    Q_EMIT changed(current);
    return whole;
}

bool Workspaces::arrange() {
    const WorkspaceRecipe& recipe = recipeOf(m_current);
    m_awaited = QSize();
    ++m_textChanges;
    m_atScale.clear();
    m_layout->arrange(recipe);
    const auto state = m_states.find(m_current);
    if (state == m_states.end())
        return true;
    const bool whole =
        m_window->restoreState(state->second.panels) && m_layout->run->restoreState(state->second.centre);
    m_layout->showCentre(recipe); // what is shown there is the workspace's, not the state's
    if (!whole) {
        m_states.erase(state);
        m_layout->arrange(recipe);
    } else if (const QSize window = state->second.window; window.isValid() && window != m_window->size()) {
        m_layout->setPanelSizes(scaledTo(m_window->size(), state->second));
        m_awaited = window;
    }
    return whole;
}

// A window that was maximized gets its size after it is on the screen.
bool Workspaces::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::Resize && m_awaited.isValid() && m_window->size() == m_awaited) {
        m_awaited = QSize();
        if (const auto state = m_states.find(m_current); state != m_states.end())
            m_window->restoreState(state->second.panels);
    }
    return QObject::eventFilter(object, event);
}

void Workspaces::followText(double before, double now) {
    m_atScale[qRound(before * 100)] = shown();
    ++m_textChanges;
    // When the panels know how large their letters are.
    QTimer::singleShot(0, this, [this, before, now] { fitText(before, now); });
}

void Workspaces::fitText(double before, double now) {
    const auto known = m_atScale.find(qRound(now * 100));
    if (known != m_atScale.end() && known->second.window == m_window->size())
        return give(known->second.sizes, 3);
    const auto left = m_atScale.find(qRound(before * 100));
    if (left == m_atScale.end())
        return; // another workspace is shown by now
    PanelSizes sizes = left->second.sizes;
    int columns[] = {0, 0};
    for (auto size = sizes.cbegin(); size != sizes.cend(); ++size) {
        const auto area = m_window->dockWidgetArea(m_layout->dock(size.key()));
        int& column = columns[area == Qt::LeftDockWidgetArea ? 0 : 1];
        column = std::max(column, size->width());
    }
    const double most = widestColumns * m_window->width() / std::max(1, columns[0] + columns[1]);
    const double wider = std::min(now / before, std::max(1.0, most));
    for (QSize& size : sizes)
        size.setWidth(qRound(size.width() * wider));
    give(sizes, 3);
}

// A panel takes no less room than it needs, and it takes some turns until a panel within panels within a
// window has said that it needs less.
void Workspaces::give(const PanelSizes& sizes, int turns) {
    m_layout->setPanelSizes(sizes);
    if (turns > 0)
        QTimer::singleShot(0, this, [this, sizes, turns, of = m_textChanges] {
            if (of == m_textChanges)
                give(sizes, turns - 1);
        });
}

} // namespace kvprism::app
