// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/pretokenizer.h"

#include "engine/base/printable.h"
#include "engine/text/watch.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <array>
#include <pcre2.h>
#include <span>

namespace kvprism::text {

namespace {

// How GPT-2 cuts: contractions, letters, numbers, other signs (each with one space before it), and space that
// leaves its last character to the word behind it. White_Space instead of \s, to which PCRE2 adds U+180E.
constexpr const char* gpt2Words =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+)"
    R"(|\p{White_Space}+(?!\P{White_Space}))";
constexpr const char* eachNumberSign = R"(\p{N})";

// How the models since GPT-4 cut, with up to so many digits in a word.
#define KVPRISM_CL100K(digits)                                                                               \
    R"((?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|)" digits          \
    R"(| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n]*|\p{White_Space}*[\r\n]+|\p{White_Space}+(?!\P{White_Space}))" \
    R"(|\p{White_Space}+)"

constexpr std::array smollm{eachNumberSign, gpt2Words};
constexpr std::array gpt2{gpt2Words};
constexpr std::array llama3{KVPRISM_CL100K(R"(\p{N}{1,3})")};
constexpr std::array qwen2{KVPRISM_CL100K(R"(\p{N})")};

struct Kind {
    std::string_view name;                 // as `tokenizer.ggml.pre` has it
    std::span<const char* const> patterns; // see Pretokenizer
};
// Letters and numbers are those of PCRE2's Unicode version. The patterns are those of the models' own
// tokenizer.json files, written as llama.cpp (src/llama-vocab.cpp) does.
constexpr std::array kinds{
    Kind{"smollm", smollm},   Kind{"gpt-2", gpt2},  Kind{"llama-bpe", llama3},       Kind{"llama3", llama3},
    Kind{"llama-v3", llama3}, Kind{"qwen2", qwen2}, Kind{"deepseek-r1-qwen", qwen2},
};

std::string kindNames() {
    std::string names;
    for (const Kind& kind : kinds)
        names += (names.empty() ? "'" : ", '") + std::string(kind.name) + "'";
    return names;
}

struct Free {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
    void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
    void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
    void operator()(pcre2_jit_stack* stack) const { pcre2_jit_stack_free(stack); }
};
template <class T> using Owned = std::unique_ptr<T, Free>;

// What matching needs besides the pattern; one a call, because PCRE2 writes to it.
struct Scratch {
    Owned<pcre2_match_data> data{pcre2_match_data_create(1, nullptr)};
    Owned<pcre2_match_context> context{pcre2_match_context_create(nullptr)};
    Owned<pcre2_jit_stack> stack{pcre2_jit_stack_create(32 * 1024, 8 * 1024 * 1024, nullptr)};

    bool ready() const { return data && context && stack; }
};

} // namespace

struct Pretokenizer::Pattern {
    Owned<pcre2_code> code;
    bool jit = false;

    // First match in text[begin, end) from `from` on, as if nothing were around it; 0 none, > 0 found, < 0
    // failed.
    int find(std::string_view text, std::size_t begin, std::size_t end, std::size_t from,
             const Scratch& scratch) const {
        const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data() + begin);
        // Without the flag each call would check all of the text for valid UTF-8 again.
        constexpr std::uint32_t options = PCRE2_NO_UTF_CHECK | PCRE2_NOTEMPTY;
        const int found = jit ? pcre2_jit_match(code.get(), subject, end - begin, from - begin, options,
                                                scratch.data.get(), scratch.context.get())
                              : pcre2_match(code.get(), subject, end - begin, from - begin, options,
                                            scratch.data.get(), scratch.context.get());
        return found == PCRE2_ERROR_NOMATCH ? 0 : found == 0 ? 1 : found;
    }
};

