// SPDX-License-Identifier: GPL-3.0-or-later
// Old runs taken up again: run again to see whether they come out the same, and asked from a memory that was
// kept.
#include "app/window/main_window.h"
#include "app/window/paths.h"
#include "app/window/run_text.h"
#include "app/window/runs_panel.h"
#include "app/window/top_bar.h"
#include "app/window/words.h"
#include "views/answer_view.h"

#include <QFileInfo>
#include <QLabel>

namespace kvprism::app {

void MainWindow::connectVerifying() {
    connect(m_actions.verify, &QAction::triggered, this, [this] { verifyShown(); });
    connect(&m_runController, &RunController::verified, this,
            [this](const std::shared_ptr<const Ending>& ending) { onVerified(*ending); });
    refreshRunActions();
}

QString MainWindow::obstacleToVerify() const {
    const trace::Run* run = m_model.run();
    if (!run)
        return tr("Show a recorded run first.");
    if (m_runController.isRunning())
        return tr("Wait until the engine has nothing to do, or stop it (Esc).");
    if (m_shownRecording.isEmpty())
        return tr("The shown run was not recorded.");
    if (!QFileInfo(m_shownRecording).isFile())
        return tr("The recording %1 is not there any more.").arg(m_shownRecording);
    if (run->withoutText)
        return tr("It was recorded without its text, so neither question nor document is known.");
    return m_model.stepCount() == 0 ? tr("It was cut off before its first step.") : QString();
}

void MainWindow::refreshRunActions() {
    Actions::allow(m_actions.verify, obstacleToVerify());
    Actions::allow(m_actions.runBeside, obstacleToRunBeside());
    Actions::allow(m_actions.keepMemory, obstacleToKeep());
    Actions::allow(m_actions.askMemory, obstacleToAskMemory());
    Actions::allow(m_actions.deleteRun, obstacleToDelete(m_shownRecording));
    m_actions.askMemory->setChecked(!m_memory.isEmpty());
}

void MainWindow::verifyShown(const QString& document) {
    refreshRunActions(); // what stands on the disk may have changed
    if (const QString obstacle = obstacleToVerify(); !obstacle.isEmpty())
        return m_layout.message->say(MessageBar::Kind::warning, obstacle);
    VerifyRequest request;
    request.recordingPath = m_shownRecording;
    request.model.path = modelPath().toStdString();
    request.document = m_shelf.document();
    request.documentPath = document;
    m_layout.message->hide();
    m_runController.verify(request);
}

void MainWindow::onVerified(const Ending& ending) {
    const QString recording = QString::fromStdString(ending.recordingPath);
    refreshStatus();
    if (ending.outcome == trace::Outcome::stopped)
        return m_layout.status->setText(tr("Stopped before everything was compared."));
    if (ending.error) {
        MessageBar::Action wayOn;
        if (ending.wanted == Wanted::model)
            wayOn = {tr("Choose a model"), [this] { m_actions.openModel->trigger(); }};
        else if (ending.wanted == Wanted::document)
            wayOn = {tr("Find the document"), [this] {
                         chooseFile(tr("Where is the document now?"), tr("All files (*)"),
                                    &MainWindow::verifyShown);
                     }};
        return m_layout.message->say(MessageBar::Kind::warning, QString::fromStdString(ending.error->message),
                                     wayOn);
    }
    QString text = verifiedText(*ending.verification);
    if (recording != m_shownRecording) // another one is looked at by now
        text = tr("%1: %2").arg(QFileInfo(recording).fileName(), text);
    const auto& difference = ending.verification->difference;
    MessageBar::Action there;
    if (difference && difference->step >= 0)
        there = {tr("Go to step %1").arg(difference->step),
                 [this, recording, step = difference->step] { goToStep(recording, step); }};
    m_layout.message->say(difference ? MessageBar::Kind::warning : MessageBar::Kind::information, text,
                          there);
}

void MainWindow::goToStep(const QString& recording, int step) {
    if (recording == m_shownRecording)
        return m_navigator.setStep(step);
    m_wantedStep = {recording, step};
    openRecording(recording);
}

void MainWindow::connectMemories() {
    connect(m_actions.keepMemory, &QAction::triggered, this, [this] {
        if (obstacleToKeep().isEmpty())
            m_runController.saveMemory(memoryBeside(m_liveRecording));
    });
    connect(m_actions.askMemory, &QAction::triggered, this, &MainWindow::useMemory);
    connect(m_layout.runs, &RunsPanel::memoryRequested, this, &MainWindow::askFromMemory);
    connect(&m_runController, &RunController::memorySaved, this,
            [this](const std::shared_ptr<const Ending>& ending) { onMemorySaved(*ending); });
    refreshRunActions();
}

QString MainWindow::obstacleToKeep() const {
    if (m_runController.isRunning())
        return tr("Wait until the engine has nothing to do, or stop it (Esc).");
    if (!m_runController.held())
        return tr("There is no memory that serves further questions: read for any question first.");
    if (m_runController.held()->memory)
        return tr("This memory is kept already: it came from its file.");
    if (!QFileInfo(m_liveRecording).isFile())
        return tr("The last run was not recorded, and a memory is kept beside its recording.");
    return QFileInfo::exists(memoryBeside(m_liveRecording)) ? tr("It is kept already, beside its recording.")
                                                            : QString();
}

QString MainWindow::obstacleToAskMemory() const {
    if (!m_memory.isEmpty())
        return {}; // there is always a way back
    if (!m_model.run())
        return tr("Show a run whose memory was kept first.");
    return QFileInfo(memoryBeside(m_shownRecording)).isFile()
               ? QString()
               : tr("No memory was kept of the shown run: read for any question, then keep it.");
}

void MainWindow::onMemorySaved(const Ending& ending) {
    refreshStatus();
    refreshRunActions();
    if (ending.error)
        return m_layout.message->say(MessageBar::Kind::warning, QString::fromStdString(ending.error->message),
                                     {tr("Try again"), [this] { m_actions.keepMemory->trigger(); }});
    m_replayController.list(m_context.runsFolder, m_context.sample);
    const QFileInfo file(QString::fromStdString(ending.memoryPath));
    m_layout.message->say(
        MessageBar::Kind::information,
        tr("The memory is kept (%1). The runs list marks the run that has it: press M there "
           "to ask from it at any time, without reading.")
            .arg(bytesText(static_cast<quint64>(file.size()))),
        {tr("Ask from it now"),
         [this, recording = recordingBeside(file.filePath())] { askFromMemory(recording); }});
}

void MainWindow::askFromMemory(const QString& recording) {
    if (recording == m_shownRecording && m_model.run())
        return useMemory(true);
    m_wantedMemory = recording;
    openRecording(recording);
}

void MainWindow::useMemory(bool use) {
    m_memory.clear();
    const QString obstacle = use ? obstacleToAskMemory() : QString();
    if (!obstacle.isEmpty()) {
        m_layout.message->say(MessageBar::Kind::warning, obstacle);
    } else if (use) {
        m_memory = memoryBeside(m_shownRecording);
        m_layout.message->say(
            MessageBar::Kind::information,
            tr("Questions now go to the saved memory (%1), which answers without reading. What it answers is "
               "not recorded.")
                .arg(bytesText(static_cast<quint64>(QFileInfo(m_memory).size()))),
            {tr("Read the document again"), [this] { useMemory(false); }});
        m_layout.top->focusQuestion();
    }
    refreshTop();
    refreshRunActions();
}

void MainWindow::readInstead() {
    useMemory(false);
    ask(m_layout.top->question());
}

} // namespace kvprism::app
