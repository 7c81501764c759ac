// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/text_canvas.h"

#include "views/models/navigator.h"
#include "views/models/needles.h"
#include "views/models/token_marks.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/style.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace kvprism::views {

namespace {

constexpr double lineFactor = 1.45; // room for the marks below the letters
constexpr double headingLines = 1.8;

} // namespace

TextCanvas::TextCanvas(TraceModel* model, Navigator* navigator, QWidget* parent)
    : QAbstractScrollArea(parent), m_model(model), m_navigator(navigator) {
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Document text"));
    setWhatsThis(
        tr("<p>The document as the model reads it, each token tinted by its tier at the current step. Faded "
           "words were dropped; plain ones are not read yet. A line with a diamond stands above a needle.</p>"
           "<p>Click locks a token, Shift+click adds one, dragging brushes a range, Ctrl+C copies it, Ctrl+F "
           "searches. Ctrl+Left and Ctrl+Right move by a token (with Shift: a range), Ctrl+Home and "
           "Ctrl+End to the ends, Esc clears the "
           "selection.</p>"));
    const auto repaint = [this] { viewport()->update(); };
    connect(m_model, &TraceModel::runChanged, this, &TextCanvas::resetForRun);
    connect(m_model, &TraceModel::stepsAppended, this, repaint);
    connect(m_model, &TraceModel::curtainDrawn, this, repaint);
    connect(m_navigator, &Navigator::stepChanged, this, &TextCanvas::updateStep);
    connect(m_navigator, &Navigator::hoverChanged, this, &TextCanvas::updateHover);
    connect(m_navigator, &Navigator::rangeChanged, this, repaint);
    connect(m_navigator, &Navigator::pointedChanged, this, repaint);
    connect(m_navigator, &Navigator::revealRequested, this, &TextCanvas::reveal);
    connect(m_navigator, &Navigator::lockChanged, this, [this] {
        if (!m_navigator->locked().empty() && m_navigator->effectiveToken())
            reveal(*m_navigator->effectiveToken());
        viewport()->update();
    });
    resetForRun();
}

bool TextCanvas::isLaidOut(std::optional<int> token) const {
    return token && std::ranges::any_of(m_laidOut, [&](const auto& row) {
               const std::vector<Piece>& pieces = row.second.pieces;
               return !pieces.empty() && pieces.front().token <= *token && *token <= pieces.back().token;
           });
}

// Most tokens that the pointer finds elsewhere cannot be seen here.
void TextCanvas::updateHover() {
    const auto now = m_navigator->hover();
    if (m_pointer || isLaidOut(m_hovered) || isLaidOut(now))
        viewport()->update();
    m_hovered = now;
}

// Most steps change nothing of the tokens that can be seen here.
void TextCanvas::updateStep() {
    if (!viewport()->isVisible())
        return;
    const int edge = m_model->survival().readEnd(m_navigator->step());
    const bool edgeMoves = edge != m_paintedEdge && (isLaidOut(edge) || isLaidOut(m_paintedEdge));
    const auto looksOtherwise = [this](const auto& painted) {
        const auto row = m_laidOut.find(painted.first);
        return row == m_laidOut.end() || looksOf(row->second) != painted.second;
    };
    if (m_pointer || edgeMoves || std::ranges::any_of(m_paintedLooks, looksOtherwise))
        viewport()->update();
}

void TextCanvas::setTint(TextTint tint) {
    m_tint = tint;
    viewport()->update();
}

void TextCanvas::setTintSource(TokenTint* source) {
    if (m_source)
        m_source->disconnect(viewport());
    m_source = source;
    if (source)
        connect(source, &TokenTint::changed, viewport(), qOverload<>(&QWidget::update));
    else if (m_tint == TextTint::source)
        m_tint = TextTint::tier;
    viewport()->update();
}

void TextCanvas::setMarks(const TokenMarks* marks) {
    m_marks = marks;
    connect(marks, &TokenMarks::changed, viewport(), qOverload<>(&QWidget::update));
    viewport()->update();
}

void TextCanvas::setNeedles(const Needles* needles) {
    m_needles = needles;
    connect(needles, &Needles::changed, viewport(), qOverload<>(&QWidget::update));
    viewport()->update();
}

void TextCanvas::setSpacesVisible(bool visible) {
    m_spacesVisible = visible;
    resetLayout();
}

void TextCanvas::setHits(const std::vector<Hit>* hits, int current) {
    m_hits = hits;
    m_currentHit = current;
    viewport()->update();
}

void TextCanvas::resetForRun() {
    m_paragraphs = cutIntoParagraphs(m_model->text().text(), m_model->text().documentBegin());
    m_hits = nullptr;
    m_currentHit = -1;
    verticalScrollBar()->setValue(0);
    resetLayout();
}

