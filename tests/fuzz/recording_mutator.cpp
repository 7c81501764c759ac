// SPDX-License-Identifier: GPL-3.0-or-later
// Changes a value in a recording. Changed bytes alone come no further than the checks of SQLite and zstd:
// half of the inputs are made so, the other half by an SQL statement on one row, columns unpacked and packed
// again.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <random>
#include <sqlite3.h>
#include <string>
#include <vector>
#include <zstd.h>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

using Bytes = std::vector<std::uint8_t>;
using Random = std::minstd_rand;

constexpr const char* tables[] = {"about",         "config",  "selectors",    "notices",
                                  "token_columns", "steps",   "step_columns", "cuts",
                                  "lsh",           "applied", "answers",      "run_end"};
constexpr std::int64_t numbers[] = {0,          1,          2,           3,         4,
                                    7,          8,          15,          16,        17,
                                    255,        256,        65535,       1 << 24,   (1 << 24) + 1,
                                    0x7FFFFFFF, 0x80000000, 0x100000000, INT64_MAX, INT64_MIN,
                                    -1};
constexpr const char* words[] = {"u8",
                                 "u16",
                                 "u32",
                                 "i32",
                                 "i64",
                                 "f32",
                                 "position",
                                 "tier",
                                 "reason",
                                 "candidate",
                                 "selector",
                                 "peak_layer",
                                 "peak_head",
                                 "peak_row",
                                 "score:peak",
                                 "score:pooled",
                                 "lsh_collisions",
                                 "lsh_distance",
                                 "lsh_u",
                                 "lsh_signature:0",
                                 "lsh_signature:1",
                                 "finished",
                                 "stopped",
                                 "failed",
                                 "none",
                                 "exact",
                                 "recursive",
                                 "accumulate",
                                 "total"};

Bytes mutated(Bytes bytes, std::size_t most) {
    const std::size_t size = bytes.size();
    bytes.resize(std::max(size, most));
    bytes.resize(LLVMFuzzerMutate(bytes.data(), size, bytes.size()));
    return bytes;
}

// The content of a zstd frame, changed, mostly of the same length; the frame itself where it holds none.
Bytes mutatedFrame(const Bytes& frame, Random& random) {
    constexpr std::size_t most = 1 << 14;
    const auto length = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (length > most || random() % 8 == 0)
        return mutated(frame, frame.size() + 16);
    Bytes content(length);
    if (ZSTD_isError(ZSTD_decompress(content.data(), content.size(), frame.data(), frame.size())))
        return mutated(frame, frame.size() + 16);
    content = mutated(std::move(content), length + 16);
    if (random() % 8 != 0)
        content.resize(length);
    Bytes packed(ZSTD_compressBound(content.size()));
    packed.resize(ZSTD_compress(packed.data(), packed.size(), content.data(), content.size(), 1));
    return packed;
}

