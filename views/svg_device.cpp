// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/svg_device.h"

#include <QBuffer>
#include <QFontInfo>
#include <QHash>
#include <QImage>
#include <QPaintEngine>
#include <QPainterPath>
#include <QPixmap>

#include <cmath>
#include <optional>

namespace kvprism::views {

namespace {

constexpr int unitsPerInch = 96;

QString number(qreal value) {
    return QString::number(std::round(value * 1000) / 1000 + 0.0, 'g', 9);
}

QString attribute(const char* name, const QString& value) {
    return QStringLiteral(" %1=\"%2\"").arg(QLatin1String(name), value);
}

QString colourAttributes(const char* name, const QColor& colour, qreal opacity) {
    const qreal alpha = colour.alphaF() * opacity;
    QString text = attribute(name, colour.name());
    if (alpha < 1)
        text += QStringLiteral(" %1-opacity=\"%2\"").arg(QLatin1String(name), number(alpha));
    return text;
}

QString matrixOf(const QTransform& t) {
    return QStringLiteral("matrix(%1 %2 %3 %4 %5 %6)")
        .arg(number(t.m11()), number(t.m12()), number(t.m21()), number(t.m22()), number(t.dx()),
             number(t.dy()));
}

QString dataOf(const QPainterPath& path) {
    QString text;
    const auto point = [&](int i) {
        text += number(path.elementAt(i).x) + QLatin1Char(' ') + number(path.elementAt(i).y);
    };
    for (int i = 0; i < path.elementCount(); ++i) {
        switch (path.elementAt(i).type) {
        case QPainterPath::MoveToElement:
            text += QLatin1Char('M');
            break;
        case QPainterPath::LineToElement:
            text += QLatin1Char('L');
            break;
        case QPainterPath::CurveToElement:
            text += QLatin1Char('C');
            break;
        case QPainterPath::CurveToDataElement:
            text += QLatin1Char(' ');
            break;
        }
        point(i);
    }
    return text;
}

// Text as XML may hold it.
QString escaped(const QString& text) {
    QString kept;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar unit = text[i];
        const bool pair = unit.isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate();
        if (pair)
            kept += QString(unit) + text[++i];
        else if (unit.isSurrogate() || unit.unicode() >= 0xfffe)
            kept += QChar(QChar::ReplacementCharacter);
        else
            kept += unit.unicode() < 0x20 ? QChar(u' ') : unit;
    }
    return kept.toHtmlEscaped();
}

QString encoded(const QImage& image) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG", 0); // smallest
    return QStringLiteral("data:image/png;base64,") + QString::fromLatin1(buffer.data().toBase64());
}

QString familiesOf(const QFont& font) {
    const QFontInfo info(font);
    return QStringLiteral("'%1', %2")
        .arg(info.family(), info.fixedPitch() ? QStringLiteral("monospace") : QStringLiteral("sans-serif"));
}

} // namespace

class SvgDevice::Engine final : public QPaintEngine {
  public:
    Engine() : QPaintEngine(AllFeatures) {}

    QString body; // finished elements
    QString definitions;

    bool begin(QPaintDevice*) override {
        setActive(true);
        return true;
    }
    bool end() override {
        closeClip();
        setActive(false);
        return true;
    }
    Type type() const override { return User; }

    void updateState(const QPaintEngineState& next) override;
    void drawPath(const QPainterPath& path) override { addPath(m_transform.map(path), m_brush); }
    void drawPolygon(const QPointF* points, int count, PolygonDrawMode mode) override;
    void drawPolygon(const QPoint* points, int count, PolygonDrawMode mode) override {
        std::vector<QPointF> exact(points, points + count);
        drawPolygon(exact.data(), count, mode);
    }
    void drawTextItem(const QPointF& at, const QTextItem& item) override;
    void drawPixmap(const QRectF& target, const QPixmap& pixmap, const QRectF& source) override {
        drawImage(target, pixmap.toImage(), source, Qt::AutoColor);
    }
    void drawImage(const QRectF& target, const QImage& image, const QRectF& source,
                   Qt::ImageConversionFlags flags) override;

