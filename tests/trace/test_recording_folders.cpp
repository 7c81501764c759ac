// SPDX-License-Identifier: GPL-3.0-or-later
// Folders that cannot be written. As root nothing is forbidden, so there the tests act as nobody.
#include "engine/trace/recording_reader.h"
#include "engine/trace/recording_writer.h"
#include "tests/support/compare_runs.h"
#include "tests/support/recording_files.h"
#include "tests/support/synthetic_run.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace kvprism;
using namespace kvprism::trace;

namespace {

constexpr uid_t nobody = 65534;

// While it lives the folder cannot be written, by a user for whom that counts.
class ReadOnly {
  public:
    explicit ReadOnly(const QTemporaryDir& folder) : m_folder(folder.path().toStdString()) {
        ::chmod(m_folder.c_str(), 0555);
        if (::geteuid() == 0)
            m_changed = ::seteuid(nobody) == 0;
    }
    ~ReadOnly() {
        if (m_changed && ::seteuid(0) != 0)
            std::abort();
        ::chmod(m_folder.c_str(), 0755);
    }
    ReadOnly(const ReadOnly&) = delete;
    ReadOnly& operator=(const ReadOnly&) = delete;

  private:
    std::string m_folder;
    bool m_changed = false;
};

TraceStore invented() {
    TraceStore store;
    test::produceSyntheticRun({}, store);
    return store;
}

// Leaves at `file` what a kill in the middle of a commit leaves there: changed pages and the journal to undo
// them.
void cutOffInTheMiddleOfAWrite(const std::string& file) {
    const std::string working = file + ".working";
    std::filesystem::copy_file(file, working);
    sqlite3* database = nullptr;
    QCOMPARE(sqlite3_open(working.c_str(), &database), SQLITE_OK);
    // One page of cache: the changed pages are written before the commit, after the journal.
    QCOMPARE(
        sqlite3_exec(database,
                     "PRAGMA cache_size=1; PRAGMA cache_spill=1; BEGIN;"
                     "UPDATE step_columns SET data = zeroblob(length(data)); UPDATE steps SET quota = 1;",
                     nullptr, nullptr, nullptr),
        SQLITE_OK);
    std::filesystem::copy_file(working, file, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::copy_file(working + "-journal", file + "-journal");
    sqlite3_exec(database, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_close(database);
    std::filesystem::remove(working);
    QVERIFY(std::filesystem::file_size(file + "-journal") > 512);
}

} // namespace

class TestRecordingFolders : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> m_folder;
    std::string file() const { return m_folder->filePath(QStringLiteral("run.kvtrace")).toStdString(); }

  private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void opensInAFolderThatCannotBeWritten() {
        const TraceStore live = invented();
        QVERIFY(test::writeRecording(live, file()).ok());
        const ReadOnly folder(*m_folder);
        const auto read = test::readChecked(file());
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        QCOMPARE(test::firstDifference(*read, live), std::string());
    }

    void undoesAnUnfinishedWrite() {
        const TraceStore live = invented();
        QVERIFY(test::writeRecording(live, file()).ok());
        cutOffInTheMiddleOfAWrite(file());
        const auto read = test::readChecked(file());
        QVERIFY2(read.ok(), read.ok() ? "" : read.error().message.c_str());
        QCOMPARE(test::firstDifference(*read, live), std::string());
    }

    void saysWhatToDoWhereAnUnfinishedWriteCannotBeUndone() {
        QVERIFY(test::writeRecording(invented(), file()).ok());
        cutOffInTheMiddleOfAWrite(file());
        const ReadOnly folder(*m_folder);
        const auto read = RecordingReader::open(file());
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::io);
        QVERIFY2(read.error().message.find("copy it and 'run.kvtrace-journal'") != std::string::npos,
                 read.error().message.c_str());
    }

    void replacesARecordingWithAnUnfinishedWrite() {
        TraceStore after;
        test::produceSyntheticRun({.seed = 5}, after);
        QVERIFY(test::writeRecording(invented(), file()).ok());
        cutOffInTheMiddleOfAWrite(file());
        QVERIFY(test::writeRecording(after, file()).ok());
        QCOMPARE(test::firstDifference(*test::readChecked(file()), after), std::string());
    }

    void refusesToRecordWhereItMayNotWrite() {
        const ReadOnly folder(*m_folder);
        const auto writer = RecordingWriter::create(file());
        QVERIFY(!writer);
        QCOMPARE(writer.error().code, ErrorCode::io);
    }

    void saysThatAFileMayNotBeRead() {
        QVERIFY(test::writeRecording(invented(), file()).ok());
        ::chmod(file().c_str(), 0);
        const ReadOnly folder(*m_folder);
        const auto read = RecordingReader::open(file());
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::noInput);
    }
};

QTEST_GUILESS_MAIN(TestRecordingFolders)
#include "test_recording_folders.moc"
