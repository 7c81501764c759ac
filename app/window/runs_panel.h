// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <functional>
#include <vector>

class QAction;
class QKeySequence;
class QLabel;
class QListView;
class QMenu;
class QModelIndex;

namespace kvprism::app {

class RunsModel;

// The runs list; one click or Return shows a run.
class RunsPanel final : public QWidget {
    Q_OBJECT
  public:
    RunsPanel(RunsModel* model, QWidget* parent = nullptr);
    void setShown(const QString& path); // the run that the window shows; empty: none of these
    // Why a recording cannot be compared with the shown run, or deleted; empty where it can.
    using Obstacle = std::function<QString(const QString& path)>;
    void setObstacles(Obstacle toCompare, Obstacle toDelete);

  Q_SIGNALS:
    void openRequested(const QString& path);
    void liveRequested();
    void compareRequested(const QString& path); // with the shown run
    void memoryRequested(const QString& path);  // of a recording, to be asked
    void deleteRequested(const QString& path);
    void refused(const QString& sentence); // a key that does nothing there, and why

  protected:
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    using Request = void (RunsPanel::*)(const QString&);
    struct RowAction {
        QAction* action;
        Request request;
    };
    void addRowAction(const QString& text, const QKeySequence& key, Request request);
    QString obstacleTo(Request request, const QModelIndex& index) const;
    QMenu* menuOf(const QModelIndex& index);
    void choose(const QModelIndex& index);
    void refresh();
    void stayAtCurrent();

    RunsModel* m_model;
    QListView* m_list;
    QLabel* m_empty;
    std::vector<RowAction> m_rowActions;
    Obstacle m_toCompare, m_toDelete;
    QString m_shown;
    QString m_currentPath; // before the list is read again
    int m_currentRow = -1;
};

} // namespace kvprism::app
