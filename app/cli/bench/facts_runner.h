// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/bench/planted_facts.h"
#include "app/cli/interrupt.h"
#include "app/cli/terminal.h"
#include "engine/engine.h"
#include "engine/select/options.h"
#include "engine/text/tokenizer.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace kvprism::cli {

// A method as the table names it: "peak", "exact:standing" (with its scoring), and the budget it gets.
struct Contestant {
    std::string name;
    std::int32_t budget = 0;
};

struct FactsTask {
    std::int32_t facts = 64, first = 0; // facts first … first + facts − 1 of the seed
    std::int32_t lossTexts = 0;         // of them, how many are also asked a general question
    std::int32_t blockSize = 512, divisor = 4;
    std::uint64_t seed = 1;
    Secret secret = Secret::number;
};

struct FactAnswer {
    std::string city, value, answer;
    std::int32_t token = 0, tokens = 0; // where the fact stands, and how long the text is
    bool right = false;
};

// What one contestant made of the texts of one length. Entry i of each list is text i's, for every contestant
// alike.
struct FactsRow {
    std::int32_t length = 0;
    Contestant contestant;
    std::vector<FactAnswer> answers;
    std::vector<double>
        losses; // mean negative log-likelihood of the dense model's answer to the general question
    std::int32_t kept = 0;
    double readMs = 0; // sum
    std::int32_t right() const {
        return static_cast<std::int32_t>(std::count_if(
            answers.begin(), answers.end(), [](const FactAnswer& answer) { return answer.right; }));
    }
};

// The settings that a contestant runs with; an error where its name means nothing.
Result<select::Config> configOf(const Contestant& contestant, const FactsTask& task);

// Asks every text; the texts follow from seed, length and number alone.
class FactsRunner {
  public:
    FactsRunner(const FactsTask& task, const text::Tokenizer& tokenizer, Engine& engine, Interrupt& interrupt,
                ProgressLine& line)
        : m_task(task), m_tokenizer(tokenizer), m_engine(engine), m_interrupt(interrupt), m_line(line) {}

    Result<FactsRow> run(std::int32_t length, const Contestant& contestant);

  private:
    using Text = std::pair<std::int32_t, std::int32_t>; // length and number
    struct DenseAnswer {
        std::string question;
        std::vector<std::int32_t> ids;
    };
    Result<text::Document> documentOf(std::int32_t length, std::int32_t index, FactAnswer& answer,
                                      std::string& question);
    Status askOne(FactsRow& row, const select::Config& config, std::int32_t index);
    Result<const DenseAnswer*> denseAnswer(const text::Document& document, Text text);

    const FactsTask& m_task;
    const text::Tokenizer& m_tokenizer;
    Engine& m_engine;
    Interrupt& m_interrupt;
    ProgressLine& m_line;
    std::map<std::int32_t, std::string> m_carriers; // by length
    std::map<Text, DenseAnswer> m_dense;
};

} // namespace kvprism::cli
