// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/answer_stream.h"

#include <QTest>

using kvprism::AnswerStream;

class TestAnswerStream : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void showsACharacterOnlyOnceItIsWhole() {
        AnswerStream stream({});
        QCOMPARE(stream.push("a\xF0\x9F"), std::string("a"));
        QCOMPARE(stream.push("\x98"), std::string());
        QCOMPARE(stream.push("\x80!"), std::string("\xF0\x9F\x98\x80!"));
    }
    void replacesACharacterThatNeverCameToAnEnd() {
        AnswerStream stream({});
        QCOMPARE(stream.push("a\xF0\x9F"), std::string("a"));
        QCOMPARE(stream.finish(), std::string("\xEF\xBF\xBD"));
        QCOMPARE(stream.shown(), std::string("a\xEF\xBF\xBD"));
    }
    void endsBeforeAStopWordEvenWhenItComesInParts() {
        AnswerStream stream({"END", "###"});
        QCOMPARE(stream.push("one E"), std::string("one "));
        QVERIFY(!stream.stopped());
        QCOMPARE(stream.push("ND two"), std::string());
        QVERIFY(stream.stopped());
        QCOMPARE(stream.shown(), std::string("one "));
        QCOMPARE(stream.finish(), std::string());
    }
    void givesBackWhatOnlyLookedLikeAStopWord() {
        AnswerStream stream({"END"});
        QCOMPARE(stream.push("EN"), std::string());
        QCOMPARE(stream.push("EN"), std::string("EN"));
        QCOMPARE(stream.finish(), std::string("EN"));
        QCOMPARE(stream.shown(), std::string("ENEN"));
    }
    void takesTheFirstOfSeveralStopWords() {
        AnswerStream stream({"late", "early"});
        QCOMPARE(stream.push("x early late"), std::string("x "));
        QVERIFY(stream.stopped());
    }
};

QTEST_GUILESS_MAIN(TestAnswerStream)
#include "test_answer_stream.moc"
