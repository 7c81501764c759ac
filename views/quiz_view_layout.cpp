// SPDX-License-Identifier: GPL-3.0-or-later
// Where the parts of the quiz stand, and how large they are.
#include "views/quiz_row.h"
#include "views/quiz_view.h"
#include "views/style.h"

#include <QComboBox>
#include <QFontMetricsF>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace kvprism::views {

namespace {

constexpr double smallestScale = 0.77; // of TextSize::large: TextSize::normal

} // namespace

QPushButton* QuizView::makeButton(const QString& text, const QString& tip, void (QuizView::*pressed)()) {
    auto* button = new QPushButton(text, this);
    button->setToolTip(tip);
    button->setFocusPolicy(Qt::TabFocus);
    button->installEventFilter(this);
    connect(button, &QPushButton::clicked, this, pressed);
    return button;
}

void QuizView::layOut() {
    for (QLabel* label : {m_title, m_about, m_sentence, m_note, m_result, m_tallyLabel}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
    }
    m_title->setText(tr("Which tokens will survive?"));
    m_area->setWidget(m_list);
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setFocusPolicy(Qt::NoFocus);
    m_area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setBackgroundRole(QPalette::Base);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    m_column->addStretch(1);

    auto* top = new QHBoxLayout;
    top->addWidget(m_title, 1);
    top->addWidget(m_count, 0, Qt::AlignTop);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(grid);
    for (QPushButton* button : {m_show, m_leave, m_ask, m_others})
        buttons->addWidget(button);
    buttons->addStretch(1);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_tallyLabel, 1);
    foot->addWidget(m_reset, 0, Qt::AlignBottom | Qt::AlignRight);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * grid, grid, 2 * grid, grid);
    column->setSpacing(grid / 2);
    column->addLayout(top);
    column->addWidget(m_about);
    column->addWidget(m_sentence);
    column->addWidget(m_note);
    column->addWidget(m_area, 1);
    column->addWidget(m_result);
    column->addLayout(buttons);
    column->addLayout(foot);
    column->addStretch();
    m_all = column;
}

void QuizView::setFonts() {
    const double scale = fittingScale();
    const auto sized = [&](double share, QFont::Weight weight = QFont::Normal) {
        QFont font = numberFont(TextSize::large, weight);
        if (font.pixelSize() > 0)
            font.setPixelSize(qRound(font.pixelSize() * scale * share));
        else
            font.setPointSizeF(font.pointSizeF() * scale * share);
        return font;
    };
    const double smaller = std::max(0.8, smallestScale * 0.88 / scale);
    m_title->setFont(sized(std::max(1.0, 0.85 / scale), QFont::DemiBold));
    for (QLabel* label : {m_sentence, m_result})
        label->setFont(sized(1));
    for (QWidget* part : std::initializer_list<QWidget*>{m_about, m_note, m_tallyLabel, m_count, m_show,
                                                         m_leave, m_ask, m_others, m_reset})
        part->setFont(sized(smaller));
    for (QuizRow* row : m_rows)
        row->setFonts(sized(1), sized(smaller));
    fitButtons();
}

void QuizView::fitButtons() {
    for (QPushButton* button : {m_show, m_leave, m_ask, m_others, m_reset}) {
        const QFontMetrics metrics(button->font());
        button->setMinimumSize(metrics.horizontalAdvance(button->text()) + metrics.height() + grid / 2,
                               metrics.height() + grid);
    }
}

// The largest letters with which all words and what stands above and below them have room.
double QuizView::fittingScale() const {
    const QFontMetricsF metrics(numberFont(TextSize::large));
    const double rows = m_question ? static_cast<double>(m_question->items.size()) : 4;
    for (const double scale : {2.0, 1.7, 1.45, 1.2, 1.0}) {
        const double line = metrics.height() * scale;
        const double needed = rows * (2.6 * line + 1.5 * grid) + 10 * line; // what a word tells takes two
        if (needed <= height() && 60 * metrics.averageCharWidth() * scale <= width())
            return scale;
    }
    return smallestScale;
}

} // namespace kvprism::views
