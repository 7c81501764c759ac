// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QAction;
class QLabel;
class QListView;
class QModelIndex;

namespace kvprism::app {

class RunsModel;

// The runs list; one click or Return shows a run.
class RunsPanel final : public QWidget {
    Q_OBJECT
  public:
    RunsPanel(RunsModel* model, QWidget* parent = nullptr);
    void setShown(const QString& path); // the run that the window shows; empty: none of these

  Q_SIGNALS:
    void openRequested(const QString& path);
    void liveRequested();
    void compareRequested(const QString& path); // with the shown run
    void memoryRequested(const QString& path);  // of a recording, to be asked

  private:
    QAction* addRowAction(const QString& text, const char* key, void (RunsPanel::*request)(const QString&));
    void refreshActions();
    void choose(const QModelIndex& index);
    void refresh();

    RunsModel* m_model;
    QListView* m_list;
    QLabel* m_empty;
    QAction* m_compare;
    QAction* m_askMemory;
    QString m_shown;
};

} // namespace kvprism::app
