// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/evidence_list.h"

#include "views/controls.h"
#include "views/models/navigator.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/style.h"

#include <QAbstractButton>
#include <QLabel>
#include <QPainter>
#include <QStyle>
#include <QTextLayout>
#include <QVBoxLayout>

namespace kvprism::views {

namespace {

constexpr int mostPassages = 3;
constexpr int mostLines = 2;

// A passage in quotation marks, cut to two lines, and its place.
class PassageButton final : public QAbstractButton {
  public:
    PassageButton(const QString& words, const QString& place, QWidget* parent)
        : QAbstractButton(parent), m_place(place) {
        setText(words);
        setAccessibleName(EvidenceList::tr("Passage: %1").arg(words));
        setAccessibleDescription(place);
        setToolTip(EvidenceList::tr("Mark this passage in every view"));
        setCursor(Qt::PointingHandCursor);
        setFocusPolicy(Qt::StrongFocus);
        QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        policy.setHeightForWidth(true);
        setSizePolicy(policy);
        setAttribute(Qt::WA_Hover);
    }

    int heightForWidth(int width) const override {
        return static_cast<int>(lines(width).size()) * wordMetrics().lineSpacing() +
               QFontMetrics(numberFont(TextSize::small)).lineSpacing() + grid;
    }
    QSize sizeHint() const override { return {30 * grid, heightForWidth(30 * grid)}; }

  protected:
    void paintEvent(QPaintEvent*) override {
        const Shades& shades = shadesOf(palette());
        QPainter painter(this);
        if (underMouse() || hasFocus())
            painter.fillRect(rect(), shades.raised);
        painter.fillRect(0, 0, 3, height(), hasFocus() ? shades.accent : shades.rule);
        int y = grid / 2;
        painter.setFont(textFont(TextSize::small));
        painter.setPen(shades.text);
        for (const QString& line : lines(width())) {
            painter.drawText(margin, y + wordMetrics().ascent(), line);
            y += wordMetrics().lineSpacing();
        }
        painter.setFont(numberFont(TextSize::small));
        painter.setPen(shades.quietText);
        painter.drawText(margin, y + painter.fontMetrics().ascent(), m_place);
    }

  private:
    static constexpr int margin = grid + grid / 2;

    QFontMetrics wordMetrics() const { return QFontMetrics(textFont(TextSize::small)); }

    QStringList lines(int width) const {
        QTextLayout layout(text(), textFont(TextSize::small));
        QStringList lines;
        layout.beginLayout();
        for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
            line.setLineWidth(std::max(width - margin - grid, grid));
            const bool last = lines.size() + 1 == mostLines;
            const QString rest = text().mid(line.textStart());
            lines += last ? wordMetrics().elidedText(rest, Qt::ElideRight, width - margin - grid)
                          : text().mid(line.textStart(), line.textLength());
            if (last)
                break;
        }
        layout.endLayout();
        return lines;
    }

    QString m_place;
};

QString placeText(const TraceModel& model, const EvidencePassage& passage) {
    const auto& offsets = model.run()->tokens.byteOffsets;
    const std::int64_t byte = offsets[static_cast<std::size_t>(passage.firstToken)];
    const QString tokens =
        EvidenceList::tr("tokens %1–%2").arg(grouped(passage.firstToken), grouped(passage.lastToken));
    return byte < 0 ? tokens : EvidenceList::tr("byte %1 · %2").arg(grouped(byte), tokens);
}

QString wordsOf(const TraceModel& model, const EvidencePassage& passage) {
    if (model.text().empty())
        return EvidenceList::tr("(recorded without its text)");
    return QStringLiteral("…%1…").arg(
        model.text().between(passage.firstToken, passage.lastToken).simplified());
}

} // namespace

EvidenceList::EvidenceList(const TraceModel* model, Navigator* navigator, QWidget* parent)
    : QWidget(parent), m_model(model), m_navigator(navigator), m_column(new QVBoxLayout(this)) {
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(grid / 2);
    setAccessibleName(tr("Evidence"));
    hide();
}

void EvidenceList::clear() {
    while (QLayoutItem* item = m_column->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    m_passages.clear();
    m_rows.clear();
    hide();
}

void EvidenceList::show(const AnswerLinks& links) {
    clear();
    const trace::Run* run = m_model->run();
    if (!run || links.empty())
        return;
    m_passages = links.passages(run->prefixTokens, run->streamTokens() - 1, mostPassages);
    if (m_passages.empty())
        return;
    m_column->addWidget(quietLabel(this, tr("Attended most to")));
    for (const EvidencePassage& passage : m_passages) {
        auto* row = new PassageButton(wordsOf(*m_model, passage), placeText(*m_model, passage), this);
        m_column->addWidget(row);
        m_rows += row;
        connect(row, &QAbstractButton::clicked, this, [this, passage] {
            m_navigator->setRange(Navigator::TokenRange{passage.firstToken, passage.lastToken});
            m_navigator->reveal(passage.firstToken);
        });
    }
    setVisible(true);
}

QString EvidenceList::text() const {
    QStringList lines;
    for (const EvidencePassage& passage : m_passages)
        lines += QStringLiteral("%1 (%2)").arg(wordsOf(*m_model, passage), placeText(*m_model, passage));
    return lines.join(QLatin1Char('\n'));
}

} // namespace kvprism::views
