// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/byte_tokenizer.h"

#include <QTest>

using namespace kvprism::text;
using Ids = std::vector<std::int32_t>;

class TestByteTokenizer : public QObject {
    Q_OBJECT

    const ByteTokenizer m_tokenizer{320};

  private Q_SLOTS:
    void writesATokenForEachByte() {
        const auto encoding = m_tokenizer.encode("aé", SpecialTokens::asText, {});
        QCOMPARE(encoding->ids, (Ids{0x61, 0xC3, 0xA9}));
        QCOMPARE(encoding->begins, (std::vector<std::uint32_t>{0, 1, 2}));
        QCOMPARE(m_tokenizer.piece(0xC3) + m_tokenizer.piece(0xA9), std::string("é"));
    }

    void readsItsBeginningOnlyWhereAsked() {
        QCOMPARE(m_tokenizer.encode("<begin>", SpecialTokens::asText, {})->ids.size(), std::size_t{7});
        QCOMPARE(m_tokenizer.encode("a<begin>b", SpecialTokens::parsed, {})->ids,
                 (Ids{'a', ByteTokenizer::begin, 'b'}));
        QCOMPARE(m_tokenizer.find("<begin>"), m_tokenizer.beginOfSequence());
    }

    void writesTheIdsBehindTheBytes() {
        QCOMPARE(m_tokenizer.piece(300), std::string("<300>"));
        QCOMPARE(m_tokenizer.piece(320), std::string());
        QCOMPARE(m_tokenizer.piece(-1), std::string());
    }

    void refusesWhatIsNoText() { QVERIFY(!m_tokenizer.encode("\xff", SpecialTokens::asText, {}).ok()); }
};

QTEST_APPLESS_MAIN(TestByteTokenizer)
#include "test_byte_tokenizer.moc"
