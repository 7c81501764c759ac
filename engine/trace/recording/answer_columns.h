// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/result.h"
#include "engine/trace/answer.h"
#include "engine/trace/recording/column_codec.h"
#include "engine/trace/recording/database.h"
#include "engine/trace/run.h"

// What belongs to the tokens of an answer: the tables answer_columns and dense_references (format 1.2).
namespace kvprism::trace::recording {

Status writeAnswerColumns(const Database& database, ColumnEncoder& encoder, std::int64_t number,
                          const Answer& answer);

class AnswerColumns {
  public:
    static Result<AnswerColumns> of(const Database& database, const Run& run);
    // Fills in text ends, evidence and dense reference of answer `number`, whose text and ids are there.
    Status read(std::int64_t number, Answer& answer) const;

  private:
    AnswerColumns(const Database& database, const Run& run) : m_database(&database), m_run(&run) {}
    Status readOwn(std::int64_t number, Answer& answer) const;
    Status readDense(std::int64_t number, Answer& answer) const;

    const Database* m_database;
    const Run* m_run;
    bool m_there = false; // older files have no such tables
};

} // namespace kvprism::trace::recording
