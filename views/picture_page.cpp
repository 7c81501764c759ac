// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/picture_page.h"

#include "views/models/model_name.h"
#include "views/models/navigator.h"
#include "views/models/run_comparison.h"
#include "views/models/trace_model.h"
#include "views/painting.h"
#include "views/style.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>
#include <QTextLayout>

#include <algorithm>

namespace kvprism::views {

namespace {

constexpr int margin = 2 * grid;
constexpr int swatch = 12;
constexpr int legendLine = 20;
constexpr int mostTitleLines = 3;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Picture)
};

QString settingOf(const trace::Run& run, std::string_view name) {
    for (const trace::Setting& setting : run.config)
        if (setting.name == name)
            return QString::fromStdString(setting.value);
    return {};
}

// How the run was configured and what of it is shown, part by part.
QStringList configurationOf(const trace::Run& run) {
    QStringList parts{modelName(run.model)};
    for (const char* name : {"method", "mode", "scoring", "seed"})
        if (const QString value = settingOf(run, name); !value.isEmpty())
            parts << QStringLiteral("%1 %2").arg(QLatin1String(name), value);
    parts << Text::tr("budget %1 of %2 tokens").arg(grouped(run.budget), grouped(run.streamTokens()));
    parts << Text::tr("blocks of %1").arg(grouped(run.blockSize));
    parts << Text::tr("anchors %1, window %2").arg(grouped(run.anchors), grouped(run.window));
    parts.removeAll(QString());
    return parts;
}

QString stepShown(const PictureScene& scene) {
    const TraceModel& model = *scene.model;
    const int step = scene.navigator->step();
    if (step < 0 || step >= model.stepCount())
        return Text::tr("no step recorded");
    const auto recordOf = [](const TraceModel& of, int index) -> const trace::CompressionStep& {
        return *of.store().steps()[static_cast<std::size_t>(index)];
    };
    const trace::CompressionStep& shown = recordOf(model, step);
    const QString read = Text::tr("step %1 (of 0 to %2): %3 tokens read")
                             .arg(grouped(step), grouped(model.stepCount() - 1), grouped(shown.end.value));
    const QString kept = grouped(shown.counts.kept);
    if (!scene.comparison)
        return Text::tr("%1, %2 kept").arg(read, kept);
    const auto partner = scene.comparison->partnerOf(step);
    if (!partner)
        return Text::tr("%1, %2 kept by A; no step of B ends there").arg(read, kept);
    return Text::tr("%1, %2 kept by A and %3 by B")
        .arg(read, kept, grouped(recordOf(*scene.comparison->b(), *partner).counts.kept));
}

// Where a run was recorded.
QString originOf(const trace::Run& run) {
    return Text::tr("recorded by %1, %2, run %3")
        .arg(QString::fromStdString(run.program), QString::fromStdString(run.startedAt),
             QString::fromStdString(run.id));
}

QString titleOf(const trace::Run& run) {
    QString title = QString::fromStdString(run.document.name);
    const QString question = QString::fromStdString(run.question).simplified();
    if (!question.isEmpty())
        title += (title.isEmpty() ? QString() : QStringLiteral(" – ")) + question;
    return title.isEmpty() && run.withoutText ? Text::tr("A document, recorded without its text") : title;
}

// Cut into lines of at most `width`, at spaces where it can be.
QStringList wrapped(const QString& text, const QFont& font, int width, int most) {
    QTextLayout layout(text, font);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(option);
    layout.beginLayout();
    QStringList lines;
    for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
        line.setLineWidth(width);
        const bool last = lines.size() + 1 == most;
        lines << (last ? QFontMetrics(font).elidedText(text.mid(line.textStart()), Qt::ElideRight, width)
                       : text.mid(line.textStart(), line.textLength()).trimmed());
        if (last)
            break;
    }
    layout.endLayout();
    return lines;
}

// Parts with dots between them, as many a line as fit.
QStringList flowed(const QStringList& parts, const QFont& font, int width) {
    const QFontMetrics metrics(font);
    const QString between = QStringLiteral("  ·  ");
    QStringList lines;
    for (const QString& part : parts) {
        const QString longer = lines.isEmpty() ? part : lines.back() + between + part;
        if (!lines.isEmpty() && metrics.horizontalAdvance(longer) <= width)
            lines.back() = longer;
        else
            lines << metrics.elidedText(part, Qt::ElideRight, width);
    }
    return lines;
}

} // namespace

PicturePage::PicturePage(const PictureScene& scene, const DrawableView& view, int width,
                         const QPalette& palette)
    : m_width(width), m_palette(palette), m_title(titleOf(*scene.model->run())) {
    const Shades& shades = shadesOf(palette);
    const QFont name = textFont(TextSize::small, QFont::DemiBold);
    const QFont strong = textFont(TextSize::large, QFont::DemiBold);
    addLines(m_head, flowed({viewTitle(view), stepShown(scene)}, name, room()), name, shades.quietText);
    if (!m_title.isEmpty())
        addLines(m_head, wrapped(m_title, strong, room(), mostTitleLines), strong, shades.text);
    addRun(*scene.model->run(), scene.comparison ? QStringLiteral("A") : QString());
    if (scene.comparison)
        addRun(*scene.comparison->b()->run(), QStringLiteral("B"));
    m_headHeight = 2 * margin;
    for (const Line& line : m_head)
        m_headHeight += line.height;
    addOrigin(scene);
    setLegend({});
}

