// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/needle_view.h"

#include "views/controls.h"
#include "views/icons.h"
#include "views/models/run_comparison.h"
#include "views/models/trace_model.h"
#include "views/needle_row.h"
#include "views/painting.h"
#include "views/style.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

namespace kvprism::views {

NeedleView::NeedleView(TraceModel* model, Navigator* navigator, Needles* needles, RunComparison* comparison,
                       QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator), m_needles(needles), m_comparison(comparison) {
    setAccessibleName(tr("Needles"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeHead());
    layout->addWidget(thinRule(this));
    auto* scroll = new QScrollArea(this);
    auto* content = new QWidget(scroll);
    content->setAutoFillBackground(true);
    content->setBackgroundRole(QPalette::Base);
    m_column = new QVBoxLayout(content);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    m_empty = quietLabel(content, tr("Mark a sentence in the text as a needle to see after which step its "
                                     "tokens are lost, and whether the answer says it."));
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setMargin(2 * grid);
    m_column->addWidget(m_empty, 1);
    m_column->addStretch(1);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus); // its rows have it
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Marked needles"));
    layout->addWidget(scroll, 1);
    m_rule = quietLabel(this, tr("“In the answer” compares words, not meaning."));
    m_rule->setToolTip(
        tr("<span>The longest run of a needle's words that stands in the answer as well, case and "
           "punctuation left aside. It counts with a word that the question did not say and "
           "that has a digit or four letters at least.</span>"));
    m_rule->setWordWrap(true);
    m_rule->setContentsMargins(grid, grid / 2, grid, grid / 2);
    layout->addWidget(m_rule);

    connect(m_needles, &Needles::changed, this, &NeedleView::rebuild);
    connect(m_model, &TraceModel::runChanged, this, &NeedleView::rebuild);
    connect(m_model, &TraceModel::stepsAppended, this, &NeedleView::refresh);
    connect(m_model, &TraceModel::curtainDrawn, this, &NeedleView::refresh);
    connect(m_model, &TraceModel::answersChanged, this, &NeedleView::refresh);
    if (m_comparison) {
        connect(m_comparison, &RunComparison::runsChanged, this, &NeedleView::rebuild);
        connect(m_comparison, &RunComparison::stepsChanged, this, &NeedleView::refresh);
        connect(m_comparison, &RunComparison::answersChanged, this, &NeedleView::refresh);
    }
    connect(m_navigator, &Navigator::lockChanged, this, &NeedleView::updateSelection);
    connect(m_navigator, &Navigator::rangeChanged, this, &NeedleView::updateSelection);
    rebuild();
    updateSelection();
}

QWidget* NeedleView::makeHead() {
    auto* head = new QWidget(this);
    m_mark = flatButton(tr("Mark the selection"), tr("Mark the selection as needle"), head);
    connect(m_mark, &QToolButton::clicked, this, &NeedleView::markSelection);
    m_words = new QLineEdit(head);
    m_words->setPlaceholderText(tr("Find and mark"));
    m_words->setAccessibleName(tr("Words to mark as needles"));
    m_words->setToolTip(tr("Marks every place of these words in the text (Enter)"));
    m_words->setClearButtonEnabled(true);
    m_words->installEventFilter(this);
    QToolButton* search = flatButton(icon(Symbol::search), tr("Mark what these words match"), head);
    connect(search, &QToolButton::clicked, this, [this] { find(m_words->text()); });
    m_note = quietLabel(head);
    m_note->setWordWrap(true);
    m_note->hide();
    auto* bar = new QHBoxLayout;
    bar->setSpacing(grid / 2);
    bar->addWidget(m_mark);
    bar->addWidget(m_words, 1);
    bar->addWidget(search);
    auto* rows = new QVBoxLayout(head);
    rows->setContentsMargins(grid / 2, grid / 2, grid / 2, grid / 2);
    rows->setSpacing(grid / 2);
    rows->addLayout(bar);
    rows->addWidget(m_note);
    return head;
}

std::vector<Needles::Range> NeedleView::selected() const {
    if (m_navigator->range())
        return {*m_navigator->range()};
    std::vector<Needles::Range> ranges;
    for (const int token : m_navigator->locked()) {
        if (!ranges.empty() && ranges.back().last == token - 1)
            ranges.back().last = token;
        else
            ranges.push_back({token, token});
    }
    return ranges;
}

void NeedleView::updateSelection() {
    const bool some = !selected().empty();
    m_mark->setEnabled(some);
    // A disabled control says why.
    m_mark->setToolTip(some ? tr("Mark the selection as needle")
                            : tr("Mark the selection as needle (brush a range or lock tokens first)"));
}

void NeedleView::markSelection() {
    m_needles->add(selected());
}

QString NeedleView::note() const {
    return m_note->text();
}

void NeedleView::find(const QString& words) {
    std::vector<Needles::Range> ranges;
    if (m_model->run())
        for (const tables::Needle& place :
             tables::placesOf(m_model->run()->tokens, words.trimmed().toStdString()))
            ranges.push_back({place.first, place.last});
    const auto count = static_cast<int>(ranges.size());
    if (count > mostFound)
        m_note->setText(tr("%1 places; at most %2 are marked at once: use more words.")
                            .arg(grouped(count), grouped(mostFound)));
    else if (m_model->text().empty())
        m_note->setText(tr("This recording was made without its text: there is nothing to search."));
    else if (ranges.empty())
        m_note->setText(words.trimmed().isEmpty() ? QString() : tr("Not found."));
    else
        m_note->setText(count == 1 ? tr("Marked 1 place.") : tr("Marked %1 places.").arg(grouped(count)));
    m_note->setVisible(!m_note->text().isEmpty());
    if (count <= mostFound)
        m_needles->add(ranges);
}

void NeedleView::rebuild() {
    for (NeedleRow* row : m_rows) {
        row->hide(); // what it shows may be gone before it is
        row->deleteLater();
    }
    m_rows.clear();
    if (m_model->tokenCount() > 0) {
        for (const Needles::Range& range : m_needles->ranges()) {
            auto* row = new NeedleRow(m_model, m_comparison, m_navigator, range, m_empty->parentWidget());
            connect(row, &NeedleRow::removeRequested, m_needles, [this, range] { m_needles->remove(range); });
            m_column->insertWidget(static_cast<int>(m_rows.size()), row);
            m_rows.push_back(row);
        }
    }
    m_empty->setVisible(m_rows.empty());
    m_rule->setVisible(!m_rows.empty());
    setAccessibleDescription(tr("%1 needles").arg(m_rows.size()));
}

void NeedleView::refresh() {
    for (NeedleRow* row : m_rows)
        row->refresh();
}

bool NeedleView::eventFilter(QObject* object, QEvent* event) {
    if (object == m_words &&
        (event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride)) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            event->accept(); // ours, whatever shortcuts the window has for it
            if (event->type() == QEvent::KeyPress)
                find(m_words->text());
            return true;
        }
    }
    return QWidget::eventFilter(object, event);
}

} // namespace kvprism::views
