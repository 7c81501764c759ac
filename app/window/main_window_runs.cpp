// SPDX-License-Identifier: GPL-3.0-or-later
// Runs in the window: asked for, followed while they go on, and opened again from their recordings.
#include "app/window/log.h"
#include "app/window/main_window.h"
#include "app/window/paths.h"
#include "app/window/run_options.h"
#include "app/window/run_text.h"
#include "app/window/runs_panel.h"
#include "app/window/shown_strategy.h"
#include "app/window/strategy_panel.h"
#include "app/window/top_bar.h"
#include "app/window/words.h"
#include "views/answer_view.h"
#include "views/compare_view.h"
#include "views/models/answer_links.h"
#include "views/models/token_story.h"

#include <QLabel>
#include <QSplitter>
#include <QStackedWidget>

#include <utility>

namespace kvprism::app {

void MainWindow::connectRuns() {
    connect(&m_runController, &RunController::started, this, &MainWindow::onRunStarted);
    connect(&m_runController, &RunController::stateChanged, this, [this](RunState state) {
        m_layout.top->setState(state);
        refreshStatus();
        refreshRunActions();
    });
    connect(&m_runController, &RunController::progressed, this, [this](const Progress& progress) {
        m_layout.top->setShare(progressShare(progress));
        refreshStatus();
    });
    connect(&m_runController, &RunController::liveText, this, [this](const QString& text) {
        if (m_runController.isShown())
            m_layout.answers->appendLiveText(text);
    });
    connect(&m_runController, &RunController::noticed, this, [this](const QString& sentence) {
        m_layout.message->say(MessageBar::Kind::information, sentence);
    });
    connect(&m_runController, &RunController::recordingFailed, this, [this](const QString& sentence) {
        m_layout.message->say(
            MessageBar::Kind::warning,
            tr("%1 The steps before stay recorded; the run goes on unrecorded.").arg(sentence),
            {tr("Stop"), [this] { m_runController.stop(); }});
    });
    connect(&m_runController, &RunController::finished, this,
            [this](const std::shared_ptr<const Ending>& ending) { onRunFinished(*ending); });
}

void MainWindow::onRunStarted(const RunRequest& request) {
    m_replayController.cancel();
    m_besideOf.clear();
    m_layout.comparison->setNotice({});
    m_settings.setStrategy(m_layout.strategy->settings());
    m_memory = request.memory ? request.memory->path : QString();
    m_liveRecording = request.memory ? request.memory->recording : request.recordingPath;
    setShownRecording(m_liveRecording);
    if (!request.memory)
        m_unfinished.begin(
            {m_liveRecording, QString::fromStdString(request.document->path), request.question});
    m_liveQuestion = request.question;
    m_runsModel.setLive(m_liveQuestion,
                        QString::fromStdString(request.memory ? request.memory->run.run()->document.name
                                                              : request.document->name),
                        m_liveRecording);
    m_layout.runs->setShown(m_liveRecording);
    m_layout.answers->beginAnswer(request.question);
    if (!request.memory)
        m_navigator.setFollowing(true); // whoever asks wants to see it read
    m_layout.message->hide();
    m_summary.clear();
    refreshTop();
}

void MainWindow::onRunFinished(const Ending& ending) {
    m_unfinished.end();
    m_runsModel.clearLive();
    compareEnded(ending);
    m_replayController.list(m_context.runsFolder, m_context.sample);
    m_layout.answers->breakOff(ending.error ? QString::fromStdString(ending.error->message)
                                            : tr("stopped before the first word"));
    if (ending.result) {
        if (m_runController.isShown() && m_model.run())
            m_device = deviceText(m_model.run()->model);
        m_summary = summaryText(*ending.result);
        const TokenCounts& tokens = ending.result->tokens;
        if (ending.result->readNow && ending.result->readMs > 0 && ending.outcome == trace::Outcome::finished)
            m_settings.setReadingRate(modelPath(),
                                      1000.0 * (tokens.prefix + tokens.document) / ending.result->readMs);
    }
    if (ending.outcome == trace::Outcome::stopped && !leaveEmptyRun())
        m_summary = tr("Stopped; what was read and answered so far is kept.");
    if (ending.outcome == trace::Outcome::finished)
        revealEvidence();
    if (ending.error)
        m_layout.message->say(MessageBar::Kind::warning, QString::fromStdString(ending.error->message),
                              wayOnAfterFailure(ending));
    else if (ending.recordingError)
        m_layout.message->say(MessageBar::Kind::warning,
                              QString::fromStdString(ending.recordingError->message),
                              {tr("Ask again"), [this] { ask(m_runController.request().question); }});
    rememberShown();
    refreshTop();
    refreshStatus();
}

// Stopped before the first block, a run has nothing to show, and its recording is not kept.
bool MainWindow::leaveEmptyRun() {
    const trace::TraceStore& run = m_runController.liveRun();
    if (m_runController.request().memory || !run.steps().empty() || !run.answers().empty())
        return false;
    if (m_runController.isShown()) {
        leaveRun();
        showDocument();
    }
    m_summary = tr("Stopped before the first block was read; nothing was recorded.");
    m_layout.message->say(MessageBar::Kind::information, m_summary);
    return true;
}

// Reading took the text along to its end; the answer came from elsewhere. Whoever looks at something stays
// there.
void MainWindow::revealEvidence() {
    if (!m_runController.isShown() || !m_navigator.following() || !m_navigator.locked().empty() ||
        m_navigator.range() || !m_model.run())
        return;
    const auto& answers = m_model.store().answers();
    const int last = m_model.run()->streamTokens() - 1;
    const auto passages =
        answers.empty() ? std::vector<views::EvidencePassage>()
                        : views::AnswerLinks(*answers.back()).passages(m_model.run()->prefixTokens, last, 1);
    if (!passages.empty())
        m_navigator.reveal(passages.front().firstToken);
    else if (const auto token = views::mostWantedToken(m_model))
        m_navigator.reveal(*token);
}

MessageBar::Action MainWindow::wayOnAfterFailure(const Ending& ending) {
    if (ending.wanted == Wanted::reading)
        return {tr("Read the document"), [this] { readInstead(); }};
    if (const std::int64_t fits = ending.error->fittingBudget; fits > 0)
        return {tr("Ask with a budget of %1").arg(fits), [this, fits] {
                    m_layout.strategy->choose("compression-ratio", "off");
                    m_layout.strategy->choose("budget", std::to_string(fits));
                    ask(m_runController.request().question);
                }};
    if (!m_runController.hasBegun() &&
        ending.error->code != ErrorCode::outOfMemory) // it came no further than the model
        return {tr("Choose a model"), [this] { m_actions.openModel->trigger(); }};
    return {tr("Ask again"), [this] { ask(m_layout.top->question()); }};
}

void MainWindow::connectRecordings() {
    connect(&m_replayController, &ReplayController::listed, &m_runsModel, &RunsModel::setRecordings);
    connect(&m_replayController, &ReplayController::aboutToShow, this, [this] {
        m_runController.setShown(false);
        m_memory.clear();
        m_layout.answers->clearConversation();
        m_navigator.clearLock();
        m_navigator.setFollowing(true);
    });
    connect(&m_replayController, &ReplayController::opened, this, [this](const QString& path) {
        m_layout.runs->setShown(path);
        setShownRecording(path);
        if (path != m_context.sample && !isBundled(path))
            m_settings.addRecentFile(path);
        m_actions.setRecent(m_settings.recentFiles());
        if (const auto token = views::mostWantedToken(m_model))
            m_navigator.reveal(*token); // the text begins where the question found the most
        markNeedleOfLesson();
        if (const auto wanted = std::exchange(m_wantedStep, std::nullopt); wanted && wanted->first == path)
            m_navigator.setStep(wanted->second);
        refreshStatus();
        refreshRunActions();
        onReopened();
        rememberShown();
        if (m_comparing.isOn() && m_model.stepCount() == 0)
            m_comparing.close(); // there is nothing to compare in it
        if (std::exchange(m_wantedMemory, QString()) == path)
            useMemory(true);
    });
    connect(&m_replayController, &ReplayController::failed, this,
            [this](const QString& path, const QString& sentence) {
                m_wantedMemory.clear();
                m_wantedStep.reset();
                m_settings.removeRecentFile(path);
                m_actions.setRecent(m_settings.recentFiles());
                m_layout.message->say(MessageBar::Kind::warning, sentence,
                                      {tr("Open another"), [this] { m_actions.openRecording->trigger(); }});
                if (std::exchange(m_reopening, false))
                    openLastDocument();
            });
    connect(m_layout.runs, &RunsPanel::openRequested, this, &MainWindow::openRecording);
    connect(m_layout.runs, &RunsPanel::liveRequested, this, [this] {
        m_replayController.cancel();
        m_runController.setShown(true);
        m_layout.runs->setShown(m_liveRecording);
        setShownRecording(m_liveRecording);
        const auto& memory = m_runController.request().memory;
        m_memory = memory ? memory->path : QString();
        m_layout.answers->beginAnswer(m_liveQuestion);
        m_layout.answers->appendLiveText(m_runController.liveAnswer());
    });
    connect(&m_model, &views::TraceModel::runChanged, this, &MainWindow::onRunShown);
    connect(&m_model, &views::TraceModel::stepsAppended, this, [this] {
        m_navigator.setExtent(m_model.stepCount(), m_model.run()->streamTokens());
        refreshMeter();
        // The text goes along with what is being read, unless somebody looks at something in it.
        if (m_runController.isRunning() && m_runController.isShown() && m_navigator.following() &&
            m_navigator.locked().empty() && !m_navigator.range())
            m_navigator.reveal(m_model.store().steps().back()->end.value - 1);
    });
    connect(&m_model, &views::TraceModel::curtainDrawn, this, [this] {
        m_navigator.setExtent(m_model.stepCount(), m_model.run()->streamTokens());
        refreshMeter();
    });
    connect(&m_navigator, &views::Navigator::stepChanged, this, [this](int step) {
        qCDebug(runLog) << "at step" << step;
        refreshMeter();
    });
}

void MainWindow::onRunShown() {
    const trace::Run* run = m_model.run();
    if (run) {
        m_layout.centre->setCurrentWidget(m_layout.run);
        setWindowTitle(tr("%1 – %2 – KVPrism")
                           .arg(QString::fromStdString(run->question).simplified().left(80),
                                QString::fromStdString(run->document.name)));
        if (m_runController.isShown())
            m_device = deviceText(run->model);
        else {
            const auto before = m_shelf.document();
            if (before && before->sha256 != run->document.sha256)
                m_layout.top->setQuestion({}); // it was about another text
            m_shelf.openFor(*run);
        }
        refreshTop();
    }
    m_layout.strategy->shown()->show(run);
    m_navigator.setExtent(m_model.stepCount(), run ? run->streamTokens() : 0);
    refreshMeter();
    refreshStatus();
    refreshRunActions();
}

// Another document has nothing to do with the run that was shown; the list of runs still has it.
void MainWindow::leaveRun() {
    m_replayController.cancel();
    m_runController.setShown(false);
    m_memory.clear();
    m_layout.answers->clearConversation();
    m_summary.clear();
    setShownRecording({});
    m_model.clear();
    m_layout.runs->setShown({});
    refreshTop();
}

} // namespace kvprism::app
