// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/icons.h"

#include <QApplication>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QSvgRenderer>

// Resources of a static library are registered by hand; the macro must stand outside namespaces.
static void registerIcons() {
    Q_INIT_RESOURCE(icons);
}

namespace kvprism::views {

namespace {

QString fileOf(Symbol symbol) {
    static const QHash<Symbol, QString> names{
        {Symbol::detach, QStringLiteral("detach")},
        {Symbol::open, QStringLiteral("open")},
        {Symbol::run, QStringLiteral("run")},
        {Symbol::stop, QStringLiteral("stop")},
        {Symbol::play, QStringLiteral("play")},
        {Symbol::pause, QStringLiteral("pause")},
        {Symbol::stepBack, QStringLiteral("step-back")},
        {Symbol::stepForward, QStringLiteral("step-forward")},
        {Symbol::home, QStringLiteral("home")},
        {Symbol::end, QStringLiteral("end")},
        {Symbol::loop, QStringLiteral("loop")},
        {Symbol::record, QStringLiteral("record")},
        {Symbol::theme, QStringLiteral("theme")},
        {Symbol::search, QStringLiteral("search")},
        {Symbol::close, QStringLiteral("close")},
        {Symbol::copy, QStringLiteral("copy")},
        {Symbol::memory, QStringLiteral("memory")},
        {Symbol::whitespace, QStringLiteral("whitespace")},
        {Symbol::previous, QStringLiteral("previous")},
        {Symbol::next, QStringLiteral("next")},
        {Symbol::dropPoint, QStringLiteral("drop-point")},
        {Symbol::zoomIn, QStringLiteral("zoom-in")},
        {Symbol::zoomOut, QStringLiteral("zoom-out")},
        {Symbol::fit, QStringLiteral("fit")},
    };
    return QStringLiteral(":/kvprism/icons/%1.svg").arg(names.value(symbol));
}

class SymbolEngine final : public QIconEngine {
  public:
    explicit SymbolEngine(const QString& file) : m_file(file) {}

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        const QColor colour = tintOf(mode, state);
        const QString key =
            QStringLiteral("%1|%2x%3|%4").arg(m_file).arg(size.width()).arg(size.height()).arg(colour.rgba());
        QPixmap drawn;
        if (QPixmapCache::find(key, &drawn))
            return drawn;
        drawn = QPixmap(size);
        drawn.fill(Qt::transparent);
        QPainter painter(&drawn);
        QSvgRenderer(m_file).render(&painter, QRectF(QPointF(), QSizeF(size)));
        painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
        painter.fillRect(drawn.rect(), colour);
        painter.end();
        QPixmapCache::insert(key, drawn);
        return drawn;
    }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
        const qreal ratio = painter->device()->devicePixelRatioF();
        QPixmap drawn = pixmap((QSizeF(rect.size()) * ratio).toSize(), mode, state);
        drawn.setDevicePixelRatio(ratio);
        painter->drawPixmap(rect, drawn);
    }

    QIconEngine* clone() const override { return new SymbolEngine(m_file); }

  private:
    static QColor tintOf(QIcon::Mode mode, QIcon::State state) {
        const QPalette palette = QApplication::palette();
        if (mode == QIcon::Disabled)
            return palette.color(QPalette::Disabled, QPalette::ButtonText);
        if (mode == QIcon::Selected)
            return palette.color(QPalette::HighlightedText);
        if (state == QIcon::On)
            return palette.color(QPalette::Highlight);
        return palette.color(QPalette::ButtonText);
    }

    QString m_file;
};

} // namespace

QIcon icon(Symbol symbol) {
    registerIcons();
    return QIcon(new SymbolEngine(fileOf(symbol)));
}

} // namespace kvprism::views
