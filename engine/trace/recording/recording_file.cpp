// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording/recording_file.h"

#include "engine/trace/recording/end_tables.h"
#include "engine/trace/recording/file_access.h"
#include "engine/trace/recording/format.h"
#include "engine/trace/recording/run_tables.h"
#include "engine/trace/recording/without_text.h"

#include <climits>
#include <fcntl.h>
#include <filesystem>
#include <random>
#include <sqlite3.h>
#include <string_view>
#include <unistd.h>

namespace kvprism::trace::recording {

namespace fs = std::filesystem;

namespace {

// A rollback journal, so that a recording is one file that opens in a folder that cannot be written.
// TRUNCATE: it is made once a run and emptied at each commit, which is cheaper than making and deleting it
// each time; it goes with the connection. A kill cannot hurt a commit, whatever is flushed, as written pages
// are the kernel's. Against a loss of power NORMAL flushes the journal before the pages that it saves and the
// pages before the journal is emptied: two flushes a step buy a file that opens after that as well. They may
// take long on a busy disk, so they happen on the recording's own thread. FULL would add a third for a last
// step that a loss of power may otherwise take back.
constexpr const char* journalMode = "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=NORMAL;";

fs::path folderOf(const fs::path& path) {
    return path.parent_path().empty() ? fs::path(".") : path.parent_path();
}

// A new name beside the recording, so that it can take its place in one move.
fs::path nameBeside(const fs::path& path) {
    std::random_device random;
    std::string name = ".";
    name.append(std::to_string(random())).append(".kvtrace.partial"); // not longer for a long name
    return folderOf(path) / name;
}

void flushFolder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    ::fsync(descriptor);
    ::close(descriptor);
}

// A whole recording of a run without steps, in the file `path` that will be `shownAs`. Its journal is in
// memory: until it has moved nobody misses it.
Status writeFirstState(const std::string& path, const std::string& shownAs, ColumnEncoder& encoder,
                       const Run& run) {
    const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return ioError("The recording '" + shownAs +
                       "' cannot be made: look at the folder's permissions and space.");
    ::close(descriptor);
    auto database = Database::open(path, Database::Access::write, shownAs);
    if (!database)
        return database.error();
    const std::string header =
        "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=NORMAL; PRAGMA encoding='UTF-8'; BEGIN;"
        " PRAGMA application_id=" +
        std::to_string(applicationId) + "; PRAGMA user_version=" + std::to_string(formatVersion) + ";";
    Status status = (*database)->execute(header.c_str());
    if (status)
        status = (*database)->execute(schema);
    if (status)
        status = writeRun(**database, encoder, run);
    if (status)
        status = (*database)->execute("COMMIT");
    return status;
}

// Puts the file `fresh` in the place of the recording at `path`. A journal that a killed program left there
// belongs to the old recording and must not be played back into the new one.
Status takeThePlace(const fs::path& fresh, const fs::path& path) {
    const Status settled = undoUnfinishedWrite(path.string());
    if (!settled && settled.error().code == ErrorCode::io)
        return settled;
    std::error_code failure;
    fs::remove(path.string() + "-journal", failure);
    fs::rename(fresh, path, failure);
    if (failure)
        return ioError("The recording '" + path.string() + "' cannot be put in place (" + failure.message() +
                       ").");
    flushFolder(folderOf(path));
    return {};
}

} // namespace

