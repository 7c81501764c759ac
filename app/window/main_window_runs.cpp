// SPDX-License-Identifier: GPL-3.0-or-later
// Runs in the window: asked for, followed while they go on, and opened again from their recordings.
#include "app/window/log.h"
#include "app/window/main_window.h"
#include "app/window/paths.h"
#include "app/window/reading_choice.h"
#include "app/window/run_options.h"
#include "app/window/run_text.h"
#include "app/window/runs_panel.h"
#include "app/window/shown_strategy.h"
#include "app/window/strategy_panel.h"
#include "app/window/top_bar.h"
#include "app/window/words.h"
#include "engine/select/method.h"
#include "engine/select/option_values.h"
#include "engine/select/options.h"
#include "views/answer_view.h"
#include "views/models/answer_links.h"
#include "views/models/token_story.h"
#include "views/what_if_view.h"

#include <QLabel>
#include <QSplitter>
#include <QStackedWidget>

#include <utility>

namespace kvprism::app {

namespace {

Result<select::Config> configOfShown(const views::TraceModel& model) {
    if (!model.run())
        return usageError({}); // nothing that anybody is told
    return select::configOfRun(*model.run());
}

bool isForOneQuestion(const select::Config& config) {
    return select::promptOf(config) == select::Scoring::question;
}

} // namespace

void MainWindow::connectAsking() {
    connect(m_layout.top, &TopBar::askRequested, this, &MainWindow::ask);
    connect(m_layout.top, &TopBar::stopRequested, &m_runController, &RunController::stop);
    connect(m_layout.top, &TopBar::askedMeanwhile, this, [this] {
        m_layout.message->say(
            MessageBar::Kind::information,
            m_runController.task() == Task::verify
                ? tr("A recording is being verified: wait for the result, or stop it.")
                : tr("The model still works on the question before: wait for its answer, or stop it."),
            {tr("Stop"), [this] { m_runController.stop(); }});
    });
    connect(m_layout.top, &TopBar::openModelRequested, m_actions.openModel, &QAction::trigger);
    connect(m_layout.top, &TopBar::openDocumentRequested, m_actions.openDocument, &QAction::trigger);
    connect(m_layout.strategy, &StrategyPanel::changed, this, &MainWindow::refreshTop);
    connect(m_layout.whatIf, &views::WhatIfView::runRequested, this, &MainWindow::runWhatIf);
    m_layout.answers->setOrigin([this](const trace::Answer& answer) { return originOf(answer); });
    connect(m_layout.answers, &views::AnswerView::offerTaken, this, &MainWindow::askTheOtherWay);
    connect(m_layout.top->reading(), &ReadingChoice::scoringChosen, m_layout.strategy,
            [this](const std::string& scoring) { m_layout.strategy->choose("scoring", scoring); });
    connect(m_layout.top->reading(), &ReadingChoice::standingPromptChosen, m_layout.strategy,
            [this](const std::string& prompt) { m_layout.strategy->choose("standing-prompt", prompt); });
}

void MainWindow::ask(const QString& question) {
    const auto config = m_layout.strategy->config();
    if (question.isEmpty() || !config)
        return;
    if (m_memory.isEmpty() || !m_model.run())
        return read(question, *config);
    RunRequest request;
    request.model.path = modelPath().toStdString();
    request.config = *config;
    request.question = question;
    request.memory = MemoryRequest{m_memory, m_shownRecording, m_model.whole()};
    m_runController.start(request);
}

void MainWindow::read(const QString& question, const select::Config& config) {
    if (!m_shelf.document())
        return m_layout.message->say(MessageBar::Kind::warning,
                                     tr("The document has to be open to be read again."),
                                     {tr("Open a document"), [this] { m_actions.openDocument->trigger(); }});
    RunRequest request;
    request.model.path = modelPath().toStdString();
    request.config = config;
    request.question = question;
    request.document = m_shelf.document();
    if (m_marking.isOf(request.document->sha256)) {
        request.config.pins = m_marking.marks()->state().pins;
        request.config.evictions = m_marking.marks()->state().evictions;
    }
    request.recordingPath =
        m_runController.continues(request)
            ? m_liveRecording
            : newRecordingPath(m_context.runsFolder, QString::fromStdString(request.document->name));
    m_runController.start(request);
}

QString MainWindow::obstacleToRunBeside() const {
    const trace::Run* run = m_model.run();
    if (!run || run->question.empty())
        return tr("Show a run that answered a question first.");
    if (m_runController.isRunning())
        return tr("Wait until the engine has nothing to do, or stop it (Esc).");
    if (m_shownRecording.isEmpty())
        return tr("The shown run was not recorded, so that nothing can stand beside it.");
    const auto document = m_shelf.document();
    if (!document || document->sha256 != run->document.sha256)
        return tr("Open %1 first: it has to be read again.").arg(QString::fromStdString(run->document.name));
    if (const auto config = m_layout.strategy->config(); !config)
        return QString::fromStdString(config.error().message);
    return m_layout.strategy->shown()->isSame()
               ? tr("Change an option of the strategy first: with these the same run would come out.")
               : QString();
}

// The shown run becomes A, and the one that is asked for now becomes B when it has ended.
void MainWindow::runBeside() {
    const auto config = m_layout.strategy->config();
    if (!obstacleToRunBeside().isEmpty() || !config)
        return;
    const QString first = m_shownRecording;
    const QString question = QString::fromStdString(m_model.run()->question);
    m_layout.top->setQuestion(question);
    read(question, *config);
    m_besideOf = first;
    m_layout.message->say(MessageBar::Kind::information,
                          tr("Run B reads the document now; when it has answered, both stand side by side."),
                          {tr("Stop"), [this] { m_runController.stop(); }});
}

void MainWindow::compareEnded(const Ending& ending) {
    const QString first = std::exchange(m_besideOf, QString());
    if (first.isEmpty())
        return;
    m_layout.message->hide();
    if (ending.error || ending.outcome != trace::Outcome::finished || !m_runController.isShown() ||
        m_liveRecording == first)
        return;
    const QString second = m_liveRecording;
    openRecording(first);
    layBeside(second); // the first one is on its way
}

// A prediction is of one step; running it shows what becomes of all of them. What stands in the Strategy
// panel is for the next question, and stays.
void MainWindow::runWhatIf(const select::WhatIf& changed) {
    const trace::Run* run = m_model.run();
    if (!run)
        return;
    select::Settings settings = settingsOfRun(*run);
    if (changed.budget) {
        settings.erase("compression-ratio");
        settings["budget"] = std::to_string(*changed.budget);
    }
    if (changed.protectionDivisor)
        settings["protection-divisor"] = std::to_string(*changed.protectionDivisor);
    if (changed.hybridRatio)
        settings["hybrid-ratio"] = select::textOf(*changed.hybridRatio);
    const auto config = select::configFrom(settings);
    if (!config)
        return m_layout.message->say(MessageBar::Kind::warning,
                                     QString::fromStdString(config.error().message));
    const QString question = QString::fromStdString(run->question);
    m_layout.top->setQuestion(question);
    read(question, *config);
    if (m_runController.isRunning())
        m_layout.message->say(
            MessageBar::Kind::information,
            tr("This run has the options of the one before with what was predicted. The Strategy panel keeps "
               "what you chose for the next question."),
            {tr("Use these options"), [this, settings] {
                 m_layout.strategy->setSettings(settings);
                 refreshTop();
             }});
}

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

// Which of the two ways of reading an answer came from, and the other one.
views::AnswerOrigin MainWindow::originOf(const trace::Answer& answer) const {
    if (m_runController.isFromMemory(answer))
        return {tr("from the saved memory, not recorded"), {}, {}};
    const auto config = configOfShown(m_model);
    if (!config)
        return {};
    const bool forThis = isForOneQuestion(*config);
    const QString note = forThis ? tr("read for this question") : tr("read for any question");
    if (!readingCanBeChosen(*config))
        return {note, {}, {}};
    if (forThis)
        return {note, tr("Read for any question"),
                tr("Ask it again of a memory that is read once and then answers every question at once")};
    return {note, tr("Read for this question"),
            tr("Ask it again of the best memory for it: the document is read again")};
}

void MainWindow::askTheOtherWay(const QString& question) {
    const auto config = configOfShown(m_model);
    if (!config || m_runController.isRunning())
        return;
    if (!m_shelf.document())
        return m_layout.message->say(MessageBar::Kind::warning,
                                     tr("The document has to be open to be read again."),
                                     {tr("Open a document"), [this] { m_actions.openDocument->trigger(); }});
    m_layout.strategy->choose("scoring", isForOneQuestion(*config) ? "standing" : "question");
    m_layout.top->setQuestion(question);
    ask(question);
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