double TextCanvas::columnWidth() const {
    const double letters = QFontMetricsF(textFont(TextSize::normal)).averageCharWidth() * mostLettersPerLine;
    return std::clamp(viewport()->width() - m_gutter - 2.0 * grid, 8.0 * grid, letters);
}

int TextCanvas::scrollEnd() const {
    return std::max(0, static_cast<int>(std::ceil(m_heights.total())) - viewport()->height());
}

void TextCanvas::resetLayout() {
    // The paragraph at the top stays there.
    const double y = verticalScrollBar()->value();
    const int anchor = m_heights.rowAt(y);
    const double share =
        anchor < 0 ? 0 : (y - m_heights.top(anchor)) / std::max(m_heights.height(anchor), 1.0);

    const QFontMetricsF metrics(textFont(TextSize::normal));
    m_lineHeight = std::ceil(metrics.height() * lineFactor);
    const std::int32_t last = m_paragraphs.empty() ? 0 : m_paragraphs.back().begin;
    const int digits = std::max(8, static_cast<int>(grouped(last).size()) + 1);
    m_gutter = QFontMetrics(numberFont(TextSize::small)).horizontalAdvance(QLatin1Char('0')) * digits + grid;
    m_laidOut.clear();
    const double lettersPerLine = std::max(columnWidth() / metrics.averageCharWidth(), 1.0);
    std::vector<double> estimates;
    estimates.reserve(m_paragraphs.size());
    for (const Paragraph& paragraph : m_paragraphs) {
        const double lines = std::max(1.0, std::ceil((paragraph.end - paragraph.begin) / lettersPerLine));
        estimates.push_back((lines + (paragraph.opens ? headingLines : 0)) * m_lineHeight);
    }
    m_heights.reset(estimates);
    verticalScrollBar()->setRange(0, scrollEnd());
    if (anchor >= 0 && anchor < m_heights.count())
        verticalScrollBar()->setValue(
            static_cast<int>(m_heights.top(anchor) + share * m_heights.height(anchor)));
    viewport()->update();
}

QString TextCanvas::shownText(const Paragraph& paragraph) const {
    QString shown = m_model->text().text().mid(paragraph.begin, paragraph.end - paragraph.begin);
    for (QChar& unit : shown) {
        const char16_t code = unit.unicode();
        const bool lineEnd = code == u'\n' || code == u'\r';
        if (lineEnd)
            unit = m_spacesVisible ? QChar(code == u'\n' ? 0x21b5 : 0x240d) : QChar(u' ');
        else if (code == 0x2028 || code == 0x2029)
            unit = QChar(0x21b5);
        else if (code < 0x20 && code != u'\t')
            unit = QChar(static_cast<char16_t>(0x2400 + code)); // Unicode's control pictures
    }
    return shown;
}

TextCanvas::LaidOut TextCanvas::layOut(int row) const {
    const Paragraph& paragraph = m_paragraphs[static_cast<std::size_t>(row)];
    LaidOut laid;
    laid.above = paragraph.opens ? headingLines * m_lineHeight : 0;
    laid.layout = std::make_unique<QTextLayout>(shownText(paragraph), textFont(TextSize::normal));
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    option.setTabStopDistance(QFontMetricsF(textFont(TextSize::normal)).averageCharWidth() * 4);
    if (m_spacesVisible)
        option.setFlags(QTextOption::ShowTabsAndSpaces);
    laid.layout->setTextOption(option);
    laid.layout->setCacheEnabled(true);
    laid.layout->beginLayout();
    double y = laid.above;
    for (QTextLine line = laid.layout->createLine(); line.isValid(); line = laid.layout->createLine()) {
        line.setLineWidth(columnWidth());
        line.setPosition(QPointF(0, y + (m_lineHeight - line.height()) / 2));
        y += m_lineHeight;
    }
    laid.layout->endLayout();
    laid.height = std::max(y, laid.above + m_lineHeight);
    findPieces(laid, paragraph);
    return laid;
}

