// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/compare_head.h"

#include "views/comparison_palette.h"
#include "views/controls.h"
#include "views/elided_label.h"
#include "views/following_font.h"
#include "views/icons.h"
#include "views/models/trace_model.h"
#include "views/style.h"

#include <QDateTime>
#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QTextDocumentFragment>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace kvprism::views {

namespace {

// Options that stand in a run's own line, in this order.
constexpr const char* told[] = {"method", "mode", "budget", "scoring"};

const std::string* valueOf(const trace::Run& run, const std::string& name) {
    const auto place = std::find_if(run.config.begin(), run.config.end(),
                                    [&](const trace::Setting& setting) { return setting.name == name; });
    return place == run.config.end() ? nullptr : &place->value;
}

QString startOf(const trace::Run& run) {
    const QDateTime time =
        QDateTime::fromString(QString::fromStdString(run.startedAt), Qt::ISODate).toLocalTime();
    return time.isValid() ? QLocale().toString(time, QStringLiteral("d MMM HH:mm")) : QString();
}

// A run's options as rich text; what the other one has otherwise is strong. Brief: without what is the same.
QString optionsOf(const trace::Run& run, const trace::Run& other, bool brief) {
    QStringList parts;
    for (const char* option : told) {
        const std::string* value = valueOf(run, option);
        const std::string* others = valueOf(other, option);
        const bool differs = value && (!others || *others != *value);
        if (!value || (brief && !differs && std::string_view(option) != "method"))
            continue;
        QString text = QString::fromStdString(*value).toHtmlEscaped();
        bool isNumber = false;
        const int number = text.toInt(&isNumber);
        if (isNumber)
            text = grouped(number);
        if (differs)
            text = QStringLiteral("<b>%1</b>").arg(text);
        const bool named = std::string_view(option) == "budget" || std::string_view(option) == "scoring";
        parts << (named ? QStringLiteral("%1&nbsp;%2").arg(QString::fromLatin1(option), text) : text);
    }
    return parts.join(QStringLiteral(" · "));
}

QString plain(const QString& rich) {
    return QTextDocumentFragment::fromHtml(rich).toPlainText().replace(QChar(0xa0), QLatin1Char(' '));
}

// The letter on its class's colour.
QPixmap badge(KeptBy who, const QString& letter, const QPalette& palette, qreal ratio) {
    const int size = 2 * grid;
    QPixmap drawn(QSize(size, size) * ratio);
    drawn.setDevicePixelRatio(ratio);
    drawn.fill(ComparisonPalette::of(palette).colour(who));
    QPainter painter(&drawn);
    painter.setFont(textFont(TextSize::small, QFont::Bold));
    painter.setPen(ComparisonPalette::of(palette).ink(who));
    painter.drawText(QRect(0, 0, size, size), Qt::AlignCenter, letter);
    return drawn;
}

} // namespace

CompareHead::CompareHead(const RunComparison* comparison, QWidget* parent)
    : QWidget(parent), m_comparison(comparison), m_title(quietElidedLabel(this)), m_a(new QLabel(this)),
      m_b(new QLabel(this)), m_badgeA(new QLabel(this)), m_badgeB(new QLabel(this)),
      m_differences(quietElidedLabel(this)), m_notices(quietElidedLabel(this)) {
    setAccessibleName(tr("The two runs"));
    auto* bar = new QHBoxLayout;
    bar->setSpacing(grid / 2);
    bar->addWidget(m_title, 1);
    QToolButton* choose = flatButton(tr("Choose B …"), tr("Choose the run to compare with"), this);
    QToolButton* swap = flatButton(tr("Swap"), tr("Show B as A and A as B"), this);
    QToolButton* close = flatButton(icon(Symbol::close), tr("End the comparison"), this);
    connect(choose, &QToolButton::clicked, this, &CompareHead::chooseRequested);
    connect(swap, &QToolButton::clicked, this, &CompareHead::swapRequested);
    connect(close, &QToolButton::clicked, this, &CompareHead::closeRequested);
    for (QToolButton* button : {choose, swap, close})
        bar->addWidget(button);

    auto* runs = new QGridLayout;
    runs->setHorizontalSpacing(grid);
    runs->setVerticalSpacing(grid / 2);
    runs->setColumnStretch(1, 1);
    int row = 0;
    for (const auto& [mark, line] : {std::pair(m_badgeA, m_a), std::pair(m_badgeB, m_b)}) {
        line->setTextFormat(Qt::RichText);
        line->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
        followFont(line, FontKind::number, TextSize::normal);
        runs->addWidget(mark, row, 0, Qt::AlignTop);
        runs->addWidget(line, row++, 1);
    }
    for (ElidedLabel* label : {m_differences, m_notices})
        runs->addWidget(label, row++, 1);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(grid, grid / 2, grid, grid);
    rows->setSpacing(grid / 2);
    rows->addLayout(bar);
    rows->addLayout(runs);
    connect(m_comparison, &RunComparison::runsChanged, this, &CompareHead::updateRuns);
    updateRuns();
}

