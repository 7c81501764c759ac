// SPDX-License-Identifier: GPL-3.0-or-later
// What is done with entries of the runs list: which two are compared, and which are thrown away.
#include "app/window/main_window.h"
#include "app/window/paths.h"
#include "app/window/runs_panel.h"

#include <QFileInfo>
#include <QLabel>
#include <QStackedWidget>

namespace kvprism::app {

void MainWindow::connectRunsList() {
    m_layout.runs->setObstacles([this](const QString& path) { return obstacleToCompare(path); },
                                [this](const QString& path) { return obstacleToDelete(path); });
    connect(m_layout.runs, &RunsPanel::refused, this,
            [this](const QString& sentence) { m_layout.message->say(MessageBar::Kind::warning, sentence); });
    connect(m_layout.runs, &RunsPanel::deleteRequested, this, &MainWindow::deleteRun);
    connect(m_actions.deleteRun, &QAction::triggered, this, [this] { deleteRun(m_shownRecording); });
}

QString MainWindow::obstacleToCompare(const QString& recording) const {
    if (!m_model.run())
        return tr("Show a run first; then another can be laid beside it.");
    if (recording == m_shownRecording)
        return tr("This is the shown run: choose another one to compare it with.");
    if (m_runController.isRunning() && recording == m_liveRecording)
        return tr("This run still goes on: wait for its end, or stop it (Esc).");
    if (m_model.stepCount() == 0)
        return tr("The shown run has read no block yet, so it has no steps to compare.");
    const QModelIndex entry = m_runsModel.index(m_runsModel.rowOf(recording));
    return entry.isValid() && entry.data(RunsModel::StepsRole).toInt() == 0
               ? tr("It ended before its first block was read, so it has no steps to compare.")
               : QString();
}

QString MainWindow::obstacleToDelete(const QString& recording) const {
    if (recording.isEmpty())
        return m_model.run() ? tr("The shown run was not recorded.") : tr("Show a recorded run first.");
    if (recording == m_context.sample || isBundled(recording))
        return tr("This recording comes with KVPrism and cannot be deleted.");
    if (m_runController.isRunning() && (recording == m_liveRecording || recording == m_shownRecording))
        return tr("The engine still works with this recording: wait until it is done, or stop it (Esc).");
    return QFileInfo(recording).isFile() ? QString()
                                         : tr("The recording %1 is not there any more.").arg(recording);
}

void MainWindow::deleteRun(const QString& recording) {
    if (const QString obstacle = obstacleToDelete(recording); !obstacle.isEmpty())
        return m_layout.message->say(MessageBar::Kind::warning, obstacle);
    const Status thrown = m_trash.throwAway(recording);
    if (!thrown) {
        MessageBar::Action wayOn;
        if (thrown.error().code == ErrorCode::unavailable)
            wayOn = {tr("Delete for good"), [this, recording] { deleteForGood(recording); }};
        return m_layout.message->say(MessageBar::Kind::warning,
                                     QString::fromStdString(thrown.error().message), wayOn);
    }
    const bool shown = recording == m_shownRecording;
    m_layout.message->say(MessageBar::Kind::information,
                          tr("%1 was moved to the trash.").arg(nameOfRun(recording)),
                          {tr("Undo"), [this, shown] { putBackDeleted(shown); }});
    forgetDeleted(recording);
}

void MainWindow::deleteForGood(const QString& recording) {
    if (const QString obstacle = obstacleToDelete(recording); !obstacle.isEmpty())
        return m_layout.message->say(MessageBar::Kind::warning, obstacle);
    const QString name = nameOfRun(recording);
    if (const Status removed = RunTrash::remove(recording); !removed)
        return m_layout.message->say(MessageBar::Kind::warning,
                                     QString::fromStdString(removed.error().message));
    m_layout.message->say(MessageBar::Kind::information, tr("%1 was deleted.").arg(name));
    forgetDeleted(recording);
}

QString MainWindow::nameOfRun(const QString& recording) const {
    const QModelIndex entry = m_runsModel.index(m_runsModel.rowOf(recording));
    const QString question = entry.data(Qt::DisplayRole).toString().simplified();
    constexpr int most = 60;
    return question.isEmpty()
               ? QFileInfo(recording).fileName()
               : tr("The run “%1”")
                     .arg(question.size() > most ? question.left(most) + QChar(0x2026) : question);
}

// Where it was shown, the next of the list is; a memory that could have answered more questions would write
// them into what was thrown away.
void MainWindow::forgetDeleted(const QString& recording) {
    m_settings.removeRecentFile(recording);
    m_actions.setRecent(m_settings.recentFiles());
    if (recording == m_liveRecording)
        m_runController.forget();
    const bool shown = recording == m_shownRecording;
    if (shown || recording == m_comparing.path())
        m_comparing.close();
    const QString next = m_runsModel.pathBeside(recording);
    m_replayController.list(m_context.runsFolder, m_context.sample);
    refreshRunActions();
    if (!shown)
        return;
    leaveRun();
    if (!next.isEmpty())
        return openRecording(next);
    m_layout.centre->setCurrentWidget(m_layout.empty);
    showDocument();
}

void MainWindow::putBackDeleted(bool show) {
    const QString recording = m_trash.last();
    if (const Status back = m_trash.putBack(); !back)
        return m_layout.message->say(MessageBar::Kind::warning, QString::fromStdString(back.error().message),
                                     {tr("Try again"), [this, show] { putBackDeleted(show); }});
    m_replayController.list(m_context.runsFolder, m_context.sample);
    m_layout.message->say(MessageBar::Kind::information, tr("The run is back in the list."));
    if (show)
        openRecording(recording);
}

} // namespace kvprism::app
