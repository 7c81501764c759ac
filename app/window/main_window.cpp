// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_window.h"

#include "app/window/document_panel.h"
#include "app/window/log.h"
#include "app/window/memory_meter.h"
#include "app/window/paths.h"
#include "app/window/run_text.h"
#include "app/window/runs_panel.h"
#include "app/window/shown_strategy.h"
#include "app/window/strategy_panel.h"
#include "app/window/top_bar.h"
#include "app/window/words.h"
#include "views/answer_view.h"
#include "views/models/token_story.h"
#include "views/replay_bar.h"
#include "views/text_view.h"

#include <QApplication>
#include <QCloseEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QSplitter>
#include <QStackedWidget>

#include <algorithm>

namespace kvprism::app {

namespace {

constexpr QSize firstSize{1280, 800};
constexpr double slowestReplay = 0.5; // as in the replay bar's own menu
constexpr double fastestReplay = 8;

QString fileOf(const QMimeData& data) {
    const QList<QUrl> urls = data.urls();
    return urls.size() == 1 && urls.front().isLocalFile() ? urls.front().toLocalFile() : QString();
}

} // namespace

MainWindow::MainWindow(WindowContext context)
    : m_context(std::move(context)), m_settings(m_context.settingsFile), m_actions(this),
      m_layout(this, &m_model, &m_navigator, &m_runsModel), m_replayController(&m_model),
      m_runController(m_context.engine, &m_model) {
    setWindowTitle(QStringLiteral("KVPrism"));
    setAcceptDrops(true);
    m_actions.fill(menuBar(), m_layout.panelActions());
    connectAsking();
    connectRuns();
    connectDocuments();
    connectRecordings();
    connectActions();
    connectReplayActions();
    restore();
    refreshTop();
    refreshMeter();
}

void MainWindow::restore() {
    resize(firstSize);
    bool placed = true;
    if (!m_settings.geometry().isEmpty())
        placed = restoreGeometry(m_settings.geometry());
    if (!m_settings.layout().isEmpty() && !restoreState(m_settings.layout()))
        placed = false;
    if (!m_settings.centreLayout().isEmpty())
        m_layout.run->restoreState(m_settings.centreLayout());
    if (!placed) {
        m_layout.reset();
        m_layout.message->say(
            MessageBar::Kind::warning,
            tr("The remembered place of the panels could not be read: they stand at their default."));
    }
    m_layout.strategy->setSettings(m_settings.strategy());
    m_actions.setScheme(m_settings.scheme());
    m_actions.setRecent(m_settings.recentFiles());
    if (m_settings.wereCorrupt())
        m_layout.message->say(
            MessageBar::Kind::warning,
            tr("The settings could not be read, so everything is at its default; the old file is "
               "kept as %1.")
                .arg(m_settings.putAside()));
}

void MainWindow::start(const QString& path) {
    qCInfo(runLog) << "window shown";
    m_replayController.list(m_context.runsFolder, m_context.sample);
    m_shelf.openBundled();
    m_layout.top->focusQuestion();
    if (!path.isEmpty())
        return openPath(path);
    if (m_context.sample.isEmpty())
        return showDocument();
    m_replayController.open(m_context.sample);
    if (m_settings.isFirstStart())
        m_layout.message->say(
            MessageBar::Kind::information,
            tr("This is a recorded run: from left to right the words of the document, from top to bottom the "
               "blocks as they were read, and in colour what the memory kept, and why. Ask your own question "
               "above."));
}

void MainWindow::openPath(const QString& path) {
    const QString ending = QFileInfo(path).suffix().toLower();
    if (ending == QLatin1String("kvtrace"))
        openRecording(path);
    else if (ending == QLatin1String("gguf") || ending == QLatin1String("safetensors") ||
             QFileInfo(path + QStringLiteral("/config.json")).isFile())
        openModel(path);
    else
        openDocument(path);
}

void MainWindow::openRecording(const QString& path) {
    m_replayController.open(QFileInfo(path).absoluteFilePath());
}

void MainWindow::openModel(const QString& path) {
    const QFileInfo file(path); // a file of a folder with a model stands for the folder
    m_settings.setModelPath(file.suffix() == QLatin1String("safetensors") ? file.absolutePath()
                                                                          : file.absoluteFilePath());
    m_device = tr("not loaded yet");
    refreshTop();
}

QString MainWindow::modelPath() const {
    return m_settings.modelPath().isEmpty() ? m_context.model : m_settings.modelPath();
}

void MainWindow::connectAsking() {
    connect(m_layout.top, &TopBar::askRequested, this, &MainWindow::ask);
    connect(m_layout.top, &TopBar::stopRequested, &m_runController, &RunController::stop);
    connect(m_layout.top, &TopBar::openModelRequested, m_actions.openModel, &QAction::trigger);
    connect(m_layout.top, &TopBar::openDocumentRequested, m_actions.openDocument, &QAction::trigger);
    connect(m_layout.strategy, &StrategyPanel::changed, this, &MainWindow::refreshTop);
}

void MainWindow::ask(const QString& question) {
    const auto config = m_layout.strategy->config();
    if (question.isEmpty() || !m_shelf.document() || !config)
        return;
    RunRequest request;
    request.model.path = modelPath().toStdString();
    request.config = *config;
    request.document = m_shelf.document();
    request.question = question;
    request.recordingPath =
        newRecordingPath(m_context.runsFolder, QString::fromStdString(request.document->name));
    m_runController.start(request);
}

void MainWindow::connectRuns() {
    connect(&m_runController, &RunController::started, this, &MainWindow::onRunStarted);
    connect(&m_runController, &RunController::stateChanged, this, [this](RunState state) {
        m_layout.top->setState(state);
        refreshStatus();
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
    connect(&m_runController, &RunController::finished, this,
            [this](const std::shared_ptr<const Ending>& ending) { onRunFinished(*ending); });
}

void MainWindow::onRunStarted(const RunRequest& request) {
    m_replayController.cancel();
    m_settings.setStrategy(m_layout.strategy->settings());
    m_liveRecording = request.recordingPath;
    m_liveQuestion = request.question;
    m_runsModel.setLive(m_liveQuestion, QString::fromStdString(request.document->name), m_liveRecording);
    m_layout.runs->setShown(m_liveRecording);
    m_layout.answers->beginAnswer(request.question);
    m_navigator.setFollowing(true); // whoever asks wants to see it read
    m_layout.message->hide();
    m_summary.clear();
}

void MainWindow::onRunFinished(const Ending& ending) {
    m_runsModel.clearLive();
    m_replayController.list(m_context.runsFolder, m_context.sample);
    m_layout.answers->breakOff(ending.error ? QString::fromStdString(ending.error->message)
                                            : tr("stopped before the first word"));
    if (ending.result)
        m_summary = summaryText(*ending.result);
    if (ending.outcome == trace::Outcome::stopped)
        m_summary = tr("Stopped; what was read and answered so far is kept.");
    if (ending.error)
        m_layout.message->say(MessageBar::Kind::warning, QString::fromStdString(ending.error->message),
                              wayOnAfterFailure());
    else if (ending.recordingError)
        m_layout.message->say(MessageBar::Kind::warning,
                              QString::fromStdString(ending.recordingError->message));
    refreshTop();
    refreshStatus();
}

MessageBar::Action MainWindow::wayOnAfterFailure() {
    if (!m_runController.liveRun().run()) // it came no further than the model
        return {tr("Choose a model"), [this] { m_actions.openModel->trigger(); }};
    return {tr("Ask again"), [this] { ask(m_layout.top->question()); }};
}

void MainWindow::connectDocuments() {
    connect(&m_shelf, &DocumentShelf::opened, this, [this](bool asked) {
        if (!asked)
            return refreshTop();
        leaveRun();
        showDocument();
        const auto document = m_shelf.document();
        m_layout.message->hide();
        for (const std::string& notice : document->notices)
            m_layout.message->say(MessageBar::Kind::information, QString::fromStdString(notice));
        m_settings.addRecentFile(QString::fromStdString(document->path));
        m_actions.setRecent(m_settings.recentFiles());
        m_layout.top->focusQuestion();
    });
    connect(&m_shelf, &DocumentShelf::missing, this, &MainWindow::refreshTop);
    connect(&m_shelf, &DocumentShelf::failed, this, [this](const QString& path, const QString& sentence) {
        m_settings.removeRecentFile(path);
        m_actions.setRecent(m_settings.recentFiles());
        m_layout.message->say(MessageBar::Kind::warning, sentence,
                              {tr("Open another"), [this] { m_actions.openDocument->trigger(); }});
    });
}

// Another document has nothing to do with the run that was shown; the list of runs still has it.
void MainWindow::leaveRun() {
    m_replayController.cancel();
    m_runController.setShown(false);
    m_layout.answers->clearConversation();
    m_summary.clear();
    m_model.clear();
    m_layout.runs->setShown({});
    refreshTop();
}

void MainWindow::showDocument() {
    if (!m_shelf.document())
        return;
    setWindowTitle(tr("%1 – KVPrism").arg(QString::fromStdString(m_shelf.document()->name)));
    m_layout.document->show(*m_shelf.document());
    m_layout.centre->setCurrentWidget(m_layout.document);
}

void MainWindow::connectRecordings() {
    connect(&m_replayController, &ReplayController::listed, &m_runsModel, &RunsModel::setRecordings);
    connect(&m_replayController, &ReplayController::aboutToShow, this, [this] {
        m_runController.setShown(false);
        m_layout.answers->clearConversation();
        m_navigator.clearLock();
        m_navigator.setFollowing(true);
    });
    connect(&m_replayController, &ReplayController::opened, this, [this](const QString& path) {
        m_layout.runs->setShown(path);
        if (path != m_context.sample)
            m_settings.addRecentFile(path);
        m_actions.setRecent(m_settings.recentFiles());
        if (const auto token = views::mostWantedToken(m_model))
            m_navigator.reveal(*token); // the text begins where the question found the most
        refreshStatus();
    });
    connect(&m_replayController, &ReplayController::failed, this,
            [this](const QString& path, const QString& sentence) {
                m_settings.removeRecentFile(path);
                m_actions.setRecent(m_settings.recentFiles());
                m_layout.message->say(MessageBar::Kind::warning, sentence,
                                      {tr("Open another"), [this] { m_actions.openRecording->trigger(); }});
            });
    connect(m_layout.runs, &RunsPanel::openRequested, this, &MainWindow::openRecording);
    connect(m_layout.runs, &RunsPanel::liveRequested, this, [this] {
        m_replayController.cancel();
        m_runController.setShown(true);
        m_layout.runs->setShown(m_liveRecording);
        m_layout.answers->beginAnswer(m_liveQuestion);
        m_layout.answers->appendLiveText(m_runController.liveAnswer());
    });
    connect(&m_model, &views::TraceModel::runChanged, this, &MainWindow::onRunShown);
    connect(&m_model, &views::TraceModel::stepsAppended, this, [this] {
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
        else
            m_shelf.openFor(*run);
        refreshTop();
    }
    m_layout.strategy->shown()->show(run);
    m_navigator.setExtent(m_model.stepCount(), run ? run->streamTokens() : 0);
    refreshMeter();
    refreshStatus();
}

void MainWindow::connectActions() {
    const auto when = [this](QAction* action, auto&& act) {
        connect(action, &QAction::triggered, this, act);
    };
    when(m_actions.openDocument, [this] {
        chooseFile(tr("Open a document"), tr("All files (*);;Documents (*.txt *.md *.text *.markdown *.pdf)"),
                   &MainWindow::openDocument);
    });
    when(m_actions.openRecording, [this] {
        chooseFile(tr("Open a recording"), tr("Recordings (*.kvtrace)"), &MainWindow::openRecording);
    });
    when(m_actions.openModel, [this] {
        chooseFile(tr("Open a model"), tr("Models (*.gguf *.safetensors)"), &MainWindow::openModel);
    });
    when(m_actions.showSample, [this] { m_replayController.open(m_context.sample); });
    m_actions.showSample->setEnabled(!m_context.sample.isEmpty());
    when(m_actions.quit, [this] { close(); });
    when(m_actions.question, [this] { m_layout.top->focusQuestion(); });
    when(m_actions.ask, [this] { ask(m_layout.top->question()); });
    when(m_actions.escape, [this] { escape(); });
    when(m_actions.resetLayout, [this] { m_layout.reset(); });
    when(m_actions.about, [this] {
        m_layout.message->say(
            MessageBar::Kind::information,
            tr("KVPrism %1 shows what a language model remembers of a long document, step by step. "
               "Free software under the GPL, version 3 or later.")
                .arg(QStringLiteral(KVPRISM_VERSION)));
    });
    connect(&m_actions, &Actions::recentRequested, this, &MainWindow::openPath);
    connect(&m_actions, &Actions::schemeRequested, this, [this](views::Scheme scheme) {
        m_settings.setScheme(scheme);
        views::applyStyle(*qApp, scheme);
    });
}

void MainWindow::chooseFile(const QString& title, const QString& filter,
                            void (MainWindow::*open)(const QString&)) {
    auto* dialog = new QFileDialog(this, title, QString(), filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, open);
    dialog->open();
}

void MainWindow::connectReplayActions() {
    views::ReplayBar* replay = m_layout.replay;
    const auto when = [this](QAction* action, auto&& act) {
        connect(action, &QAction::triggered, this, act);
    };
    when(m_actions.play, [replay] { replay->setPlaying(!replay->isPlaying()); });
    when(m_actions.stepBack, [this] { m_navigator.setStep(m_navigator.step() - 1); });
    when(m_actions.stepForward, [this] { m_navigator.setStep(m_navigator.step() + 1); });
    when(m_actions.first, [this] { m_navigator.setStep(0); });
    when(m_actions.last, [this] { m_navigator.setStep(m_navigator.steps() - 1); });
    when(m_actions.whereDropped, [replay] { replay->goToDrop(); });
    when(m_actions.slower, [replay] { replay->setSpeed(std::max(replay->speed() / 2, slowestReplay)); });
    when(m_actions.faster, [replay] { replay->setSpeed(std::min(replay->speed() * 2, fastestReplay)); });
    when(m_actions.loop, [replay](bool loop) { replay->setLooping(loop); });
}

void MainWindow::escape() {
    if (m_runController.isRunning())
        return m_runController.stop();
    if (m_layout.text->isAncestorOf(focusWidget()) && qobject_cast<QLineEdit*>(focusWidget()))
        return m_layout.text->closeSearch();
    m_navigator.clearLock();
    m_navigator.setRange(std::nullopt);
}

void MainWindow::refreshTop() {
    const auto document = m_shelf.document();
    if (document) {
        const std::string& place = document->path.empty() ? document->name : document->path;
        m_layout.top->setDocument(QString::fromStdString(document->name), bytesText(document->bytes),
                                  QString::fromStdString(place));
    } else {
        m_layout.top->setDocument({}, {}, {});
    }
    const trace::Run* run = m_model.run();
    const bool recorded = run && !m_runController.isShown();
    m_layout.top->setModel(modelName(modelPath()),
                           recorded ? recordedWithText(run->model, modelPath()) : m_device, modelPath());
    const auto config = m_layout.strategy->config();
    m_layout.top->setObstacle(!document ? tr("Open a document first.")
                              : !config ? QString::fromStdString(config.error().message)
                                        : QString());
}

void MainWindow::refreshMeter() {
    m_layout.top->meter()->setReading(meterReading(m_model.store(), m_navigator.step()));
}

void MainWindow::refreshStatus() {
    QString text = m_summary;
    if (m_runController.state() == RunState::stopping)
        text = tr("Stopping…");
    else if (m_runController.isRunning())
        text =
            m_runController.progress() ? progressText(*m_runController.progress()) : tr("Loading the model");
    else if (!m_runController.isShown() && m_model.run())
        text = runText(*m_model.run(), m_model.store());
    m_layout.status->setText(text);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!fileOf(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    event->acceptProposedAction();
    openPath(fileOf(*event->mimeData()));
}

void MainWindow::closeEvent(QCloseEvent* event) {
    m_settings.setPlace(saveGeometry(), saveState());
    m_settings.setCentreLayout(m_layout.run->saveState());
    m_settings.save();
    m_replayController.shutDown();
    m_runController.shutDown();
    qCInfo(runLog) << "closed";
    event->accept();
}

} // namespace kvprism::app