// How it was configured, after its letter where there are two.
void PicturePage::addRun(const trace::Run& run, const QString& letter) {
    QStringList parts = configurationOf(run);
    m_configuration += (m_configuration.isEmpty() ? QString() : QStringLiteral("; ")) +
                       (letter.isEmpty() ? QString() : letter + QStringLiteral(": ")) +
                       parts.join(QStringLiteral(", "));
    if (!letter.isEmpty())
        parts.prepend(letter);
    const QFont quiet = numberFont(TextSize::small);
    addLines(m_head, flowed(parts, quiet, room()), quiet, shadesOf(m_palette).quietText);
}

void PicturePage::addOrigin(const PictureScene& scene) {
    QStringList parts{Text::tr("Drawn by %1").arg(QStringLiteral("KVPrism " KVPRISM_VERSION))};
    if (scene.comparison)
        parts << Text::tr("A %1").arg(originOf(*scene.model->run()))
              << Text::tr("B %1").arg(originOf(*scene.comparison->b()->run()));
    else
        parts << originOf(*scene.model->run());
    const QFont quiet = numberFont(TextSize::small);
    addLines(m_footer, flowed(parts, quiet, room()), quiet, shadesOf(m_palette).quietText);
}

int PicturePage::room() const {
    return m_width - 2 * margin;
}

void PicturePage::addLines(std::vector<Line>& lines, const QStringList& texts, const QFont& font,
                           const QColor& colour) const {
    for (const QString& text : texts)
        lines.push_back({text, font, colour, QFontMetrics(font).height() + grid / 2});
}

void PicturePage::setLegend(const PictureLegend& legend) {
    const QFontMetrics metrics(textFont(TextSize::small));
    m_legend.clear();
    int x = margin, y = 0;
    const auto place = [&](const PictureLegend::Entry& entry) {
        const bool marked = entry.brush.style() != Qt::NoBrush;
        const int width = (marked ? swatch + 6 : 0) + metrics.horizontalAdvance(entry.title);
        if (x > margin && x + width > m_width - margin) {
            x = margin;
            y += legendLine;
        }
        m_legend.push_back({entry, x, y});
        x += width + 2 * grid;
    };
    for (const PictureLegend::Entry& entry : legend.entries)
        place(entry);
    if (!legend.note.isEmpty())
        place({QBrush(), legend.note});
    m_legendHeight = m_legend.empty() ? 0 : y + legendLine + 2 * grid;
    m_footHeight = m_legendHeight + 1 + 2 * grid;
    for (const Line& line : m_footer)
        m_footHeight += line.height;
}

void PicturePage::paintHead(QPainter& painter) const {
    int y = margin;
    for (const Line& line : m_head) {
        painter.setFont(line.font);
        painter.setPen(line.colour);
        painter.drawText(QPoint(margin, y + QFontMetrics(line.font).ascent()), line.text);
        y += line.height;
    }
}

void PicturePage::paintFoot(QPainter& painter, int top) const {
    const Shades& shades = shadesOf(m_palette);
    const QFont font = textFont(TextSize::small);
    const QFontMetrics metrics(font);
    painter.setFont(font);
    for (const Placed& placed : m_legend) {
        const int y = top + grid + placed.y;
        int x = placed.x;
        if (placed.entry.brush.style() != Qt::NoBrush) {
            const QRect area(x, y + (legendLine - swatch) / 2, swatch, swatch);
            painter.setBrushOrigin(area.topLeft());
            if (placed.entry.isLine) {
                painter.fillRect(area.adjusted(0, 5, 0, -5), placed.entry.brush);
            } else {
                painter.fillRect(area, placed.entry.brush);
                painter.setPen(shades.rule);
                painter.setBrush(Qt::NoBrush);
                painter.drawRect(area.adjusted(0, 0, -1, -1));
            }
            painter.setPen(placed.entry.below);
            painter.drawLine(QPointF(area.left(), area.bottom()), QPointF(area.right() + 1, area.bottom()));
            x += swatch + 6;
        }
        painter.setPen(shades.quietText);
        painter.drawText(QPoint(x, y + (legendLine + metrics.ascent() - metrics.descent()) / 2),
                         placed.entry.title);
    }
    int y = top + m_legendHeight;
    painter.fillRect(QRect(margin, y, room(), 1), shades.rule);
    y += 1 + grid;
    for (const Line& line : m_footer) {
        painter.setFont(line.font);
        painter.setPen(line.colour);
        painter.drawText(QPoint(margin, y + QFontMetrics(line.font).ascent()), line.text);
        y += line.height;
    }
}

} // namespace kvprism::views