class Recording {
  public:
    Recording(const std::uint8_t* data, std::size_t size) {
        if (sqlite3_open(":memory:", &m_database) != SQLITE_OK)
            return;
        auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(size + 1));
        std::copy(data, data + size, copy);
        const auto length = static_cast<sqlite3_int64>(size);
        constexpr unsigned owned = SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE;
        m_open = sqlite3_deserialize(m_database, "main", copy, length, length, owned) == SQLITE_OK;
    }
    ~Recording() { sqlite3_close(m_database); }
    Recording(const Recording&) = delete;
    Recording& operator=(const Recording&) = delete;

    // Nothing where it is no database, or no row was changed.
    Bytes change(Random& random) {
        const std::string table = tables[random() % std::size(tables)];
        if (!m_open || !pickRow(table, random))
            return {};
        bool done = false;
        switch (random() % 16) {
        case 0:
            done = run("DELETE FROM " + table + " WHERE rowid = " + m_row);
            break;
        case 1:
            done = run("PRAGMA user_version = " + std::to_string(1000 + random() % 3));
            break;
        default:
            done = changeValue(table, random);
        }
        sqlite3_int64 size = 0;
        const std::unique_ptr<unsigned char, void (*)(void*)> bytes(
            done ? sqlite3_serialize(m_database, "main", &size, 0) : nullptr, sqlite3_free);
        return bytes ? Bytes(bytes.get(), bytes.get() + size) : Bytes();
    }

  private:
    bool pickRow(const std::string& table, Random& random) {
        const std::string count = first("SELECT count(*) FROM " + table);
        if (count.empty() || count == "0")
            return false;
        m_row = first("SELECT rowid FROM " + table + " LIMIT 1 OFFSET " +
                      std::to_string(random() % static_cast<unsigned>(std::stoi(count))));
        return !m_row.empty();
    }

    bool changeValue(const std::string& table, Random& random) {
        sqlite3_stmt* row = prepare("SELECT * FROM " + table + " WHERE rowid = " + m_row);
        if (!row || sqlite3_step(row) != SQLITE_ROW) {
            sqlite3_finalize(row);
            return false;
        }
        const int column = static_cast<int>(random() % static_cast<unsigned>(sqlite3_column_count(row)));
        const std::string name = sqlite3_column_name(row, column);
        sqlite3_stmt* update =
            prepare("UPDATE OR REPLACE " + table + " SET \"" + name + "\" = ?1 WHERE rowid = " + m_row);
        if (update)
            bindChanged(update, sqlite3_column_value(row, column), random);
        sqlite3_finalize(row);
        const bool done = update && sqlite3_step(update) == SQLITE_DONE;
        sqlite3_finalize(update);
        return done;
    }

    static void bindChanged(sqlite3_stmt* update, sqlite3_value* value, Random& random) {
        int type = sqlite3_value_type(value);
        if (random() % 16 == 0)
            type = static_cast<int>(1 + random() % 5); // of another kind
        if (type == SQLITE_INTEGER) {
            const auto near = static_cast<std::uint64_t>(sqlite3_value_int64(value)) + random() % 5 - 2;
            sqlite3_bind_int64(update, 1,
                               random() % 2 ? static_cast<std::int64_t>(near)
                                            : numbers[random() % std::size(numbers)]);
        } else if (type == SQLITE_FLOAT) {
            constexpr double reals[] = {0, -1, 1e300, -1e300, 0.5};
            sqlite3_bind_double(update, 1, reals[random() % std::size(reals)]);
        } else if (type == SQLITE_TEXT && random() % 2) {
            sqlite3_bind_text(update, 1, words[random() % std::size(words)], -1, SQLITE_STATIC);
        } else if (type != SQLITE_NULL) {
            const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_value_blob(value));
            const Bytes old(bytes, bytes + sqlite3_value_bytes(value));
            const Bytes fresh =
                type == SQLITE_BLOB ? mutatedFrame(old, random) : mutated(old, old.size() + 8);
            const auto* data = reinterpret_cast<const char*>(fresh.data());
            if (type == SQLITE_BLOB)
                sqlite3_bind_blob64(update, 1, data, fresh.size(), SQLITE_TRANSIENT);
            else
                sqlite3_bind_text64(update, 1, data, fresh.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
        }
    }

    sqlite3_stmt* prepare(const std::string& sql) {
        sqlite3_stmt* statement = nullptr;
        sqlite3_prepare_v2(m_database, sql.c_str(), -1, &statement, nullptr);
        return statement;
    }
    bool run(const std::string& sql) {
        return sqlite3_exec(m_database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    }
    std::string first(const std::string& sql) {
        sqlite3_stmt* statement = prepare(sql);
        const bool found = statement && sqlite3_step(statement) == SQLITE_ROW;
        const auto* text = found ? reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)) : nullptr;
        std::string value = text ? text : "";
        sqlite3_finalize(statement);
        return value;
    }

    sqlite3* m_database = nullptr;
    bool m_open = false;
    std::string m_row;
};

} // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
    Random random(seed);
    random.discard(2); // the first numbers are close to the seed
    if (random() % 2 != 0) {
        const Bytes changed = Recording(data, size).change(random);
        if (!changed.empty() && changed.size() <= most) {
            std::copy(changed.begin(), changed.end(), data);
            return changed.size();
        }
    }
    return LLVMFuzzerMutate(data, size, most);
}
