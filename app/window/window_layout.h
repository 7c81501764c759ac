// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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
class Navigator;
class ReplayBar;
class TextView;
class TraceModel;
} // namespace kvprism::views

namespace kvprism::app {

class DockTitle;
class DocumentPanel;
class MessageBar;
class RunsModel;
class RunsPanel;
class StrategyPanel;
class TopBar;

// Every panel and its place in the main window. Owned by the window; wired elsewhere.
struct WindowLayout {
    WindowLayout(QMainWindow* window, views::TraceModel* model, views::Navigator* navigator,
                 RunsModel* runsModel);

    TopBar* top = nullptr;
    MessageBar* message = nullptr;
    QStackedWidget* centre = nullptr; // one of the next three
    QLabel* empty = nullptr;
    DocumentPanel* document = nullptr;
    QSplitter* run = nullptr; // survival map above text
    views::TextView* text = nullptr;
    RunsPanel* runs = nullptr;
    StrategyPanel* strategy = nullptr;
    views::AnswerView* answers = nullptr;
    views::ReplayBar* replay = nullptr;
    QLabel* status = nullptr;
    QList<QDockWidget*> docks;

    QList<QAction*> panelActions() const; // show and hide a dock; each with its key
    void reset();                         // every dock back to its first place

  private:
    void addBars(views::TraceModel* model, views::Navigator* navigator);
    void addCentre(views::TraceModel* model, views::Navigator* navigator);
    QDockWidget* addDock(const QString& name, const QString& title, QWidget* content);

    QMainWindow* m_window;
    QList<DockTitle*> m_titles;
};

} // namespace kvprism::app