void TextCanvas::findPieces(LaidOut& laid, const Paragraph& paragraph) const {
    const TokenText& text = m_model->text();
    int token = text.tokensAt(paragraph.begin).first;
    for (int i = 0; i < laid.layout->lineCount() && token >= 0; ++i) {
        const QTextLine line = laid.layout->lineAt(i);
        const int lineBegin = paragraph.begin + line.textStart();
        const int lineEnd = lineBegin + line.textLength();
        const double top = laid.above + i * m_lineHeight;
        while (token > 0 && text.end(token - 1) > lineBegin)
            --token;
        while (token < text.tokens() && text.begin(token) < lineEnd) {
            // Tokens whose extent is the same cluster of characters share its width.
            const auto extent = [&](int t) {
                const double a = line.cursorToX(std::max(text.begin(t), lineBegin) - paragraph.begin);
                const double b = line.cursorToX(std::min(text.end(t), lineEnd) - paragraph.begin);
                return std::pair(std::min(a, b), std::max(a, b)); // right-to-left text runs backwards
            };
            auto [left, right] = extent(token);
            int after = token + 1;
            while (after < text.tokens() && text.begin(after) < lineEnd) {
                const auto [nextLeft, nextRight] = extent(after);
                const bool sameCharacter = text.begin(after) < text.end(after - 1);
                if (!sameCharacter && nextRight - nextLeft > 0.01 && right - left > 0.01)
                    break;
                left = right - left > 0.01 ? left : nextLeft;
                right = std::max(right, nextRight);
                ++after;
            }
            const double width = (right - left) / (after - token);
            for (int t = token; t < after; ++t)
                laid.pieces.push_back({t, QRectF(left + (t - token) * width, top, width, m_lineHeight)});
            token = after;
        }
    }
}

const TextCanvas::LaidOut& TextCanvas::laidOut(int row) {
    auto place = m_laidOut.find(row);
    if (place != m_laidOut.end())
        return place->second;
    place = m_laidOut.emplace(row, layOut(row)).first;
    const double grown = m_heights.setMeasured(row, place->second.height);
    if (grown != 0) {
        QScrollBar* bar = verticalScrollBar();
        const int before = bar->value();
        bar->setMaximum(scrollEnd());
        // What lies above the screen has another height than it was thought to have: the screen stays.
        if (row < m_firstSeen)
            bar->setValue(before + static_cast<int>(std::lround(grown)));
    }
    return place->second;
}

void TextCanvas::layOutVisible() {
    if (m_paragraphs.empty())
        return;
    m_firstSeen = std::min(m_firstSeen, m_heights.count() - 1);
    int first = m_heights.rowAt(verticalScrollBar()->value());
    // From what was on the screen upwards, so that corrections above move nothing that can be seen.
    for (int row = std::min(m_firstSeen, first + 200); row >= first; --row) {
        laidOut(row);
        first = m_heights.rowAt(verticalScrollBar()->value());
    }
    int last = first;
    while (last < m_heights.count() &&
           m_heights.top(last) < verticalScrollBar()->value() + viewport()->height()) {
        laidOut(last);
        ++last;
    }
    m_firstSeen = first;
    forgetHidden(first - 20, last + 20);
}

void TextCanvas::forgetHidden(int first, int last) {
    std::erase_if(m_laidOut, [=](const auto& entry) { return entry.first < first || entry.first > last; });
}

int TextCanvas::paragraphOf(int offset) const {
    const auto after =
        std::upper_bound(m_paragraphs.begin(), m_paragraphs.end(), offset,
                         [](int at, const Paragraph& paragraph) { return at < paragraph.begin; });
    return static_cast<int>(after - m_paragraphs.begin()) - 1;
}

QRectF TextCanvas::rectOf(int token) {
    const TokenText& text = m_model->text();
    if (token < 0 || token >= text.tokens() || m_paragraphs.empty())
        return {};
    const int row =
        std::max(paragraphOf(std::min(text.begin(token), static_cast<int>(text.text().size()) - 1)), 0);
    const LaidOut& laid = laidOut(row);
    const QPointF at(m_gutter, m_heights.top(row) - verticalScrollBar()->value());
    for (const Piece& piece : laid.pieces)
        if (piece.token == token)
            return piece.rect.translated(at);
    return {};
}

void TextCanvas::reveal(int token) {
    const QRectF rect = rectOf(token);
    if (rect.isNull() || (rect.top() >= 0 && rect.bottom() <= viewport()->height()))
        return;
    verticalScrollBar()->setValue(
        static_cast<int>(verticalScrollBar()->value() + rect.center().y() - viewport()->height() / 2.0));
}

std::optional<int> TextCanvas::tokenAt(const QPoint& point) {
    if (m_paragraphs.empty())
        return std::nullopt;
    const double y = verticalScrollBar()->value() + point.y();
    if (y < 0 || y >= m_heights.total())
        return std::nullopt;
    const int row = m_heights.rowAt(y);
    const LaidOut& laid = laidOut(row);
    const QPointF inside(point.x() - m_gutter, y - m_heights.top(row));
    for (const Piece& piece : laid.pieces)
        if (piece.rect.contains(inside))
            return piece.token;
    return std::nullopt;
}

void TextCanvas::copyRange() const {
    const auto range = m_navigator->range();
    const auto token = m_navigator->effectiveToken();
    if (range)
        QGuiApplication::clipboard()->setText(m_model->text().between(range->first, range->last));
    else if (token && !m_navigator->locked().empty())
        QGuiApplication::clipboard()->setText(m_model->text().between(*token, *token));
}

} // namespace kvprism::views
