// SPDX-License-Identifier: GPL-3.0-or-later
// Asking in the window: of the document, of a memory, the other way, and with another strategy beside the
// shown run.
#include "app/window/main_window.h"
#include "app/window/paths.h"
#include "app/window/reading_choice.h"
#include "app/window/run_text.h"
#include "app/window/shown_strategy.h"
#include "app/window/strategy_panel.h"
#include "app/window/top_bar.h"
#include "engine/select/method.h"
#include "engine/select/option_values.h"
#include "engine/select/options.h"
#include "views/answer_view.h"
#include "views/compare_view.h"
#include "views/what_if_view.h"

#include <QFileInfo>

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
    connect(m_layout.top, &TopBar::askRequested, this, [this](const QString& question) {
        if (m_workspaces.current() ==
            Workspace::compare) // no place for a run that is read, nor for its answer
            m_workspaces.go(Workspace::inspect);
        ask(question);
    });
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
    const QString now = tr("Run B reads the document now; when it has answered, both stand side by side.");
    m_layout.comparison->setNotice(now);
    m_layout.message->say(MessageBar::Kind::information, now,
                          {tr("Stop"), [this] { m_runController.stop(); }});
}

void MainWindow::compareEnded(const Ending& ending) {
    const QString first = std::exchange(m_besideOf, QString());
    m_layout.comparison->setNotice({});
    if (first.isEmpty())
        return;
    m_layout.message->hide();
    if (ending.error || ending.outcome != trace::Outcome::finished || !m_runController.isShown() ||
        m_liveRecording == first)
        return;
    if (!QFileInfo(first).isFile())
        return m_layout.message->say(
            MessageBar::Kind::warning,
            tr("There is nothing to compare this run with: %1 is not there any more.").arg(first));
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

} // namespace kvprism::app