void CompareHead::setNames(const QString& a, const QString& b) {
    m_nameA = a;
    m_nameB = b;
    updateRuns();
}

void CompareHead::updateRuns() {
    if (!m_comparison->ready())
        return;
    const trace::Run& a = *m_comparison->a()->run();
    const trace::Run& b = *m_comparison->b()->run();
    showRun(m_a, m_nameA, a, b);
    showRun(m_b, m_nameB, b, a);
    m_a->setAccessibleName(tr("A: %1").arg(textOfA()));
    m_b->setAccessibleName(tr("B: %1").arg(textOfB()));
    const qreal ratio = devicePixelRatioF();
    m_badgeA->setPixmap(badge(KeptBy::onlyA, tr("A"), palette(), ratio));
    m_badgeB->setPixmap(badge(KeptBy::onlyB, tr("B"), palette(), ratio));
    m_differences->setVisible(!differences().isEmpty());
    m_notices->setVisible(!m_comparison->notices().isEmpty());
    m_differences->setFullText(differences());
    m_notices->setFullText(m_comparison->notices().join(QLatin1Char(' ')));
    const QString tokens = tr("%1 tokens").arg(grouped(a.streamTokens()));
    const QString document =
        QString::fromStdString(a.document.name.empty() ? b.document.name : a.document.name);
    m_title->setFullText(document.isEmpty() ? tokens : tr("%1 · %2").arg(document, tokens));
}

// In one line: where it is short of room, first what both have alike gives way, then the name.
void CompareHead::showRun(QLabel* label, const QString& name, const trace::Run& run,
                          const trace::Run& other) {
    const QFontMetrics widest(numberFont(TextSize::normal, QFont::Bold));
    const auto room = [&](const QString& options) {
        return width() - 5 * grid - widest.horizontalAdvance(QStringLiteral(" · ") + plain(options));
    };
    const QString full = name.isEmpty() ? startOf(run) : name;
    QString options = optionsOf(run, other, m_brief);
    if (room(options) < widest.horizontalAdvance(full))
        options = optionsOf(run, other, true);
    const QString shown =
        label->fontMetrics().elidedText(full, Qt::ElideMiddle, std::max(room(options), 8 * grid));
    QStringList parts{shown.toHtmlEscaped(), options};
    parts.removeAll(QString());
    label->setText(parts.join(QStringLiteral(" · ")));
    label->setToolTip(full.toHtmlEscaped());
}

void CompareHead::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_brief = width() < 60 * grid;
    updateRuns();
}

QString CompareHead::textOfA() const {
    return plain(m_a->text());
}

QString CompareHead::textOfB() const {
    return plain(m_b->text());
}

QString CompareHead::differences() const {
    if (!m_comparison->ready())
        return {};
    const auto all = trace::settingDifferences(*m_comparison->a()->run(), *m_comparison->b()->run());
    if (all.empty())
        return tr("All options are the same.");
    QStringList others;
    for (const trace::SettingDifference& difference : all) {
        if (std::find(std::begin(told), std::end(told), difference.name) != std::end(told))
            continue;
        const auto value = [](const std::string& text) {
            return text.empty() ? QStringLiteral("\u2013") : QString::fromStdString(text);
        };
        others << QStringLiteral("%1 %2 | %3")
                      .arg(QString::fromStdString(difference.name), value(difference.a), value(difference.b));
    }
    return others.isEmpty() ? QString()
                            : tr("Also different (A | B): %1").arg(others.join(QStringLiteral(" · ")));
}

void CompareHead::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        updateRuns();
    QWidget::changeEvent(event);
}

} // namespace kvprism::views