namespace {

constexpr int stopped = 1; // PCRE2's errors are negative

// Cuts text[begin, end) by the patterns from `level` on; 0, `stopped`, or PCRE2's error.
template <class Pattern>
int cut(std::span<const Pattern> patterns, std::string_view text, std::size_t begin, std::size_t end,
        const Pretokenizer::Word& word, const Scratch& scratch) {
    if (begin == end)
        return 0;
    if (patterns.empty()) {
        return word(begin, end) ? 0 : stopped;
    }
    std::size_t at = begin;
    while (at < end) {
        const int found = patterns[0].find(text, begin, end, at, scratch);
        if (found < 0)
            return found;
        const std::size_t* match = pcre2_get_ovector_pointer(scratch.data.get());
        const std::size_t from = found ? begin + match[0] : end;
        const std::size_t to = found ? begin + match[1] : end;
        if (const int failed = cut(patterns.subspan(1), text, at, from, word, scratch))
            return failed;
        if (const int failed = cut(patterns.subspan(1), text, from, to, word, scratch))
            return failed;
        at = to;
    }
    return 0;
}

} // namespace

namespace {

// PCRE2 has one character more than Unicode for \s (U+180E), so that classes by name are what is meant.
std::string withUnicodeSpaces(std::string_view pattern) {
    std::string text;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        const bool escape = pattern[i] == '\\' && i + 1 < pattern.size();
        if (escape && (pattern[i + 1] == 's' || pattern[i + 1] == 'S')) {
            text += pattern[++i] == 's' ? "\\p{White_Space}" : "\\P{White_Space}";
        } else {
            text += pattern[i];
            if (escape)
                text += pattern[++i];
        }
    }
    return text;
}

} // namespace

std::string gpt2WordPattern() {
    return gpt2Words;
}

Result<Pretokenizer> Pretokenizer::ofPatterns(const std::vector<std::string>& patterns,
                                              const std::string& where) {
    std::vector<Pattern> compiled;
    for (const std::string& given : patterns) {
        const std::string pattern = withUnicodeSpaces(given);
        int error = 0;
        std::size_t offset = 0;
        pcre2_code* code =
            pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                          PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C, &error, &offset, nullptr);
        if (!code)
            return malformed(where + ": PCRE2 does not take the words' pattern " + printable(given, 200) +
                             " (error " + std::to_string(error) + " at " + std::to_string(offset) +
                             "); the file is damaged or not supported.");
        // Where code may not be made at run time, the interpreter does the same, slower.
        const bool jit = pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0;
        compiled.push_back({Owned<pcre2_code>(code), jit});
    }
    return Pretokenizer(std::move(compiled));
}

Result<Pretokenizer> Pretokenizer::make(std::string_view kind, const std::string& where) {
    for (const Kind& row : kinds)
        if (row.name == kind)
            return ofPatterns({row.patterns.begin(), row.patterns.end()}, where);
    return unavailable(where + ": the pre-tokenizer " + printable(kind) +
                       " (tokenizer.ggml.pre) is not supported; use one of " + kindNames() + ".");
}

Pretokenizer::Pretokenizer(std::vector<Pattern> patterns) : m_patterns(std::move(patterns)) {}
Pretokenizer::Pretokenizer(Pretokenizer&&) noexcept = default;
Pretokenizer::~Pretokenizer() = default;

Status Pretokenizer::split(std::string_view utf8, const Word& word) const {
    const Scratch scratch;
    if (!scratch.ready())
        return outOfMemory("Not enough memory to cut a text into words: no budget would fit; use a smaller "
                           "model, or make room.");
    pcre2_jit_stack_assign(scratch.context.get(), nullptr, scratch.stack.get());
    const int failed = cut(std::span<const Pattern>(m_patterns), utf8, 0, utf8.size(), word, scratch);
    if (failed == stopped)
        return encodingStopped();
    if (failed)
        return malformed("The tokenizer's pattern cannot cut this text into words (PCRE2's error " +
                         std::to_string(failed) + "); its file is damaged or not supported.");
    return {};
}

} // namespace kvprism::text
