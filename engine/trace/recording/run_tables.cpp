// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/trace/recording/run_tables.h"

#include "engine/trace/recording/format.h"
#include "engine/trace/recording/row.h"

#include <algorithm>
#include <limits>

namespace kvprism::trace::recording {

namespace {

// Every row of `about` that is a field of Run, once for both directions. N and m are rows too, as the token
// columns may be left out.
template <class AnyRun, class Visitor> void eachField(AnyRun& run, Visitor&& visit) {
    visit("run_id", run.id);
    visit("started_at", run.startedAt);
    visit("program", run.program);
    visit("question", run.question);
    visit("model_name", run.model.name);
    visit("model_path", run.model.path);
    visit("model_sha256", run.model.sha256);
    visit("model_architecture", run.model.architecture);
    visit("model_dtype", run.model.dtype);
    visit("model_device", run.model.device);
    visit("model_layers", run.model.layers);
    visit("model_query_heads", run.model.queryHeads);
    visit("model_kv_heads", run.model.kvHeads);
    visit("model_head_dim", run.model.headDim);
    visit("model_context_length", run.model.contextLength);
    visit("model_vocabulary_size", run.model.vocabularySize);
    visit("model_weight_bytes", run.model.weightBytes);
    visit("model_kv_bytes_per_token", run.model.kvBytesPerToken);
    visit("document_name", run.document.name);
    visit("document_path", run.document.path);
    visit("document_sha256", run.document.sha256);
    visit("document_bytes", run.document.bytes);
    visit("prefix_tokens", run.prefixTokens);
    visit("anchors", run.anchors);
    visit("window", run.window);
    visit("budget", run.budget);
    visit("block_size", run.blockSize);
    visit("without_text", run.withoutText);
}

class RunWriter {
  public:
    RunWriter(Database& database, ColumnEncoder& encoder) : m_database(database), m_encoder(encoder) {}

    Status write(const Run& run) {
        writeAbout(run);
        std::int64_t position = 0;
        for (const Setting& setting : run.config)
            insert("INSERT INTO config VALUES(?,?,?)", position++, setting.name, setting.value);
        position = 0;
        for (const std::string& name : run.selectors)
            insert("INSERT INTO selectors VALUES(?,?)", position++, name);
        position = 0;
        for (const std::string& text : run.notices)
            insert("INSERT INTO notices VALUES(?,?)", position++, text);
        if (!run.withoutText)
            writeTokens(run);
        return m_status;
    }

  private:
    void writeAbout(const Run& run) {
        const std::string format = std::to_string(formatMajor) + "." + std::to_string(formatMinor);
        about("format", std::string_view(format));
        about("stream_tokens", std::int64_t{run.streamTokens()});
        about("prompt_tokens", static_cast<std::int64_t>(run.promptIds.size()));
        eachField(run, [this](std::string_view name, const auto& value) {
            if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>)
                about(name, std::string_view(value));
            else
                about(name, static_cast<std::int64_t>(value));
        });
    }

    template <class Value> void about(std::string_view name, Value value) {
        insert("INSERT INTO about VALUES(?,?)", name, value);
    }

    void writeTokens(const Run& run) {
        column("prompt_id", std::span(run.promptIds), false);
        column("id", std::span(run.tokens.ids), false);
        column("byte_offset", std::span(run.tokens.byteOffsets), true);
        column("piece_end", std::span(run.tokens.pieceEnds), true);
        column("pieces", std::span(run.tokens.pieces), false);
    }

    template <class T> void column(std::string_view name, std::span<const T> values, bool delta) {
        const auto frame = m_encoder.encode(values, delta);
        if (frame.empty())
            m_status = outOfMemory("The recording's token table did not fit in memory.");
        insert("INSERT INTO token_columns VALUES(?,?,?,?,?)", name, typeName<T>(), std::int64_t{delta},
               static_cast<std::int64_t>(values.size()), frame);
    }

    template <class... Values> void insert(const char* sql, const Values&... values) {
        if (!m_status)
            return;
        auto statement = m_database.prepare(sql);
        if (!statement) {
            m_status = statement.error();
            return;
        }
        int parameter = 0;
        (statement->bind(++parameter, values), ...);
        m_status = statement->run();
    }

    Database& m_database;
    ColumnEncoder& m_encoder;
    Status m_status;
};

class RunReader {
  public:
    explicit RunReader(const Database& database) : m_database(database) {}

    Result<Run> read() {
        readAbout();
        eachRow("SELECT position, name, value FROM config ORDER BY position", "config",
                [this](Row& row, std::size_t) {
                    row.integer("position", 0, std::numeric_limits<std::int32_t>::max());
                    std::string name = row.text("name");
                    m_run.config.push_back({std::move(name), row.text("value")});
                });
        eachRow("SELECT selector, name FROM selectors ORDER BY selector", "selectors",
                [this](Row& row, std::size_t i) {
                    // Steps speak of selectors by number, and one number means none.
                    row.integer("selector", static_cast<std::int64_t>(i),
                                std::min<std::int64_t>(static_cast<std::int64_t>(i), 254));
                    m_run.selectors.push_back(row.text("name"));
                });
        eachRow("SELECT text FROM notices ORDER BY position", "notices",
                [this](Row& row, std::size_t) { m_run.notices.push_back(row.text("text")); });
        if (m_problem)
            return *m_problem;
        m_run.withoutText ? leaveTextOut() : readTokens();
        checkSizes();
        if (m_problem)
            return *m_problem;
        return std::move(m_run);
    }

