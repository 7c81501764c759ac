// SPDX-License-Identifier: GPL-3.0-or-later
// Long texts become tokens while somebody watches, who may stop it. Nothing is timed: what counts is how much
// is done between two looks, and after the stop.
#include "tests/text/tokenizer_folder.h"

#include <QTest>

#include <random>

using namespace kvprism;
using namespace kvprism::test;
using namespace kvprism::text;

namespace {

constexpr std::size_t longBytes = 400'000;

std::string repeated(const char* part, std::size_t bytes = longBytes) {
    return QByteArray(part).repeated(int(bytes / qstrlen(part))).toStdString();
}

// Words, numbers, signs, other scripts, and white space of every kind.
std::string mixedText(std::size_t bytes, std::uint32_t seed) {
    const char* const parts[] = {"the", "quick", "a",         "Zebra",    "1234",  ",", ".\n", "\n\n",
                                 "  ",  "字字",  "e\xCC\x81", "👍🏽", "don't", "—", "\t",  "x = y;"};
    std::mt19937 random(seed);
    std::string text;
    while (text.size() < bytes) {
        text += parts[random() % std::size(parts)];
        if (random() % 4 != 0)
            text += ' ';
    }
    return text;
}

} // namespace

class TestStopping : public QObject {
    Q_OBJECT
    TokenizerFolder m_folder;

  private Q_SLOTS:
    void tellsHowFarItHasCome_data() {
        QTest::addColumn<QString>("name");
        for (const char* name :
             {"llama3", "qwen2", "smollm", "llama2", "mistral", "sentencepiece", "llama.gguf"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void tellsHowFarItHasCome() {
        QFETCH(QString, name);
        const auto made = m_folder.tokenizer(name);
        const std::string text = mixedText(longBytes, 5);
        Watch watch;
        std::vector<std::size_t> told;
        watch.progress = [&](std::size_t bytes) { told.push_back(bytes); };
        const auto watched = made->encode(text, SpecialTokens::asText, watch);
        QVERIFY(watched.ok());
        QVERIFY(told.size() > longBytes >> 17);
        for (std::size_t i = 1; i < told.size(); ++i)
            QVERIFY2(told[i] >= told[i - 1] && told[i] - told[i - 1] <= 1 << 18,
                     qPrintable(QString::number(told[i])));
        QVERIFY(told.back() <= text.size() && told.back() + (1 << 18) >= text.size());
        const auto alone = made->encode(text);
        QVERIFY(alone->ids == watched->ids && alone->begins == watched->begins);
    }

    void stopsAtTheNextLook_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("what");
        for (const char* name : {"llama3", "qwen2", "smollm", "llama2", "mistral", "sentencepiece"})
            for (const char* what : {"words", "one word", "marks", "written tokens"}) {
                // Of a text without a space between letters the library gives nothing back before its end.
                if (QLatin1String(name) == QLatin1String("sentencepiece") && what[0] != 'w')
                    continue;
                QTest::newRow((std::string(name) + ", " + what).c_str())
                    << QString::fromLatin1(name) << QString::fromLatin1(what);
            }
    }
    void stopsAtTheNextLook() {
        QFETCH(QString, name);
        QFETCH(QString, what);
        const auto made = m_folder.tokenizer(name);
        const std::string text = what == QLatin1String("words")      ? mixedText(longBytes, 6)
                                 : what == QLatin1String("one word") ? repeated("thequickbrown")
                                 : what == QLatin1String("marks")    ? repeated("e\xCC\x81 a")
                                                                     : repeated("a <s> b </s>");
        int looks = 0;
        Watch count;
        count.progress = [&](std::size_t) { ++looks; };
        QVERIFY(made->encode(text, SpecialTokens::parsed, count).ok());
        QVERIFY2(looks > 3, qPrintable(QString::number(looks)));
        for (const int last : {looks / 2, looks}) {
            std::stop_source source;
            Watch watch{source.get_token(), {}};
            int seen = 0;
            watch.progress = [&](std::size_t) {
                if (++seen == last)
                    source.request_stop();
            };
            const auto stopped = made->encode(text, SpecialTokens::parsed, watch);
            QVERIFY(!stopped.ok());
            QCOMPARE(stopped.error().code, ErrorCode::interrupted);
            QVERIFY2(seen <= last + 1, qPrintable(QString::number(seen)));
        }
    }

    // A text without a space or a line end is brought to form C in parts, too.
    void looksUpWhileALongLineIsNormalised() {
        const auto made = m_folder.tokenizer(QStringLiteral("qwen2"));
        const std::string line = repeated("字か\xE3\x82\x99"); // a kana and its mark, which become one
        int looks = 0;
        Watch count;
        count.progress = [&](std::size_t) { ++looks; };
        const auto encoding = made->encode(line, SpecialTokens::asText, count);
        QVERIFY(encoding.ok());
        const auto once = static_cast<int>(line.size() >> 16);
        QVERIFY2(looks >= 2 * once, qPrintable(QString::number(looks)));
        std::string again;
        for (const std::int32_t id : encoding->ids)
            again += made->piece(id);
        QCOMPARE(again, repeated("字が", line.size() / 9 * 6));
    }

    // SentencePiece gets a long text in parts, which nobody may see in the tokens: where the parts end
    // depends on what stands in front.
    void partsOfALongTextAreTheTokensOfTheWhole_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"sentencepiece", "llama.gguf"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }
    void partsOfALongTextAreTheTokensOfTheWhole() {
        QFETCH(QString, name);
        const auto made = m_folder.tokenizer(name);
        const std::string text = mixedText(200'000, 7);
        const auto whole = *made->encode(text);
        for (const std::size_t front : {1u, 30'001u, 65'000u}) {
            std::string before = mixedText(front, 8);
            before.resize(before.find_last_of(' ') == std::string::npos ? 0 : before.find_last_of(' '));
            before += ".\n"; // ends a token, so that the text behind it is the same but for its first one
            const auto both = *made->encode(before + text);
            const std::size_t tokens = whole.ids.size() - 2;
            QVERIFY(both.ids.size() > tokens);
            QVERIFY(std::equal(whole.ids.end() - std::ptrdiff_t(tokens), whole.ids.end(),
                               both.ids.end() - std::ptrdiff_t(tokens)));
            for (std::size_t i = 0; i < tokens; ++i)
                QCOMPARE(both.begins[both.begins.size() - tokens + i] - before.size(),
                         std::size_t{whole.begins[whole.begins.size() - tokens + i]});
        }
    }
};

QTEST_GUILESS_MAIN(TestStopping)
#include "test_stopping.moc"
