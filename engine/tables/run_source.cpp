// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tables/run_source.h"

namespace kvprism::tables {

namespace {

const trace::StepApplied* appliedAt(const std::vector<trace::StepApplied>& applied, std::int32_t index) {
    const auto i = static_cast<std::size_t>(index);
    return i < applied.size() ? &applied[i] : nullptr;
}

// Keeps what a replay tells beside the steps themselves.
class AppliedSink final : public trace::TraceSink {
  public:
    void runStarted(std::shared_ptr<const trace::Run>) override {}
    void stepPlanned(std::shared_ptr<const trace::CompressionStep>) override {}
    void stepApplied(const trace::StepApplied& step) override { applied.push_back(step); }
    void answered(std::shared_ptr<const trace::Answer>) override {}
    void runEnded(const trace::RunEnd&) override {}

    std::vector<trace::StepApplied> applied;
};

} // namespace

const trace::StepApplied* StoreSource::applied(std::int32_t index) const {
    return appliedAt(m_store.applied(), index);
}

const trace::StepApplied* RecordingSource::applied(std::int32_t index) const {
    return appliedAt(m_applied, index);
}

Result<std::unique_ptr<RecordingSource>> RecordingSource::open(const std::string& path) {
    auto reader = trace::RecordingReader::open(path);
    if (!reader)
        return reader.error();
    AppliedSink sink;
    if (const Status replayed = (*reader)->replay(sink); !replayed)
        return replayed.error();
    return std::unique_ptr<RecordingSource>(new RecordingSource(std::move(*reader), std::move(sink.applied)));
}

} // namespace kvprism::tables