  private:
    void updateClip(const QPaintEngineState& next);
    bool openClip(const QRectF& extent);
    void closeClip();
    void addPath(QPainterPath path, const QBrush& brush);
    QString strokeAttributes() const;
    QString fillAttributes(const QBrush& brush);
    QString patternOf(const QBrush& brush);
    QString place(const QPointF& at) const;
    double stretch() const { return std::sqrt(std::abs(m_transform.determinant())); }

    QTransform m_transform;
    QPen m_pen = Qt::NoPen;
    QBrush m_brush;
    QPointF m_brushOrigin;
    qreal m_opacity = 1;
    bool m_smooth = false;
    bool m_clipped = false;
    QRegion m_clip;                    // in the document's coordinates
    std::optional<QRegion> m_openClip; // the one that the group is open for
    QHash<QString, QString> m_names;   // of clips and patterns, by what they are
};

void SvgDevice::Engine::updateState(const QPaintEngineState& next) {
    const DirtyFlags dirty = next.state();
    if (dirty & DirtyTransform)
        m_transform = next.transform();
    if (dirty & DirtyPen)
        m_pen = next.pen();
    if (dirty & DirtyBrush)
        m_brush = next.brush();
    if (dirty & DirtyBrushOrigin)
        m_brushOrigin = next.brushOrigin();
    if (dirty & DirtyOpacity)
        m_opacity = next.opacity();
    if (dirty & DirtyHints)
        m_smooth = next.renderHints().testFlag(QPainter::Antialiasing);
    if (dirty & (DirtyClipPath | DirtyClipRegion | DirtyClipEnabled))
        updateClip(next);
}

void SvgDevice::Engine::updateClip(const QPaintEngineState& next) {
    const DirtyFlags dirty = next.state();
    if (dirty & DirtyClipEnabled)
        m_clipped = next.isClipEnabled();
    if (!(dirty & (DirtyClipPath | DirtyClipRegion)))
        return;
    const QTransform transform = next.transform();
    const QRegion region = dirty & DirtyClipPath
                               ? QRegion(transform.map(next.clipPath()).toFillPolygon().toPolygon())
                               : transform.map(next.clipRegion());
    const Qt::ClipOperation operation = next.clipOperation();
    m_clip = operation == Qt::IntersectClip && m_clipped ? m_clip & region : region;
    m_clipped = operation != Qt::NoClip;
}

// Opens the group of what is clipped alike. False: `extent` lies outside, so there is nothing to draw.
bool SvgDevice::Engine::openClip(const QRectF& extent) {
    const bool bySystem = !systemClip().isEmpty();
    if (!bySystem && !m_clipped) {
        closeClip();
        return true;
    }
    const QRegion clip = !bySystem ? m_clip : m_clipped ? m_clip & systemClip() : systemClip();
    if (!clip.intersects(extent.toAlignedRect().adjusted(-1, -1, 1, 1)))
        return false;
    if (m_openClip && clip == *m_openClip)
        return true;
    closeClip();
    QString data;
    for (const QRect& rect : clip)
        data += QStringLiteral("M%1 %2h%3v%4h-%3z")
                    .arg(rect.x())
                    .arg(rect.y())
                    .arg(rect.width())
                    .arg(rect.height());
    QString& name = m_names[QStringLiteral("clip ") + data];
    if (name.isEmpty()) {
        name = QStringLiteral("c%1").arg(m_names.size());
        definitions += QStringLiteral("<clipPath id=\"%1\"><path d=\"%2\"/></clipPath>\n").arg(name, data);
    }
    body += QStringLiteral("<g clip-path=\"url(#%1)\">\n").arg(name);
    m_openClip = clip;
    return true;
}

void SvgDevice::Engine::closeClip() {
    if (m_openClip)
        body += QStringLiteral("</g>\n");
    m_openClip.reset();
}

