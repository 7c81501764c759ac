// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/text_view.h"

#include "views/controls.h"
#include "views/elided_label.h"
#include "views/icons.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/style.h"
#include "views/text_canvas.h"

#include <QAction>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QVBoxLayout>

#include <cmath>

namespace kvprism::views {

TextView::TextView(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator) {
    setAccessibleName(tr("Text view"));
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    rows->addWidget(makeHeader());
    rows->addWidget(makeSearchBar());
    m_canvas = new TextCanvas(model, navigator, this); // the last in the order of the focus
    setFocusProxy(m_canvas);
    rows->addWidget(m_canvas, 1);

    auto* find = new QAction(tr("Find in the text"), this);
    find->setShortcut(QKeySequence::Find);
    find->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(find, &QAction::triggered, this, &TextView::openSearch);
    addAction(find);

    connect(m_model, &TraceModel::runChanged, this, [this] {
        search(m_searchBar->isVisible() ? m_words->text() : QString());
        updateStatus();
    });
    connect(m_model, &TraceModel::stepsAppended, this, &TextView::updateStatus);
    connect(m_model, &TraceModel::curtainDrawn, this, &TextView::updateStatus);
    connect(m_navigator, &Navigator::stepChanged, this, &TextView::updateStatus);
    connect(m_navigator, &Navigator::rangeChanged, this, &TextView::updateStatus);
    updateStatus();
}

QWidget* TextView::makeHeader() {
    auto* header = new QWidget(this);
    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(grid, grid / 2, grid, grid / 2);
    row->setSpacing(grid / 2);

    m_tints = new QButtonGroup(header);
    const std::pair<TextTint, QString> choices[] = {
        {TextTint::tier, tr("Tier")}, {TextTint::score, tr("Score")}, {TextTint::source, QString()}};
    for (const auto& [tint, title] : choices) {
        QToolButton* button = flatButton(title, tr("Tint each token by its %1").arg(title.toLower()), header);
        button->setCheckable(true);
        button->setChecked(tint == TextTint::tier);
        button->setVisible(tint != TextTint::source);
        m_tints->addButton(button, static_cast<int>(tint));
        row->addWidget(button);
        connect(button, &QToolButton::clicked, this, [this, kind = tint] { setTint(kind); });
    }
    row->addSpacing(grid);
    QToolButton* spaces = flatButton(icon(Symbol::whitespace), tr("Show spaces and line ends"), header);
    spaces->setCheckable(true);
    connect(spaces, &QToolButton::toggled, this,
            [this](bool visible) { m_canvas->setSpacesVisible(visible); });
    row->addWidget(spaces);
    QToolButton* find = flatButton(icon(Symbol::search), tr("Find in the text (Ctrl+F)"), header);
    connect(find, &QToolButton::clicked, this, &TextView::openSearch);
    row->addWidget(find);
    m_status = quietElidedLabel(header); // whatever it says, the window is no wider for it
    m_status->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    row->addWidget(m_status, 1);
    return header;
}

void TextView::setTintSource(TokenTint* source) {
    if (m_source)
        m_source->disconnect(this);
    m_source = source;
    m_canvas->setTintSource(source);
    QAbstractButton* button = m_tints->button(static_cast<int>(TextTint::source));
    button->setVisible(source != nullptr);
    if (source) {
        button->setText(source->title());
        button->setToolTip(source->tip());
        button->setAccessibleName(source->tip());
        connect(source, &TokenTint::changed, this, &TextView::updateStatus);
    }
    setTint(m_canvas->tint());
}

const TokenTint* TextView::tintSource() const {
    return m_source;
}

void TextView::setTint(TextTint tint) {
    if (tint == TextTint::source && !m_source)
        return;
    m_canvas->setTint(tint);
    m_tints->button(static_cast<int>(tint))->setChecked(true);
    updateStatus();
}

QWidget* TextView::makeSearchBar() {
    m_searchBar = new QWidget(this);
    auto* row = new QHBoxLayout(m_searchBar);
    row->setContentsMargins(grid, 0, grid, grid / 2);
    row->setSpacing(grid / 2);
    m_words = new QLineEdit(m_searchBar);
    m_words->setPlaceholderText(tr("Find in the text"));
    m_words->setAccessibleName(tr("Words to find in the text"));
    m_words->setMaximumWidth(40 * grid);
    m_words->setClearButtonEnabled(true);
    m_words->installEventFilter(this);
    connect(m_words, &QLineEdit::textChanged, this, &TextView::search);
    row->addWidget(m_words, 1);
    QToolButton* previous =
        flatButton(icon(Symbol::previous), tr("Previous place (Shift+Enter)"), m_searchBar);
    QToolButton* next = flatButton(icon(Symbol::next), tr("Next place (Enter)"), m_searchBar);
    connect(previous, &QToolButton::clicked, this, [this] { nextHit(-1); });
    connect(next, &QToolButton::clicked, this, [this] { nextHit(1); });
    row->addWidget(previous);
    row->addWidget(next);
    row->addSpacing(grid);
    m_summary = quietLabel(m_searchBar);
    row->addWidget(m_summary);
    row->addStretch(1);
    QToolButton* close = flatButton(icon(Symbol::close), tr("Close the search (Esc)"), m_searchBar);
    connect(close, &QToolButton::clicked, this, &TextView::closeSearch);
    row->addWidget(close);
    m_searchBar->hide();
    return m_searchBar;
}

void TextView::openSearch() {
    m_searchBar->show();
    m_words->setFocus();
    m_words->selectAll();
    search(m_words->text());
}

void TextView::closeSearch() {
    m_searchBar->hide();
    search(QString());
    m_canvas->setFocus();
}

void TextView::search(const QString& words) {
    m_hits = findAll(m_model->text(), words);
    m_currentHit = -1;
    m_canvas->setHits(m_hits.empty() ? nullptr : &m_hits, m_currentHit);
    updateSummary();
    if (!m_hits.empty())
        nextHit(1);
}

void TextView::nextHit(int by) {
    const int count = hitCount();
    if (count == 0)
        return;
    m_currentHit = m_currentHit < 0 ? (by > 0 ? 0 : count - 1) : (m_currentHit + by % count + count) % count;
    m_canvas->setHits(&m_hits, m_currentHit);
    m_navigator->reveal(m_hits[static_cast<std::size_t>(m_currentHit)].firstToken);
    updateSummary();
}

QString TextView::searchSummary() const {
    if (m_words->text().isEmpty())
        return {};
    if (m_hits.empty())
        return tr("not found");
    const QString place = m_currentHit < 0
                              ? grouped(hitCount())
                              : tr("%1 of %2").arg(grouped(m_currentHit + 1), grouped(hitCount()));
    const HitSurvival survival = survivalOf(m_hits, m_model->survival(), m_navigator->step());
    if (survival.read == 0)
        return tr("%1 · none read yet").arg(place);
    return tr("%1 · %2 of %3 held whole · %4 % of their tokens held")
        .arg(place, grouped(survival.whole), grouped(survival.read))
        .arg(std::lround(100.0 * survival.heldTokens / survival.tokens));
}

void TextView::updateSummary() {
    m_summary->setText(searchSummary());
}

void TextView::updateStatus() {
    updateSummary();
    const int step = m_navigator->step();
    if (m_model->tokenCount() == 0) {
        m_status->setFullText({});
        return;
    }
    const auto range = m_navigator->range();
    const int first = range ? range->first : 0;
    const int end = range ? range->last + 1 : m_model->tokenCount();
    const TierCounts counts = m_model->survival().count(step, first, end);
    const QString held = tr("%1 of %2 read tokens held").arg(grouped(counts.kept()), grouped(counts.read()));
    QString status = range ? tr("In the range: %1").arg(held) : held;
    if (m_canvas->tint() == TextTint::source && m_source && !range)
        status = m_source->sentence(step);
    if (m_source && m_canvas->tint() != TextTint::source) // two runs are compared
        status = tr("Run A: %1").arg(status);
    if (m_canvas->tint() == TextTint::score)
        status += tr(" · stronger: higher score at this step");
    m_status->setFullText(status);
}

bool TextView::eventFilter(QObject* object, QEvent* event) {
    if (object == m_words && event->type() == QEvent::ShortcutOverride) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Escape || key == Qt::Key_Return || key == Qt::Key_Enter) {
            event->accept(); // ours, whatever shortcuts the window has for them
            return true;
        }
    }
    if (object == m_words && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Escape) {
            closeSearch();
            return true;
        }
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            nextHit(key->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1);
            return true;
        }
    }
    return QWidget::eventFilter(object, event);
}

} // namespace kvprism::views
