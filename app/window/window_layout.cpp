// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/window_layout.h"

#include "app/window/dock_title.h"
#include "app/window/document_panel.h"
#include "app/window/help_panel.h"
#include "app/window/message_bar.h"
#include "app/window/runs_panel.h"
#include "app/window/strategy_panel.h"
#include "app/window/top_bar.h"
#include "app/window/workspaces.h"
#include "views/answer_view.h"
#include "views/budget_view.h"
#include "views/compare_view.h"
#include "views/difference_map.h"
#include "views/following_font.h"
#include "views/lsh_view.h"
#include "views/models/navigator.h"
#include "views/needle_view.h"
#include "views/overlap_view.h"
#include "views/quiz_view.h"
#include "views/replay_bar.h"
#include "views/score_view.h"
#include "views/selection_chip.h"
#include "views/step_caption.h"
#include "views/style.h"
#include "views/survival_map.h"
#include "views/text_view.h"
#include "views/token_details.h"
#include "views/what_if_view.h"

#include <QAction>
#include <QDockWidget>
#include <QLabel>
#include <QMainWindow>
#include <QPainter>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QToolBar>
#include <QVBoxLayout>

#include <algorithm>

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

namespace {

constexpr int wideScreen = 1800; // pixels
constexpr double widestByText = 1.35;

// Alt+1 … Alt+9, then Alt+Shift+1, …
QKeySequence keyOfPanel(qsizetype index) {
    const QString modifiers = index < 9 ? QStringLiteral("Alt+") : QStringLiteral("Alt+Shift+");
    return QKeySequence(modifiers + QString::number(index % 9 + 1));
}

const WorkspaceRecipe::Part* partOf(const WorkspaceRecipe& recipe, const QString& name) {
    for (const WorkspaceRecipe::Part& part : recipe.centre)
        if (name == QLatin1String(part.name))
            return &part;
    return nullptr;
}

} // namespace

WindowLayout::WindowLayout(QMainWindow* window, const Shown& shown) : m_window(window) {
    window->setDockOptions(QMainWindow::AllowNestedDocks | QMainWindow::AllowTabbedDocks |
                           QMainWindow::AnimatedDocks);
    window->setContextMenuPolicy(Qt::NoContextMenu);
    window->setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
    addBars(shown);
    addCentre(shown);
    addPanels(shown);
}

void WindowLayout::addPanels(const Shown& shown) {
    const auto [model, navigator, runsModel, needles, compared] = shown;
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
    addDock(QStringLiteral("scores"), tr("Scores"), new views::ScoreView(model, navigator));
    addDock(QStringLiteral("lsh"), tr("LSH"), new views::LshView(model, navigator));
    addDock(QStringLiteral("overlap"), tr("Overlap"), new views::OverlapView(model, navigator));
    whatIf = new views::WhatIfView(model, navigator);
    addDock(QStringLiteral("what_if"), tr("What if"), whatIf);
    addDock(QStringLiteral("needles"), tr("Needles"),
            new views::NeedleView(model, navigator, needles, compared));
    addDock(QStringLiteral("quiz"), tr("Quiz"), new views::QuizView(model, navigator));
    help = new HelpPanel;
    addDock(QStringLiteral("help"), tr("Help"), help);
    m_panelActions.back()->setShortcut(QKeySequence::HelpContents);
    m_panelActions.back()->setToolTip(tr("How the window is used, and all of its keys"));
}

void WindowLayout::addBars(const Shown& shown) {
    top = new TopBar;
    new PlainBar(m_window, Qt::TopToolBarArea, QStringLiteral("topBarArea"), top);
    replay = new views::ReplayBar(shown.model, shown.navigator);
    new PlainBar(m_window, Qt::BottomToolBarArea, QStringLiteral("replayBarArea"), replay);
    status = new QLabel;
    views::followFont(status, views::FontKind::number, views::TextSize::small);
    status->setTextFormat(Qt::PlainText);
    status->setAccessibleName(QMainWindow::tr("Status"));
    status->setContentsMargins(views::grid, 0, views::grid, 0);
    m_window->statusBar()->addWidget(status, 1);
    selection = new views::SelectionChip(shown.model, shown.navigator);
    m_window->statusBar()->addPermanentWidget(selection);
    m_window->statusBar()->setSizeGripEnabled(false);
}