Status mayCreate(const std::string& path) {
    constexpr std::string_view journal = "-journal";
    const std::string folder = folderOf(path).string();
    std::error_code failure;
    if (fs::exists(folder, failure) && !fs::is_directory(folder, failure))
        return noInput("'" + folder +
                       "', to record into, is not a folder: move it away, or choose another place.");
    if (!fs::is_directory(folder, failure))
        return noInput("There is no folder '" + folder +
                       "' to record into: make it, or choose another place.");
    const std::size_t longestPath = static_cast<std::size_t>(sqlite3_vfs_find(nullptr)->mxPathname);
    if (fs::path(path).filename().string().size() + journal.size() > NAME_MAX ||
        path.size() + journal.size() >= longestPath)
        return usageError("The name of the recording '" + path + "' is too long: choose a shorter one.");
    switch (fileKind(path)) {
    case FileKind::notAFile:
        return usageError("'" + path + "' is not a file, so no recording can be written there.");
    case FileKind::other:
        return usageError("'" + path +
                          "' exists and is not a recording, so it is left alone: choose another name.");
    case FileKind::missing:
    case FileKind::empty:
    case FileKind::recording:
        break;
    }
    if (isBeingWritten(path))
        return ioError("The recording '" + path +
                       "' is being written by another run: wait for it, or choose another name.");
    // SQLite takes files of these names for parts of the recording. A journal may be one.
    for (const char* suffix : {"-wal", "-shm", "-journal"}) {
        const bool belongs = suffix == journal && fileKind(path) == FileKind::recording;
        if (!belongs && fs::exists(path + suffix, failure))
            return usageError(
                "'" + path + suffix +
                "' would be taken for a part of the recording: move it away, or choose another name.");
    }
    if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0)
        return ioError("The folder '" + folder +
                       "' cannot be written, so nothing can be recorded there: choose another place.");
    return {};
}

RecordingFile::~RecordingFile() {
    if (m_waiting && m_database)
        (void)transaction([] { return Status(); });
    m_steps.reset();
    // Takes the empty journal away; where that fails it does no harm.
    if (m_database)
        (void)m_database->execute("PRAGMA journal_mode=DELETE");
}

Status RecordingFile::start(const Run& run) {
    if (m_database)
        return defect("The recording '" + m_path +
                      "' already holds a run; another one needs a file of its own.");
    const Status may = mayCreate(m_path);
    if (!may)
        return may;
    const fs::path fresh = nameBeside(m_path);
    Status written =
        writeFirstState(fresh.string(), m_path, m_encoder, m_withoutText ? withoutText(run) : run);
    m_lock = WriteLock::take(fresh.string());
    if (written)
        written = takeThePlace(fresh, m_path);
    if (!written) {
        std::error_code ignored;
        fs::remove(fresh, ignored);
        return written;
    }
    auto opened = Database::open(m_path, Database::Access::write);
    if (!opened)
        return opened.error();
    m_database = std::move(*opened);
    const Status set = m_database->execute(journalMode);
    if (!set)
        return set;
    auto prepared = StepWriter::open(*m_database, m_withoutText);
    if (!prepared)
        return prepared.error();
    m_steps = std::move(*prepared);
    return {};
}

template <class Body> Status RecordingFile::transaction(Body&& body) {
    if (!m_steps)
        return defect("Something was to be recorded into '" + m_path + "' before its run had started.");
    Status done = m_database->execute("BEGIN IMMEDIATE");
    if (!done)
        return done;
    if (m_waiting)
        done = m_steps->write(*m_waiting);
    m_waiting.reset();
    if (done)
        done = body();
    if (done)
        done = m_database->execute("COMMIT");
    if (!done)
        (void)m_database->execute("ROLLBACK"); // may have happened already
    return done;
}

Status RecordingFile::add(const CompressionStep& step) {
    if (step.index != m_nextStep)
        return defect("Step " + std::to_string(step.index) + " came where step " +
                      std::to_string(m_nextStep) + " was to be recorded into '" + m_path + "'.");
    if (m_ended)
        return defect("A step was to be recorded into '" + m_path + "' after its run had ended.");
    ++m_nextStep;
    return transaction([&] { return m_steps->write(m_encoder, step); });
}

Status RecordingFile::add(const StepApplied& applied) {
    m_waiting = applied;
    return {};
}

Status RecordingFile::add(const Answer& answer) {
    return transaction([&] {
        return writeAnswer(*m_database, m_encoder, m_nextAnswer++,
                           m_withoutText ? withoutText(answer) : answer);
    });
}

Status RecordingFile::end(const RunEnd& end) {
    const Status done =
        transaction([&] { return writeEnd(*m_database, m_withoutText ? withoutText(end) : end); });
    m_ended = true;
    return done;
}

} // namespace kvprism::trace::recording
