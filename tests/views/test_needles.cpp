// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/comparison_fixture.h"
#include "views/models/answer_match.h"
#include "views/models/needle_story.h"
#include "views/models/needles.h"
#include "views/models/word_diff.h"

#include <QUndoStack>

#include <random>

using namespace kvprism;
using namespace kvprism::views;
using trace::Tier;
using Ranges = std::vector<Needles::Range>;

class TestNeedles : public QObject {
    Q_OBJECT

    static QStringList taken(const QString& text, const Stretches& stretches) {
        QStringList words;
        for (const auto& [begin, end] : stretches)
            words << text.mid(begin, end - begin);
        return words;
    }

  private Q_SLOTS:
    void marksAndTakesAwayAndUndoesBoth() {
        QUndoStack undo;
        Needles needles(&undo);
        int changes = 0;
        connect(&needles, &Needles::changed, this, [&] { ++changes; });
        needles.add({{50, 60}, {10, 20}, {50, 60}});
        QCOMPARE(needles.ranges(), (Ranges{{10, 20}, {50, 60}}));
        needles.add({{10, 20}}); // is there already
        QCOMPARE(undo.count(), 1);
        needles.remove({10, 20});
        needles.remove({10, 21}); // is not there
        QCOMPARE(needles.ranges(), (Ranges{{50, 60}}));
        undo.undo();
        QCOMPARE(needles.ranges(), (Ranges{{10, 20}, {50, 60}}));
        undo.undo();
        QVERIFY(needles.ranges().empty());
        undo.redo();
        QCOMPARE(needles.ranges(), (Ranges{{10, 20}, {50, 60}}));
        QCOMPARE(changes, 5);
    }

    void forgetsWithItsDocumentAndDoesNotComeBack() {
        QUndoStack undo;
        Needles needles(&undo);
        needles.add({{1, 2}});
        needles.remove({1, 2});
        needles.take({});
        undo.undo();
        undo.undo();
        QVERIFY(needles.ranges().empty());
        needles.add({{3, 4}});
        undo.undo();
        QVERIFY(needles.ranges().empty());
    }

    void tellsWhereANeedleWasDamagedAndLostAsTheStoreDoes() {
        test::ViewFixture f;
        std::mt19937 random(17);
        int damaged = 0, lost = 0, whole = 0;
        for (int i = 0; i < 300; ++i) {
            const int first = static_cast<int>(random() % 2990);
            const int last = first + static_cast<int>(random() % 9);
            const NeedleStory story = needleStory(f.model, {first, last});
            std::optional<int> firstGone, allGone;
            for (int step = 0; step < f.model.stepCount(); ++step) {
                int read = 0, held = 0, gone = 0;
                for (int token = first; token <= last; ++token) {
                    const auto tier = f.model.store().tierAt(step, StreamPos(token));
                    read += tier.has_value();
                    held += tier && *tier != Tier::dropped;
                    gone += tier && *tier == Tier::dropped;
                }
                if (gone > 0 && !firstGone)
                    firstGone = step;
                if (gone == last - first + 1 && !allGone)
                    allGone = step;
                if (step == f.model.stepCount() - 1)
                    QCOMPARE(story.heldAtEnd, held);
            }
            QCOMPARE(story.damaged.has_value(), firstGone.has_value());
            QCOMPARE(story.lost.has_value(), allGone.has_value());
            if (firstGone) {
                QCOMPARE(story.damaged->step, *firstGone);
                QCOMPARE(story.damaged->reason, std::optional(trace::Reason::belowCut));
                QCOMPARE(story.damaged->selectors, std::vector<std::string>{"peak"});
            }
            if (allGone)
                QCOMPARE(story.lost->step, *allGone);
            damaged += firstGone.has_value();
            lost += allGone.has_value();
            whole += !firstGone;
        }
        QVERIFY(damaged > 50 && lost > 20 && whole > 20);
    }

