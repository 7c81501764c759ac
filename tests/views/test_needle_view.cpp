// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/comparison_fixture.h"
#include "views/models/needle_story.h"
#include "views/models/text_search.h"
#include "views/needle_row.h"
#include "views/needle_strip.h"
#include "views/needle_view.h"

#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QUndoStack>

#include <random>

using namespace kvprism;
using namespace kvprism::views;
using trace::Tier;
using Ranges = std::vector<Needles::Range>;

namespace {

struct NeedleFixture : test::ComparisonFixture {
    NeedleFixture() : needles(&undo), view(&model, &navigator, &needles, &comparison) {}

    QUndoStack undo;
    Needles needles;
    NeedleView view;
};

// Of a needle, the share that is held after a step; −1 where nothing of it is read.
double heldDirectly(const trace::TraceStore& store, int step, const Needles::Range& range) {
    int read = 0, held = 0;
    for (int token = range.first; token <= range.last; ++token) {
        const auto tier = store.tierAt(step, StreamPos(token));
        read += tier.has_value();
        held += tier && *tier != Tier::dropped;
    }
    return read == 0 ? -1 : static_cast<double>(held) / (range.last - range.first + 1);
}

} // namespace

class TestNeedleView : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void marksTheSelection() {
        NeedleFixture f;
        f.show(f.view, {360, 420});
        auto* mark = f.view.findChild<QToolButton*>();
        QVERIFY(!mark->isEnabled());
        QVERIFY(mark->toolTip().contains(QStringLiteral("first")));
        f.navigator.setRange(Navigator::TokenRange{300, 320});
        QVERIFY(mark->isEnabled());
        QTest::mouseClick(mark, Qt::LeftButton);
        QCOMPARE(f.needles.ranges(), (Ranges{{300, 320}}));
        QCOMPARE(f.view.rows().size(), std::size_t(1));
        // Without a range the locked tokens, neighbours together.
        f.navigator.setRange(std::nullopt);
        for (const int token : {700, 701, 702, 900})
            f.navigator.lock(token, true);
        mark->setFocus();
        QTest::keyClick(mark, Qt::Key_Space);
        QCOMPARE(f.needles.ranges(), (Ranges{{300, 320}, {700, 702}, {900, 900}}));
        f.undo.undo();
        QCOMPARE(f.view.rows().size(), std::size_t(1));
        f.undo.redo();
        QCOMPARE(f.view.rows().size(), std::size_t(3));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void findsAndMarksWords() {
        NeedleFixture f;
        f.show(f.view, {360, 420});
        auto* words = f.view.findChild<QLineEdit*>();
        const QString text = f.model.text().text();
        const QString rare = text.mid(2000, 24);
        const auto hits = findAll(f.model.text(), rare.trimmed());
        QVERIFY(!hits.empty() && hits.size() < 5);
        words->setFocus();
        words->setText(rare);
        QTest::keyClick(words, Qt::Key_Return);
        QCOMPARE(f.needles.ranges().size(), hits.size());
        QCOMPARE(f.needles.ranges()[0], (Needles::Range{hits[0].firstToken, hits[0].lastToken}));
        QVERIFY(f.view.note().startsWith(QStringLiteral("Marked")));
        const auto before = f.needles.ranges();
        words->setText(QStringLiteral("the"));
        QTest::keyClick(words, Qt::Key_Return);
        QVERIFY(f.view.note().contains(QStringLiteral("use more words")));
        words->setText(QStringLiteral("no such words"));
        QTest::keyClick(words, Qt::Key_Return);
        QCOMPARE(f.view.note(), QStringLiteral("Not found."));
        QCOMPARE(f.needles.ranges(), before);
    }

    void showsWhatIsHeldAfterEachStepAsTheStoreDoes() {
        NeedleFixture f;
        f.show(f.view, {600, 500});
        std::mt19937 random(29);
        Ranges ranges;
        for (int i = 0; i < 20; ++i) {
            const int first = static_cast<int>(random() % 2900);
            ranges.push_back({first, first + static_cast<int>(random() % 40)});
        }
        f.needles.add(ranges);
        for (const NeedleRow* row : f.view.rows()) {
            for (int step = 0; step < f.model.stepCount(); ++step) {
                QCOMPARE(row->strip(0)->heldShare(step), heldDirectly(f.model.store(), step, row->range()));
                QCOMPARE(row->strip(1)->heldShare(step), heldDirectly(f.other.store(), step, row->range()));
            }
        }
    }