  private:
    void readAbout() {
        const std::string where = "table about";
        auto statement = m_database.prepare("SELECT value FROM about WHERE name = ?");
        if (!statement)
            return fail(statement.error());
        const auto look = [&](const char* name, auto&& take) {
            if (m_problem)
                return;
            auto found = statement->bind(1, std::string_view(name)).next();
            if (!found)
                return fail(found.error());
            if (!*found)
                return fail(damaged(m_database, where, std::string("'") + name + "' is missing"));
            Row row(m_database, *statement, where);
            take(row);
            statement->rewind();
            if (row.problem())
                fail(*row.problem());
        };
        eachField(m_run, [&](const char* name, auto& value) {
            using Value = std::decay_t<decltype(value)>;
            look(name, [&](Row& row) {
                if constexpr (std::is_same_v<Value, std::string>)
                    value = row.text(name);
                if constexpr (std::is_same_v<Value, std::int32_t>)
                    value = row.int32(name);
                if constexpr (std::is_same_v<Value, bool>)
                    value = row.int32(name, 0, 1) != 0;
                if constexpr (std::is_same_v<Value, std::uint64_t>)
                    value = static_cast<std::uint64_t>(
                        row.integer(name, 0, std::numeric_limits<std::int64_t>::max()));
            });
        });
        look("stream_tokens",
             [&](Row& row) { m_streamTokens = row.int32("stream_tokens", 0, maxStreamTokens); });
        look("prompt_tokens",
             [&](Row& row) { m_promptTokens = row.int32("prompt_tokens", 0, maxStreamTokens); });
    }

    // Whoever left the text out left the counts: N tokens and m prompt rows, nothing known of any.
    void leaveTextOut() {
        const auto tokens = static_cast<std::size_t>(m_streamTokens);
        m_run.promptIds.assign(static_cast<std::size_t>(m_promptTokens), -1);
        m_run.tokens.ids.assign(tokens, -1);
        m_run.tokens.byteOffsets.assign(tokens, -1);
        m_run.tokens.pieceEnds.assign(tokens, 0);
    }

    void readTokens() {
        TokenTable& tokens = m_run.tokens;
        std::vector<char> pieces;
        column("prompt_id", m_promptTokens, m_run.promptIds);
        column("id", m_streamTokens, tokens.ids);
        column("byte_offset", m_streamTokens, tokens.byteOffsets);
        column("piece_end", m_streamTokens, tokens.pieceEnds);
        if (m_problem)
            return;
        if (!std::is_sorted(tokens.pieceEnds.begin(), tokens.pieceEnds.end()))
            return fail(damaged(m_database, "token column 'piece_end'", "the ends do not ascend"));
        const std::uint32_t bytes = tokens.pieceEnds.empty() ? 0 : tokens.pieceEnds.back();
        if (bytes > static_cast<std::uint32_t>(maxPieceBytes))
            return fail(
                damaged(m_database, "token column 'piece_end'", "the pieces are longer than any text"));
        column("pieces", static_cast<std::int32_t>(bytes), pieces);
        tokens.pieces.assign(pieces.begin(), pieces.end());
        const auto least = [](const auto& values) {
            return values.empty() ? 0 : *std::min_element(values.begin(), values.end());
        };
        if (least(tokens.ids) < 0 || least(m_run.promptIds) < 0)
            return fail(damaged(m_database, "token column 'id'", "a token id is negative"));
        if (least(tokens.byteOffsets) < -1)
            return fail(damaged(m_database, "token column 'byte_offset'", "an offset is below −1"));
    }

    template <class T> void column(const char* name, std::int32_t count, std::vector<T>& values) {
        if (m_problem)
            return;
        const std::string where = std::string("token column '") + name + "'";
        auto statement =
            m_database.prepare("SELECT type, delta, count, data FROM token_columns WHERE name = ?");
        if (!statement)
            return fail(statement.error());
        auto found = statement->bind(1, std::string_view(name)).next();
        if (!found)
            return fail(found.error());
        if (!*found)
            return fail(damaged(m_database, where, "it is missing"));
        Row row(m_database, *statement, where);
        if (row.text("type") != typeName<T>())
            row.wrong("type", "is not " + std::string(typeName<T>()));
        const bool delta = row.int32("delta", 0, 1) != 0;
        row.integer("count", count, count);
        const auto frame = row.blob("data");
        if (row.problem())
            return fail(*row.problem());
        auto decoded = decodeColumn<T>(frame, static_cast<std::size_t>(count), delta);
        if (!decoded)
            return fail(damaged(m_database, where, decoded.error().message));
        values = std::move(*decoded);
    }

    void checkSizes() {
        if (m_run.prefixTokens > m_streamTokens)
            fail(damaged(m_database, "table about", "the prefix is longer than the stream"));
        if (m_run.blockSize < 1)
            fail(damaged(m_database, "table about", "block_size is below 1"));
    }

    template <class Take> void eachRow(const char* sql, const char* table, Take&& take) {
        if (m_problem)
            return;
        auto statement = m_database.prepare(sql);
        if (!statement)
            return fail(statement.error());
        for (std::size_t i = 0;; ++i) {
            auto found = statement->next();
            if (!found)
                return fail(found.error());
            if (!*found)
                return;
            Row row(m_database, *statement, std::string("table ") + table);
            take(row, i);
            if (row.problem())
                return fail(*row.problem());
        }
    }

    void fail(const Error& error) {
        if (!m_problem)
            m_problem = error;
    }

    const Database& m_database;
    Run m_run;
    std::int32_t m_streamTokens = 0;
    std::int32_t m_promptTokens = 0;
    std::optional<Error> m_problem;
};

} // namespace

Status writeRun(Database& database, ColumnEncoder& encoder, const Run& run) {
    return RunWriter(database, encoder).write(run);
}

Result<Run> readRun(const Database& database) {
    return RunReader(database).read();
}

} // namespace kvprism::trace::recording
