// SPDX-License-Identifier: GPL-3.0-or-later
// What people do with a shown run: mark tokens in it, compare it with another, export it.
#include "app/window/main_window.h"
#include "app/window/paths.h"
#include "app/window/runs_panel.h"
#include "app/window/teaching.h"
#include "app/window/top_bar.h"
#include "app/window/words.h"
#include "views/compare_view.h"
#include "views/models/needle_story.h"
#include "views/models/text_search.h"
#include "views/replay_bar.h"
#include "views/replay_timeline.h"
#include "views/selection_chip.h"
#include "views/text_canvas.h"
#include "views/text_view.h"

#include <QDesktopServices>
#include <QFileInfo>
#include <QUrl>

#include <utility>

namespace kvprism::app {

namespace {

// Needles, the blocks in which pinned tokens are read, and the answers behind the last one.
std::vector<views::TimelineMark> timelineMarks(const views::TraceModel& model, Marking& marking) {
    using Mark = views::TimelineMark;
    std::vector<Mark> marks = views::needleMarks(model, *marking.needles());
    const views::TokenText& text = model.text();
    for (const auto& range : marking.marks()->state().pins.ranges())
        if (const auto step = model.survival().readAt(range.first))
            marks.push_back(
                {Mark::Kind::pin, *step,
                 MainWindow::tr("pinned: %1").arg(text.between(range.first, range.last).simplified())});
    if (model.stepCount() > 0)
        for (const auto& answer : model.store().answers())
            marks.push_back(
                {Mark::Kind::answer, model.stepCount() - 1,
                 MainWindow::tr("answer: %1").arg(QString::fromStdString(answer->text).simplified())});
    return marks;
}

} // namespace

void MainWindow::connectMarks() {
    const auto when = [this](QAction* action, auto&& act) {
        connect(action, &QAction::triggered, this, act);
    };
    when(m_actions.pin, [this] { m_marking.pinSelection(); });
    when(m_actions.evict, [this] { m_marking.evictSelection(); });
    when(m_actions.release, [this] { m_marking.releaseSelection(); });
    when(m_actions.releaseAll, [this] { m_marking.marks()->releaseAll(); });
    when(m_actions.markNeedle, [this] { m_marking.markSelection(); });
    when(m_actions.askAgain, [this] {
        if (const trace::Run* run = m_model.run())
            ask(QString::fromStdString(run->question));
    });
    QUndoStack* history = m_marking.history();
    when(m_actions.undo, [history] { history->undo(); });
    when(m_actions.redo, [history] { history->redo(); });
    connect(history, &QUndoStack::indexChanged, this, &MainWindow::refreshMarks);
    connect(m_marking.needles(), &views::Needles::changed, this, &MainWindow::refreshMarks);
    connect(m_marking.marks(), &views::TokenMarks::changed, this, &MainWindow::refreshMarks);
    connect(&m_navigator, &views::Navigator::lockChanged, this, &MainWindow::refreshMarks);
    connect(&m_navigator, &views::Navigator::rangeChanged, this, &MainWindow::refreshMarks);
    connect(&m_model, &views::TraceModel::stepsAppended, this, &MainWindow::refreshMarks);
    connect(&m_model, &views::TraceModel::curtainDrawn, this, &MainWindow::refreshMarks);
    connect(&m_model, &views::TraceModel::answersChanged, this, &MainWindow::refreshMarks);
    connect(&m_model, &views::TraceModel::runChanged, this, [this] {
        if (const trace::Run* run = m_model.run())
            m_marking.setDocument(run->document.sha256, run->streamTokens());
        refreshMarks();
    });
    m_layout.text->canvas()->setMarks(m_marking.marks());
    m_layout.text->canvas()->setNeedles(m_marking.needles());
    m_layout.selection->setMarks(m_marking.marks(),
                                 m_actions.askAgain->shortcut().toString(QKeySequence::NativeText));
    m_layout.text->canvas()->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_layout.text->canvas()->addActions(
        {m_actions.pin, m_actions.evict, m_actions.release, m_actions.markNeedle});
    refreshMarks();
}

// What can be done with marks at the moment, and where they stand on the timeline.
void MainWindow::refreshMarks() {
    const bool selected = views::selectedRange(m_navigator).has_value();
    for (QAction* action : {m_actions.pin, m_actions.evict, m_actions.release, m_actions.markNeedle})
        action->setEnabled(selected);
    const QUndoStack* history = m_marking.history();
    m_actions.undo->setEnabled(history->canUndo());
    m_actions.redo->setEnabled(history->canRedo());
    m_actions.undo->setText(tr("&Undo %1").arg(history->undoText().toLower()).trimmed());
    m_actions.redo->setText(tr("&Redo %1").arg(history->redoText().toLower()).trimmed());
    const bool marked = !m_marking.marks()->empty();
    m_actions.releaseAll->setEnabled(marked);
    m_actions.askAgain->setEnabled(marked && m_model.run() && !m_model.run()->question.empty());
    m_layout.replay->timeline()->setMarks(timelineMarks(m_model, m_marking));
    refreshTop();
}

void MainWindow::connectComparison() {
    connect(m_layout.runs, &RunsPanel::compareRequested, this, &MainWindow::compareWith);
    connect(m_layout.comparison, &views::CompareView::chooseRequested, m_actions.compare, &QAction::trigger);
    connect(m_layout.comparison, &views::CompareView::swapRequested, this, &MainWindow::swapCompared);
    connect(m_layout.comparison, &views::CompareView::closeRequested, &m_comparing, &Comparing::close);
    connect(m_actions.compare, &QAction::triggered, this, [this] {
        chooseFile(tr("Compare with a recording"), tr("Recordings (*.kvtrace)"), &MainWindow::compareWith);
    });
    connect(&m_comparing, &Comparing::changed, this, &MainWindow::showCompared);
    connect(&m_comparing, &Comparing::failed, this, [this](const QString& sentence) {
        m_layout.message->say(MessageBar::Kind::warning, sentence,
                              {tr("Choose another"), [this] { m_actions.compare->trigger(); }});
    });
}

// What is said of a recording goes with it.
void MainWindow::sayOf(const QString& recording, const QString& sentence) {
    m_spokenOf = {recording, sentence};
    m_layout.message->say(MessageBar::Kind::information, sentence);
}

// Empty where the shown run is recorded nowhere.
void MainWindow::setShownRecording(const QString& path) {
    m_shownRecording = path;
    if (path != m_spokenOf.first && !m_spokenOf.first.isEmpty()) {
        if (m_layout.message->sentence() == m_spokenOf.second)
            m_layout.message->hide();
        m_spokenOf = {};
    }
    m_exporting.setRecording(path);
    nameCompared();
}

void MainWindow::nameCompared() {
    m_layout.comparison->setNames(QFileInfo(m_shownRecording).completeBaseName(),
                                  QFileInfo(m_comparing.path()).completeBaseName());
    m_runsModel.setCompared(m_shownRecording, m_comparing.path());
}

void MainWindow::showCompared() {
    nameCompared();
    m_layout.sayWhichRun(m_comparing.isOn());
    const bool begins = m_comparing.isOn() && !m_layout.text->tintSource();
    m_layout.text->setTintSource(m_comparing.isOn() ? &m_comparisonTint : nullptr);
    if (begins)
        m_layout.text->setTint(views::TextTint::source);
}

void MainWindow::compareWith(const QString& recording) {
    if (const QString obstacle = obstacleToCompare(recording); !obstacle.isEmpty())
        return m_layout.message->say(MessageBar::Kind::warning, obstacle);
    layBeside(recording);
}

void MainWindow::layBeside(const QString& recording) {
    m_comparing.choose(QFileInfo(recording).absoluteFilePath());
    m_workspaces.go(Workspace::compare);
}

void MainWindow::swapCompared() {
    const QString other = m_comparing.path();
    if (other.isEmpty() || m_shownRecording.isEmpty())
        return;
    m_comparing.choose(m_shownRecording);
    m_replayController.open(other);
}

void MainWindow::connectExports() {
    connect(m_actions.exportView, &QAction::triggered, this, [this] {
        const bool compared =
            m_workspaces.current() == Workspace::compare && m_comparing.comparison()->ready();
        m_exporting.ask(compared ? QStringLiteral("difference") : QString());
    });
    connect(&m_exporting, &Exporting::written, this, [this](const QString& path, const QString& numbers) {
        m_layout.message->say(
            MessageBar::Kind::information,
            numbers.isEmpty()
                ? tr("Written to %1.").arg(path)
                : tr("Written to %1, its numbers to %2 beside it.").arg(path, QFileInfo(numbers).fileName()),
            {tr("Open"), [path] { QDesktopServices::openUrl(QUrl::fromLocalFile(path)); }});
    });
    connect(&m_exporting, &Exporting::failed, this, [this](const QString& sentence) {
        m_layout.message->say(MessageBar::Kind::warning, sentence,
                              {tr("Try again"), [this] { m_actions.exportView->trigger(); }});
    });
}

// What a lesson is about stands in the message until it is closed; two runs are compared at once.
void MainWindow::openLesson(int index) {
    const Lesson& lesson = teaching()[static_cast<std::size_t>(index)];
    const QString recording = unpackedResource(QString::fromLatin1(lesson.resource));
    const QString beside = lesson.beside ? unpackedResource(QString::fromLatin1(lesson.beside)) : QString();
    if (recording.isEmpty() || (lesson.beside && beside.isEmpty()))
        return m_layout.message->say(
            MessageBar::Kind::warning,
            tr("The recordings for teaching could not be unpacked: neither the cache nor the folder for "
               "temporary files can be written."));
    openRecording(recording);
    m_needleOfLesson = QString::fromLatin1(lesson.needle);
    if (beside.isEmpty())
        m_workspaces.go(Workspace::teach);
    else
        layBeside(beside);
    sayOf(recording, Actions::tr(lesson.says));
}

void MainWindow::markNeedleOfLesson() {
    const QString words = std::exchange(m_needleOfLesson, QString());
    const auto hits = words.isEmpty() ? std::vector<views::Hit>() : views::findAll(m_model.text(), words);
    if (hits.empty())
        return;
    m_marking.needles()->add({{hits.front().firstToken, hits.front().lastToken}});
    m_navigator.reveal(hits.front().firstToken);
}

} // namespace kvprism::app
