// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording_writer.h"

#include "engine/base/real_place.h"
#include "engine/trace/recording/file_access.h"
#include "engine/trace/recording/recording_file.h"
#include "engine/trace/recording/work_queue.h"

#include <chrono>
#include <ctime>
#include <exception>
#include <mutex>
#include <new>

namespace kvprism::trace {

using recording::RecordingFile;

namespace {

// Steps that may wait for a slow disk before the engine has to.
constexpr std::size_t waitingEvents = 16;

double threadMs() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

// Takes the time of one of the writer's calls.
class Stopwatch {
  public:
    explicit Stopwatch(double& sum) : m_sum(sum) {}
    ~Stopwatch() { m_sum += std::chrono::duration<double, std::milli>(Clock::now() - m_begin).count(); }

  private:
    using Clock = std::chrono::steady_clock;
    double& m_sum;
    Clock::time_point m_begin = Clock::now();
};

} // namespace

Status mayRecordAt(const std::string& path) {
    try {
        return recording::mayCreate(realPlace(path));
    } catch (const std::exception& failure) {
        return ioError("The recording '" + path + "' cannot be started (" + failure.what() + ").");
    }
}

bool isBeingRecorded(const std::string& path) {
    return recording::isBeingWritten(path);
}

bool isRecording(const std::string& path) {
    return recording::fileKind(path) == recording::FileKind::recording;
}

struct RecordingWriter::Impl {
    Impl(std::string path, bool withoutText) : file(std::move(path), withoutText), queue(waitingEvents) {}

    // Gives `body` to the writing thread; a failure there, whatever its kind, is kept, and nothing is written
    // after it.
    template <class Body> void add(Body&& body) {
        queue.add([this, body = std::forward<Body>(body)] {
            {
                const std::lock_guard lock(mutex);
                if (!status)
                    return;
            }
            Status done;
            try {
                done = body(file);
            } catch (const std::bad_alloc&) {
                done = outOfMemory("The recording '" + file.path() + "' did not fit in memory.");
            } catch (const std::exception& failure) {
                done = ioError("The recording '" + file.path() + "' could not be written (" + failure.what() +
                               ").");
            }
            const std::lock_guard lock(mutex);
            status = done;
            writtenMs = threadMs();
        });
    }

    double callsMs = 0; // of the calling thread
    mutable std::mutex mutex;
    Status status;
    double writtenMs = 0; // processor time of the writing thread
    RecordingFile file;
    recording::WorkQueue queue; // last: its thread uses the others
};

Result<std::unique_ptr<RecordingWriter>> RecordingWriter::create(const std::string& path,
                                                                 const RecordingOptions& options) {
    try {
        const std::string place = realPlace(path);
        const Status may = recording::mayCreate(place);
        if (!may)
            return may.error();
        return std::unique_ptr<RecordingWriter>(
            new RecordingWriter(std::make_unique<Impl>(place, options.withoutText)));
    } catch (const std::exception& failure) {
        return ioError("The recording '" + path + "' cannot be started (" + failure.what() + ").");
    }
}

RecordingWriter::RecordingWriter(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

RecordingWriter::~RecordingWriter() = default;

void RecordingWriter::runStarted(std::shared_ptr<const Run> run) {
    const Stopwatch watch(m_impl->callsMs);
    m_impl->add([run = std::move(run)](RecordingFile& file) { return file.start(*run); });
    m_impl->queue.finish(); // whoever cannot record should learn it now, not after the reading
}

void RecordingWriter::stepPlanned(std::shared_ptr<const CompressionStep> step) {
    const Stopwatch watch(m_impl->callsMs);
    m_impl->add([step = std::move(step)](RecordingFile& file) { return file.add(*step); });
}

void RecordingWriter::stepApplied(const StepApplied& applied) {
    const Stopwatch watch(m_impl->callsMs);
    m_impl->add([applied](RecordingFile& file) { return file.add(applied); });
}

void RecordingWriter::answered(std::shared_ptr<const Answer> answer) {
    const Stopwatch watch(m_impl->callsMs);
    m_impl->add([answer = std::move(answer)](RecordingFile& file) { return file.add(*answer); });
}

void RecordingWriter::runEnded(const RunEnd& end) {
    const Stopwatch watch(m_impl->callsMs);
    m_impl->add([end](RecordingFile& file) { return file.end(end); });
    m_impl->queue.finish();
}

Status RecordingWriter::status() const {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->status;
}

double RecordingWriter::writingMs() const {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->callsMs + m_impl->writtenMs;
}

} // namespace kvprism::trace