void WindowLayout::addCentre(const Shown& shown) {
    message = new MessageBar;
    empty = new QLabel(
        QMainWindow::tr("Open a document (Ctrl+O), or drop one here.\n\nThen ask a question about it: "
                        "the model reads the text block by block with a small memory, and you see "
                        "which words it keeps, which it lets go, and why."));
    empty->setAlignment(Qt::AlignCenter);
    empty->setWordWrap(true);
    // A page that is not shown would have its say in how small the window can be.
    empty->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
    empty->setMargin(4 * views::grid);
    empty->setForegroundRole(QPalette::PlaceholderText);
    document = new DocumentPanel;
    run = new QSplitter(Qt::Vertical);
    run->setChildrenCollapsible(false);
    auto* map = new views::SurvivalMap(shown.model, shown.navigator);
    map->setNeedles(shown.needles);
    addPart(QStringLiteral("map"), map);
    comparison = new views::CompareView(shown.model, shown.navigator, shown.comparison);
    comparison->map()->setNeedles(shown.needles);
    addPart(QStringLiteral("comparison"), comparison);
    text = new views::TextView(shown.model, shown.navigator);
    addPart(QStringLiteral("text"), text);
    addPart(QStringLiteral("caption"), new views::StepCaption(shown.model, shown.navigator));
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
    for (QScrollArea* area : content->findChildren<QScrollArea*>()) // large letters are not cut off
        area->setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    // Behind another tab a dock stands outside of the window and Qt still lets the focus go there.
    QSizePolicy policy = content->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    content->setSizePolicy(policy);
    QObject::connect(dock, &QDockWidget::visibilityChanged, content, &QWidget::setVisible);
    content->setAccessibleName(title);
    addPanelAction(dock);
    docks += dock;
    return dock;
}

// Unlike the dock's own action it brings a panel forward that stands behind another tab, where the dock's own
// would close what nobody sees.
void WindowLayout::addPanelAction(QDockWidget* dock) {
    auto* action = new QAction(dock->windowTitle(), m_window);
    action->setObjectName(dock->objectName());
    action->setCheckable(true);
    action->setShortcut(keyOfPanel(docks.size()));
    action->setToolTip(QMainWindow::tr("Show this panel, or hide it where it is in front"));
    QObject::connect(dock->toggleViewAction(), &QAction::toggled, action, &QAction::setChecked);
    QObject::connect(action, &QAction::triggered, dock, [dock, action] {
        if (dock->widget()->isVisible()) {
            dock->close();
        } else {
            dock->show();
            dock->raise();
        }
        action->setChecked(!dock->isHidden());
    });
    m_panelActions += action;
}

QDockWidget* WindowLayout::dock(const QString& name) const {
    for (QDockWidget* dock : docks)
        if (dock->objectName() == name)
            return dock;
    return nullptr;
}

void WindowLayout::arrange(const WorkspaceRecipe& recipe) {
    for (QDockWidget* dock : docks) {
        dock->setFloating(false);
        m_window->removeDockWidget(dock); // hides it
    }
    const double wider = // where there is room, or letters are larger than the recipe knows of
        (m_window->width() < wideScreen ? 1 : 1.4) *
        std::clamp(views::textScale() / recipe.textScale, 1.0, widestByText);
    placeColumn(Qt::LeftDockWidgetArea, recipe.left, qRound(recipe.leftWidth * wider));
    placeColumn(Qt::RightDockWidgetArea, recipe.right, qRound(recipe.rightWidth * wider));
    // What is not shown has a place to come to.
    for (QDockWidget* dock : docks)
        if (m_window->dockWidgetArea(dock) == Qt::NoDockWidgetArea) {
            m_window->addDockWidget(Qt::RightDockWidgetArea, dock);
            dock->hide();
        }
    if (!recipe.right.empty()) // help is read: it comes as a tab, where there is room
        m_window->tabifyDockWidget(this->dock(QLatin1String(recipe.right.front().panels.front())),
                                   this->dock(QStringLiteral("help")));
    showCentre(recipe);
    QList<int> sizes;
    for (int i = 0; i < run->count(); ++i) {
        const auto* part = partOf(recipe, run->widget(i)->objectName());
        sizes += part ? 100 * part->height : 0;
    }
    run->setSizes(sizes);
}

