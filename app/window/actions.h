// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/window/settings.h"
#include "app/window/workspaces.h"

#include <QAction>
#include <QObject>

class QActionGroup;
class QMenu;
class QMenuBar;
class QWidget;

namespace kvprism::app {

// Everything that can be done by menu or key. Each action has a name, a key and a sentence.
class Actions final : public QObject {
    Q_OBJECT
  public:
    explicit Actions(QWidget* window);

    QAction* openDocument;
    QAction* openRecording;
    QAction* openModel;
    QAction* showSample;
    QAction* exportView;
    QAction* compare;
    QAction* quit;

    QAction* undo;
    QAction* redo;
    QAction* pin;
    QAction* evict;
    QAction* release;
    QAction* releaseAll;
    QAction* askAgain; // with the marks
    QAction* markNeedle;
    QAction* find; // in the text

    QAction* question; // put the cursor into the question field
    QAction* ask;
    QAction* runBeside;  // the shown question with the strategy as it stands, compared when it ends
    QAction* verify;     // the shown recording
    QAction* keepMemory; // that is held
    QAction* askMemory;  // checked while questions go to a saved one
    QAction* deleteRun;  // that is shown
    QAction* escape;     // stops the engine, else clears the selection

    QAction* play;
    QAction* stepBack;
    QAction* stepForward;
    QAction* first;
    QAction* last;
    QAction* whereDropped;
    QAction* slower;
    QAction* faster;
    QAction* loop;

    QAction* light;
    QAction* dark;
    QAction* system;
    QAction* largerText;
    QAction* smallerText;
    QAction* usualText;
    std::array<QAction*, workspaces.size()> workspace; // as the enumeration
    QAction* resetLayout;
    QList<QAction*> lessons; // as teaching() of teaching.h
    QAction* menus;          // the menu bar, by key
    QAction* about;

    QMenu* recent() const { return m_recent; }
    void setRecent(const QStringList& paths);
    void setScheme(views::Scheme scheme);
    void setWorkspace(Workspace shown);
    // Lets an action be done, or says why it cannot be at the moment.
    static void allow(QAction* action, const QString& obstacle);
    // `panels`: the docks' own actions, which show and hide them; the one called "help" stands under Help.
    void fill(QMenuBar* bar, const QList<QAction*>& panels);

  Q_SIGNALS:
    void lessonRequested(int index);
    void recentRequested(const QString& path);
    void schemeRequested(kvprism::views::Scheme scheme);
    void workspaceRequested(kvprism::app::Workspace workspace);

  private:
    QAction* make(const QString& text, const QKeySequence& key, const QString& hint);

    QWidget* m_window;
    QMenu* m_recent;
};

} // namespace kvprism::app
