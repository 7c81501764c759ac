// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/runs_panel.h"

#include "app/window/runs_delegate.h"
#include "app/window/runs_model.h"
#include "views/following_font.h"
#include "views/style.h"

#include <QAction>
#include <QContextMenuEvent>
#include <QItemSelectionModel>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QResizeEvent>
#include <QStackedLayout>

#include <algorithm>
#include <utility>

namespace kvprism::app {

namespace {

// A press of the right button asks what can be done with a run; it chooses none.
class RunsList final : public QListView {
  public:
    explicit RunsList(QWidget* parent) : QListView(parent) {
        connect(&views::textScaleNotice(), &views::TextScaleNotice::changed, this,
                [this] { scheduleDelayedItemsLayout(); });
    }

  protected:
    // Another width, other lines; the list itself looks at its height alone.
    void resizeEvent(QResizeEvent* event) override {
        QListView::resizeEvent(event);
        if (event->size().width() != event->oldSize().width())
            scheduleDelayedItemsLayout();
    }
    void mousePressEvent(QMouseEvent* event) override {
        if (event->button() == Qt::RightButton)
            event->accept();
        else
            QListView::mousePressEvent(event);
    }
};

} // namespace

RunsPanel::RunsPanel(RunsModel* model, QWidget* parent)
    : QWidget(parent), m_model(model), m_list(new RunsList(this)), m_empty(new QLabel(this)) {
    m_list->setModel(model);
    m_list->setItemDelegate(new RunsDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->setVerticalScrollMode(QListView::ScrollPerPixel);
    m_list->setAccessibleName(tr("Runs"));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_empty->setText(
        tr("Every question you ask is recorded and listed here, to be looked at again at any time."));
    m_empty->setWordWrap(true);
    m_empty->setMargin(2 * views::grid);
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    auto* stack = new QStackedLayout(this);
    stack->addWidget(m_empty);
    stack->addWidget(m_list);

    addRowAction(tr("&Compare with the shown run"), QKeySequence(Qt::Key_C), &RunsPanel::compareRequested);
    addRowAction(tr("Ask from its &memory"), QKeySequence(Qt::Key_M), &RunsPanel::memoryRequested);
    addRowAction(tr("&Delete"), QKeySequence(Qt::Key_Delete), &RunsPanel::deleteRequested);
    m_list->setContextMenuPolicy(Qt::NoContextMenu); // it comes from here
    connect(m_list, &QListView::clicked, this, &RunsPanel::choose);
    connect(m_list, &QListView::activated, this, &RunsPanel::choose);
    connect(model, &QAbstractItemModel::modelAboutToBeReset, this, [this] {
        const QModelIndex index = m_list->currentIndex();
        m_currentRow = m_list->hasFocus() ? index.row() : -1;
        m_currentPath = index.data(RunsModel::PathRole).toString();
    });
    connect(model, &QAbstractItemModel::modelReset, this, [this] {
        refresh();
        stayAtCurrent();
    });
    refresh();
}

// Something that can be done with a row: by its key with the current one, by the menu with the one below.
void RunsPanel::addRowAction(const QString& text, const QKeySequence& key, Request request) {
    auto* action = new QAction(text, this);
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_list->addAction(action);
    m_rowActions.push_back({action, request});
    connect(action, &QAction::triggered, this, [this, request] {
        const QModelIndex index = m_list->currentIndex();
        if (!index.isValid())
            return;
        if (const QString obstacle = obstacleTo(request, index); !obstacle.isEmpty())
            Q_EMIT refused(obstacle);
        else
            Q_EMIT(this->*request)(index.data(RunsModel::PathRole).toString());
    });
}

QString RunsPanel::obstacleTo(Request request, const QModelIndex& index) const {
    const QString path = index.data(RunsModel::PathRole).toString();
    if (request == Request(&RunsPanel::memoryRequested))
        return index.data(RunsModel::MemoryRole).toULongLong() > 0
                   ? QString()
                   : tr("No memory was kept of it: read for any question, then keep it (Ctrl+Shift+K).");
    const auto& obstacle = request == Request(&RunsPanel::compareRequested) ? m_toCompare : m_toDelete;
    return obstacle ? obstacle(path) : QString();
}

void RunsPanel::setObstacles(Obstacle toCompare, Obstacle toDelete) {
    m_toCompare = std::move(toCompare);
    m_toDelete = std::move(toDelete);
}

void RunsPanel::contextMenuEvent(QContextMenuEvent* event) {
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const QPoint below = m_list->viewport()->mapFromGlobal(event->globalPos());
    const QModelIndex index = byKey ? m_list->currentIndex() : m_list->indexAt(below);
    if (!index.isValid())
        return;
    const QPoint corner = m_list->viewport()->mapToGlobal(m_list->visualRect(index).bottomLeft());
    menuOf(index)->popup(byKey ? corner : event->globalPos());
    event->accept();
}

QMenu* RunsPanel::menuOf(const QModelIndex& index) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    const QString path = index.data(RunsModel::PathRole).toString();
    for (const RowAction& row : m_rowActions) {
        // The key is named, but not bound: it belongs to the list.
        QAction* entry = menu->addAction(row.action->text() + QLatin1Char('\t') +
                                         row.action->shortcut().toString(QKeySequence::NativeText));
        const QString obstacle = obstacleTo(row.request, index);
        entry->setEnabled(obstacle.isEmpty());
        entry->setToolTip(obstacle);
        connect(entry, &QAction::triggered, this, [this, request = row.request, path] {
            Q_EMIT(this->*request)(path);
        });
    }
    return menu;
}

void RunsPanel::setShown(const QString& path) {
    m_shown = path;
    m_model->setShown(path);
    refresh();
}

void RunsPanel::choose(const QModelIndex& index) {
    const QString path = index.data(RunsModel::PathRole).toString();
    if (path == m_shown)
        return;
    if (index.data(RunsModel::LiveRole).toBool())
        Q_EMIT liveRequested();
    else
        Q_EMIT openRequested(path);
}

// Whoever goes through the list with keys stays where they are when it is read again; where the entry is
// gone, at the one that took its place.
void RunsPanel::stayAtCurrent() {
    if (m_currentRow < 0 || m_model->rowCount() == 0)
        return;
    const int row = m_model->rowOf(m_currentPath);
    m_list->setCurrentIndex(m_model->index(row >= 0 ? row : std::min(m_currentRow, m_model->rowCount() - 1)));
}

void RunsPanel::refresh() {
    static_cast<QStackedLayout*>(layout())->setCurrentIndex(m_model->rowCount() > 0 ? 1 : 0);
    const int row = m_shown.isEmpty() ? -1 : m_model->rowOf(m_shown);
    if (row >= 0)
        m_list->setCurrentIndex(m_model->index(row));
    else
        m_list->clearSelection();
}

} // namespace kvprism::app
