// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/step_caption.h"

#include "views/controls.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/style.h"
#include "views/tier_palette.h"

#include <QEvent>
#include <QScrollBar>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextEdit>
#include <QTextFrame>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>

namespace kvprism::views {

namespace {

// Shares of TextSize::large, tried in this order; from StepCaption::firstWithoutTerms on without the terms.
constexpr std::array<double, 11> scales{2.2, 1.9, 1.65, 1.45, 1.3, 1.3, 1.15, 1.0, 0.9, 0.8, 0.7};

QFont scaled(QFont font, double scale) {
    if (font.pixelSize() > 0)
        font.setPixelSize(qRound(font.pixelSize() * scale));
    else
        font.setPointSizeF(font.pointSizeF() * scale);
    return font;
}

QTextCharFormat formatOf(const QFont& font, const QColor& colour) {
    QTextCharFormat format;
    format.setFont(font);
    format.setForeground(colour);
    return format;
}

} // namespace

StepCaption::StepCaption(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator), m_text(new QTextEdit(this)) {
    setAccessibleName(tr("Caption of the step"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    setWhatsThis(tr("<p>What happens at the current step, counted from the recording.</p>"));
    m_text->setReadOnly(true);
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setFocusPolicy(Qt::TabFocus);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_text->installEventFilter(this);
    m_text->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_text->setAccessibleName(tr("What happens at this step"));
    setFocusProxy(m_text);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * grid, grid, grid, grid);
    column->addWidget(m_text);

    connect(m_model, &TraceModel::runChanged, this, [this] {
        startOver();
        updateWords();
    });
    connect(m_model, &TraceModel::stepsAppended, this, &StepCaption::scheduleUpdate);
    connect(m_model, &TraceModel::curtainDrawn, this, &StepCaption::scheduleUpdate);
    connect(m_model, &TraceModel::answersChanged, this, &StepCaption::scheduleUpdate);
    connect(m_model, &TraceModel::ended, this, &StepCaption::scheduleUpdate);
    connect(m_navigator, &Navigator::stepChanged, this, &StepCaption::updateWords);
    updateWords();
}

double StepCaption::textScale() const {
    return scales[static_cast<std::size_t>(m_level)];
}

bool StepCaption::scrolls() const {
    return m_text->verticalScrollBar()->maximum() > 0;
}

void StepCaption::scheduleUpdate() {
    if (m_scheduled)
        return;
    m_scheduled = true;
    QTimer::singleShot(0, this, [this] {
        m_scheduled = false;
        updateWords();
    });
}

void StepCaption::updateWords() {
    m_stale = isOutOfSight(*this);
    if (m_stale)
        return;
    m_words = stepWords(*m_model, m_navigator->step());
    setAccessibleDescription(m_words.plain());
    m_text->setAccessibleDescription(m_words.plain());
    QStringList terms;
    for (const StepWords::Term& term : m_words.terms)
        terms << tr("<p><b>%1:</b> %2</p>").arg(term.name.toHtmlEscaped(), term.meaning.toHtmlEscaped());
    m_text->setToolTip(terms.join(QString()));
    fit();
}

void StepCaption::startOver() {
    m_level = 0;
}

void StepCaption::fit() {
    const QSize room = m_text->contentsRect().size();
    int height = 0;
    const auto fits = [&] {
        QTextDocument trial;
        fill(trial, m_level);
        trial.setTextWidth(room.width());
        height = static_cast<int>(std::ceil(trial.size().height()));
        return height <= room.height();
    };
    while (!fits() && m_level + 1 < static_cast<int>(scales.size()))
        ++m_level;
    fill(*m_text->document(), m_level);
    // What room is left goes above and below in equal parts.
    QTextFrame* frame = m_text->document()->rootFrame();
    QTextFrameFormat format = frame->frameFormat();
    format.setTopMargin(std::max(room.height() - height, 0) / 2);
    frame->setFrameFormat(format);
}

void StepCaption::fill(QTextDocument& document, int level) const {
    const Shades& shades = shadesOf(palette());
    const double scale = scales[static_cast<std::size_t>(level)];
    const QFont font = scaled(numberFont(TextSize::large), scale);
    const QFont strong = scaled(numberFont(TextSize::large, QFont::DemiBold), scale);
    document.clear();
    document.setUndoRedoEnabled(false);
    document.setDocumentMargin(0);
    QTextOption wrapping;
    wrapping.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    document.setDefaultTextOption(wrapping);
    QTextCursor cursor(&document);
    QTextBlockFormat lines;
    lines.setLineHeight(115, QTextBlockFormat::ProportionalHeight);
    cursor.setBlockFormat(lines);
    if (!m_words.heading.isEmpty())
        cursor.insertText(tr("%1. ").arg(m_words.heading), formatOf(strong, shades.text));
    const bool empty = m_words.heading.isEmpty();
    const QTextCharFormat plain = formatOf(font, empty ? shades.quietText : shades.text);
    int at = 0;
    for (const StepWords::Mark& mark : m_words.marks) {
        QTextCharFormat tinted = plain;
        tinted.setBackground(TierPalette::of(palette()).tint(mark.tier));
        cursor.insertText(m_words.text.mid(at, mark.begin - at), plain);
        cursor.insertText(m_words.text.mid(mark.begin, mark.length), tinted);
        at = mark.begin + mark.length;
    }
    cursor.insertText(m_words.text.mid(at), plain);
    if (level >= firstWithoutTerms || m_words.terms.empty())
        return;
    const QFont small = scaled(numberFont(TextSize::normal), std::clamp(scale * 0.75, 1.0, 1.4));
    const QFont smallStrong =
        scaled(numberFont(TextSize::normal, QFont::DemiBold), std::clamp(scale * 0.75, 1.0, 1.4));
    lines.setTopMargin(scale * grid);
    cursor.insertBlock(lines);
    for (const StepWords::Term& term : m_words.terms) {
        cursor.insertText(tr("%1: ").arg(term.name), formatOf(smallStrong, shades.quietText));
        cursor.insertText(term.meaning + QLatin1Char(' '), formatOf(small, shades.quietText));
    }
}

bool StepCaption::eventFilter(QObject* object, QEvent* event) {
    if (event->type() == QEvent::Resize) {
        startOver();
        fit();
    }
    return QWidget::eventFilter(object, event);
}

void StepCaption::showEvent(QShowEvent*) {
    if (m_stale)
        updateWords();
}

void StepCaption::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
        startOver();
        fit();
    }
    QWidget::changeEvent(event);
}

} // namespace kvprism::views
