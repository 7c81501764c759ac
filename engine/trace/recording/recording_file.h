// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/trace/answer.h"
#include "engine/trace/recording/column_codec.h"
#include "engine/trace/recording/database.h"
#include "engine/trace/recording/step_tables.h"
#include "engine/trace/recording/write_lock.h"
#include "engine/trace/run.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace kvprism::trace::recording {

// Whether a recording may be made at `path`; says what is in the way.
Status mayCreate(const std::string& path);

// The file that a run is written into. Every call is one transaction, and nothing follows a failure. One
// thread at a time; throws nothing but std::bad_alloc and what std::filesystem throws.
class RecordingFile {
  public:
    RecordingFile(std::string path, bool withoutText) : m_path(std::move(path)), m_withoutText(withoutText) {}
    ~RecordingFile();

    Status start(const Run& run); // puts a recording without steps in the place of what stands there
    Status add(const CompressionStep& step);
    Status add(const StepApplied& applied); // goes with the next transaction
    Status add(const Answer& answer);
    Status end(const RunEnd& end); // answers may follow, and another end then takes its place

    const std::string& path() const { return m_path; }

  private:
    template <class Body> Status transaction(Body&& body);

    std::string m_path;
    bool m_withoutText;
    ColumnEncoder m_encoder;
    std::optional<WriteLock> m_lock;      // before the database: closing its file would undo SQLite's locks
    std::unique_ptr<Database> m_database; // after start
    std::optional<StepWriter> m_steps;
    std::optional<StepApplied> m_waiting;
    std::int32_t m_nextStep = 0;
    std::int64_t m_nextAnswer = 0;
    bool m_ended = false;
};

} // namespace kvprism::trace::recording
