// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/runs_panel.h"

#include "app/window/runs_model.h"
#include "views/style.h"

#include <QLabel>
#include <QListView>
#include <QPainter>
#include <QStackedLayout>
#include <QStyledItemDelegate>

namespace kvprism::app {

namespace {

// The question, and below it what was asked and how. The shown run has the accent's bar at its left.
class RunDelegate final : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        const QFontMetrics question(views::textFont(views::TextSize::normal));
        const QFontMetrics detail(views::textFont(views::TextSize::small));
        return {8 * views::grid, question.height() + detail.height() + 2 * views::grid};
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
        const QRect inner = area.adjusted(2 * views::grid, views::grid, -views::grid, -views::grid);
        const QFont question = views::textFont(views::TextSize::normal);
        const QFont detail = views::textFont(views::TextSize::small);
        const bool live = index.data(RunsModel::LiveRole).toBool();
        drawLine(painter, inner, question, shades.text, index.data(Qt::DisplayRole).toString());
        drawLine(painter, inner.adjusted(0, QFontMetrics(question).height(), 0, 0), detail,
                 live ? shades.accent : shades.quietText, index.data(RunsModel::DetailRole).toString());
        if (option.state.testFlag(QStyle::State_HasFocus)) {
            painter->setPen(shades.accent);
            painter->drawRect(area.adjusted(0, 0, -1, -1));
        }
        painter->restore();
    }

  private:
    static void drawLine(QPainter* painter, const QRect& area, const QFont& font, const QColor& colour,
                         const QString& text) {
        painter->setFont(font);
        painter->setPen(colour);
        painter->drawText(area, Qt::AlignTop | Qt::TextSingleLine,
                          QFontMetrics(font).elidedText(text, Qt::ElideRight, area.width()));
    }
};

} // namespace

RunsPanel::RunsPanel(RunsModel* model, QWidget* parent)
    : QWidget(parent), m_model(model), m_list(new QListView(this)), m_empty(new QLabel(this)) {
    m_list->setModel(model);
    m_list->setItemDelegate(new RunDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setMouseTracking(true);
    m_list->setUniformItemSizes(true);
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

    connect(m_list, &QListView::clicked, this, &RunsPanel::choose);
    connect(m_list, &QListView::activated, this, &RunsPanel::choose);
    connect(model, &QAbstractItemModel::modelReset, this, &RunsPanel::refresh);
    refresh();
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
}

} // namespace kvprism::app