    void saysWhatBecameOfANeedleInBothRuns() {
        NeedleFixture f;
        f.show(f.view, {600, 500});
        const int token = f.droppedToken();
        f.needles.add({{token, token}, {0, 3}});
        const NeedleRow& anchors = *f.view.rows()[0];
        QCOMPARE(anchors.fate(0), QStringLiteral("held whole: all 4 tokens"));
        const NeedleRow& gone = *f.view.rows()[1];
        QCOMPARE(gone.fate(0), QStringLiteral("lost at step %1: below the cut of peak")
                                   .arg(*f.model.store().droppedAt(StreamPos(token))));
        QVERIFY(gone.damage(0).isEmpty()); // at once
        const auto inB = f.other.store().droppedAt(StreamPos(token));
        QCOMPARE(gone.fate(1).startsWith(QStringLiteral("lost")), inB.has_value());
        f.comparison.setOther(nullptr);
        QCOMPARE(f.view.rows().size(), std::size_t(2));
        QCOMPARE(f.view.rows()[0]->findChildren<NeedleStrip*>().size(), 1);
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void followsARunThatGoesOn() {
        test::ViewFixture f;
        QUndoStack undo;
        Needles needles(&undo);
        TraceModel live;
        Navigator navigator;
        bindExtent(&live, &navigator);
        NeedleView view(&live, &navigator, &needles);
        f.show(view, {360, 420});
        TraceBatch start;
        start.run = f.whole.run;
        live.append(start);
        const int token = f.droppedToken();
        needles.add({{token, token}});
        QCOMPARE(view.rows()[0]->fate(0), QStringLiteral("not read yet"));
        QVERIFY(view.rows()[0]->answer(0).contains(QStringLiteral("no answer yet")));
        TraceBatch rest = f.whole;
        rest.run.reset();
        auto answer = std::make_shared<trace::Answer>();
        answer->text = live.text().between(token - 3, token + 3).toStdString();
        rest.answers = {answer};
        live.append(rest);
        QVERIFY(view.rows()[0]->fate(0).startsWith(QStringLiteral("lost at step")));
        const AnswerMatch match =
            matchAnswer(live.text().between(token, token), QString::fromStdString(answer->text), QString());
        QCOMPARE(view.rows()[0]->answer(0).contains(QStringLiteral("yes")), match.found());
        live.clear();
        QVERIFY(view.rows().empty());
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void goesToStepsAndPlacesAndRemovesByMouseAndKeys() {
        NeedleFixture f;
        f.show(f.view, {600, 500});
        f.needles.add({{300, 320}, {700, 720}});
        QCoreApplication::processEvents();
        NeedleRow* row = f.view.rows()[1];
        NeedleStrip* strip = row->strip(0);
        QTest::mouseClick(strip, Qt::LeftButton, {},
                          QPoint(strip->width() * 5 / (2 * strip->steps()), strip->height() / 2));
        QCOMPARE(f.navigator.step(), 2);
        row->setFocus();
        QTest::keyClick(row, Qt::Key_Return);
        QCOMPARE(f.navigator.range(), std::optional(Needles::Range{700, 720}));
        QTest::mouseClick(f.view.rows()[0], Qt::LeftButton, {}, QPoint(4, 4));
        QCOMPARE(f.navigator.range(), std::optional(Needles::Range{300, 320}));
        QTest::keyClick(row, Qt::Key_Delete);
        QCOMPARE(f.needles.ranges(), (Ranges{{300, 320}}));
        QTest::mouseClick(f.view.rows()[0]->findChild<QToolButton*>(), Qt::LeftButton);
        QVERIFY(f.needles.ranges().empty());
        f.undo.undo();
        f.undo.undo();
        QCOMPARE(f.needles.ranges().size(), std::size_t(2));
        for (const QWidget* widget : f.view.findChildren<QWidget*>())
            if (widget->focusPolicy() != Qt::NoFocus && widget->isVisible())
                QVERIFY2(!widget->accessibleName().isEmpty(), widget->metaObject()->className());
        QCOMPARE(f.warnings.seen(), QStringList());
    }
};

QTEST_MAIN(TestNeedleView)
#include "test_needle_view.moc"
