// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/files/sha256.h"
#include "engine/text/find_words.h"
#include "engine/text/utf8.h"
#include "engine/text/utf8_stream.h"

#include <QTest>

using namespace kvprism::text;

namespace {

const std::string bad = "\xEF\xBF\xBD"; // U+FFFD

// Every character, every way to break one.
const std::string mixed = "aß字😀\xE5\xAD\xC3\xF0\x9F\x98xy\xFF\xC0\xAF\xED\xA0\x80\xF4\x90\x80\x80é\xF0\x9F";

} // namespace

class TestUtf8 : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void replacesEachMaximalInvalidPart_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("replaced");
        const auto row = [](const char* name, const char* bytes, const std::string& text, int replaced) {
            QTest::newRow(name) << QByteArray(bytes) << QByteArray::fromStdString(text) << replaced;
        };
        row("valid", "aß字😀", "aß字😀", 0);
        row("lone continuation", "a\x80z", "a" + bad + "z", 1);
        row("latin-1", "caf\xe9!", "caf" + bad + "!", 1);
        row("cut after two of three", "\xE5\xAD.", bad + ".", 1);
        row("cut after three of four", "\xF0\x9F\x98.", bad + ".", 1);
        row("cut at the end", "x\xF0\x9F", "x" + bad, 1);
        row("cut by another character", "\xE5\xAD\xC3\xA9", bad + "é", 1);
        row("overlong of two", "\xC0\xAF", bad + bad, 2);
        row("overlong of three", "\xE0\x80\xAF", bad + bad + bad, 3);
        row("surrogate", "\xED\xA0\x80", bad + bad + bad, 3);
        row("highest", "\xF4\x8F\xBF\xBF", "\U0010FFFF", 0);
        row("beyond the highest", "\xF4\x90\x80\x80", bad + bad + bad + bad, 4);
        row("five bytes", "\xF8\x88\x80\x80\x80", bad + bad + bad + bad + bad, 5);
    }
    void replacesEachMaximalInvalidPart() {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, text);
        QFETCH(int, replaced);
        std::size_t count = 99;
        QCOMPARE(toValidUtf8(bytes.toStdString(), &count), text.toStdString());
        QCOMPARE(count, std::size_t(replaced));
    }

    // The digest is that of Python 3.11: bytes([first, second]) + tail, .decode("utf-8", "replace"), a line
    // each.
    void agreesWithPythonOnAllPairsOfBytes() {
        std::string lines;
        for (int first = 0x80; first < 256; ++first)
            for (int second = 0; second < 256; ++second)
                for (const char* tail : {"", "a", "\x80", "\xBF\x80"})
                    lines += toValidUtf8(std::string{char(first), char(second)} + tail) + '\n';
        QCOMPARE(kvprism::files::sha256(lines),
                 std::string("84e4157f1d022fa882e7b4d33d035297f1fefa9b10247050c570ec2d2f65c821"));
    }

    void findsTheValidPrefix() {
        QCOMPARE(validUtf8Prefix(""), std::size_t(0));
        QCOMPARE(validUtf8Prefix("0123456789abcdef"), std::size_t(16));
        QCOMPARE(validUtf8Prefix("0123456789ab\xFF"), std::size_t(12));
        QCOMPARE(validUtf8Prefix("0123456字\xE5\xAD"), std::size_t(10));
    }

    // However the bytes come, whole characters leave, and all together they are the text repaired at once.
    void streamsOnlyWholeCharacters() {
        for (std::size_t size = 1; size <= mixed.size(); ++size) {
            Utf8Stream stream;
            std::string text;
            for (std::size_t at = 0; at < mixed.size(); at += size) {
                const std::string part = stream.push(std::string_view(mixed).substr(at, size));
                QCOMPARE(validUtf8Prefix(part), part.size());
                text += part;
            }
            text += stream.finish();
            QCOMPARE(text, toValidUtf8(mixed));
        }
    }

    void showsACharacterAsSoonAsItIsWhole() {
        Utf8Stream stream;
        QCOMPARE(stream.push("a\xF0\x9F"), std::string("a"));
        QCOMPARE(stream.push("\x98"), std::string());
        QCOMPARE(stream.push("\x80z"), std::string("😀z"));
        QCOMPARE(stream.finish(), std::string());
    }

    void endsWithAReplacementForWhatWasLeftIncomplete() {
        Utf8Stream stream;
        QCOMPARE(stream.push("\xE5\xAD"), std::string());
        QCOMPARE(stream.finish(), bad);
        QCOMPARE(stream.finish(), std::string()); // once
        QCOMPARE(stream.push("x"), std::string("x"));
    }

    void findsWordsWhateverTheirCaseAndWithoutOverlaps() {
        using Places = std::vector<Place>;
        QCOMPARE(findWords("Salt and SALT", "salt"), (Places{{0, 4}, {9, 13}}));
        QCOMPARE(findWords("aaaa a", "aa"), (Places{{0, 2}, {2, 4}}));
        QCOMPARE(findWords("für ÄRGER €5", "ärger €"), (Places{{5, 15}}));
        QCOMPARE(findWords("aab", "ab"), (Places{{1, 3}}));
        QCOMPARE(findWords("x\xFFy", "\xFF"), (Places{{1, 2}}));
        QCOMPARE(findWords("short", "shorter"), Places());
        QCOMPARE(findWords("text", ""), Places());
        QCOMPARE(findWords("", "text"), Places());
    }
};

QTEST_GUILESS_MAIN(TestUtf8)
#include "test_utf8.moc"
