// SPDX-License-Identifier: GPL-3.0-or-later
// A shown recording run again, to see whether it comes out the same.
#include "app/window/main_window.h"
#include "app/window/run_text.h"

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
    if (!QFileInfo(m_shownRecording).isFile())
        return tr("The shown run was not recorded.");
    if (run->withoutText)
        return tr("It was recorded without its text, so neither question nor document is known.");
    return m_model.stepCount() == 0 ? tr("It was cut off before its first step.") : QString();
}

void MainWindow::refreshRunActions() {
    Actions::allow(m_actions.verify, obstacleToVerify());
}

void MainWindow::verifyShown(const QString& document) {
    if (!obstacleToVerify().isEmpty())
        return;
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

} // namespace kvprism::app
