// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/json_steps.h"

#include "engine/base/printable.h"
#include "engine/files/json_fields.h"
#include "engine/text/pretokenizer.h"
#include "engine/text/token_roles.h"

namespace kvprism::text {

namespace {

using files::JsonFields;
using nlohmann::json;

constexpr const char* spaceMark = "\xE2\x96\x81"; // ▁

constexpr std::size_t mostPatterns = 32; // cutting calls itself for each

class StepReader {
  public:
    explicit StepReader(std::string where) : m_where(std::move(where)) {}

    void normalizer(const json& step) {
        JsonFields read(step, m_where);
        const std::string type = read.textOr("type", "");
        if (type == "Sequence") {
            each(read, "normalizers", &StepReader::normalizer);
        } else if (type == "NFC") {
            steps.composes = true;
        } else if (type == "Prepend" && read.textOr("prepend", "") == spaceMark) {
            steps.spaces.before = SpaceRules::Before::everyText;
            m_prepends = true;
        } else if (type == "Replace" && isSpace(step, "pattern") && read.textOr("content", "") == spaceMark) {
            steps.marksSpaces = true;
        } else {
            read.notSupported("the normalizer " + printable(type));
        }
        keep(read);
    }

    void preTokenizer(const json& step) {
        JsonFields read(step, m_where);
        const std::string type = read.textOr("type", "");
        if (type == "Sequence") {
            each(read, "pretokenizers", &StepReader::preTokenizer);
        } else if (type == "Split") {
            split(read);
        } else if (type == "Digits") {
            steps.patterns.push_back(read.truthOr("individual_digits", false) ? R"(\p{N})" : R"(\p{N}+)");
        } else if (type == "ByteLevel") {
            steps.bytes = true;
            if (read.truthOr("add_prefix_space", true))
                read.notSupported("a ByteLevel pre-tokenizer that adds a space ('add_prefix_space')");
            if (read.truthOr("use_regex", true))
                steps.patterns.push_back(gpt2WordPattern());
        } else if (type == "Metaspace") {
            metaspace(read);
        } else {
            read.notSupported("the pre-tokenizer " + printable(type));
        }
        keep(read);
    }

    // Only what comes before the text itself counts: we encode texts, not pairs of them.
    void postProcessor(const json& step) {
        JsonFields read(step, m_where);
        const std::string type = read.textOr("type", "");
        if (type == "Sequence") {
            each(read, "processors", &StepReader::postProcessor);
        } else if (type == "TemplateProcessing") {
            steps.begin = firstOf(step);
        } else if (type != "ByteLevel") {
            read.notSupported("the post-processor " + printable(type));
        }
        keep(read);
    }

    Result<JsonSteps> done() const {
        if (m_error)
            return *m_error;
        if (steps.patterns.size() > mostPatterns)
            return malformed(m_where + ": it cuts words by more than " + std::to_string(mostPatterns) +
                             " patterns; the file is damaged, fetch it again.");
        if (m_prepends && !steps.marksSpaces)
            return unavailable(m_where + ": a normalizer that writes '" + spaceMark +
                               "' before texts but not for spaces is not supported; use another model.");
        return steps;
    }

    JsonSteps steps;

  private:
    void each(JsonFields& read, const char* key, void (StepReader::*step)(const json&)) {
        const json* list = read.listAt(key);
        if (!list)
            return;
        if (++m_depth > 8)
            read.refuse("it nests its steps too deeply");
        else
            for (const json& one : *list)
                if (one.is_object())
                    (this->*step)(one);
                else
                    read.refuse(std::string("'") + key + "' holds something that is no object");
        --m_depth;
    }

    static bool isSpace(const json& step, const char* key) {
        const auto pattern = step.find(key);
        return pattern != step.end() && pattern->is_object() && pattern->value("String", json()) == " ";
    }

    void split(JsonFields& read) {
        if (read.textOr("behavior", "") != "Isolated" || read.truthOr("invert", false))
            read.notSupported("a Split that is not 'Isolated'");
        const json* pattern = read.objectAt("pattern");
        if (!pattern)
            return;
        JsonFields inner(*pattern, m_where);
        const std::string literal = inner.textOr("String", "");
        std::string regex = inner.textOr("Regex", "");
        if (!literal.empty() && literal.find("\\E") == std::string::npos)
            regex = "\\Q" + literal + "\\E";
        if (regex.empty())
            inner.refuse("a Split has no pattern");
        steps.patterns.push_back(std::move(regex));
        keep(inner);
    }

    void metaspace(JsonFields& read) {
        steps.marksSpaces = true;
        steps.spaces.unlessSpace = true;
        steps.spaces.cutsWords = read.truthOr("split", true);
        const std::string scheme =
            read.textOr("prepend_scheme", read.truthOr("add_prefix_space", true) ? "always" : "never");
        using Before = SpaceRules::Before;
        steps.spaces.before = scheme == "always"  ? Before::everyText
                              : scheme == "first" ? Before::firstText
                                                  : Before::nothing;
        if (read.textOr("replacement", spaceMark) != spaceMark)
            read.notSupported("a Metaspace that does not write '" + std::string(spaceMark) + "'");
    }

    std::optional<std::int32_t> firstOf(const json& step) {
        const auto single = step.find("single");
        if (single == step.end() || !single->is_array() || single->empty() || !(*single)[0].is_object())
            return std::nullopt;
        const json special = (*single)[0].value("SpecialToken", json::object());
        const json name = special.is_object() ? special.value("id", json()) : json();
        const json all = step.value("special_tokens", json::object());
        if (!name.is_string() || !all.is_object())
            return std::nullopt;
        const json one = all.value(name.get<std::string>(), json::object());
        const json ids = one.is_object() ? one.value("ids", json::array()) : json();
        return ids.is_array() && ids.size() == 1 ? tokenIdOf(ids[0]) : std::nullopt;
    }

    void keep(const JsonFields& read) {
        if (!m_error)
            m_error = read.error();
    }

    std::string m_where;
    std::optional<Error> m_error;
    bool m_prepends = false;
    int m_depth = 0;
};

} // namespace

Result<JsonSteps> readJsonSteps(const json& tokenizer, const std::string& where) {
    JsonFields read(tokenizer, where);
    StepReader reader(where);
    if (const json* step = read.objectAt("normalizer"))
        reader.normalizer(*step);
    if (const json* step = read.objectAt("pre_tokenizer"))
        reader.preTokenizer(*step);
    if (const json* step = read.objectAt("post_processor"))
        reader.postProcessor(*step);
    if (read.error())
        return *read.error();
    return reader.done();
}

} // namespace kvprism::text
