// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/document.h"

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
        const auto document = documentFromBytes("x", "caf\xe9 au lait, na\xefve");
        QVERIFY(document.ok());
        QCOMPARE(document->text, std::string("caf\uFFFD au lait, na\uFFFDve"));
        QCOMPARE(document->notices.size(), std::size_t(1));
        QCOMPARE(document->notices[0],
                 std::string("2 invalid UTF-8 sequences were replaced by U+FFFD, the first at byte 3."));
    }

    void knowsWhereEachByteOfARepairedTextCameFrom() {
        // One, two and three bytes replaced, each by a U+FFFD of three.
        const auto document = documentFromBytes("x", "ab\xFF"
                                                     "c\xE5\xAD"
                                                     "d\xF0\x9F\x98"
                                                     "efghijklmnopqrst");
        QVERIFY(document.ok());
        QCOMPARE(document->text, std::string("ab\uFFFDc\uFFFDd\uFFFDefghijklmnopqrst"));
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
        row("UTF-16 little-endian", "\xFF\xFEh\0i\0"s, "is UTF-16; convert it to UTF-8");
        row("UTF-16 big-endian", "\xFE\xFF\0h\0i"s, "is UTF-16; convert it to UTF-8");
        row("UTF-32 little-endian", "\xFF\xFE\0\0h\0\0\0"s, "is UTF-32; convert it to UTF-8");
        row("UTF-32 big-endian", "\0\0\xFE\xFF\0\0\0h"s, "is UTF-32; convert it to UTF-8");
        row("PDF", "%PDF-1.7\n...", "is a PDF");
        row("mostly invalid", "\xD0\xD2\xC9\xD7\xC5\xD4 \xCD\xC9\xD2",
            "9 of its 10 bytes are invalid"); // KOI8-R
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
