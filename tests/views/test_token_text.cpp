// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/synthetic_model.h"

#include <QTest>

using namespace kvprism;
using namespace kvprism::views;

namespace {

trace::TokenTable tableOf(const std::vector<std::string>& pieces) {
    trace::TokenTable table;
    for (const std::string& piece : pieces) {
        table.ids.push_back(static_cast<std::int32_t>(table.ids.size()));
        table.byteOffsets.push_back(static_cast<std::int64_t>(table.pieces.size()));
        table.pieces += piece;
        table.pieceEnds.push_back(static_cast<std::uint32_t>(table.pieces.size()));
    }
    return table;
}

} // namespace

class TestTokenText : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void joinsTheCharactersThatSeveralTokensMake() {
        const TokenText text(tableOf({"a", "\xf0\x9f", "\x98\x80", "b"}), 0); // a, an emoji in two tokens, b
        QCOMPARE(text.text(), QStringLiteral("a\U0001f600b"));
        QCOMPARE(text.tokensAt(0), std::make_pair(0, 0));
        QCOMPARE(text.tokensAt(1), std::make_pair(1, 2));
        QCOMPARE(text.tokensAt(2), std::make_pair(1, 2));
        QCOMPARE(text.tokensAt(3), std::make_pair(3, 3));
        QCOMPARE(text.tokensAt(4), std::make_pair(-1, -1));
        QCOMPARE(text.between(2, 3), QStringLiteral("\U0001f600b"));
        QCOMPARE(text.label(2), QStringLiteral("\u201c\U0001f600\u201d"));
    }

    void replacesWhatIsNoCharacter() {
        const TokenText text(tableOf({"a\xff", "\xe2\x82", "z"}), 0);
        QCOMPARE(text.text(), QStringLiteral("a\ufffd\ufffd\ufffdz"));
        QCOMPARE(text.tokensAt(4), std::make_pair(2, 2));
    }

    void givesTheWholeSyntheticDocumentBack() {
        test::SyntheticOptions options;
        TraceModel model;
        model.append(test::syntheticBatch(options));
        const TokenText& text = model.text();
        QCOMPARE(text.text().mid(text.documentBegin()),
                 QString::fromStdString(test::syntheticDocument(options)));
        for (int offset = 0; offset < text.text().size(); ++offset) {
            const auto [first, last] = text.tokensAt(offset);
            QVERIFY(first >= 0 && last >= first);
            QVERIFY(text.begin(first) <= offset && offset < text.end(last));
        }
    }

    void bearsTablesWhoseColumnsDisagree() {
        trace::TokenTable table = tableOf({"ab", "cd"});
        table.pieceEnds = {3, 1};
        table.ids.push_back(9);
        const TokenText text(table, 7);
        QCOMPARE(text.tokens(), 3);
        QCOMPARE(text.between(0, 2).left(3), QStringLiteral("abc"));
        QCOMPARE(text.documentBegin(), 4);
    }

    void hasNothingToShowWithoutText() {
        trace::TokenTable table;
        table.ids.assign(5, 0);
        const TokenText text(table, 2);
        QVERIFY(text.empty());
        QCOMPARE(text.tokens(), 5);
        QCOMPARE(text.label(3), QString());
        QCOMPARE(text.between(0, 4), QString());
    }

    void makesWhiteSpaceVisible() {
        QCOMPARE(withVisibleSpaces(QStringLiteral(" \n\t\x01\x7f")),
                 QStringLiteral("\u00b7\u21b5\u21e5\u2401\u2421"));
    }
};

QTEST_GUILESS_MAIN(TestTokenText)
#include "test_token_text.moc"