    void marksOnTheTimelineWhereNeedlesSuffer() {
        test::ViewFixture f;
        QUndoStack undo;
        Needles needles(&undo);
        const int token = f.droppedToken();
        needles.add({{token, token}, {0, 5}});
        const auto marks = needleMarks(f.model, needles);
        QCOMPARE(marks.size(), std::size_t(1)); // anchors are never dropped
        QCOMPARE(std::optional(marks[0].step), f.model.survival().droppedAt(token));
        QVERIFY(marks[0].label.startsWith(QStringLiteral("needle lost")));
    }

    void findsTheWordsOfAPassageInAnAnswer() {
        const QString passage = QStringLiteral("The seal of the\nharbour bears the number 48213.");
        const QString question = QStringLiteral("Which number does the seal bear?");
        const AnswerMatch all = matchAnswer(
            passage, QStringLiteral("It says: THE SEAL of the harbour bears the number 48213"), question);
        QCOMPARE(all.matched, 9);
        QCOMPARE(all.passageWords, 9);
        const AnswerMatch number = matchAnswer(passage, QStringLiteral("48213!"), question);
        QVERIFY(number.found());
        QCOMPARE(number.words, QStringLiteral("48213"));
        const AnswerMatch across = matchAnswer(passage, QStringLiteral("“the harbour”"), question);
        QCOMPARE(across.words, QStringLiteral("the harbour")); // simplified across the line end
        // What the question said already and small words prove nothing.
        QVERIFY(!matchAnswer(passage, QStringLiteral("the number of the seal"), question).found());
        QVERIFY(!matchAnswer(passage, QStringLiteral("I do not know."), question).found());
        QVERIFY(!matchAnswer(QString(), QStringLiteral("48213"), question).found());
        // A run has no gaps, and its words stand in order.
        QCOMPARE(matchAnswer(passage, QStringLiteral("harbour 48213 bears"), question).matched, 1);
    }

    void takesTheBestOfARunsAnswers() {
        test::SyntheticOptions options;
        options.answers = 2;
        test::ViewFixture f(options);
        const QString text = f.model.text().text();
        const auto captain = text.indexOf(QStringLiteral("captain"));
        const auto [first, last] = f.model.text().tokensAt(static_cast<int>(captain));
        QVERIFY(last >= first && first >= 0);
        const NeedleStory story = needleStory(f.model, {first, last});
        QVERIFY(story.answer);
        // The first question says "captain" itself, the second one does not.
        QVERIFY(story.answer->found());
        QVERIFY(story.question.startsWith(QStringLiteral("And what")));
    }

    void marksTheWordsThatTwoAnswersDoNotShare() {
        const QString a = QStringLiteral("The captain wrote 48213 in the letter, twice.");
        const QString b = QStringLiteral("the Captain had written 48213 in a letter.");
        const WordDifference difference = differingWords(a, b);
        QCOMPARE(taken(a, difference.a),
                 (QStringList{QStringLiteral("wrote"), QStringLiteral("the"), QStringLiteral("twice")}));
        QCOMPARE(taken(b, difference.b),
                 (QStringList{QStringLiteral("had"), QStringLiteral("written"), QStringLiteral("a")}));
        QVERIFY(differingWords(a, a.toUpper()).a.empty());
        QCOMPARE(differingWords(a, QString()).a.size(), std::size_t(8));
        // As many words are left in one as in the other, and the same ones: a common sequence.
        std::mt19937 random(3);
        for (int i = 0; i < 200; ++i) {
            QStringList x, y;
            for (int k = 0; k < 12; ++k) {
                x << QString::number(random() % 5);
                y << QString::number(random() % 5);
            }
            const QString left = x.join(QLatin1Char(' '));
            const QString right = y.join(QLatin1Char(' '));
            const WordDifference d = differingWords(left, right);
            QStringList commonLeft, commonRight;
            for (const Word& word : wordsOf(left))
                if (std::find(d.a.begin(), d.a.end(), std::pair(word.begin, word.end)) == d.a.end())
                    commonLeft << word.folded;
            for (const Word& word : wordsOf(right))
                if (std::find(d.b.begin(), d.b.end(), std::pair(word.begin, word.end)) == d.b.end())
                    commonRight << word.folded;
            QCOMPARE(commonLeft, commonRight);
        }
    }
};

QTEST_MAIN(TestNeedles)
#include "test_needles.moc"
