// SPDX-License-Identifier: GPL-3.0-or-later
// What menus and keys do in the window.
#include "app/window/main_window.h"
#include "app/window/top_bar.h"
#include "views/replay_bar.h"
#include "views/text_view.h"

#include <QApplication>
#include <QFileDialog>
#include <QLineEdit>
#include <QMenuBar>
#include <QTimer>

#include <algorithm>

namespace kvprism::app {

namespace {

constexpr double slowestReplay = 0.5; // as in the replay bar's own menu
constexpr double fastestReplay = 8;
constexpr double textStep = 1.1;

} // namespace

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
    connect(&m_actions, &Actions::lessonRequested, this, &MainWindow::openLesson);
    when(m_actions.quit, [this] { close(); });
    when(m_actions.question, [this] { m_layout.top->focusQuestion(); });
    when(m_actions.ask, [this] { ask(m_layout.top->question()); });
    when(m_actions.escape, [this] { escape(); });
    when(m_actions.runBeside, [this] { runBeside(); });
    when(m_actions.find, [this] { findInText(); });
    for (QAction* own : m_layout.text->actions()) // two of one key would be none
        if (own->shortcut() == m_actions.find->shortcut())
            own->setShortcut({});
    when(m_actions.menus, [this] { menuBar()->setActiveAction(menuBar()->actions().front()); });
    when(m_actions.resetLayout, [this] { m_workspaces.reset(); });
    when(m_actions.about, [this] {
        m_layout.message->say(
            MessageBar::Kind::information,
            tr("KVPrism %1 shows what a language model remembers of a long document, step by step. "
               "Free software under the GPL, version 3 or later.")
                .arg(QStringLiteral(KVPRISM_VERSION)));
    });
    connect(&m_actions, &Actions::recentRequested, this, &MainWindow::openPath);
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget* old, QWidget* now) {
        if (old && now) // once what hides or disables it is done
            QTimer::singleShot(0, this, [this, old = QPointer<QWidget>(old), now = QPointer<QWidget>(now)] {
                rescueFocus(old, now);
            });
    });
    connect(&m_actions, &Actions::workspaceRequested, &m_workspaces, &Workspaces::go);
    connect(&m_workspaces, &Workspaces::changed, &m_actions, &Actions::setWorkspace);
    connect(&m_workspaces, &Workspaces::changed, this, &MainWindow::applyTextScale);
    connect(&m_workspaces, &Workspaces::changed, this, [this] { // what is hidden now must take no keys
        if (focusWidget() && (!focusWidget()->isVisible() || !qobject_cast<QLineEdit*>(focusWidget())))
            m_layout.focusCentre();
    });
    when(m_actions.largerText, [this] { scaleTextBy(textStep); });
    when(m_actions.smallerText, [this] { scaleTextBy(1 / textStep); });
    when(m_actions.usualText, [this] { setTextScale(recipeOf(m_workspaces.current()).textScale); });
    connect(&m_actions, &Actions::schemeRequested, this, [this](views::Scheme scheme) {
        m_settings.setScheme(scheme);
        views::applyStyle(*qApp, scheme);
    });
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

// Qt hands the focus of what is hidden or disabled to whatever comes next, the bar on top in the end, where
// Space would press a button that nobody chose.
void MainWindow::rescueFocus(const QPointer<QWidget>& old, const QPointer<QWidget>& now) {
    const bool pushed = !old || !old->isVisible() || !old->isEnabled();
    if (pushed && now && now->hasFocus() && m_layout.top->isAncestorOf(now) && !qobject_cast<QLineEdit*>(now))
        m_layout.focusCentre();
}

void MainWindow::scaleTextBy(double factor) {
    setTextScale(m_settings.textScale(m_workspaces.current()) * factor);
}

void MainWindow::setTextScale(double scale) {
    const double before = views::textScale();
    const double now = std::clamp(scale, Settings::smallestText, Settings::largestText);
    m_settings.setTextScale(m_workspaces.current(), now);
    m_workspaces.followText(before, now); // before the letters change: it looks at the panels
    applyTextScale();
}

void MainWindow::applyTextScale() {
    const double scale = m_settings.textScale(m_workspaces.current());
    views::setTextScale(*qApp, scale);
    m_actions.largerText->setEnabled(scale < Settings::largestText);
    m_actions.smallerText->setEnabled(scale > Settings::smallestText);
}

void MainWindow::chooseFile(const QString& title, const QString& filter,
                            void (MainWindow::*open)(const QString&)) {
    auto* dialog = new QFileDialog(this, title, QString(), filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, open);
    dialog->open();
}

void MainWindow::findInText() {
    if (!m_model.run())
        return m_layout.message->say(MessageBar::Kind::information,
                                     tr("The text can be searched once a run is shown: ask a question."));
    if (!m_layout.text->isVisible()) // not in this workspace
        m_workspaces.go(Workspace::read);
    m_layout.text->openSearch();
}

void MainWindow::escape() {
    if (m_runController.isRunning())
        return m_runController.stop();
    if (m_layout.text->isAncestorOf(focusWidget()) && qobject_cast<QLineEdit*>(focusWidget()))
        return m_layout.text->closeSearch();
    m_navigator.clearLock();
    m_navigator.setRange(std::nullopt);
}

} // namespace kvprism::app