void WindowLayout::placeColumn(Qt::DockWidgetArea area, const std::vector<WorkspaceRecipe::Group>& groups,
                               int width) {
    QList<QDockWidget*> firsts;
    QList<int> sizes;
    for (const WorkspaceRecipe::Group& group : groups) {
        QDockWidget* first = nullptr;
        for (const char* name : group.panels) {
            QDockWidget* each = dock(QLatin1String(name));
            if (!each)
                continue;
            m_window->addDockWidget(area, each);
            if (first)
                m_window->tabifyDockWidget(first, each);
            else
                first = each;
            each->show();
        }
        if (!first)
            continue;
        first->raise();
        firsts += first;
        sizes += views::grid * group.height;
    }
    if (firsts.isEmpty())
        return;
    m_window->resizeDocks({firsts.front()}, {width * views::grid}, Qt::Horizontal);
    m_window->resizeDocks(firsts, sizes, Qt::Vertical);
}

void WindowLayout::sayWhichRun(bool compared) {
    static const QStringList ofNoRunOrOfBoth{QStringLiteral("runs"), QStringLiteral("strategy"),
                                             QStringLiteral("needles"), QStringLiteral("help")};
    for (qsizetype i = 0; i < docks.size(); ++i) {
        if (ofNoRunOrOfBoth.contains(docks[i]->objectName()))
            continue;
        const QString title = m_panelActions[i]->text();
        docks[i]->setWindowTitle(compared ? QMainWindow::tr("%1 · A").arg(title) : title);
        docks[i]->widget()->setAccessibleName(compared ? QMainWindow::tr("%1, of run A").arg(title) : title);
        docks[i]->titleBarWidget()->update();
    }
}

PanelSizes WindowLayout::panelSizes() const {
    PanelSizes sizes;
    for (const QDockWidget* each : docks)
        if (each->isVisible() && !each->isFloating() && m_window->rect().intersects(each->geometry()))
            sizes[each->objectName()] = each->size();
    return sizes;
}

void WindowLayout::setPanelSizes(const PanelSizes& sizes) {
    QList<QDockWidget*> some;
    QList<int> widths, heights;
    for (QDockWidget* each : docks)
        if (const auto size = sizes.constFind(each->objectName());
            size != sizes.cend() && !each->isFloating() && !each->isHidden()) {
            some += each;
            widths += size->width();
            heights += size->height();
        }
    m_window->resizeDocks(some, widths, Qt::Horizontal);
    m_window->resizeDocks(some, heights, Qt::Vertical);
}

void WindowLayout::focusCentre() {
    for (int i = 0; i < run->count(); ++i)
        if (run->widget(i)->isVisible())
            return run->widget(i)->setFocus(Qt::OtherFocusReason);
    replay->setFocus(Qt::OtherFocusReason);
}

void WindowLayout::showCentre(const WorkspaceRecipe& recipe) {
    for (int i = 0; i < run->count(); ++i)
        run->widget(i)->setVisible(partOf(recipe, run->widget(i)->objectName()) != nullptr);
    // A page that is not shown does not say that it needs less room now, and nobody asks before the window
    // is on the screen.
    centre->updateGeometry();
    m_window->centralWidget()->updateGeometry();
}

void WindowLayout::addPart(const QString& name, QWidget* part) {
    part->setObjectName(name);
    run->addWidget(part);
}

} // namespace kvprism::app