QString SvgDevice::Engine::strokeAttributes() const {
    if (m_pen.style() == Qt::NoPen)
        return {};
    const double width = std::max(m_pen.widthF(), 0.0) == 0 ? 1
                         : m_pen.isCosmetic()               ? m_pen.widthF()
                                                            : m_pen.widthF() * stretch();
    QString text = colourAttributes("stroke", m_pen.color(), m_opacity);
    text += attribute("stroke-width", number(width));
    if (m_pen.capStyle() != Qt::FlatCap)
        text += attribute("stroke-linecap", m_pen.capStyle() == Qt::RoundCap ? QStringLiteral("round")
                                                                             : QStringLiteral("square"));
    if (m_pen.joinStyle() == Qt::RoundJoin || m_pen.joinStyle() == Qt::BevelJoin)
        text += attribute("stroke-linejoin", m_pen.joinStyle() == Qt::RoundJoin ? QStringLiteral("round")
                                                                                : QStringLiteral("bevel"));
    if (m_pen.style() != Qt::SolidLine) {
        QStringList dashes;
        for (const qreal dash : m_pen.dashPattern())
            dashes << number(dash * width);
        text += attribute("stroke-dasharray", dashes.join(QLatin1Char(' ')));
        text += attribute("stroke-dashoffset", number(m_pen.dashOffset() * width));
    }
    return text;
}

QString SvgDevice::Engine::patternOf(const QBrush& brush) {
    const QImage image = brush.textureImage();
    const QTransform matrix =
        brush.transform() * QTransform::fromTranslate(m_brushOrigin.x(), m_brushOrigin.y()) * m_transform;
    const QString shown = matrixOf(matrix);
    QString& name = m_names[QStringLiteral("pattern %1 %2").arg(image.cacheKey()).arg(shown)];
    if (name.isEmpty()) {
        name = QStringLiteral("p%1").arg(m_names.size());
        definitions +=
            QStringLiteral("<pattern id=\"%1\" patternUnits=\"userSpaceOnUse\" width=\"%2\" height=\"%3\" "
                           "patternTransform=\"%4\"><image width=\"%2\" height=\"%3\" "
                           "style=\"image-rendering:pixelated\" xlink:href=\"%5\"/></pattern>\n")
                .arg(name)
                .arg(image.width())
                .arg(image.height())
                .arg(shown, encoded(image));
    }
    return name;
}

QString SvgDevice::Engine::fillAttributes(const QBrush& brush) {
    if (brush.style() == Qt::NoBrush)
        return attribute("fill", QStringLiteral("none"));
    if (brush.style() != Qt::TexturePattern)
        return colourAttributes("fill", brush.color(), m_opacity);
    QString text = attribute("fill", QStringLiteral("url(#%1)").arg(patternOf(brush)));
    if (m_opacity < 1)
        text += attribute("fill-opacity", number(m_opacity));
    return text;
}

void SvgDevice::Engine::addPath(QPainterPath path, const QBrush& brush) {
    const bool stroked = m_pen.style() != Qt::NoPen;
    if (path.isEmpty() || (!stroked && brush.style() == Qt::NoBrush))
        return;
    // A line of one pixel that is not smoothed fills the pixel to the right of and below its coordinates.
    if (stroked && !m_smooth && m_pen.widthF() * stretch() <= 1)
        path.translate(0.5, 0.5);
    const double half = stroked ? m_pen.widthF() * stretch() / 2 : 0;
    if (!openClip(path.boundingRect().adjusted(-half, -half, half, half)))
        return;
    body += QStringLiteral("<path d=\"%1\"").arg(dataOf(path)) + fillAttributes(brush) + strokeAttributes();
    if (brush.style() != Qt::NoBrush && path.fillRule() == Qt::OddEvenFill)
        body += attribute("fill-rule", QStringLiteral("evenodd"));
    if (!m_smooth)
        body += attribute("shape-rendering", QStringLiteral("crispEdges"));
    body += QStringLiteral("/>\n");
}

void SvgDevice::Engine::drawPolygon(const QPointF* points, int count, PolygonDrawMode mode) {
    if (count == 0)
        return;
    QPainterPath path(points[0]);
    for (int i = 1; i < count; ++i)
        path.lineTo(points[i]);
    if (mode != PolylineMode)
        path.closeSubpath();
    path.setFillRule(mode == WindingMode ? Qt::WindingFill : Qt::OddEvenFill);
    addPath(m_transform.map(path), mode == PolylineMode ? QBrush() : m_brush);
}

