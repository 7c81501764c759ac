// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/window_layout.h"

#include "app/window/dock_title.h"
#include "app/window/document_panel.h"
#include "app/window/message_bar.h"
#include "app/window/runs_panel.h"
#include "app/window/strategy_panel.h"
#include "app/window/top_bar.h"
#include "views/answer_view.h"
#include "views/budget_view.h"
#include "views/models/navigator.h"
#include "views/replay_bar.h"
#include "views/selection_chip.h"
#include "views/style.h"
#include "views/survival_map.h"
#include "views/text_view.h"
#include "views/token_details.h"

#include <QAction>
#include <QDockWidget>
#include <QLabel>
#include <QMainWindow>
#include <QPainter>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>
#include <QVBoxLayout>

namespace kvprism::app {

namespace {

// A bar along the whole width that cannot be moved or hidden, without a toolbar's bevels.
class PlainBar final : public QToolBar {
  public:
    PlainBar(QMainWindow* window, Qt::ToolBarArea area, const QString& name, QWidget* content)
        : QToolBar(window) {
        setObjectName(name);
        setMovable(false);
        setFloatable(false);
        setContextMenuPolicy(Qt::PreventContextMenu);
        toggleViewAction()->setEnabled(false);
        auto* below = new QWidget; // the rule that we paint
        auto* column = new QVBoxLayout(below);
        column->setContentsMargins(0, 1, 0, 0);
        column->addWidget(content);
        below->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        addWidget(below);
        window->addToolBar(area, this);
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        const views::Shades& shades = views::shadesOf(palette());
        QPainter painter(this);
        painter.fillRect(rect(), shades.window);
        painter.fillRect(0, 0, width(), 1, shades.rule);
    }
};

} // namespace

WindowLayout::WindowLayout(QMainWindow* window, views::TraceModel* model, views::Navigator* navigator,
                           RunsModel* runsModel)
    : m_window(window) {
    window->setDockOptions(QMainWindow::AllowNestedDocks | QMainWindow::AllowTabbedDocks |
                           QMainWindow::AnimatedDocks);
    window->setContextMenuPolicy(Qt::NoContextMenu);
    window->setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    addBars(model, navigator);
    addCentre(model, navigator);

    runs = new RunsPanel(runsModel);
    strategy = new StrategyPanel;
    answers = new views::AnswerView(model, navigator);
    const auto tr = [](const char* title) { return QMainWindow::tr(title); };
    addDock(QStringLiteral("runs"), tr("Runs"), runs);
    addDock(QStringLiteral("strategy"), tr("Strategy"), strategy);
    addDock(QStringLiteral("conversation"), tr("Conversation"), answers);
    QDockWidget* token =
        addDock(QStringLiteral("token"), tr("Token"), new views::TokenDetails(model, navigator));
    // A click on a token asks about it: its panel comes forward where another tab hides it.
    QObject::connect(navigator, &views::Navigator::lockChanged, token, [token, navigator] {
        if (!navigator->locked().empty() && token->toggleViewAction()->isChecked())
            token->raise();
    });
    addDock(QStringLiteral("budget"), tr("Budget"), new views::BudgetView(model, navigator));
    reset();
}

void WindowLayout::addBars(views::TraceModel* model, views::Navigator* navigator) {
    top = new TopBar;
    new PlainBar(m_window, Qt::TopToolBarArea, QStringLiteral("topBarArea"), top);
    replay = new views::ReplayBar(model, navigator);
    new PlainBar(m_window, Qt::BottomToolBarArea, QStringLiteral("replayBarArea"), replay);
    status = new QLabel;
    status->setFont(views::numberFont(views::TextSize::small));
    status->setTextFormat(Qt::PlainText);
    status->setAccessibleName(QMainWindow::tr("Status"));
    status->setContentsMargins(views::grid, 0, views::grid, 0);
    m_window->statusBar()->addWidget(status, 1);
    m_window->statusBar()->addPermanentWidget(new views::SelectionChip(model, navigator));
    m_window->statusBar()->setSizeGripEnabled(false);
}

void WindowLayout::addCentre(views::TraceModel* model, views::Navigator* navigator) {
    message = new MessageBar;
    empty = new QLabel(
        QMainWindow::tr("Open a document (Ctrl+O), or drop one here.\n\nThen ask a question about it: "
                        "the model reads the text block by block with a small memory,\nand you see "
                        "which words it keeps, which it lets go, and why."));
    empty->setAlignment(Qt::AlignCenter);
    empty->setForegroundRole(QPalette::PlaceholderText);
    document = new DocumentPanel;
    run = new QSplitter(Qt::Vertical);
    run->setChildrenCollapsible(false);
    run->addWidget(new views::SurvivalMap(model, navigator));
    text = new views::TextView(model, navigator);
    run->addWidget(text);
    run->setStretchFactor(0, 10);
    run->setStretchFactor(1, 7);
    run->setHandleWidth(1);
    centre = new QStackedWidget;
    centre->addWidget(empty);
    centre->addWidget(document);
    centre->addWidget(run);

    auto* area = new QWidget;
    auto* column = new QVBoxLayout(area);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(message);
    column->addWidget(centre, 1);
    m_window->setCentralWidget(area);
}

QDockWidget* WindowLayout::addDock(const QString& name, const QString& title, QWidget* content) {
    auto* dock = new QDockWidget(title, m_window);
    dock->setObjectName(name);
    auto* titleBar = new DockTitle(dock, m_window);
    dock->setTitleBarWidget(titleBar);
    m_titles += titleBar;
    // Queued: a panel says so before the window has put the others in their places.
    const auto follow = [this] {
        for (DockTitle* each : m_titles)
            each->followPlace();
    };
    QObject::connect(dock, &QDockWidget::visibilityChanged, dock, follow, Qt::QueuedConnection);
    QObject::connect(dock, &QDockWidget::topLevelChanged, dock, follow, Qt::QueuedConnection);
    QObject::connect(dock, &QDockWidget::dockLocationChanged, dock, follow, Qt::QueuedConnection);
    dock->setWidget(content);
    content->setAccessibleName(title);
    dock->toggleViewAction()->setShortcut(QKeySequence(QStringLiteral("Alt+%1").arg(docks.size() + 1)));
    dock->toggleViewAction()->setToolTip(QMainWindow::tr("Show or hide this panel"));
    docks += dock;
    return dock;
}

QList<QAction*> WindowLayout::panelActions() const {
    QList<QAction*> actions;
    for (const QDockWidget* dock : docks)
        actions += dock->toggleViewAction();
    return actions;
}

void WindowLayout::reset() {
    const auto [runsDock, strategyDock, conversation, token, budget] =
        std::tuple(docks[0], docks[1], docks[2], docks[3], docks[4]);
    for (QDockWidget* dock : docks) {
        dock->setFloating(false);
        dock->show();
    }
    m_window->addDockWidget(Qt::LeftDockWidgetArea, runsDock);
    m_window->addDockWidget(Qt::LeftDockWidgetArea, strategyDock);
    m_window->addDockWidget(Qt::RightDockWidgetArea, conversation);
    m_window->addDockWidget(Qt::RightDockWidgetArea, token);
    m_window->tabifyDockWidget(token, budget);
    token->raise();
    m_window->resizeDocks({runsDock, conversation}, {30 * views::grid, 42 * views::grid}, Qt::Horizontal);
    m_window->resizeDocks({runsDock, strategyDock}, {22 * views::grid, 33 * views::grid}, Qt::Vertical);
    m_window->resizeDocks({conversation, token}, {40 * views::grid, 35 * views::grid}, Qt::Vertical);
    run->setSizes({10, 7});
}

} // namespace kvprism::app
