// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/style.h"

#include "views/instrument_style.h"

#include <QApplication>
#include <QFontDatabase>
#include <QFontMetricsF>

#include <optional>

namespace kvprism::views {

namespace {

// In the order of Shades.
const Shades lightShades{QColor(0xf4f5f7), QColor(0xfcfcfd), QColor(0xe9ebee), QColor(0xdcdfe4),
                         QColor(0x1c2025), QColor(0x5a626c), QColor(0x6c747c), QColor(0x5b3fd6),
                         QColor(0xe4defb), QColor(0xfbfaff), QColor(0xa3360b), false};
const Shades darkShades{QColor(0x15171a), QColor(0x1b1e22), QColor(0x282c32), QColor(0x30353c),
                        QColor(0xe3e6ea), QColor(0x9aa3ad), QColor(0x7f8890), QColor(0xa996ff),
                        QColor(0x37305c), QColor(0x15121f), QColor(0xf3935f), true};

QPalette paletteOf(const Shades& shades) {
    QPalette palette;
    palette.setColor(QPalette::Window, shades.window);
    palette.setColor(QPalette::WindowText, shades.text);
    palette.setColor(QPalette::Base, shades.panel);
    palette.setColor(QPalette::AlternateBase, shades.window);
    palette.setColor(QPalette::Text, shades.text);
    palette.setColor(QPalette::PlaceholderText, shades.quietText);
    palette.setColor(QPalette::Button, shades.window);
    palette.setColor(QPalette::ButtonText, shades.text);
    palette.setColor(QPalette::BrightText, shades.warning);
    palette.setColor(QPalette::Highlight, shades.accent);
    palette.setColor(QPalette::HighlightedText, shades.onAccent);
    palette.setColor(QPalette::Link, shades.accent);
    palette.setColor(QPalette::LinkVisited, shades.accent);
    palette.setColor(QPalette::ToolTipBase, shades.raised);
    palette.setColor(QPalette::ToolTipText, shades.text);
    palette.setColor(QPalette::Light, shades.panel);
    palette.setColor(QPalette::Midlight, shades.rule);
    palette.setColor(QPalette::Mid, shades.rule);
    palette.setColor(QPalette::Dark, shades.rule);
    palette.setColor(QPalette::Shadow, shades.rule);
    // What cannot be done now says why, so it has to be read.
    const QColor disabled = shades.dark ? QColor(0x7f8890) : QColor(0x687079);
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, disabled);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, shades.window);
    return palette;
}

double scaleOfText = 1;

std::optional<QFont> pictureFont; // while a PictureFonts lives

bool isDark(const QPalette& palette) {
    return palette.color(QPalette::Window).lightness() < 128;
}

bool digitsAreTabular(const QFont& font) {
    const QFontMetricsF metrics(font);
    const double width = metrics.horizontalAdvance(QLatin1Char('0'));
    for (char digit = '1'; digit <= '9'; ++digit)
        if (qAbs(metrics.horizontalAdvance(QLatin1Char(digit)) - width) > 0.01)
            return false;
    return true;
}

} // namespace

const Shades& shadesOf(const QPalette& palette) {
    return isDark(palette) ? darkShades : lightShades;
}

void applyStyle(QApplication& application, Scheme scheme) {
    if (scheme == Scheme::system)
        application.setPalette(QPalette()); // back to the desktop's, to look at it
    const bool dark = scheme == Scheme::dark || (scheme == Scheme::system && isDark(QApplication::palette()));
    application.setStyle(new InstrumentStyle);
    application.setPalette(paletteOf(dark ? darkShades : lightShades));
}

void setTextScale(QApplication& application, double scale) {
    static const QFont desktops = QApplication::font();
    if (scale == scaleOfText || !(scale > 0))
        return;
    scaleOfText = scale;
    QFont font = desktops;
    if (font.pixelSize() > 0)
        font.setPixelSize(qRound(font.pixelSize() * scale));
    else
        font.setPointSizeF(font.pointSizeF() * scale);
    application.setFont(font);
    Q_EMIT textScaleNotice().changed();
}

TextScaleNotice& textScaleNotice() {
    static TextScaleNotice notice;
    return notice;
}

double textScale() {
    return scaleOfText;
}

QPalette paletteFor(Scheme scheme) {
    return paletteOf(scheme == Scheme::dark ? darkShades : lightShades);
}

QFont textFont(TextSize size, QFont::Weight weight) {
    QFont font = pictureFont ? *pictureFont : QApplication::font();
    const double factor = size == TextSize::small ? 0.88 : size == TextSize::large ? 1.3 : 1;
    if (font.pixelSize() > 0)
        font.setPixelSize(qRound(font.pixelSize() * factor));
    else if (size != TextSize::normal)
        font.setPointSizeF((font.pointSizeF() > 0 ? font.pointSizeF() : 9) * factor);
    font.setWeight(weight);
    return font;
}

QFont numberFont(TextSize size, QFont::Weight weight) {
    const QFont font = textFont(size, weight);
    if (digitsAreTabular(font))
        return font;
    QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    if (font.pixelSize() > 0)
        fixed.setPixelSize(font.pixelSize());
    else
        fixed.setPointSizeF(font.pointSizeF());
    fixed.setWeight(weight);
    return fixed;
}

PictureFonts::PictureFonts() {
    QFont font(QStringLiteral("Sans Serif"));
    font.setPixelSize(13);
    font.setHintingPreference(QFont::PreferNoHinting);
    font.setStyleStrategy(QFont::StyleStrategy(QFont::PreferAntialias | QFont::NoSubpixelAntialias));
    pictureFont = font;
}

PictureFonts::~PictureFonts() {
    pictureFont.reset();
}

} // namespace kvprism::views
