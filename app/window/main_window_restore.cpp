// SPDX-License-Identifier: GPL-3.0-or-later
// What a start brings back: settings and places, what was shown last, a run that was cut off.
#include "app/window/log.h"
#include "app/window/main_window.h"
#include "app/window/strategy_panel.h"
#include "app/window/top_bar.h"
#include "engine/trace/recording_reader.h"

#include <QFile>
#include <QFileInfo>
#include <QLayout>
#include <QScreen>

#include <utility>

namespace kvprism::app {

namespace {

constexpr QSize firstSize{1280, 800};

bool hasSteps(const QString& recording) {
    const auto reader = trace::RecordingReader::open(recording.toStdString());
    return reader && (*reader)->stepCount() > 0;
}

QString shortened(const QString& question) {
    constexpr int most = 80;
    const QString line = question.simplified();
    return line.size() > most ? line.left(most) + QChar(0x2026) : line;
}

} // namespace

void MainWindow::restore() {
    layout()->activate(); // what it could least be while it was put together is not what it can be now
    resize(firstSize);
    if (!restoreGeometry(m_settings.geometry())) // as on a screen of another size
        resize(firstSize.boundedTo(screen()->availableSize()));
    const bool placed = m_workspaces.restore(m_settings.workspace(), m_settings.workspaceStates());
    m_actions.setWorkspace(m_workspaces.current());
    applyTextScale();
    m_layout.strategy->setSettings(m_settings.strategy());
    m_actions.setScheme(m_settings.scheme());
    m_actions.setRecent(m_settings.recentFiles());
    if (const QString sentence = settingsSentence(placed); !sentence.isEmpty())
        m_layout.message->say(MessageBar::Kind::warning, sentence);
}

// What of the settings could not be taken over; empty where everything could.
QString MainWindow::settingsSentence(bool placed) const {
    if (m_settings.wereCorrupt())
        return m_settings.putAside() == m_context.settingsFile
                   ? tr("The settings %1 can neither be read nor moved away, so everything is at its default "
                        "and nothing is remembered.")
                         .arg(m_context.settingsFile)
                   : tr("The settings could not be read, so everything is at its default; the old file is "
                        "kept as %1.")
                         .arg(m_settings.putAside());
    QStringList parts = m_settings.notUnderstood();
    if (!placed)
        parts.prepend(tr("the place of the panels"));
    if (!parts.isEmpty())
        return tr("Part of the settings could not be read and stands at its default: %1.")
            .arg(parts.join(QStringLiteral(", ")));
    return m_settings.canBeKept() ? QString()
                                  : tr("The settings cannot be written to %1, so nothing is remembered.")
                                        .arg(m_context.settingsFile);
}

void MainWindow::start(const QString& path) {
    qCInfo(runLog) << "window shown";
    m_replayController.list(m_context.runsFolder, m_context.sample);
    m_shelf.openBundled();
    m_models.look(modelPath(), false);
    m_layout.top->focusQuestion();
    m_lastShown = path.isEmpty() ? m_settings.lastShown() : LastShown();
    offerUnfinishedRun();
    if (!path.isEmpty()) {
        openPath(path);
        m_reopening = !m_lastShown.question.isEmpty();
        return;
    }
    if (!QFileInfo(m_lastShown.recording).isFile())
        return openLastDocument();
    m_reopening = true;
    m_replayController.open(m_lastShown.recording);
}

void MainWindow::openLastDocument() {
    m_reopening = QFileInfo(m_lastShown.document).isFile();
    if (m_reopening)
        m_shelf.open(m_lastShown.document);
    else
        showSample();
}

void MainWindow::showSample() {
    m_questionBesideSample = std::exchange(m_lastShown.question, QString());
    m_layout.top->setQuestion(m_questionBesideSample);
    if (m_context.sample.isEmpty())
        return showDocument();
    m_replayController.open(m_context.sample);
    const bool nothingElse = !m_lastShown.recording.isEmpty() || !m_lastShown.document.isEmpty();
    if ((m_settings.isFirstStart() || nothingElse) && m_layout.message->sentence().isEmpty())
        sayOf(
            m_context.sample,
            tr("This is a recorded run: from left to right the words of the document, from top to bottom the "
               "blocks as they were read, and in colour what the memory kept, and why. Ask your own question "
               "above."));
}

// The question goes with what it was asked of.
void MainWindow::onReopened() {
    if (const QString kept = std::exchange(m_questionBesideSample, QString());
        !kept.isEmpty() && m_shownRecording == m_context.sample)
        m_layout.top->setQuestion(kept);
    if (std::exchange(m_reopening, false) && !m_lastShown.question.isEmpty())
        m_layout.top->setQuestion(std::exchange(m_lastShown.question, QString()));
}

void MainWindow::rememberShown() {
    LastShown last;
    if (QFileInfo(m_shownRecording).isFile())
        last.recording = m_shownRecording;
    if (const auto document = m_shelf.document(); document && !document->path.empty())
        last.document = QFileInfo(QString::fromStdString(document->path)).absoluteFilePath();
    last.question = m_layout.top->question();
    m_settings.setLastShown(last);
}

// A run that was cut off by the program's end is whole up to its last step; before the first one there is
// only what was asked.
void MainWindow::offerUnfinishedRun() {
    const UnfinishedRun::Note note = m_unfinished.take();
    if (hasSteps(note.recording)) {
        qCInfo(runLog) << "offered a run that was cut off";
        if (QFileInfo(note.recording) == QFileInfo(m_lastShown.recording)) // it will be shown anyway
            return sayOf(note.recording,
                         tr("This run was cut off when the program ended; its steps so far are "
                            "recorded."));
        m_layout.message->say(
            MessageBar::Kind::warning,
            tr("The last run was cut off when the program ended; its steps so far are recorded in %1.")
                .arg(QFileInfo(note.recording).fileName()),
            {tr("Show it"), [this, recording = note.recording] { openRecording(recording); }});
    } else if (!note.question.isEmpty()) {
        if (!note.recording.isEmpty())
            QFile::remove(note.recording); // of no use without a step
        m_lastShown.question = note.question;
        m_lastShown.recording.clear();
        m_lastShown.document = QFileInfo(note.document).isFile() ? note.document : QString();
        const QString ended = tr("The program ended before anything was read for “%1”; the question stands "
                                 "above again.")
                                  .arg(shortened(note.question));
        if (note.document.isEmpty() || !m_lastShown.document.isEmpty())
            return m_layout.message->say(MessageBar::Kind::warning, ended);
        m_layout.message->say(MessageBar::Kind::warning,
                              tr("%1 Its document is not there any more: %2.").arg(ended, note.document),
                              {tr("Open another"), [this] { m_actions.openDocument->trigger(); }});
    }
}

} // namespace kvprism::app
