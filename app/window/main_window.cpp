// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/main_window.h"

#include "app/window/document_panel.h"
#include "app/window/help_panel.h"
#include "app/window/log.h"
#include "app/window/memory_meter.h"
#include "app/window/paths.h"
#include "app/window/reading_choice.h"
#include "app/window/run_estimate.h"
#include "app/window/run_text.h"
#include "app/window/strategy_panel.h"
#include "app/window/top_bar.h"
#include "app/window/words.h"
#include "app/window/workspace_bar.h"

#include <QCloseEvent>
#include <QFileInfo>
#include <QLabel>
#include <QMenuBar>
#include <QMimeData>
#include <QStackedWidget>

#include <utility>

namespace kvprism::app {

namespace {

QString fileOf(const QMimeData& data) {
    const QList<QUrl> urls = data.urls();
    return urls.size() == 1 && urls.front().isLocalFile() ? urls.front().toLocalFile() : QString();
}

} // namespace

MainWindow::MainWindow(WindowContext context)
    : m_context(std::move(context)), m_settings(m_context.settingsFile), m_marking(&m_navigator),
      m_comparing(&m_model), m_comparisonTint(m_comparing.comparison()), m_actions(this),
      m_layout(this, {&m_model, &m_navigator, &m_runsModel, m_marking.needles(), m_comparing.comparison()}),
      m_workspaces(this, &m_layout),
      m_exporting(&m_model, &m_navigator, &m_comparing, m_marking.needles(), this),
      m_unfinished(m_context.runsFolder), m_trash(m_context.throwAway), m_replayController(&m_model),
      m_runController(m_context.engine, &m_model) {
    setWindowTitle(QStringLiteral("KVPrism"));
    setAcceptDrops(true);
    m_actions.fill(menuBar(), m_layout.panelActions());
    m_layout.help->setMenus(menuBar());
    m_layout.strategy->setRunAction(m_actions.runBeside);
    menuBar()->setCornerWidget(new WorkspaceBar(m_actions.workspace));
    connectAsking();
    connectRuns();
    connectDocuments();
    connectModels();
    connectMarks();
    connectComparison();
    connectExports();
    connectVerifying();
    connectMemories();
    connectRecordings();
    connectRunsList();
    connectActions();
    connectReplayActions();
    restore();
    refreshTop();
    refreshMeter();
}

MainWindow::~MainWindow() {
    m_marking.history()->disconnect(this); // it says so when it goes, and the actions are gone by then
}

void MainWindow::openPath(const QString& path) {
    const QString ending = QFileInfo(path).suffix().toLower();
    if (ending == QLatin1String("kvtrace"))
        openRecording(path);
    else if (ending == QLatin1String("kvmemory"))
        askFromMemory(recordingBeside(QFileInfo(path).absoluteFilePath()));
    else if (ending == QLatin1String("gguf") || ending == QLatin1String("safetensors") ||
             QFileInfo(path + QStringLiteral("/config.json")).isFile())
        openModel(path);
    else
        openDocument(path);
}

void MainWindow::openRecording(const QString& path) {
    m_reopening = false;
    m_shelf.giveUp();
    m_replayController.open(QFileInfo(path).absoluteFilePath());
}

void MainWindow::openModel(const QString& path) {
    const QFileInfo file(path); // a file of a folder with a model stands for the folder
    m_models.look(
        file.suffix() == QLatin1String("safetensors") ? file.absolutePath() : file.absoluteFilePath(), true);
}

void MainWindow::connectModels() {
    connect(&m_models, &ModelShelf::known, this, [this](bool asked) {
        if (asked) { // only what can be read takes the place of the model before
            m_settings.setModelPath(QString::fromStdString(m_models.summary()->path));
            m_device = tr("not loaded yet");
            m_layout.message->say(MessageBar::Kind::information,
                                  tr("%1 will be loaded with the next question. %2.")
                                      .arg(QString::fromStdString(m_models.summary()->config.name),
                                           bytesByPart(*m_models.summary(), 0)));
        }
        refreshTop();
    });
    connect(&m_models, &ModelShelf::failed, this,
            [this](const QString&, const QString& sentence, bool asked) {
                if (asked) // else the first question says so
                    m_layout.message->say(MessageBar::Kind::warning, sentence,
                                          {tr("Choose a model"), [this] { m_actions.openModel->trigger(); }});
            });
}

QString MainWindow::modelPath() const {
    return m_settings.modelPath().isEmpty() ? m_context.model : m_settings.modelPath();
}

void MainWindow::connectDocuments() {
    connect(&m_shelf, &DocumentShelf::opened, this, [this](bool asked) {
        if (!asked)
            return refreshTop();
        leaveRun();
        m_layout.top->setQuestion({}); // it was about another text
        showDocument();
        const auto document = m_shelf.document();
        if (!m_reopening) // else it says something about the start
            m_layout.message->hide();
        for (const std::string& notice : document->notices)
            m_layout.message->say(MessageBar::Kind::information, QString::fromStdString(notice));
        m_settings.addRecentFile(QString::fromStdString(document->path));
        m_actions.setRecent(m_settings.recentFiles());
        m_layout.top->focusQuestion();
        onReopened();
        rememberShown();
    });
    connect(&m_shelf, &DocumentShelf::missing, this, &MainWindow::refreshTop);
    connect(&m_shelf, &DocumentShelf::failed, this, [this](const QString& path, const QString& sentence) {
        m_settings.removeRecentFile(path);
        m_actions.setRecent(m_settings.recentFiles());
        m_layout.message->say(MessageBar::Kind::warning, sentence,
                              {tr("Open another"), [this] { m_actions.openDocument->trigger(); }});
        if (m_model.run() && !m_runController.isShown())
            m_shelf.openFor(*m_model.run()); // it may have come meanwhile
        if (std::exchange(m_reopening, false))
            showSample();
    });
}

void MainWindow::showDocument() {
    if (!m_shelf.document())
        return;
    setWindowTitle(tr("%1 – KVPrism").arg(QString::fromStdString(m_shelf.document()->name)));
    m_layout.document->show(*m_shelf.document());
    m_layout.centre->setCurrentWidget(m_layout.document);
}

void MainWindow::refreshTop() {
    const auto document = m_shelf.document();
    const trace::Run* run = m_model.run();
    const bool fromMemory = run && !m_memory.isEmpty();
    if (fromMemory) {
        m_layout.top->setDocument(QString::fromStdString(run->document.name), tr("its saved memory"),
                                  m_memory);
    } else if (document) {
        const std::string& place = document->path.empty() ? document->name : document->path;
        m_layout.top->setDocument(QString::fromStdString(document->name), bytesText(document->bytes),
                                  QString::fromStdString(place));
    } else {
        m_layout.top->setDocument({}, {}, {});
    }
    const auto config = m_layout.strategy->config();
    const bool recorded = run && !m_runController.isShown();
    m_layout.top->setModel(
        modelName(modelPath()), recorded ? recordedWithText(run->model, modelPath()) : m_device,
        m_models.summary()
            ? modelPath() + QLatin1Char('\n') + bytesByPart(*m_models.summary(), config ? config->budget : 0)
            : modelPath());
    m_layout.top->reading()->show(config);
    Actions::allow(m_actions.runBeside, obstacleToRunBeside());
    if (fromMemory)
        m_layout.top->reading()->suspend(
            tr("Nothing is read: the saved memory answers. Ctrl+Shift+M goes back to reading."));
    m_layout.top->setEstimate(fromMemory ? tr("The saved memory answers at once.") : estimate());
    if (!run && !m_runController.isRunning())
        refreshStatus();
    m_layout.top->setObstacle(!document && !fromMemory ? tr("Open a document first.")
                              : !config                ? QString::fromStdString(config.error().message)
                                                       : QString());
}

QString MainWindow::estimate() const {
    const auto document = m_shelf.document();
    const auto config = m_layout.strategy->config();
    if (!document || !config || !m_models.summary())
        return {};
    return estimateText(*m_models.summary(), *config, document->bytes, m_settings.readingRate(modelPath()));
}

void MainWindow::refreshMeter() {
    m_layout.top->meter()->setReading(meterReading(m_model.store(), m_navigator.step()));
}

void MainWindow::refreshStatus() {
    QString text = m_summary;
    if (m_runController.state() == RunState::stopping)
        text = tr("Stopping…");
    else if (m_runController.isRunning()) {
        text =
            m_runController.progress() ? progressText(*m_runController.progress()) : tr("Loading the model");
        if (m_runController.task() == Task::verify)
            text = tr("Verifying · %1").arg(text);
        else if (m_runController.task() == Task::save)
            text = tr("Saving the memory");
    } else if (!m_runController.isShown() && m_model.run())
        text = runText(*m_model.run(), m_model.whole());
    else if (!m_model.run())
        text = estimate();
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
    rememberShown();
    m_settings.setGeometry(saveGeometry());
    m_settings.setWorkspaces(m_workspaces.current(), m_workspaces.states());
    m_settings.save();
    m_replayController.shutDown();
    m_comparing.shutDown();
    m_runController.shutDown();
    qCInfo(runLog) << "closed";
    event->accept();
}

} // namespace kvprism::app
