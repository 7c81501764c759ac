// SPDX-License-Identifier: GPL-3.0-or-later
// What the words of an answer attended to, as numbers and as people reach it.
#include "tests/views/view_fixture.h"
#include "views/answer_entry.h"
#include "views/answer_text.h"
#include "views/answer_view.h"
#include "views/divergence_strip.h"
#include "views/evidence_list.h"

#include <QAbstractButton>
#include <QLabel>
#include <QSignalSpy>

using namespace kvprism;
using namespace kvprism::views;

namespace {

// "The captain wrote 48213.": tokens "The", " cap", "tain", " wrote", " 48", "213", "."; each with its links.
trace::Answer captain() {
    trace::Answer answer;
    answer.text = "The captain wrote 48213.";
    answer.textEnds = {3, 7, 11, 17, 20, 23, 24};
    answer.ids.assign(7, 1);
    const std::vector<std::vector<std::pair<int, float>>> links{
        {{40, 0.5F}}, {{41, 0.9F}, {40, 0.2F}}, {{40, 0.4F}, {42, 0.3F}},  {},
        {{90, 0.8F}}, {{91, 0.7F}, {41, 0.1F}}, {{91, 0.75F}, {300, 0.6F}}};
    for (const auto& token : links) {
        for (const auto& [position, weight] : token) {
            answer.evidence.positions.push_back(StreamPos(position));
            answer.evidence.weights.push_back(weight);
        }
        answer.evidence.ends.push_back(static_cast<std::uint32_t>(answer.evidence.positions.size()));
    }
    return answer;
}

} // namespace

