// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/needle_row.h"

#include "views/controls.h"
#include "views/elided_label.h"
#include "views/following_font.h"
#include "views/icons.h"
#include "views/models/run_comparison.h"
#include "views/models/trace_model.h"
#include "views/needle_strip.h"
#include "views/painting.h"
#include "views/picture_host.h"
#include "views/style.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

namespace kvprism::views {

namespace {

QString becauseOf(const NeedleLoss& loss) {
    QStringList names;
    for (const std::string& selector : loss.selectors)
        names << QString::fromStdString(selector);
    if (loss.reason == trace::Reason::evicted)
        return NeedleRow::tr("evicted by hand");
    if (loss.reason == trace::Reason::belowCut && !names.isEmpty())
        return NeedleRow::tr("below the cut of %1").arg(names.join(QStringLiteral(" + ")));
    if (loss.reason == trace::Reason::belowCut)
        return NeedleRow::tr("below the cut");
    return NeedleRow::tr("the recording does not say why");
}

QString damageOf(const NeedleStory& story) {
    if (!story.damaged || (story.lost && story.lost->step == story.damaged->step))
        return {};
    return NeedleRow::tr("damaged at step %1: %2")
        .arg(grouped(story.damaged->step), becauseOf(*story.damaged));
}

QString fateOf(const NeedleStory& story) {
    if (story.lost)
        return NeedleRow::tr("lost at step %1: %2").arg(grouped(story.lost->step), becauseOf(*story.lost));
    if (story.damaged)
        return NeedleRow::tr("%1 of %2 tokens held").arg(grouped(story.heldAtEnd), grouped(story.tokens()));
    return story.readAt ? NeedleRow::tr("held whole: all %1 tokens").arg(grouped(story.tokens()))
                        : NeedleRow::tr("not read yet");
}

QString answerOf(const NeedleStory& story) {
    if (story.text.isEmpty())
        return NeedleRow::tr("recorded without text: the answer cannot be looked at");
    if (!story.answer)
        return NeedleRow::tr("no answer yet");
    if (!story.answer->found())
        return NeedleRow::tr("its words in the answer: no");
    return NeedleRow::tr("its words in the answer: yes, %1 of %2: \u201c%3\u201d")
        .arg(grouped(story.answer->matched), grouped(story.answer->passageWords), story.answer->words);
}

} // namespace

NeedleRow::NeedleRow(const TraceModel* model, const RunComparison* comparison, Navigator* navigator,
                     const Needles::Range& range, QWidget* parent)
    : QWidget(parent), m_navigator(navigator), m_model(model), m_range(range), m_title(new ElidedLabel(this)),
      m_place(quietLabel(this)), m_grid(new QGridLayout) {
    setFocusPolicy(Qt::TabFocus);
    followFont(m_title, FontKind::text, TextSize::normal);
    QToolButton* remove = flatButton(icon(Symbol::close), tr("Remove this needle (Delete)"), this);
    remove->setIconSize(QSize(12, 12));
    connect(remove, &QToolButton::clicked, this, &NeedleRow::removeRequested);
    auto* head = new QHBoxLayout;
    head->setSpacing(grid);
    head->addWidget(m_title, 1);
    head->addWidget(m_place);
    head->addWidget(remove);
    remove->setVisible(!inPicture(*this));
    m_grid->setHorizontalSpacing(grid);
    m_grid->setVerticalSpacing(0);
    m_grid->setColumnStretch(1, 1);
    const bool two = comparison && comparison->ready();
    addPart(model, nullptr, two ? tr("A") : QString());
    if (two)
        addPart(comparison->b(), comparison, tr("B"));
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(grid, grid / 2, grid, grid);
    rows->setSpacing(grid / 2);
    rows->addLayout(head);
    rows->addLayout(m_grid);
    refresh();
}

void NeedleRow::addPart(const TraceModel* model, const RunComparison* comparison, const QString& letter) {
    Part part{model, new NeedleStrip(model, comparison, m_navigator, m_range, this), quietElidedLabel(this),
              quietElidedLabel(this), quietElidedLabel(this)};
    const int row = 5 * static_cast<int>(m_parts.size());
    if (row > 0)
        m_grid->setRowMinimumHeight(row - 1, grid / 2);
    if (!letter.isEmpty()) {
        auto* name = new QLabel(letter, this);
        followFont(name, FontKind::text, TextSize::small, QFont::DemiBold);
        m_grid->addWidget(name, row, 0, Qt::AlignVCenter);
    }
    part.strip->setAccessibleName(letter.isEmpty() ? tr("Life of the needle, step by step")
                                                   : tr("Life of the needle in %1").arg(letter));
    m_grid->addWidget(part.strip, row, 1);
    m_grid->addWidget(part.damage, row + 1, 1);
    m_grid->addWidget(part.fate, row + 2, 1);
    m_grid->addWidget(part.answer, row + 3, 1);
    m_parts.push_back(part);
}

void NeedleRow::refresh() {
    QStringList told;
    for (Part& part : m_parts) {
        const NeedleStory story = needleStory(*part.model, m_range);
        part.damage->setFullText(damageOf(story));
        part.damage->setVisible(!damageOf(story).isEmpty());
        part.fate->setFullText(fateOf(story));
        part.answer->setFullText(answerOf(story));
        part.strip->setAccessibleDescription(part.fate->fullText());
        told << part.damage->fullText() << part.fate->fullText() << part.answer->fullText();
    }
    told.removeAll(QString());
    const QString place = m_range.first == m_range.last
                              ? grouped(m_range.first)
                              : tr("%1 – %2").arg(grouped(m_range.first), grouped(m_range.last));
    m_place->setText(place);
    const QString text = m_model->text().empty()
                             ? tr("%1 tokens").arg(grouped(m_range.last - m_range.first + 1))
                             : m_model->text().between(m_range.first, m_range.last).simplified();
    m_title->setFullText(text);
    setAccessibleName(tr("Needle %1").arg(text));
    setAccessibleDescription(told.join(QStringLiteral(", ")));
}

QString NeedleRow::damage(int run) const {
    return m_parts[static_cast<std::size_t>(run)].damage->fullText();
}

QString NeedleRow::fate(int run) const {
    return m_parts[static_cast<std::size_t>(run)].fate->fullText();
}

QString NeedleRow::answer(int run) const {
    return m_parts[static_cast<std::size_t>(run)].answer->fullText();
}

void NeedleRow::showNeedle() {
    m_navigator->setRange(m_range);
    m_navigator->reveal(m_range.first);
}

void NeedleRow::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        showNeedle();
}

void NeedleRow::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
        Q_EMIT removeRequested();
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        showNeedle();
        break;
    default:
        QWidget::keyPressEvent(event);
    }
}

void NeedleRow::paintEvent(QPaintEvent*) {
    const Shades& shades = shadesOf(palette());
    QPainter painter(this);
    if (hasFocus())
        painter.fillRect(0, 0, 2, height(), shades.accent);
    painter.setPen(shades.rule);
    painter.drawLine(grid, height() - 1, width() - grid, height() - 1);
}

} // namespace kvprism::views
