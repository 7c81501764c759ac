// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/comparison_fixture.h"
#include "views/comparison_palette.h"
#include "views/comparison_tint.h"
#include "views/elided_label.h"
#include "views/models/needles.h"
#include "views/models/paragraphs.h"
#include "views/style.h"
#include "views/text_canvas.h"
#include "views/text_view.h"

#include <QClipboard>
#include <QLabel>
#include <QLineEdit>
#include <QScreen>
#include <QScrollBar>
#include <QToolButton>
#include <QUndoStack>

#include <random>
#include <set>

using namespace kvprism;
using namespace kvprism::views;

// How often a widget was painted meanwhile.
class PaintCounter final : public QObject {
  public:
    explicit PaintCounter(QWidget* of) { of->installEventFilter(this); }
    int count() const { return m_count; }
    bool eventFilter(QObject*, QEvent* event) override {
        m_count += event->type() == QEvent::Paint;
        return false;
    }

  private:
    int m_count = 0;
};

class TestTextView : public QObject {
    Q_OBJECT

    static QPoint middleOf(TextCanvas& canvas, int token) { return canvas.rectOf(token).center().toPoint(); }

    static std::shared_ptr<trace::Run> runOf(const std::vector<std::string>& pieces) {
        auto run = std::make_shared<trace::Run>();
        for (const std::string& piece : pieces) {
            run->tokens.ids.push_back(1);
            run->tokens.byteOffsets.push_back(0);
            run->tokens.pieces += piece;
            run->tokens.pieceEnds.push_back(static_cast<std::uint32_t>(run->tokens.pieces.size()));
        }
        run->blockSize = 8;
        return run;
    }

