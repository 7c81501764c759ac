// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/document.h"
#include "tests/support/pdf_builder.h"

#include <QCryptographicHash>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace kvprism;
using namespace kvprism::text;
using namespace std::string_literals;

class TestDocument : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string path(const char* name) { return m_folder.filePath(QLatin1String(name)).toStdString(); }
    std::string write(const char* name, const std::string& bytes) {
        QFile file(m_folder.filePath(QLatin1String(name)));
        if (!file.open(QIODevice::WriteOnly))
            qFatal("no temporary file");
        file.write(bytes.data(), static_cast<qint64>(bytes.size()));
        return file.fileName().toStdString();
    }
    static std::vector<std::uint64_t> offsets(const Document& document) {
        std::vector<std::uint64_t> all;
        for (std::uint64_t i = 0; i <= document.text.size(); ++i)
            all.push_back(document.diskOffset(i));
        return all;
    }

  private Q_SLOTS:
    void readsATextAsItIs() {
        const std::string bytes = "# Grüße\r\n字 😀\n";
        const auto document = readDocument(write("note.md", bytes));
        QVERIFY2(document.ok(), document.ok() ? "" : document.error().message.c_str());
        QCOMPARE(document->text, bytes);
        QCOMPARE(document->name, std::string("note.md"));
        QCOMPARE(document->path, path("note.md"));
        QCOMPARE(document->bytes, std::uint64_t(bytes.size()));
        QCOMPARE(document->sha256,
                 QCryptographicHash::hash(QByteArray::fromStdString(bytes), QCryptographicHash::Sha256)
                     .toHex()
                     .toStdString());
        QVERIFY(document->notices.empty());
        QVERIFY(document->shifts.empty());
        QCOMPARE(document->diskOffset(7), std::uint64_t(7));
    }

    void dropsAByteOrderMark() {
        const auto document = documentFromBytes("x", "\xEF\xBB\xBFhello");
        QVERIFY(document.ok());
        QCOMPARE(document->text, std::string("hello"));
        QCOMPARE(document->bytes, std::uint64_t(8));
        QCOMPARE(offsets(*document), (std::vector<std::uint64_t>{3, 4, 5, 6, 7, 8}));
    }

    void replacesInvalidPartsAndSaysSo() {
        const auto document = documentFromBytes("x", "caf\xe9 au lait, na\xefve – voilà");
        QVERIFY(document.ok());
        QCOMPARE(document->text, std::string("caf\uFFFD au lait, na\uFFFDve – voilà"));
        QCOMPARE(document->notices.size(), std::size_t(1));
        QCOMPARE(document->notices[0],
                 std::string("2 invalid UTF-8 sequences were replaced by U+FFFD, the first at byte 3."));
    }

    void knowsWhereEachByteOfARepairedTextCameFrom() {
        // One, two and three bytes replaced, each by a U+FFFD of three.
        const auto document = documentFromBytes("x", "ab\xFF"
                                                     "c\xE5\xAD"
                                                     "d\xF0\x9F\x98"
                                                     "efghijklmnopqrstß");
        QVERIFY(document.ok());
        QCOMPARE(document->text, std::string("ab\uFFFDc\uFFFDd\uFFFDefghijklmnopqrstß"));
        const auto places = offsets(*document);
        QCOMPARE((std::vector(places.begin(), places.begin() + 15)),
                 (std::vector<std::uint64_t>{0, 1, 2, 2, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 11}));
        QVERIFY(std::is_sorted(places.begin(), places.end()));
        QCOMPARE(places.back(), document->bytes);
    }

    void refusesWhatIsNoText_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("part");
        const auto row = [](const char* name, const std::string& bytes, const char* part) {
            QTest::newRow(name) << QByteArray::fromStdString(bytes) << QByteArray(part);
        };
        row("empty", "", "is empty");
        row("only a byte-order mark", "\xEF\xBB\xBF", "is empty");
        row("NUL bytes", "text\0more"s, "NUL byte at offset 4");
        row("UTF-16 without a byte-order mark", "h\0i\0"s, "NUL byte at offset 1");
        row("UTF-16 with a NUL", "\xFF\xFEh\0\0\0i\0"s, "NUL character at offset 4");
        row("UTF-16 with nothing in it", "\xFE\xFF", "is empty");
        row("UTF-16 in name only", "\xFE\xFF\xD8\x01\xD8\x02\0i"s, "4 of its 8 bytes are invalid");
        row("UTF-32 little-endian", "\xFF\xFE\0\0h\0\0\0"s, "is UTF-32; convert it to UTF-8");
        row("UTF-32 big-endian", "\0\0\xFE\xFF\0\0\0h"s, "is UTF-32; convert it to UTF-8");
        row("Latin-1", "caf\xe9 au lait",
            "the byte 0xE9 at offset 3 begins no character; convert it first (if it is Latin-1 or "
            "Windows-1252: "
            "iconv -f WINDOWS-1252 -t UTF-8)");
        row("KOI8-R", "\xD0\xD2\xC9\xD7\xC5\xD4", "the byte 0xD0 at offset 0 begins no character");
        row("mostly invalid", "é\xFF\xFF\xFF\xFF\xFF", "5 of its 7 bytes are invalid, the first at offset 2");
        row("no PDF but its first line", "%PDF-1.7\n...", "is a PDF that is damaged");
        row("a PDF cut off in the middle", test::pdf({"Half of it."}).substr(0, 200),
            "is a PDF that is damaged");
        row("a PDF with a password", test::lockedPdf(), "is a PDF locked by a password");
        row("a scanned PDF", test::pdf({"", ""}), "is a PDF of 2 pages without any text");
    }
    void refusesWhatIsNoText() {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, part);
        const std::string where = write("bad.txt", bytes.toStdString());
        for (const auto& document : {readDocument(where), documentFromBytes(where, bytes.toStdString())}) {
            QVERIFY(!document);
            QCOMPARE(document.error().code, ErrorCode::malformed);
            QVERIFY2(document.error().message.find(part.toStdString()) != std::string::npos,
                     document.error().message.c_str());
            QVERIFY(document.error().message.find(where) == 0);
        }
    }

    void readsUtf16InEitherOrder_data() {
        QTest::addColumn<bool>("bigEndian");
        QTest::newRow("little-endian") << false;
        QTest::newRow("big-endian") << true;
    }
    void readsUtf16InEitherOrder() {
        QFETCH(bool, bigEndian);
        const std::u16string units = u"\uFEFFab é字😀c";
        std::string bytes;
        for (const char16_t unit : units)
            for (const int shift : {bigEndian ? 8 : 0, bigEndian ? 0 : 8})
                bytes += static_cast<char>(unit >> shift & 0xFF);
        const auto document = documentFromBytes("x", bytes);
        QVERIFY2(document.ok(), document.ok() ? "" : document.error().message.c_str());
        QCOMPARE(document->text, std::string("ab é字😀c"));
        QVERIFY(document->notices.empty());
        // Every byte of a character is where the character is.
        QCOMPARE(offsets(*document),
                 (std::vector<std::uint64_t>{2, 4, 6, 8, 8, 10, 10, 10, 12, 12, 12, 12, 16, 18}));
    }

    void repairsUtf16AndSaysSo() {
        // A lone surrogate, and half a unit at the end.
        const auto document = documentFromBytes("x", "\xFE\xFF\0a\xD8\x00\0b\0c\0d\0e\0f\0g\0h\0i\0j\0"s);
        QVERIFY2(document.ok(), document.ok() ? "" : document.error().message.c_str());
        QCOMPARE(document->text, std::string("a\uFFFDbcdefghij\uFFFD"));
        QCOMPARE(document->notices[0],
                 std::string("2 invalid UTF-16 sequences were replaced by U+FFFD, the first at byte 4."));
        QCOMPARE(document->diskOffset(4), std::uint64_t(6));
        QCOMPARE(document->diskOffset(document->text.size() - 1), document->bytes - 1);
    }

    void readsThePagesOfAPdf() {
        const std::string bytes = test::pdf({"The captain arrived.", "", "On Tuesday."});
        const auto document = readDocument(write("log.pdf", bytes));
        QVERIFY2(document.ok(), document.ok() ? "" : document.error().message.c_str());
        QCOMPARE(document->text, std::string("The captain arrived.\n\nOn Tuesday.\n"));
        QCOMPARE(document->bytes, std::uint64_t(bytes.size()));
        QCOMPARE(document->sha256,
                 QCryptographicHash::hash(QByteArray::fromStdString(bytes), QCryptographicHash::Sha256)
                     .toHex()
                     .toStdString());
        QCOMPARE(document->notices.size(), std::size_t(2));
        QVERIFY(document->notices[0].starts_with("The text of 3 pages was taken out of the PDF"));
        QVERIFY(document->notices[1].starts_with("1 page of the PDF held no text"));
        QVERIFY(document->notices[1].ends_with("the first is page 2."));
        QCOMPARE(document->diskOffset(9), std::uint64_t(9));
    }

    void stopsBehindAPageOfAPdf() {
        std::stop_source source;
        const std::string path = write("long.pdf", test::pdf({"One.", "Two.", "Three."}));
        QVERIFY(readDocument(path, source.get_token()).ok());
        source.request_stop();
        const auto stopped = readDocument(path, source.get_token());
        QVERIFY(!stopped.ok());
        QCOMPARE(stopped.error().code, ErrorCode::interrupted);
        QVERIFY(stopped.error().message.starts_with(path));
    }

    void saysThatAPdfHasNoEnd() {
        std::string bytes = test::pdf({"All of it."});
        bytes.resize(bytes.find("startxref")); // poppler finds the objects again
        const auto document = documentFromBytes("x", bytes);
        QVERIFY2(document.ok(), document.ok() ? "" : document.error().message.c_str());
        QCOMPARE(document->text, std::string("All of it.\n"));
        QVERIFY(document->notices.back().starts_with("The PDF has no end"));
    }

    void refusesWhatCannotBeRead() {
        const auto refused = [](const std::string& where, const char* part) {
            const auto document = readDocument(where);
            return !document && document.error().code == ErrorCode::noInput &&
                   document.error().message.find(part) != std::string::npos;
        };
        QVERIFY(refused(path("missing.txt"), "No such file"));
        QVERIFY(refused(m_folder.path().toStdString(), "is a folder"));
        QVERIFY(refused("/dev/zero", "no regular file"));
        QCOMPARE(::mkfifo(path("pipe").c_str(), 0600), 0);
        QVERIFY(refused(path("pipe"), "no regular file"));
        QVERIFY(refused("", "Cannot open"));
        const std::string secret = write("secret.txt", "x");
        ::chmod(secret.c_str(), 0);
        if (::geteuid() != 0)
            QVERIFY(refused(secret, "Permission denied")); // root may read anything
    }

    void refusesAHugeFileWithoutReadingIt() {
        // Sparse: reading a terabyte would take minutes and fail on memory.
        const std::string huge = write("huge.txt", "");
        if (::truncate(huge.c_str(), 1LL << 40) != 0)
            QSKIP("the file system has no sparse files");
        const auto document = readDocument(huge);
        QVERIFY(!document);
        QCOMPARE(document.error().code, ErrorCode::malformed);
        QVERIFY(document.error().message.find("64 MiB") != std::string::npos);
    }

    void takesADocumentOfTheLargestSizeAndNoMore() {
        std::string bytes(mostDocumentBytes, 'a');
        QVERIFY(documentFromBytes("x", bytes).ok());
        bytes += 'a';
        QVERIFY(!documentFromBytes("x", bytes).ok());
    }
};

QTEST_GUILESS_MAIN(TestDocument)
#include "test_document.moc"
