// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/workspaces.h"

#include "app/window/window_layout.h"

#include <QMainWindow>
#include <QSplitter>

namespace kvprism::app {

const WorkspaceRecipe& recipeOf(Workspace workspace) {
    static const std::array<WorkspaceRecipe, workspaces.size()> recipes{
        {{.workspace = Workspace::read,
          .key = "read",
          .title = QT_TRANSLATE_NOOP("kvprism::app::Workspaces", "&Read"),
          .hint = QT_TRANSLATE_NOOP("kvprism::app::Workspaces",
                                    "Ask, and see in the text what an answer attended to"),
          .left = {{{"runs"}, 1}},
          .right = {{{"conversation"}, 3}, {{"needles"}, 1}},
          .leftWidth = 26,
          .rightWidth = 56,
          .centre = {{"text", 1}}},
         {.workspace = Workspace::inspect,
          .key = "inspect",
          .title = QT_TRANSLATE_NOOP("kvprism::app::Workspaces", "&Inspect"),
          .hint = QT_TRANSLATE_NOOP("kvprism::app::Workspaces",
                                    "Every token and every step: what was kept, and why"),
          .left = {{{"runs"}, 22}, {{"strategy"}, 33}},
          .right = {{{"conversation"}, 42}, {{"token", "scores", "budget", "lsh", "overlap", "what_if"}, 35}},
          .leftWidth = 30,
          .rightWidth = 45,
          .centre = {{"map", 10}, {"text", 7}}},
         {.workspace = Workspace::compare,
          .key = "compare",
          .title = QT_TRANSLATE_NOOP("kvprism::app::Workspaces", "&Compare"),
          .hint = QT_TRANSLATE_NOOP("kvprism::app::Workspaces", "Two runs side by side: what each one kept"),
          .left = {{{"runs"}, 1}},
          .right = {{{"needles"}, 1}, {{"token", "budget", "overlap"}, 1}},
          .leftWidth = 26,
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
    arrange();
}

Workspaces::State Workspaces::shown() const {
    return {m_window->saveState(), m_layout->run->saveState()};
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
    }
    return whole;
}

} // namespace kvprism::app
