// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/actions.h"

#include "app/window/teaching.h"
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
    exportView =
        make(tr("&Export a view…"), key("Ctrl+E"),
             tr("Write a view of the shown run as a picture (.png, .svg) or as numbers (.csv, .json)"));
    compare = make(tr("&Compare with a recording…"), key("Ctrl+K"),
                   tr("Show the shown run and another one side by side"));
    quit = make(tr("&Quit"), key("Ctrl+Q"), tr("Close the window; a run that goes on is stopped and kept"));

    question = make(tr("Type a &question"), key("Ctrl+L"), tr("Put the cursor into the question field"));
    ask = make(tr("&Ask"), key("Ctrl+Return"), tr("Ask the question"));
    escape = make(tr("&Stop, or clear the selection"), key("Esc"),
                  tr("Stop the engine while a run goes on, else clear the selection"));

    runBeside = make(tr("Run as &B and compare"), key("Ctrl+Shift+R"),
                     tr("Ask the shown question with the strategy as it stands now, then lay both runs side "
                        "by side"));
    verify = make(tr("&Verify the shown run"), key("F5"),
                  tr("Run the recording again and name the first step that differs"));
    keepMemory = make(tr("&Keep this memory"), key("Ctrl+Shift+K"),
                      tr("Save what the last run read beside its recording, for questions at any time"));
    askMemory = make(tr("Ask from the saved &memory"), key("Ctrl+Shift+M"),
                     tr("Answer from the memory that was kept of the shown run, without reading"));
    askMemory->setCheckable(true);
    deleteRun = make(tr("&Delete the shown run"), key("Ctrl+Shift+Del"),
                     tr("Move its recording to the trash, with the memory that was kept of it"));

    undo = make(tr("&Undo"), key("Ctrl+Z"), tr("Take the last mark back"));
    redo = make(tr("&Redo"), key("Ctrl+Shift+Z"), tr("Make the last mark again"));
    pin = make(tr("&Pin the selected tokens"), key("P"),
               tr("Keep them in the next run, whatever they are worth"));
    evict = make(tr("&Evict the selected tokens"), key("X"),
                 tr("Drop them in the next run as soon as they are read"));
    release = make(tr("Re&lease the selected tokens"), key("R"), tr("Neither pin nor evict them"));
    releaseAll = make(tr("Release &all tokens"), key("Shift+R"), tr("Neither pin nor evict anything"));
    askAgain = make(tr("As&k again with these marks"), key("Ctrl+Shift+Return"),
                    tr("Run the shown question again, with the pinned and evicted tokens"));
    markNeedle = make(tr("&Mark the selection as a needle"), key("N"),
                      tr("Follow it through all steps, and see whether the answer found it"));

    find = make(tr("&Find in the text…"), QKeySequence::Find,
                tr("Search the text of the shown run, and see what became of what is found"));

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
    largerText = make(tr("Larger &text"), QKeySequence::ZoomIn, tr("Larger text in this workspace"));
    smallerText = make(tr("S&maller text"), QKeySequence::ZoomOut, tr("Smaller text in this workspace"));
    usualText = make(tr("Text of the &usual size"), key("Ctrl+="), tr("As large as this workspace has it"));
    auto* shown = new QActionGroup(this);
    for (const Workspace each : workspaces) {
        const WorkspaceRecipe& recipe = recipeOf(each);
        const auto index = static_cast<int>(each);
        QAction* action =
            make(Workspaces::tr(recipe.title), key(qPrintable(QStringLiteral("Ctrl+%1").arg(index + 1))),
                 Workspaces::tr(recipe.hint));
        action->setCheckable(true);
        shown->addAction(action);
        connect(action, &QAction::triggered, this, [this, each] { Q_EMIT workspaceRequested(each); });
        workspace[static_cast<std::size_t>(each)] = action;
    }
    resetLayout = make(tr("&Reset the layout"), key("Ctrl+0"),
                       tr("Put every panel of this workspace back to its place"));
    for (const Lesson& lesson : teaching()) {
        const auto index = static_cast<int>(lessons.size());
        QAction* action = make(
            tr(lesson.title), key(qPrintable(QStringLiteral("Ctrl+Alt+%1").arg(index + 1))), tr(lesson.says));
        connect(action, &QAction::triggered, this, [this, index] { Q_EMIT lessonRequested(index); });
        lessons += action;
    }
    about = make(tr("&About KVPrism"), key("Shift+F1"), tr("What this program is"));
    menus = make(tr("Open the menu &bar"), key("F10"), tr("Walk through the menus with the arrow keys"));

    connect(light, &QAction::triggered, this, [this] { Q_EMIT schemeRequested(views::Scheme::light); });
    connect(dark, &QAction::triggered, this, [this] { Q_EMIT schemeRequested(views::Scheme::dark); });
    connect(system, &QAction::triggered, this, [this] { Q_EMIT schemeRequested(views::Scheme::system); });
}

QAction* Actions::make(const QString& text, const QKeySequence& shortcut, const QString& hint) {
    auto* action = new QAction(text, this);
    action->setShortcut(shortcut);
    action->setToolTip(hint);
    action->setWhatsThis(hint);
    action->setMenuRole(QAction::NoRole);
    m_window->addAction(action);
    return action;
}

void Actions::allow(QAction* action, const QString& obstacle) {
    action->setEnabled(obstacle.isEmpty());
    action->setToolTip(obstacle.isEmpty() ? action->whatsThis() : obstacle);
}

void Actions::setScheme(views::Scheme scheme) {
    QAction* const actions[] = {light, dark, system};
    actions[static_cast<std::size_t>(scheme)]->setChecked(true);
}

void Actions::setWorkspace(Workspace shown) {
    workspace[static_cast<std::size_t>(shown)]->setChecked(true);
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
    file->addActions({compare, exportView});
    file->addSeparator();
    file->addAction(quit);
    QMenu* edit = bar->addMenu(tr("&Edit"));
    edit->addActions({undo, redo});
    edit->addSeparator();
    edit->addActions({pin, evict, release, releaseAll, askAgain});
    edit->addSeparator();
    edit->addActions({markNeedle, find});
    QMenu* run = bar->addMenu(tr("&Run"));
    run->addActions({question, ask, escape});
    run->addSeparator();
    run->addActions({keepMemory, askMemory});
    run->addSeparator();
    run->addActions({runBeside, verify});
    run->addSeparator();
    run->addAction(deleteRun);
    QMenu* replay = bar->addMenu(tr("Re&play"));
    replay->addActions({play, stepBack, stepForward, first, last, whereDropped});
    replay->addSeparator();
    replay->addActions({slower, faster, loop});
    QMenu* view = bar->addMenu(tr("&View"));
    view->addActions(QList<QAction*>(workspace.begin(), workspace.end()));
    view->addSeparator();
    view->addActions({light, dark, system});
    view->addSeparator();
    view->addActions({largerText, smallerText, usualText});
    view->addSeparator();
    QAction* manual = nullptr;
    for (QAction* panel : panels)
        if (panel->objectName() == QLatin1String("help"))
            manual = panel;
        else
            view->addAction(panel);
    view->addSeparator();
    view->addAction(resetLayout);
    QMenu* help = bar->addMenu(tr("&Help"));
    if (manual)
        help->addAction(manual);
    QMenu* teach = help->addMenu(tr("&Recordings for teaching"));
    teach->addActions(lessons);
    help->addSeparator();
    help->addActions({menus, about});
    for (QMenu* menu : {teach, file, edit, run, replay, view, help})
        menu->setToolTipsVisible(true);
}

} // namespace kvprism::app
