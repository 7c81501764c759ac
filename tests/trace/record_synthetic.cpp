// SPDX-License-Identifier: GPL-3.0-or-later
// Records an invented run, for tests that kill or starve the process that writes:
//   record_synthetic FILE TOKENS BLOCK BUDGET SEED [LARGEST_FILE]
// Prints "started" once the recording is there. With LARGEST_FILE, no file may grow beyond so many bytes, as
// on a full disk. Exit status: 0, or that of the recording's error, whose sentence goes to standard error.
#include "engine/trace/recording_writer.h"
#include "tests/support/synthetic_run.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sys/resource.h>

using namespace kvprism;

namespace {

// Passes everything on and says when the run has started.
class Announcer final : public trace::TraceSink {
  public:
    explicit Announcer(trace::TraceSink& next) : m_next(next) {}
    void runStarted(std::shared_ptr<const trace::Run> run) override {
        m_next.runStarted(std::move(run));
        std::puts("started");
        std::fflush(stdout);
    }
    void stepPlanned(std::shared_ptr<const trace::CompressionStep> step) override {
        m_next.stepPlanned(std::move(step));
    }
    void stepApplied(const trace::StepApplied& applied) override { m_next.stepApplied(applied); }
    void answered(std::shared_ptr<const trace::Answer> answer) override {
        m_next.answered(std::move(answer));
    }
    void runEnded(const trace::RunEnd& end) override { m_next.runEnded(end); }

  private:
    trace::TraceSink& m_next;
};

int fail(const Error& error) {
    std::fprintf(stderr, "%s\n", error.message.c_str());
    return static_cast<int>(error.code);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 6)
        return fail(usageError("record_synthetic FILE TOKENS BLOCK BUDGET SEED [LARGEST_FILE]"));
    test::SyntheticOptions options;
    options.streamTokens = std::atoi(argv[2]);
    options.blockSize = std::atoi(argv[3]);
    options.budget = std::atoi(argv[4]);
    options.seed = std::strtoull(argv[5], nullptr, 10);
    if (argc > 6) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlim_t largest = std::strtoull(argv[6], nullptr, 10);
        const rlimit limit{largest, largest};
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
            return fail(defect("The limit could not be set."));
    }
    auto writer = trace::RecordingWriter::create(argv[1]);
    if (!writer)
        return fail(writer.error());
    Announcer announcer(**writer);
    test::produceSyntheticRun(options, announcer);
    if (!(*writer)->status())
        return fail((*writer)->status().error());
    return 0;
}
