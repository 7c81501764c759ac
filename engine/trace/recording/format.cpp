// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording/format.h"

namespace kvprism::trace::recording {

const char* const schema = R"(
CREATE TABLE about(name TEXT PRIMARY KEY NOT NULL, value);
CREATE TABLE config(position INTEGER PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL);
CREATE TABLE selectors(selector INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE notices(position INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE token_columns(
    name TEXT PRIMARY KEY NOT NULL, type TEXT NOT NULL, delta INTEGER NOT NULL, count INTEGER NOT NULL,
    data BLOB NOT NULL);
CREATE TABLE steps(
    step INTEGER PRIMARY KEY, block_begin INTEGER NOT NULL, block_end INTEGER NOT NULL,
    quota INTEGER NOT NULL, held INTEGER NOT NULL, candidates INTEGER NOT NULL,
    kept_anchors INTEGER NOT NULL, kept_window INTEGER NOT NULL, kept_global INTEGER NOT NULL,
    dropped INTEGER NOT NULL, kept INTEGER NOT NULL, peak_slots INTEGER NOT NULL,
    forward_ms REAL, score_ms REAL, select_ms REAL);
CREATE TABLE step_columns(
    step INTEGER NOT NULL, list INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL,
    type TEXT NOT NULL, delta INTEGER NOT NULL, count INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY(step, list, position));
CREATE TABLE cuts(
    step INTEGER NOT NULL, list INTEGER NOT NULL, position INTEGER NOT NULL, selector INTEGER NOT NULL,
    value REAL, PRIMARY KEY(step, list, position));
CREATE TABLE lsh(
    step INTEGER PRIMARY KEY, tables INTEGER NOT NULL, bits INTEGER NOT NULL, prompt_rows INTEGER NOT NULL,
    data BLOB NOT NULL);
CREATE TABLE applied(step INTEGER PRIMARY KEY, compact_ms REAL, bytes_kept INTEGER NOT NULL);
CREATE TABLE answers(
    answer INTEGER PRIMARY KEY, question TEXT NOT NULL, text TEXT NOT NULL, stop_reason TEXT NOT NULL,
    question_tokens INTEGER NOT NULL, kept_tokens INTEGER NOT NULL, answer_tokens INTEGER NOT NULL,
    first_token_ms REAL, total_ms REAL, ids BLOB NOT NULL);
CREATE TABLE answer_columns(
    answer INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, delta INTEGER NOT NULL,
    count INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY(answer, name));
CREATE TABLE dense_references(
    answer INTEGER PRIMARY KEY, text TEXT NOT NULL, answer_tokens INTEGER NOT NULL);
CREATE TABLE run_end(
    id INTEGER PRIMARY KEY CHECK(id = 0), outcome TEXT NOT NULL, message TEXT NOT NULL,
    load_ms REAL, read_ms REAL, answer_ms REAL);
)";

} // namespace kvprism::trace::recording