// Attributes that put something at `at`: coordinates, or a matrix and coordinates where it is turned.
QString SvgDevice::Engine::place(const QPointF& at) const {
    const bool moved = m_transform.type() <= QTransform::TxTranslate;
    const QPointF shown = moved ? m_transform.map(at) : at;
    QString text = attribute("x", number(shown.x())) + attribute("y", number(shown.y()));
    if (!moved)
        text += attribute("transform", matrixOf(m_transform));
    return text;
}

void SvgDevice::Engine::drawTextItem(const QPointF& at, const QTextItem& item) {
    if (item.text().trimmed().isEmpty() || m_pen.style() == Qt::NoPen)
        return;
    const QRectF extent(at.x(), at.y() - item.ascent(), item.width(), item.ascent() + item.descent());
    if (!openClip(m_transform.mapRect(extent)))
        return;
    const QFont font = item.font();
    QString text = QStringLiteral("<text xml:space=\"preserve\"") + place(at) +
                   colourAttributes("fill", m_pen.color(), m_opacity) +
                   attribute("font-family", familiesOf(font)) +
                   attribute("font-size", number(QFontInfo(font).pixelSize()));
    if (font.weight() != QFont::Normal)
        text += attribute("font-weight", QString::number(font.weight()));
    if (font.italic())
        text += attribute("font-style", QStringLiteral("italic"));
    // As wide as here, whatever letters the reader's machine has.
    text += attribute("textLength", number(item.width())) +
            attribute("lengthAdjust", QStringLiteral("spacingAndGlyphs"));
    body += text + QLatin1Char('>') + escaped(item.text()) + QStringLiteral("</text>\n");
}

void SvgDevice::Engine::drawImage(const QRectF& target, const QImage& image, const QRectF& source,
                                  Qt::ImageConversionFlags) {
    if (target.isEmpty() || image.isNull() || !openClip(m_transform.mapRect(target)))
        return;
    const bool whole = source.toAlignedRect() == image.rect();
    body += QStringLiteral("<image") + place(target.topLeft()) + attribute("width", number(target.width())) +
            attribute("height", number(target.height())) +
            attribute("preserveAspectRatio", QStringLiteral("none")) +
            attribute("style", QStringLiteral("image-rendering:pixelated"));
    if (m_opacity < 1)
        body += attribute("opacity", number(m_opacity));
    body += attribute("xlink:href", encoded(whole ? image : image.copy(source.toAlignedRect()))) +
            QStringLiteral("/>\n");
}

SvgDevice::SvgDevice(QSize size, const QString& title, const QString& comment)
    : m_size(size), m_title(title), m_comment(comment), m_engine(std::make_unique<Engine>()) {}

SvgDevice::~SvgDevice() = default;

QPaintEngine* SvgDevice::paintEngine() const {
    return m_engine.get();
}

QByteArray SvgDevice::document() const {
    const QString head =
        QStringLiteral("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- %1 -->\n"
                       "<svg xmlns=\"http://www.w3.org/2000/svg\" "
                       "xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"%2\" height=\"%3\" "
                       "viewBox=\"0 0 %2 %3\">\n<title>%4</title>\n")
            .arg(QString(m_comment).replace(QStringLiteral("--"), QStringLiteral("- -")))
            .arg(m_size.width())
            .arg(m_size.height())
            .arg(escaped(m_title));
    return (head + QStringLiteral("<defs>\n") + m_engine->definitions + QStringLiteral("</defs>\n") +
            m_engine->body + QStringLiteral("</svg>\n"))
        .toUtf8();
}

int SvgDevice::metric(PaintDeviceMetric metric) const {
    switch (metric) {
    case PdmWidth:
        return m_size.width();
    case PdmHeight:
        return m_size.height();
    case PdmWidthMM:
        return qRound(m_size.width() * 25.4 / unitsPerInch);
    case PdmHeightMM:
        return qRound(m_size.height() * 25.4 / unitsPerInch);
    case PdmDepth:
        return 32;
    case PdmNumColors:
        return 1 << 24;
    case PdmDpiX:
    case PdmDpiY:
    case PdmPhysicalDpiX:
    case PdmPhysicalDpiY:
        return unitsPerInch;
    case PdmDevicePixelRatio:
        return 1;
    case PdmDevicePixelRatioScaled:
        return static_cast<int>(devicePixelRatioFScale());
    default:
        return 0;
    }
}

} // namespace kvprism::views
