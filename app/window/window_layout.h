// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/workspaces.h"

#include <QList>

class QAction;
class QDockWidget;
class QLabel;
class QMainWindow;
class QSplitter;
class QStackedWidget;
class QString;
class QWidget;

namespace kvprism::views {
class AnswerView;
class CompareView;
class Navigator;
class Needles;
class ReplayBar;
class RunComparison;
class SelectionChip;
class TextView;
class TraceModel;
class WhatIfView;
} // namespace kvprism::views

namespace kvprism::app {

class DockTitle;
class DocumentPanel;
class HelpPanel;
class MessageBar;
class RunsModel;
class RunsPanel;
class StrategyPanel;
class TopBar;

// Every panel and its place in the main window. Owned by the window; wired elsewhere.
struct WindowLayout {
    // What the panels show; all of it outlives them.
    struct Shown {
        views::TraceModel* model;
        views::Navigator* navigator;
        RunsModel* runs;
        views::Needles* needles;
        views::RunComparison* comparison;
    };
    WindowLayout(QMainWindow* window, const Shown& shown);

    TopBar* top = nullptr;
    MessageBar* message = nullptr;
    QStackedWidget* centre = nullptr; // one of the next three
    QLabel* empty = nullptr;
    DocumentPanel* document = nullptr;
    QSplitter* run = nullptr; // parts of a shown run, one above the other: map, text, …
    views::TextView* text = nullptr;
    RunsPanel* runs = nullptr;
    StrategyPanel* strategy = nullptr;
    views::AnswerView* answers = nullptr;
    views::WhatIfView* whatIf = nullptr;
    views::CompareView* comparison = nullptr;
    HelpPanel* help = nullptr;
    views::ReplayBar* replay = nullptr;
    QLabel* status = nullptr;
    views::SelectionChip* selection = nullptr;
    QList<QDockWidget*> docks;

    // One for each dock, with its key: shows it, brings it forward, or hides it.
    const QList<QAction*>& panelActions() const { return m_panelActions; }
    QDockWidget* dock(const QString& name) const;
    void arrange(const WorkspaceRecipe& recipe);    // panels and centre as it says
    void sayWhichRun(bool compared);                // panels of one run: that it is run A of two
    // Of the panels that are in sight, and the other way round: whatever fits of it.
    PanelSizes panelSizes() const;
    void setPanelSizes(const PanelSizes& sizes);
    void focusCentre();                             // of the shown workspace
    void showCentre(const WorkspaceRecipe& recipe); // the centre's parts alone

  private:
    void addBars(const Shown& shown);
    void addCentre(const Shown& shown);
    void addPanels(const Shown& shown);
    void addPart(const QString& name, QWidget* part); // of the centre
    void placeColumn(Qt::DockWidgetArea area, const std::vector<WorkspaceRecipe::Group>& groups, int width);
    void addPanelAction(QDockWidget* dock);
    QDockWidget* addDock(const QString& name, const QString& title, QWidget* content);

    QMainWindow* m_window;
    QList<DockTitle*> m_titles;
    QList<QAction*> m_panelActions;
};

} // namespace kvprism::app