  private Q_SLOTS:
    void drawsALineAboveNeedles() {
        test::ViewFixture f;
        TextView view(&f.model, &f.navigator);
        QUndoStack undo;
        Needles needles(&undo);
        view.canvas()->setNeedles(&needles);
        f.show(view, {700, 400});
        const int token = f.model.run()->prefixTokens + 12;
        const QRectF place = view.canvas()->rectOf(token);
        QVERIFY(!place.isEmpty());
        const auto hasLine = [&](const QImage& image) {
            const int x = static_cast<int>(place.center().x());
            for (int y = static_cast<int>(place.top()); y < static_cast<int>(place.top()) + 4; ++y)
                if (image.pixelColor(x, y) == shadesOf(view.palette()).text)
                    return true;
            return false;
        };
        const QImage before = view.canvas()->viewport()->grab().toImage();
        needles.add({{token, token}});
        const QImage after = view.canvas()->viewport()->grab().toImage();
        QVERIFY(!hasLine(before));
        QVERIFY(hasLine(after));
        undo.undo();
        QCOMPARE(view.canvas()->viewport()->grab().toImage(), before);
    }
    void findsEveryTokenWhereItIsDrawn() {
        test::ViewFixture f;
        TextView view(&f.model, &f.navigator);
        f.show(view, {800, 500});
        TextCanvas& canvas = *view.canvas();
        for (int token = 0; token < 200; ++token) {
            const QRectF rect = canvas.rectOf(token);
            QVERIFY(!rect.isEmpty());
            QCOMPARE(canvas.tokenAt(middleOf(canvas, token)), std::optional(token));
        }
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void sharesACharacterAmongItsTokens() {
        test::ViewFixture f;
        TraceBatch batch;
        batch.run = runOf({"a", "\xf0\x9f", "\x98", "\x80", "b", "e", "\xcc\x81", "z\n"});
        f.model.append(batch);
        TextView view(&f.model, &f.navigator);
        f.show(view, {400, 300});
        double right = view.canvas()->rectOf(0).left();
        for (int token = 0; token < 8; ++token) {
            const QRectF rect = view.canvas()->rectOf(token);
            QVERIFY2(rect.width() > 0, qPrintable(QString::number(token)));
            QVERIFY(std::abs(rect.left() - right) < 0.01); // side by side, without gaps
            right = rect.right();
        }
        QCOMPARE(view.canvas()->rectOf(1).width(), view.canvas()->rectOf(3).width());
    }

    void hoversLocksBrushesAndCopies() {
        test::ViewFixture f;
        TextView view(&f.model, &f.navigator);
        f.show(view, {800, 500});
        TextCanvas& canvas = *view.canvas();
        QTest::mouseMove(canvas.viewport(), middleOf(canvas, 40));
        QTRY_COMPARE(f.navigator.hover(), std::optional(40));
        QTest::mouseClick(canvas.viewport(), Qt::LeftButton, {}, middleOf(canvas, 40));
        QTest::mouseClick(canvas.viewport(), Qt::LeftButton, Qt::ShiftModifier, middleOf(canvas, 42));
        QCOMPARE(f.navigator.locked(), (std::set<int>{40, 42}));
        QTest::mousePress(canvas.viewport(), Qt::LeftButton, {}, middleOf(canvas, 50));
        QTest::mouseMove(canvas.viewport(), middleOf(canvas, 60));
        QTest::mouseRelease(canvas.viewport(), Qt::LeftButton, {}, middleOf(canvas, 60));
        QCOMPARE(f.navigator.range(), std::optional(Navigator::TokenRange{50, 60}));
        QTest::keyClick(&canvas, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), f.model.text().between(50, 60));
        QTest::keyClick(&canvas, Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(f.navigator.effectiveToken(), std::optional(43));
        QTest::keyClick(&canvas, Qt::Key_Escape);
        QVERIFY(f.navigator.locked().empty() && !f.navigator.range());
    }

    void beginsWithKeysAtWhatIsShown() {
        test::ViewFixture f;
        TextView view(&f.model, &f.navigator);
        f.show(view, {800, 300});
        TextCanvas& canvas = *view.canvas();
        canvas.reveal(2000);
        const auto firstWhole = [&canvas] {
            int token = canvas.shownTokens().first;
            while (canvas.rectOf(token).top() < 0)
                ++token;
            return token;
        };
        const int first = firstWhole();
        QVERIFY(first > 1000);
        const int scrolled = canvas.verticalScrollBar()->value();
        QTest::keyClick(&canvas, Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(f.navigator.effectiveToken(), std::optional(first));
        QCOMPARE(canvas.verticalScrollBar()->value(), scrolled);
        QTest::keyClick(&canvas, Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(f.navigator.effectiveToken(), std::optional(first + 1));
        QTest::keyClick(&canvas, Qt::Key_Escape);
        f.navigator.setHover(std::nullopt);
        const int shown = firstWhole();
        QTest::keyClick(&canvas, Qt::Key_Right, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(f.navigator.range(), std::optional(Navigator::TokenRange{shown, shown + 1}));
    }

    void showsATokenThatIsLockedElsewhere() {
        test::ViewFixture f;
        TextView view(&f.model, &f.navigator);
        f.show(view, {800, 500});
        f.navigator.lock(2500, false);
        const QRectF rect = view.canvas()->rectOf(2500);
        QVERIFY(rect.top() >= 0 && rect.bottom() <= view.canvas()->viewport()->height());
    }

    void repaintsForAStepWhatItChangesAndNothingElse() {
        test::ViewFixture f;
        TextCanvas canvas(&f.model, &f.navigator);
        f.show(canvas, {800, 300});
        std::mt19937 random(7);
        const auto below = [&](int limit) {
            return static_cast<int>(random() % static_cast<unsigned>(limit));
        };
        int still = 0, repainted = 0;
        for (int i = 0; i < 120; ++i) {
            if (i % 10 == 0) {
                canvas.setTint(i % 40 == 0 ? TextTint::score : TextTint::tier);
                QScrollBar* bar = canvas.verticalScrollBar();
                bar->setValue(i % 20 == 0 ? 0 : below(bar->maximum() + 1));
            }
            canvas.grab(); // lays out, so that nothing scrolls afterwards
            QTest::qWait(1);
            const int before = f.navigator.step();
            const QImage there = canvas.grab().toImage();
            PaintCounter paints(canvas.viewport());
            f.navigator.setStep(below(f.model.stepCount()));
            QTest::qWait(1);
            const bool painted = paints.count() > 0;
            const QImage screen = canvas.screen()->grabWindow(canvas.winId()).toImage();
            const QImage now = canvas.grab().toImage();
            if (f.navigator.step() == before)
                continue;
            QCOMPARE(screen, now);
            QVERIFY(painted || now == there);
            ++(painted ? repainted : still);
        }
        QVERIFY(still > 10 && repainted > 10);
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void laysOutOnlyWhatCanBeSeen() {
        test::SyntheticOptions options;
        options.streamTokens = 131072;
        options.blockSize = 2048;
        options.budget = 4096;
        test::ViewFixture f(options);
        TextView view(&f.model, &f.navigator);
        f.show(view, {800, 600});
        TextCanvas& canvas = *view.canvas();
        std::mt19937 random(5);
        for (int i = 0; i < 40; ++i) {
            canvas.verticalScrollBar()->setValue(
                static_cast<int>(random() % static_cast<unsigned>(canvas.verticalScrollBar()->maximum())));
            canvas.grab();
            QVERIFY(canvas.laidOutParagraphs() < 120);
        }
        QVERIFY(canvas.paragraphs() > 1000);
        f.navigator.reveal(131071);
        canvas.grab();
        QVERIFY(canvas.rectOf(131071).bottom() <= canvas.viewport()->height() + 1);
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void keepsTheScreenStillWhenParagraphsAboveTurnOutOtherwise() {
        test::SyntheticOptions options;
        options.streamTokens = 20000;
        test::ViewFixture f(options);
        TextView view(&f.model, &f.navigator);
        f.show(view, {700, 500});
        TextCanvas& canvas = *view.canvas();
        f.navigator.reveal(15000);
        canvas.grab();
        for (int i = 0; i < 300; ++i) {
            const int token = canvas.tokenAt({120, 250}).value_or(canvas.tokenAt({120, 270}).value_or(-1));
            if (token < 0)
                continue;
            const double y = canvas.rectOf(token).top();
            const int before = canvas.verticalScrollBar()->value();
            if (before < 40)
                break;
            canvas.verticalScrollBar()->setValue(before - 30);
            canvas.grab();
            const double moved = canvas.rectOf(token).top() - y;
            QVERIFY2(std::abs(moved - 30) <= 1.5, qPrintable(QString::number(moved)));
        }
    }

    void searchesAndTellsWhatSurvived() {
        test::ViewFixture f;
        TextView view(&f.model, &f.navigator);
        f.show(view, {800, 500});
        view.canvas()->setFocus();
        QTest::keyClick(view.canvas(), Qt::Key_F, Qt::ControlModifier);
        auto* words = view.findChild<QLineEdit*>();
        QVERIFY(words->isVisible());
        QTest::keyClicks(words, QStringLiteral("CAPTAIN"));
        const auto hits = findAll(f.model.text(), QStringLiteral("captain"));
        QVERIFY(hits.size() > 3);
        QCOMPARE(view.hitCount(), static_cast<int>(hits.size()));
        int whole = 0, read = 0, tokens = 0, held = 0;
        for (const Hit& hit : hits) {
            int kept = 0;
            for (int t = hit.firstToken; t <= hit.lastToken; ++t)
                kept += *f.model.store().tierAt(f.navigator.step(), StreamPos(t)) != trace::Tier::dropped;
            ++read;
            tokens += hit.lastToken - hit.firstToken + 1;
            held += kept;
            whole += kept == hit.lastToken - hit.firstToken + 1;
        }
        const QString expected = QStringLiteral("1 of %1 · %2 of %3 held whole · %4 % of their tokens held")
                                     .arg(hits.size())
                                     .arg(whole)
                                     .arg(read)
                                     .arg(std::lround(100.0 * held / tokens));
        QCOMPARE(view.searchSummary(), expected);
        QTest::keyClick(words, Qt::Key_Return);
        QVERIFY(view.searchSummary().startsWith(QStringLiteral("2 of")));
        QTest::keyClick(words, Qt::Key_Return, Qt::ShiftModifier);
        QTest::keyClick(words, Qt::Key_Return, Qt::ShiftModifier);
        QVERIFY(view.searchSummary().startsWith(QStringLiteral("%1 of").arg(hits.size())));
        words->setText(QStringLiteral("no such words"));
        QCOMPARE(view.searchSummary(), QStringLiteral("not found"));
        QTest::keyClick(words, Qt::Key_Escape);
        QVERIFY(!words->isVisible());
        QCOMPARE(view.hitCount(), 0);
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void tintsByWhichOfTwoRunsHoldsAToken() {
        test::ComparisonFixture f;
        ComparisonTint tint(&f.comparison);
        TextView view(&f.model, &f.navigator);
        f.show(view, {800, 500});
        const auto buttons = view.findChildren<QToolButton*>();
        const auto third = std::find_if(buttons.begin(), buttons.end(), [](const QToolButton* button) {
            return button->isCheckable() && !button->isVisible();
        });
        QVERIFY(third != buttons.end());
        view.setTint(TextTint::source); // nobody offers one
        QCOMPARE(view.canvas()->tint(), TextTint::tier);
        view.setTintSource(&tint);
        QVERIFY((*third)->isVisible());
        QCOMPARE((*third)->text(), tint.title());
        QTest::mouseClick(*third, Qt::LeftButton);
        QCOMPARE(view.canvas()->tint(), TextTint::source);

        const int step = f.navigator.step();
        std::set<KeptBy> seen;
        for (int token = 0; token < 3000 && seen.size() < 4; ++token) {
            const KeptBy who = f.comparison.at(step, token);
            if (seen.count(who))
                continue;
            f.navigator.reveal(token);
            const QImage picture = view.canvas()->viewport()->grab().toImage();
            const QRectF rect = view.canvas()->rectOf(token);
            if (rect.width() < 6 || f.comparison.at(step, token + 1) != who)
                continue;
            // Below the letters' top edge and above them, nothing but the tint is drawn.
            QCOMPARE(picture.pixelColor(
                         QPoint(static_cast<int>(rect.center().x()), static_cast<int>(rect.top()) + 3)),
                     ComparisonPalette::of(view.palette()).tint(who));
            seen.insert(who);
        }
        QCOMPARE(seen.size(), std::size_t(4));

        const auto status = view.findChildren<ElidedLabel*>();
        const KeptCounts counts = f.comparison.count(step);
        QVERIFY(std::any_of(status.begin(), status.end(), [&](const ElidedLabel* label) {
            return label->fullText() == QStringLiteral("both %1 · only A %2 · only B %3")
                                            .arg(counts.both)
                                            .arg(counts.onlyA)
                                            .arg(counts.onlyB);
        }));
        view.search(QStringLiteral("captain")); // as with the other tints
        QVERIFY(view.hitCount() > 3);
        view.setTintSource(nullptr);
        QCOMPARE(view.canvas()->tint(), TextTint::tier);
        QVERIFY(!(*third)->isVisible());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void bearsARecordingWithoutText() {
        test::ViewFixture f;
        auto run = std::make_shared<trace::Run>();
        run->tokens.ids.assign(100, 0);
        run->withoutText = true;
        TextView view(&f.model, &f.navigator);
        f.show(view, {600, 300});
        TraceBatch batch;
        batch.run = run;
        f.model.append(batch);
        view.grab();
        QVERIFY(!view.canvas()->tokenAt({100, 100}));
        f.navigator.lock(50, false);
        view.grab();
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void cutsTextWithoutLosingAnyOfIt() {
        const QString text = QStringLiteral("prefix\nhead\n") + QString(10000, QLatin1Char('x')) +
                             QStringLiteral("\n\nend \U0001f600");
        const auto paragraphs = cutIntoParagraphs(text, 9);
        int next = 0;
        for (const Paragraph& paragraph : paragraphs) {
            QCOMPARE(paragraph.begin, next);
            QVERIFY(paragraph.end > paragraph.begin && paragraph.end - paragraph.begin <= 4096);
            QCOMPARE(paragraph.opens, paragraph.begin == 0 || paragraph.begin == 9);
            next = paragraph.end;
        }
        QCOMPARE(next, static_cast<int>(text.size()));
        QVERIFY(cutIntoParagraphs(QString(), 0).empty());
    }

    void sumsHeightsAsALoopWould() {
        std::mt19937 random(11);
        RowHeights heights;
        std::vector<double> plain;
        for (int i = 0; i < 137; ++i)
            plain.push_back(1 + static_cast<double>(random() % 50));
        heights.reset(plain);
        for (int round = 0; round < 300; ++round) {
            const auto row = random() % plain.size();
            const double height = static_cast<double>(random() % 90) + 1;
            QCOMPARE(heights.setMeasured(static_cast<int>(row), height), height - plain[row]);
            plain[row] = height;
            double top = 0;
            for (std::size_t i = 0; i < plain.size(); ++i) {
                QCOMPARE(heights.top(static_cast<int>(i)), top);
                QCOMPARE(heights.rowAt(top), static_cast<int>(i));
                QCOMPARE(heights.rowAt(top + plain[i] - 0.5), static_cast<int>(i));
                top += plain[i];
            }
            QCOMPARE(heights.total(), top);
            QCOMPARE(heights.rowAt(top + 1000), 136);
        }
        QCOMPARE(RowHeights().rowAt(3), -1);
    }
};

QTEST_MAIN(TestTextView)
#include "test_text_view.moc"
