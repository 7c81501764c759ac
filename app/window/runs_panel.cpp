// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/runs_panel.h"

#include "app/window/runs_model.h"
#include "views/icons.h"
#include "views/style.h"

#include <QAction>
#include <QItemSelectionModel>
#include <QLabel>
#include <QListView>
#include <QPainter>
#include <QStackedLayout>
#include <QStyledItemDelegate>
#include <QTextLayout>

namespace kvprism::app {

namespace {

constexpr int mostQuestionLines = 2; // the tooltip has the rest

// `text` on at most `mostQuestionLines` lines, the last one elided.
QStringList linesOf(const QString& text, const QFont& font, int width) {
    QTextLayout layout(text.simplified(), font);
    QTextOption wrap;
    wrap.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(wrap);
    layout.beginLayout();
    QStringList lines;
    while (lines.size() < mostQuestionLines) {
        QTextLine line = layout.createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(width);
        const bool last = lines.size() + 1 == mostQuestionLines;
        const QString rest = layout.text().mid(line.textStart());
        lines += last ? QFontMetrics(font).elidedText(rest, Qt::ElideRight, width)
                      : layout.text().mid(line.textStart(), line.textLength());
    }
    layout.endLayout();
    return lines;
}

// The question; below it the document and when it was asked; then how. The shown run has the accent's bar at
// its left.
class RunDelegate final : public QStyledItemDelegate {
  public:
    explicit RunDelegate(QListView* list) : QStyledItemDelegate(list), m_list(list) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override {
        const QFont question = questionFont();
        const int width = innerOf(m_list->viewport()->rect()).width();
        const auto lines = linesOf(index.data(Qt::DisplayRole).toString(), question, width).size();
        return {8 * views::grid, static_cast<int>(lines) * QFontMetrics(question).height() +
                                     2 * QFontMetrics(detailFont()).height() + 2 * views::grid};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const views::Shades& shades = views::shadesOf(option.palette);
        const QRect area = option.rect;
        const bool chosen = option.state.testFlag(QStyle::State_Selected);
        painter->save();
        if (chosen)
            painter->fillRect(area, shades.accentSoft);
        else if (option.state.testFlag(QStyle::State_MouseOver))
            painter->fillRect(area, shades.raised);
        if (chosen)
            painter->fillRect(area.left(), area.top(), views::grid / 2, area.height(), shades.accent);
        const bool live = index.data(RunsModel::LiveRole).toBool();
        QRect rest = innerOf(area);
        for (const QString& line :
             linesOf(index.data(Qt::DisplayRole).toString(), questionFont(), rest.width()))
            drawLine(painter, rest, questionFont(), shades.text, line, {});
        drawLine(painter, rest, detailFont(), shades.quietText,
                 index.data(RunsModel::DocumentRole).toString(), index.data(RunsModel::TimeRole).toString());
        if (index.data(RunsModel::MemoryRole).toULongLong() > 0)
            drawMemory(painter, rest);
        drawLine(painter, rest, detailFont(), live ? shades.accent : shades.quietText,
                 index.data(RunsModel::DetailRole).toString(), {});
        if (option.state.testFlag(QStyle::State_HasFocus)) {
            painter->setPen(shades.accent);
            painter->drawRect(area.adjusted(0, 0, -1, -1));
        }
        painter->restore();
    }

  private:
    static QFont questionFont() { return views::textFont(views::TextSize::normal); }
    static QFont detailFont() { return views::numberFont(views::TextSize::small); }
    static QRect innerOf(const QRect& area) {
        return area.adjusted(2 * views::grid, views::grid, -views::grid, -views::grid);
    }

    // A symbol at the right of the line that comes next, which gets narrower by it.
    static void drawMemory(QPainter* painter, QRect& rest) {
        const int side = QFontMetrics(detailFont()).height();
        views::icon(views::Symbol::memory)
            .paint(painter, QRect(rest.right() - side + 1, rest.top(), side, side));
        rest.setRight(rest.right() - side - views::grid);
    }

    // Words from the left and from the right; `rest` goes on below them.
    static void drawLine(QPainter* painter, QRect& rest, const QFont& font, const QColor& colour,
                         const QString& left, const QString& right) {
        const QFontMetrics metrics(font);
        painter->setFont(font);
        painter->setPen(colour);
        painter->drawText(rest, Qt::AlignTop | Qt::AlignRight | Qt::TextSingleLine, right);
        const int room =
            rest.width() - (right.isEmpty() ? 0 : metrics.horizontalAdvance(right) + views::grid);
        painter->drawText(rest, Qt::AlignTop | Qt::TextSingleLine,
                          metrics.elidedText(left, Qt::ElideMiddle, room));
        rest.setTop(rest.top() + metrics.height());
    }

    QListView* m_list;
};

} // namespace

RunsPanel::RunsPanel(RunsModel* model, QWidget* parent)
    : QWidget(parent), m_model(model), m_list(new QListView(this)), m_empty(new QLabel(this)) {
    m_list->setModel(model);
    m_list->setItemDelegate(new RunDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->setResizeMode(QListView::Adjust); // another width, other lines
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

    m_compare = addRowAction(tr("&Compare with the shown run"), "C", &RunsPanel::compareRequested);
    m_askMemory = addRowAction(tr("Ask from its &memory"), "M", &RunsPanel::memoryRequested);
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &RunsPanel::refreshActions);
    connect(m_list, &QListView::clicked, this, &RunsPanel::choose);
    connect(m_list, &QListView::activated, this, &RunsPanel::choose);
    connect(model, &QAbstractItemModel::modelReset, this, &RunsPanel::refresh);
    refresh();
}

// Something that can be done with the current row.
QAction* RunsPanel::addRowAction(const QString& text, const char* key,
                                 void (RunsPanel::*request)(const QString&)) {
    auto* action = new QAction(text, this);
    action->setShortcut(QKeySequence(QString::fromLatin1(key)));
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    m_list->addAction(action);
    connect(action, &QAction::triggered, this, [this, request] {
        const QModelIndex index = m_list->currentIndex();
        if (index.isValid() && !index.data(RunsModel::LiveRole).toBool())
            Q_EMIT(this->*request)(index.data(RunsModel::PathRole).toString());
    });
    return action;
}

void RunsPanel::refreshActions() {
    const QModelIndex index = m_list->currentIndex();
    m_askMemory->setEnabled(index.isValid() && index.data(RunsModel::MemoryRole).toULongLong() > 0);
}

void RunsPanel::setShown(const QString& path) {
    m_shown = path;
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

void RunsPanel::refresh() {
    static_cast<QStackedLayout*>(layout())->setCurrentIndex(m_model->rowCount() > 0 ? 1 : 0);
    const int row = m_shown.isEmpty() ? -1 : m_model->rowOf(m_shown);
    if (row >= 0)
        m_list->setCurrentIndex(m_model->index(row));
    else
        m_list->clearSelection();
    refreshActions();
}

} // namespace kvprism::app
