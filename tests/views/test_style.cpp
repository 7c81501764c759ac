// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fail_on_warning.h"
#include "views/icons.h"
#include "views/style.h"
#include "views/text_grounds.h"
#include "views/tier_palette.h"

#include <QApplication>
#include <QFontMetricsF>
#include <QTest>

using namespace kvprism;
using namespace kvprism::views;
using trace::Tier;

namespace {
constexpr Tier allTiers[] = {Tier::dropped, Tier::anchor, Tier::window, Tier::global, Tier::compressed};
}

class TestStyle : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void contrastIsThatOfTheGuideline() {
        QCOMPARE(contrast(Qt::black, Qt::white), 21.0);
        QCOMPARE(contrast(Qt::white, Qt::white), 1.0);
        QVERIFY(std::abs(contrast(QColor(0x767676), Qt::white) - 4.54) < 0.01);
    }

    void textIsReadableOnEveryGround() {
        for (const Scheme scheme : {Scheme::light, Scheme::dark}) {
            applyStyle(*qApp, scheme);
            const Shades& shades = shadesOf(qApp->palette());
            QCOMPARE(shades.dark, scheme == Scheme::dark);
            const auto pairs = textOnGrounds(qApp->palette());
            QVERIFY(pairs.size() > 100);
            QStringList tooPale;
            for (const auto& [what, ink, ground] : pairs) {
                QCOMPARE(ink.alpha(), 255);
                QCOMPARE(ground.alpha(), 255);
                if (contrast(ink, ground) < 4.5)
                    tooPale << QStringLiteral("%1 (%2 on %3): %4")
                                   .arg(what, ink.name(), ground.name())
                                   .arg(contrast(ink, ground));
            }
            QCOMPARE(tooPale, QStringList());
        }
    }

    // Faded words stay faded wherever that can be read.
    void fadedInkIsNoStrongerThanItMustBe() {
        for (const Scheme scheme : {Scheme::light, Scheme::dark}) {
            applyStyle(*qApp, scheme);
            const Shades& shades = shadesOf(qApp->palette());
            QCOMPARE(fadedInkOn(shades, shades.panel), shades.fadedText);
            QCOMPARE(fadedInkOn(shades, brushed(shades, shades.panel)), shades.quietText);
            QCOMPARE(fadedInkOn(shades, shades.quietText), shades.text);
        }
    }

    void groundsAreNeverPure() {
        for (const Scheme scheme : {Scheme::light, Scheme::dark}) {
            applyStyle(*qApp, scheme);
            const Shades& shades = shadesOf(qApp->palette());
            for (const QColor& ground : {shades.window, shades.panel})
                QVERIFY(ground != QColor(Qt::white) && ground != QColor(Qt::black));
        }
    }

    void tiersStayApartByColourAndByPattern() {
        for (const bool dark : {false, true}) {
            const TierPalette tiers(dark);
            for (const Tier a : allTiers) {
                for (const Tier b : allTiers) {
                    if (a >= b)
                        continue;
                    const QColor x = tiers.colour(a);
                    const QColor y = tiers.colour(b);
                    const int apart = std::abs(x.red() - y.red()) + std::abs(x.green() - y.green()) +
                                      std::abs(x.blue() - y.blue());
                    QVERIFY2(apart > 90, qPrintable(tierTitle(a) + tierTitle(b)));
                    QVERIFY(TierPalette::pattern(a) != TierPalette::pattern(b));
                }
            }
            // What has no marks is global alone; dropped and unread are told apart by their ground.
            QVERIFY(tiers.colour(Tier::dropped) != (dark ? QColor(0x1b1e22) : QColor(0xfcfcfd)));
        }
    }

    void digitsOfNumbersAreEquallyWide() {
        applyStyle(*qApp, Scheme::light);
        for (const TextSize size : {TextSize::small, TextSize::normal, TextSize::large}) {
            const QFontMetricsF metrics(numberFont(size));
            for (char digit = '1'; digit <= '9'; ++digit)
                QCOMPARE(metrics.horizontalAdvance(QLatin1Char(digit)),
                         metrics.horizontalAdvance(QLatin1Char('0')));
        }
        QVERIFY(textFont(TextSize::small).pointSizeF() < textFont(TextSize::normal).pointSizeF());
        QVERIFY(textFont(TextSize::normal).pointSizeF() < textFont(TextSize::large).pointSizeF());
    }

    void everySymbolIsDrawnInThePalettesColour() {
        const test::WarningCatcher warnings;
        for (const Scheme scheme : {Scheme::light, Scheme::dark}) {
            applyStyle(*qApp, scheme);
            const QColor ink = qApp->palette().color(QPalette::ButtonText);
            for (int i = 0; i <= static_cast<int>(Symbol::fit); ++i) {
                const QImage drawn = icon(static_cast<Symbol>(i)).pixmap(QSize(32, 32)).toImage();
                bool anyInk = false;
                for (int y = 0; y < drawn.height(); ++y)
                    for (int x = 0; x < drawn.width(); ++x)
                        anyInk |= drawn.pixelColor(x, y).alpha() == 255 &&
                                  drawn.pixelColor(x, y).rgb() == ink.rgb();
                QVERIFY2(anyInk, qPrintable(QString::number(i)));
            }
        }
        QCOMPARE(warnings.seen(), QStringList());
    }
};

QTEST_MAIN(TestStyle)
#include "test_style.moc"