class TestAnswerLinks : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void giveAWordTheHeaviestLinksOfItsTokens() {
        const AnswerLinks links(captain());
        QCOMPARE(links.words().size(), std::size_t{4});
        const AnswerWord& second = links.words()[1];
        QCOMPARE(second.begin, 4);
        QCOMPARE(second.end, 11);
        QCOMPARE(second.tokens, (std::vector<int>{41, 40, 42}));
        QCOMPARE(second.weights, (std::vector<float>{0.9F, 0.4F, 0.3F}));
        QVERIFY(links.words()[2].tokens.empty());
        QCOMPARE(links.words()[3].tokens, (std::vector<int>{90, 91, 300, 41}));
    }

    void findTheWordUnderAPlace() {
        const AnswerLinks links(captain());
        QCOMPARE(links.wordAt(0), 0);
        QCOMPARE(links.wordAt(3), -1); // white space
        QCOMPARE(links.wordAt(4), 1);
        QCOMPARE(links.wordAt(10), 1);
        QCOMPARE(links.wordAt(23), 3);
        QCOMPARE(links.wordAt(24), -1);
        QVERIFY(AnswerLinks(trace::Answer{}).empty());
    }

    void countCharactersAndNotBytes() {
        trace::Answer answer;
        answer.text = "für 5 €";
        answer.textEnds = {4, 6, 10};
        answer.ids.assign(3, 1);
        answer.evidence = {{1, 1, 2}, {StreamPos(7), StreamPos(9)}, {0.5F, 0.25F}};
        const AnswerLinks links(answer);
        QCOMPARE(links.words().size(), std::size_t{3});
        QCOMPARE(links.words()[0].tokens, std::vector<int>{7});
        QVERIFY(links.words()[1].tokens.empty());
        QCOMPARE(links.words()[2].begin, 6);
        QCOMPARE(links.words()[2].tokens, std::vector<int>{9});
    }

    void gatherPassagesWithTheirNeighbours() {
        const auto passages = AnswerLinks(captain()).passages(36, 302, 2);
        QCOMPARE(passages.size(), std::size_t{2});
        QCOMPARE(passages[0].firstToken, 36); // 40 − 6, but not the prefix
        QCOMPARE(passages[0].lastToken, 48);
        QVERIFY(std::abs(passages[0].weight - (0.5 + 0.9 + 0.3)) < 1e-6);
        QCOMPARE(passages[1].firstToken, 84);
        QCOMPARE(passages[1].lastToken, 97);
        QCOMPARE(AnswerLinks(captain()).passages(0, 302, 9).back().lastToken, 302);
    }

    void pointAtTheTokensOfTheWordUnderThePointer() {
        test::ViewFixture f;
        AnswerView view(&f.model, &f.navigator);
        f.show(view, {360, 500});
        auto* words = view.findChild<AnswerText*>();
        const AnswerLinks& links = words->links();
        QVERIFY(!links.empty());
        QTest::mouseMove(words->viewport(), words->rectOfWord(1).center());
        QTRY_COMPARE(f.navigator.pointed(), links.words()[1].tokens);
        QTest::mouseMove(words->viewport(), words->rectOfWord(2).center());
        QTRY_COMPARE(f.navigator.pointed(), links.words()[2].tokens);
        QTest::mouseClick(words->viewport(), Qt::LeftButton, {}, words->rectOfWord(2).center());
        const auto& tokens = links.words()[2].tokens;
        QCOMPARE(f.navigator.locked(), (std::set<int>(tokens.begin(), tokens.end())));
        QCOMPARE(f.navigator.effectiveToken(), std::optional(tokens.front()));
        QCOMPARE(f.warnings.seen(), QStringList());
    }

    void areReachedByKeys() {
        test::ViewFixture f;
        AnswerView view(&f.model, &f.navigator);
        f.show(view, {360, 500});
        auto* words = view.findChild<AnswerText*>();
        words->setFocus();
        QTest::keyClick(words, Qt::Key_Right);
        QTest::keyClick(words, Qt::Key_Right);
        QCOMPARE(f.navigator.pointed(), words->links().words()[1].tokens);
        QTest::keyClick(words, Qt::Key_Left);
        QTest::keyClick(words, Qt::Key_Return);
        const auto& tokens = words->links().words()[0].tokens;
        QCOMPARE(f.navigator.locked(), (std::set<int>(tokens.begin(), tokens.end())));
    }

    void markAPassageInEveryView() {
        test::ViewFixture f;
        AnswerView view(&f.model, &f.navigator);
        f.show(view, {360, 600});
        auto* evidence = view.findChild<EvidenceList*>();
        QCOMPARE(evidence->findChild<QLabel*>()->text(), QStringLiteral("Attended most to")); // no cause
        QVERIFY(!evidence->passages().empty());
        QSignalSpy revealed(&f.navigator, &Navigator::revealRequested);
        auto* first = evidence->findChild<QAbstractButton*>();
        QTest::mouseClick(first, Qt::LeftButton);
        const EvidencePassage& passage = evidence->passages().front();
        QVERIFY((f.navigator.range() == Navigator::TokenRange{passage.firstToken, passage.lastToken}));
        QCOMPARE(revealed.size(), 1);
        QVERIFY(!first->accessibleName().isEmpty());
    }

    void areCopiedWithTheAnswer() {
        test::ViewFixture f;
        AnswerView view(&f.model, &f.navigator);
        const auto* entry = view.findChild<AnswerEntry*>();
        const QString copied = entry->copyText();
        QVERIFY(copied.contains(entry->question()));
        QVERIFY(copied.contains(entry->answer()));
        QVERIFY(copied.contains(QStringLiteral("byte ")));
    }

    void sayHowADenseRunWouldHaveAnswered() {
        test::ViewFixture f;
        AnswerView view(&f.model, &f.navigator);
        f.show(view, {360, 600});
        auto* strip = view.findChild<DivergenceStrip*>();
        QVERIFY(strip->isVisible());
        const trace::DenseReference& dense = *f.whole.answers.front()->dense;
        const auto same = std::ranges::count(dense.sameLikeliest, 1);
        QVERIFY(
            DivergenceStrip::summary(dense).contains(QStringLiteral("%1 of %2").arg(same).arg(dense.size())));
        strip->setFocus();
        QTest::keyClick(strip, Qt::Key_Right);
        QVERIFY(
            strip->hint().contains(QLocale().toString(static_cast<double>(dense.divergences[0]), 'f', 3)));
        QTest::keyClick(strip, Qt::Key_Right);
        QVERIFY(
            strip->hint().contains(QLocale().toString(static_cast<double>(dense.divergences[1]), 'f', 3)));
    }

    void areAbsentWhereNothingWasRecorded() {
        test::ViewFixture f;
        AnswerView view(&f.model, &f.navigator);
        view.clearConversation();
        view.beginAnswer(QStringLiteral("Who?"));
        auto plain = std::make_shared<trace::Answer>(*f.whole.answers.front());
        plain->evidence = {};
        plain->dense.reset();
        TraceBatch batch;
        batch.answers.push_back(plain);
        f.show(view, {360, 400});
        f.model.append(batch);
        QVERIFY(!view.findChild<EvidenceList*>()->isVisible());
        QVERIFY(!view.findChild<DivergenceStrip*>()->isVisible());
        QVERIFY(view.findChild<AnswerText*>()->links().empty());
    }
    void showsAllOfSeveralAnswersHoweverNarrow() {
        TraceModel model;
        Navigator navigator;
        AnswerView view(&model, &navigator);
        view.resize(420, 500);
        view.show();
        for (int i = 0; i < 4; ++i) {
            view.beginAnswer(QStringLiteral("Question %1?").arg(i));
            view.appendLiveText(
                QStringLiteral("An answer of many words that do not fit into one line ").repeated(3));
            view.breakOff(QStringLiteral("stopped"));
        }
        for (const int width : {420, 260, 340}) {
            view.resize(width, 300);
            for (AnswerText* words : view.findChildren<AnswerText*>())
                QTRY_VERIFY2(words->height() >= words->heightForWidth(words->viewport()->width()),
                             qPrintable(QString::number(words->height())));
        }
    }
};

QTEST_MAIN(TestAnswerLinks)
#include "test_answer_links.moc"
