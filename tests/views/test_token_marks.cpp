// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/models/token_marks.h"

#include <QSignalSpy>
#include <QTest>
#include <QUndoStack>

using namespace kvprism;
using namespace kvprism::views;

class TestTokenMarks : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void neverPinAndEvictTheSameToken() {
        QUndoStack history;
        TokenMarks marks(&history);
        marks.pin({10, 20});
        marks.evict({15, 25});
        QCOMPARE(select::textOf(marks.state().pins), std::string("10-14"));
        QCOMPARE(select::textOf(marks.state().evictions), std::string("15-25"));
        marks.pin({25, 25});
        QCOMPARE(select::textOf(marks.state().pins), std::string("10-14,25"));
        QCOMPARE(select::textOf(marks.state().evictions), std::string("15-24"));
        marks.release({12, 18});
        QCOMPARE(select::textOf(marks.state().pins), std::string("10-11,25"));
        QCOMPARE(select::textOf(marks.state().evictions), std::string("19-24"));
    }

    void areUndoneAndDoneAgain() {
        QUndoStack history;
        TokenMarks marks(&history);
        QSignalSpy changed(&marks, &TokenMarks::changed);
        marks.pin({1, 3});
        const auto first = marks.state();
        marks.evict({2, 2});
        const auto second = marks.state();
        history.undo();
        QVERIFY(marks.state() == first);
        history.undo();
        QVERIFY(marks.empty());
        history.redo();
        history.redo();
        QVERIFY(marks.state() == second);
        QCOMPARE(changed.size(), 6);
        marks.release({100, 110}); // nothing there: no step to undo
        QCOMPARE(history.count(), 2);
    }

    void meanTheBrushedRangeOrWhatIsLocked() {
        Navigator navigator;
        navigator.setExtent(3, 100);
        QVERIFY(!selectedRange(navigator));
        navigator.lock(40, false);
        navigator.lock(30, true);
        QVERIFY((selectedRange(navigator) == Navigator::TokenRange{30, 40}));
        navigator.setRange(Navigator::TokenRange{5, 7});
        QVERIFY((selectedRange(navigator) == Navigator::TokenRange{5, 7}));
    }
};

QTEST_MAIN(TestTokenMarks)
#include "test_token_marks.moc"
