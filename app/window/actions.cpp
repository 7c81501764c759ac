// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/actions.h"

#include "views/icons.h"

#include <QActionGroup>
#include <QFileInfo>
#include <QMenu>
#include <QMenuBar>

namespace kvprism::app {

namespace {

QKeySequence key(const char* text) {
    return QKeySequence(QString::fromLatin1(text));
}

} // namespace

Actions::Actions(QWidget* window)
    : QObject(window), m_window(window), m_recent(new QMenu(tr("Open &recent"), window)) {
    openDocument = make(tr("&Open document…"), key("Ctrl+O"), tr("Open a text to ask questions of"));
    openRecording = make(tr("Open re&cording…"), key("Ctrl+Shift+O"), tr("Open a recorded run (.kvtrace)"));
    openModel =
        make(tr("Open &model…"), key("Ctrl+M"),
             tr("Choose the model that reads and answers (.gguf, or a .safetensors file of its folder)"));
    showSample = make(tr("Show the &sample run"), key("Ctrl+Shift+S"),
                      tr("Open the recording that comes with KVPrism"));
    quit = make(tr("&Quit"), key("Ctrl+Q"), tr("Close the window; a run that goes on is stopped and kept"));

    question = make(tr("Type a &question"), key("Ctrl+L"), tr("Put the cursor into the question field"));
    ask = make(tr("&Ask"), key("Ctrl+Return"), tr("Ask the question"));
    escape = make(tr("&Stop, or clear the selection"), key("Esc"),
                  tr("Stop the engine while a run goes on, else clear the selection"));

    play = make(tr("&Play or pause"), key("Space"), tr("Play the run step by step"));
    stepBack = make(tr("Step &back"), key("Left"), tr("Go to the step before"));
    stepForward = make(tr("Step &forward"), key("Right"), tr("Go to the next step"));
    first = make(tr("F&irst step"), key("Home"), tr("Go to the first step"));
    last = make(tr("Las&t step"), key("End"), tr("Go to the last step, and follow a run that goes on"));
    whereDropped =
        make(tr("Where was it &dropped?"), key("D"), tr("Go to the step that dropped the selected token"));
    slower = make(tr("&Slower"), key("["), tr("Play at half the speed"));
    faster = make(tr("&Faster"), key("]"), tr("Play at twice the speed"));
    loop = make(tr("&Loop"), key("L"), tr("Start again at the end"));
    loop->setCheckable(true);
    openDocument->setIcon(views::icon(views::Symbol::open));

    light = make(tr("&Light"), key("Ctrl+Alt+L"), tr("Light colours"));
    dark = make(tr("&Dark"), key("Ctrl+Alt+D"), tr("Dark colours"));
    system = make(tr("As the &system"), key("Ctrl+Alt+S"), tr("The desktop's choice of light or dark"));
    auto* schemes = new QActionGroup(this);
    for (QAction* action : {light, dark, system}) {
        action->setCheckable(true);
        schemes->addAction(action);
    }
    resetLayout = make(tr("&Reset the layout"), key("Ctrl+0"), tr("Put every panel back to its place"));
    about = make(tr("&About KVPrism"), key("F1"), tr("What this program is"));

    connect(light, &QAction::triggered, this, [this] { Q_EMIT schemeRequested(views::Scheme::light); });
    connect(dark, &QAction::triggered, this, [this] { Q_EMIT schemeRequested(views::Scheme::dark); });
    connect(system, &QAction::triggered, this, [this] { Q_EMIT schemeRequested(views::Scheme::system); });
}

QAction* Actions::make(const QString& text, const QKeySequence& shortcut, const QString& hint) {
    auto* action = new QAction(text, this);
    action->setShortcut(shortcut);
    action->setToolTip(hint);
    action->setMenuRole(QAction::NoRole);
    m_window->addAction(action);
    return action;
}

void Actions::setScheme(views::Scheme scheme) {
    QAction* const actions[] = {light, dark, system};
    actions[static_cast<std::size_t>(scheme)]->setChecked(true);
}

void Actions::setRecent(const QStringList& paths) {
    m_recent->clear();
    m_recent->setEnabled(!paths.isEmpty());
    for (int i = 0; i < paths.size(); ++i) {
        QAction* action =
            m_recent->addAction(QStringLiteral("&%1  %2").arg(i + 1).arg(QFileInfo(paths[i]).fileName()));
        action->setToolTip(paths[i]);
        action->setShortcut(QKeySequence(QStringLiteral("Ctrl+Shift+%1").arg(i + 1)));
        connect(action, &QAction::triggered, this, [this, path = paths[i]] { Q_EMIT recentRequested(path); });
    }
}

void Actions::fill(QMenuBar* bar, const QList<QAction*>& panels) {
    QMenu* file = bar->addMenu(tr("&File"));
    file->addActions({openDocument, openRecording});
    file->addMenu(m_recent);
    file->addAction(showSample);
    file->addSeparator();
    file->addAction(openModel);
    file->addSeparator();
    file->addAction(quit);
    QMenu* run = bar->addMenu(tr("&Run"));
    run->addActions({question, ask, escape});
    QMenu* replay = bar->addMenu(tr("Re&play"));
    replay->addActions({play, stepBack, stepForward, first, last, whereDropped});
    replay->addSeparator();
    replay->addActions({slower, faster, loop});
    QMenu* view = bar->addMenu(tr("&View"));
    view->addActions({light, dark, system});
    view->addSeparator();
    view->addActions(panels);
    view->addSeparator();
    view->addAction(resetLayout);
    QMenu* help = bar->addMenu(tr("&Help"));
    help->addAction(about);
    for (QMenu* menu : {file, run, replay, view, help})
        menu->setToolTipsVisible(true);
}

} // namespace kvprism::app
