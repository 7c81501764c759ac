// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/quiz_row.h"

#include "views/painting.h"
#include "views/picture_host.h"
#include "views/style.h"

#include <QButtonGroup>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>

#include <algorithm>

namespace kvprism::views {

namespace {

constexpr int swatchWidth = grid;
constexpr int detailFlags = Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap;

QFont demiBold(QFont font) {
    font.setWeight(QFont::DemiBold);
    return font;
}

// As many whole words as fit, from the end that touches the asked word.
QString fitted(QString text, int width, const QFontMetrics& metrics, bool keepEnd) {
    const QString more(QChar(0x2026));
    bool cut = false;
    while (metrics.horizontalAdvance(cut ? text + more : text) > width) {
        cut = true;
        const qsizetype blank =
            keepEnd ? text.indexOf(QLatin1Char(' '), 1) : text.lastIndexOf(QLatin1Char(' '), text.size() - 2);
        if (blank < 0) // one long word, or writing without blanks
            return metrics.elidedText(text, keepEnd ? Qt::ElideLeft : Qt::ElideRight, width);
        text = keepEnd ? text.mid(blank) : text.left(blank + 1);
        if (text.trimmed().isEmpty())
            return text;
    }
    if (!cut)
        return text;
    return keepEnd ? more + text : text + more;
}

} // namespace

QuizRow::QuizRow(QWidget* parent)
    : QWidget(parent), m_words(textFont(TextSize::normal)), m_small(numberFont(TextSize::small)),
      m_stays(new QPushButton(tr("Stays"), this)), m_goes(new QPushButton(tr("Goes"), this)) {
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    auto* group = new QButtonGroup(this);
    for (QPushButton* button : {m_stays, m_goes}) {
        button->setCheckable(true);
        button->setFocusPolicy(Qt::TabFocus);
        group->addButton(button);
    }
    group->setExclusive(true);
    m_stays->setToolTip(tr("This word stays in the memory (S)"));
    m_goes->setToolTip(tr("This word is dropped (G)"));
    connect(m_stays, &QPushButton::clicked, this, [this] { Q_EMIT guessed(true); });
    connect(m_goes, &QPushButton::clicked, this, [this] { Q_EMIT guessed(false); });
}

void QuizRow::ask(const QuizItem& item, const QString& place) {
    m_item = item;
    m_place = place;
    m_detail.clear();
    m_revealed = false;
    setFocusPolicy(Qt::NoFocus);
    setCursor(Qt::ArrowCursor);
    m_stays->show();
    m_goes->show();
    setGuess(item.guess);
    setToolTip(QString());
    updateGeometry();
    update();
}

void QuizRow::setGuess(std::optional<bool> stays) {
    m_item.guess = stays;
    auto* group = m_stays->group();
    group->setExclusive(false); // or none could be let go
    m_stays->setChecked(stays == true);
    m_goes->setChecked(stays == false);
    group->setExclusive(true);
    showMarks();
    describe();
}

// The marked one is bold as well, for those to whom its ground looks like any other.
void QuizRow::showMarks() {
    for (QPushButton* button : {m_stays, m_goes})
        button->setFont(button->isChecked() ? demiBold(m_words) : m_words);
}

void QuizRow::reveal(const QuizItem& item, const QString& detail) {
    m_item = item;
    m_detail = detail;
    m_revealed = true;
    m_stays->hide();
    m_goes->hide();
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setToolTip(tr("%1. A click locks this token.").arg(detail));
    describe();
    updateGeometry();
    update();
}

void QuizRow::describe() {
    const QString sentence = m_item.before + QChar(0x201c) + m_item.word + QChar(0x201d) + m_item.after;
    setAccessibleName(tr("%1: %2").arg(m_place, sentence));
    const QString guess = !m_item.guess   ? tr("not marked yet")
                          : *m_item.guess ? tr("you said that it stays")
                                          : tr("you said that it goes");
    setAccessibleDescription(
        m_revealed
            ? tr("%1; %2: %3. %4").arg(verdict(), guess, m_item.right() ? tr("right") : tr("wrong"), m_detail)
            : guess);
    m_stays->setAccessibleName(tr("%1, %2, stays").arg(m_place, m_item.word));
    m_goes->setAccessibleName(tr("%1, %2, goes").arg(m_place, m_item.word));
    m_stays->setAccessibleDescription(sentence);
    m_goes->setAccessibleDescription(sentence);
}

QString QuizRow::verdict() const {
    return m_item.stays() ? tr("Stayed (%1)").arg(tierTitle(m_item.tier)) : tierTitle(m_item.tier);
}

void QuizRow::setFonts(const QFont& words, const QFont& small) {
    m_words = words;
    m_small = small;
    showMarks();
    updateGeometry();
    placeButtons();
    update();
}

QSize QuizRow::sizeHint() const {
    return {48 * grid, heightOf(QFontMetrics(m_small).height())};
}

int QuizRow::heightForWidth(int width) const {
    const int line = QFontMetrics(m_small).height();
    return heightOf(m_revealed ? std::max(detailHeight(width), line) : line);
}

int QuizRow::heightOf(int detail) const {
    return QFontMetrics(demiBold(m_words)).height() + detail + grid + grid / 2;
}

int QuizRow::sentenceWidth(int rowWidth) const {
    return rowWidth - verdictWidth() - swatchWidth - grid;
}

int QuizRow::detailHeight(int rowWidth) const {
    const QRect most(0, 0, std::max(sentenceWidth(rowWidth) - grid, 1), 1 << 16);
    return QFontMetrics(m_small).boundingRect(most, detailFlags, m_detail).height();
}

int QuizRow::verdictWidth() const {
    const QFontMetrics strong(demiBold(m_words));
    const QFontMetrics plain(m_words);
    const int said = std::max(strong.horizontalAdvance(tr("Stayed (%1)").arg(tierTitle(trace::Tier::global))),
                              strong.horizontalAdvance(tierTitle(trace::Tier::dropped)));
    const int buttons = plain.horizontalAdvance(tr("Stays")) + plain.horizontalAdvance(tr("Goes"));
    return std::max(said, buttons + 2 * plain.height()) + 2 * grid;
}

void QuizRow::placeButtons() {
    const QFontMetrics metrics(m_words);
    const int high = std::min(metrics.height() + grid, height() - 4);
    int right = width() - grid / 2;
    for (QPushButton* button : {m_goes, m_stays}) {
        const int wide = metrics.horizontalAdvance(button->text()) + metrics.height();
        button->setGeometry(right - wide, (height() - high) / 2, wide, high);
        right -= wide + grid / 2;
    }
}

void QuizRow::takeFocus() {
    if (m_revealed)
        setFocus(Qt::OtherFocusReason);
    else
        (m_goes->isChecked() ? m_goes : m_stays)->setFocus(Qt::OtherFocusReason);
}

bool QuizRow::event(QEvent* event) {
    if (m_revealed && (event->type() == QEvent::Enter || event->type() == QEvent::Leave))
        Q_EMIT pointedAt(event->type() == QEvent::Enter);
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        update();
    return QWidget::event(event);
}

void QuizRow::resizeEvent(QResizeEvent*) {
    placeButtons();
}

void QuizRow::mousePressEvent(QMouseEvent* event) {
    if (m_revealed && event->button() == Qt::LeftButton)
        Q_EMIT chosen(event->modifiers() & Qt::ShiftModifier);
}

void QuizRow::keyPressEvent(QKeyEvent* event) {
    const bool press =
        event->key() == Qt::Key_Space || event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (m_revealed && press)
        Q_EMIT chosen(event->modifiers() & Qt::ShiftModifier);
    else
        QWidget::keyPressEvent(event);
}

void QuizRow::paintEvent(QPaintEvent*) {
    const Shades& shades = shadesOf(palette());
    QPainter painter(this);
    const QRect inside = rect().adjusted(0, 0, 0, -1);
    painter.fillRect(0, height() - 1, width(), 1, shades.rule);
    if (m_revealed) {
        const QRect swatch(0, 2, swatchWidth, inside.height() - 4);
        painter.setBrushOrigin(swatch.topLeft());
        painter.fillRect(swatch, tierBrush(m_item.tier, palette(), pixelRatio(*this)));
        paintVerdict(painter, inside);
    }
    const int begin = swatchWidth + grid;
    paintSentence(painter, QRect(begin, 0, sentenceWidth(width()), inside.height()));
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(shades.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(inside).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
}

void QuizRow::paintSentence(QPainter& painter, const QRect& rect) const {
    const Shades& shades = shadesOf(palette());
    const QFont strong = demiBold(m_words);
    const QFontMetrics metrics(m_words), strongMetrics(strong);
    const int detail = m_revealed ? detailHeight(width()) : 0;
    const int top = rect.top() + std::max((rect.height() - strongMetrics.height() - detail) / 2, 0);
    const int baseline = top + strongMetrics.ascent();
    const QString word = strongMetrics.elidedText(m_item.word, Qt::ElideRight, rect.width());
    const int wide = strongMetrics.horizontalAdvance(word);
    // All words begin in one line, but for those that would not end in the row.
    const int left = rect.left() + std::max(std::min(rect.width() * 2 / 5, rect.width() - wide), 0);
    const QRect area(left - 3, top, wide + 6, strongMetrics.height());
    if (m_revealed)
        painter.fillRect(area, TierPalette::of(palette()).tint(m_item.tier));
    painter.setFont(m_words);
    painter.setPen(shades.quietText);
    const QString before = fitted(m_item.before, left - rect.left() - 4, metrics, true);
    painter.drawText(left - metrics.horizontalAdvance(before) - 1, baseline, before);
    const QString after = fitted(m_item.after, rect.right() - left - wide - 4, metrics, false);
    painter.drawText(left + wide + 1, baseline, after);
    painter.setFont(strong);
    painter.setPen(shades.text);
    painter.drawText(left, baseline, word);
    painter.fillRect(QRect(left, area.bottom() - 1, wide, 2), shades.text);
    if (!m_revealed)
        return;
    painter.setFont(m_small);
    painter.setPen(shades.quietText);
    painter.drawText(QRect(rect.left(), top + strongMetrics.height() + 1, rect.width() - grid, detail),
                     detailFlags, m_detail);
}

void QuizRow::paintVerdict(QPainter& painter, const QRect& rect) const {
    const Shades& shades = shadesOf(palette());
    const QFontMetrics strong(demiBold(m_words));
    const QFontMetrics small(m_small);
    const int left = rect.right() - verdictWidth() + grid + grid / 2;
    const int top = rect.top() + (rect.height() - strong.height() - small.height()) / 2;
    painter.setFont(demiBold(m_words));
    painter.setPen(shades.text);
    painter.drawText(left, top + strong.ascent(), verdict());
    const bool right = m_item.right();
    painter.setPen(right ? shades.text : shades.warning);
    const int line = top + strong.height() + 1;
    const int size = small.ascent();
    paintMark(painter, QRect(left, line + (small.height() - size) / 2, size, size), right);
    painter.setFont(m_small);
    painter.drawText(left + size + grid / 2, line + small.ascent(),
                     right ? tr("you were right") : tr("you were wrong"));
}

// A tick or a cross in the pen's colour.
void QuizRow::paintMark(QPainter& painter, const QRect& rect, bool right) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(painter.pen().color(), 1.75, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const QRectF box = QRectF(rect).adjusted(1.5, 1.5, -1.5, -1.5);
    if (right) {
        painter.drawPolyline(QPolygonF{QPointF(box.left(), box.center().y()),
                                       QPointF(box.left() + box.width() * 0.38, box.bottom() - 0.5),
                                       QPointF(box.right(), box.top())});
    } else {
        painter.drawLine(box.topLeft(), box.bottomRight());
        painter.drawLine(box.topRight(), box.bottomLeft());
    }
    painter.restore();
}

} // namespace kvprism::views
