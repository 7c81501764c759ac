// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/compared_answers.h"

#include "views/answer_entry.h"
#include "views/compared_divergence.h"
#include "views/comparison_palette.h"
#include "views/controls.h"
#include "views/following_font.h"
#include "views/models/trace_model.h"
#include "views/models/word_diff.h"
#include "views/style.h"

#include <QEvent>
#include <QLabel>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace kvprism::views {

namespace {

constexpr int sideBySideFrom = 52 * grid; // width

// An answer as rich text, with these stretches marked.
QString marked(const QString& text, const Stretches& stretches, const QColor& colour) {
    QString rich;
    int at = 0;
    for (const auto& [begin, end] : stretches) {
        rich += text.mid(at, begin - at).toHtmlEscaped();
        rich += QStringLiteral("<span style=\"background-color:%1;text-decoration:underline\">%2</span>")
                    .arg(colour.name(), text.mid(begin, end - begin).toHtmlEscaped());
        at = end;
    }
    rich += text.mid(at).toHtmlEscaped();
    return QStringLiteral("<div style=\"white-space:pre-wrap\">%1</div>").arg(rich);
}

QString textOf(const AnswerPair::Side& side) {
    return side.answer ? QString::fromStdString(side.answer->text) : QString();
}

// Such a run is the dense one itself.
bool keptEverything(const TraceModel& model) {
    const int last = model.stepCount() - 1;
    return last >= 0 && model.survival().count(last, 0, model.tokenCount()).kept() == model.tokenCount();
}

QString questionOf(const AnswerPair::Side& side) {
    return side.answer ? QString::fromStdString(side.answer->question) : QString();
}

} // namespace

AnswerPair::AnswerPair(const Side& a, const Side& b, QWidget* parent)
    : QWidget(parent), m_a(a), m_b(b), m_question(readableLabel(this)), m_sides(new QHBoxLayout),
      m_divergence(new ComparedDivergence({a.answer, a.keepsAll}, {b.answer, b.keepsAll}, this)) {
    followFont(m_question, FontKind::text, TextSize::normal, QFont::DemiBold);
    m_question->setAccessibleName(tr("Question"));
    m_question->setText(question());
    m_sides->setContentsMargins(0, 0, 0, 0);
    m_sides->setSpacing(2 * grid);
    addSide(m_a, tr("A"), m_textA);
    addSide(m_b, tr("B"), m_textB);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, grid, 0, 0);
    column->setSpacing(grid);
    column->addWidget(m_question);
    column->addLayout(m_sides);
    column->addWidget(m_divergence);
    column->addWidget(thinRule(this));
    updateTexts();
}

QString AnswerPair::question() const {
    const QString a = questionOf(m_a);
    const QString b = questionOf(m_b);
    if (a == b || b.isEmpty() || a.isEmpty()) {
        const QString one = a.isEmpty() ? b : a;
        return one.isEmpty() ? tr("(the question was not recorded)") : one;
    }
    return tr("A: %1\nB: %2").arg(a, b);
}

void AnswerPair::addSide(const Side& side, const QString& letter, QLabel*& text) {
    auto* column = new QVBoxLayout;
    column->setSpacing(grid / 2);
    text = readableLabel(this);
    text->setTextFormat(Qt::RichText); // everything that a model wrote is escaped
    text->setAccessibleName(tr("Answer of %1").arg(letter));
    text->setAccessibleDescription(textOf(side));
    QLabel* note = quietLabel(
        this, side.answer ? tr("%1 · %2").arg(letter, answerNote(*side.answer, side.streamTokens)) : letter);
    note->setWordWrap(true);
    note->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    column->addWidget(text);
    column->addWidget(note, 1);
    m_sides->addLayout(column, 1);
}

void AnswerPair::updateTexts() {
    const WordDifference difference =
        m_a.answer && m_b.answer ? differingWords(textOf(m_a), textOf(m_b)) : WordDifference();
    const ComparisonPalette& colours = ComparisonPalette::of(palette());
    const auto show = [](QLabel* label, const Side& side, const Stretches& stretches, const QColor& colour) {
        const QString text = textOf(side);
        label->setText(!side.answer     ? side.missing.toHtmlEscaped()
                       : text.isEmpty() ? tr("(no words)")
                                        : marked(text, stretches, colour));
        label->setForegroundRole(text.isEmpty() ? QPalette::PlaceholderText : QPalette::WindowText);
    };
    show(m_textA, m_a, difference.a, colours.tint(KeptBy::onlyA));
    show(m_textB, m_b, difference.b, colours.tint(KeptBy::onlyB));
}

void AnswerPair::resizeEvent(QResizeEvent* event) {
    const auto wanted = width() >= sideBySideFrom ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom;
    // Once the layout is done with this size: the other direction has another height.
    if (wanted != m_sides->direction())
        QTimer::singleShot(0, this, [this, wanted] {
            m_sides->setDirection(wanted);
            m_divergence->setDirection(wanted);
        });
    QWidget::resizeEvent(event);
}

void AnswerPair::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange && m_textB)
        updateTexts();
    QWidget::changeEvent(event);
}

ComparedAnswers::ComparedAnswers(const RunComparison* comparison, QWidget* parent)
    : QWidget(parent), m_comparison(comparison) {
    setAccessibleName(tr("Answers side by side"));
    auto* scroll = new QScrollArea(this);
    auto* content = new QWidget(scroll);
    content->setAutoFillBackground(true);
    content->setBackgroundRole(QPalette::Base);
    m_column = new QVBoxLayout(content);
    m_column->setContentsMargins(grid, 0, grid, grid);
    m_column->setSpacing(0);
    m_empty = quietLabel(content);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_column->addWidget(m_empty, 1);
    m_column->addStretch(1);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Answers of A and B"));
    setFocusProxy(scroll);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);
    connect(m_comparison, &RunComparison::runsChanged, this, &ComparedAnswers::rebuild);
    connect(m_comparison, &RunComparison::answersChanged, this, &ComparedAnswers::rebuild);
    rebuild();
}

void ComparedAnswers::rebuild() {
    for (AnswerPair* pair : m_pairs) {
        pair->hide(); // what it shows may be gone before it is
        pair->deleteLater();
    }
    m_pairs.clear();
    m_empty->setText(tr("The answers of the two runs will stand here side by side."));
    if (m_comparison->ready()) {
        const auto& a = m_comparison->a()->store();
        const auto& b = m_comparison->b()->store();
        const auto side = [](const TraceModel& model, std::size_t i) {
            const trace::TraceStore& store = model.store();
            AnswerPair::Side one{nullptr, store.end() ? tr("not asked") : tr("not answered yet"),
                                 model.tokenCount(), keptEverything(model)};
            if (i < store.answers().size())
                one.answer = store.answers()[i];
            return one;
        };
        for (std::size_t i = 0; i < std::max(a.answers().size(), b.answers().size()); ++i) {
            auto* pair = new AnswerPair(side(*m_comparison->a(), i), side(*m_comparison->b(), i),
                                        m_empty->parentWidget());
            m_column->insertWidget(static_cast<int>(i), pair);
            m_pairs.push_back(pair);
        }
        if (a.end() && b.end())
            m_empty->setText(tr("Neither run has an answer."));
    }
    m_empty->setVisible(m_pairs.empty());
}

} // namespace kvprism::views
