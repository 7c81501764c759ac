// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/asker.h"

#include "app/cli/ask_json.h"
#include "app/cli/commands.h"
#include "app/cli/escape.h"
#include "app/cli/standard_output.h"
#include "app/cli/summary.h"
#include "app/cli/terminal.h"
#include "app/cli/words.h"
#include "engine/select/options.h"

#include <cstdio>

namespace kvprism::cli {

Status Asker::open(const select::Config& config, const text::Document& document) {
    Narrator narrator({.quiet = m_output.quiet}, [] {});
    auto session = openWatched(*m_loaded.engine, config, document, &narrator, m_interrupt);
    (void)narrator.finish(); // takes the progress line away
    if (!session)
        return session.error();
    m_session = std::move(session).value();
    m_runs.emplace(m_record, document.name);
    return {};
}

Status Asker::openMemory(const select::Config& config, const std::string& path) {
    auto session = m_loaded.engine->openMemory(config, path);
    if (!session)
        return session.error();
    m_session = std::move(session).value();
    m_runs.emplace(m_record, path);
    return {};
}

int Asker::ask(const std::string& question, const std::string& where) {
    const auto fail = [&](const Error& error) { return report({error.code, where + error.message}); };
    Narrator narrator({.quiet = m_output.quiet, .answerStreams = !m_output.json},
                      [this] { m_interrupt.stopWork(); });
    const auto result = m_session->ask(question, &*m_runs, &narrator, m_interrupt.beginWork());
    m_interrupt.endWork();
    Status output = narrator.finish();
    const Status recorded = m_runs->status();
    if (!result) {
        if (!recorded)
            report(recorded.error());
        return fail(result.error());
    }
    if (m_output.json)
        output = printResult(jsonLine(askJson(*result, m_loaded.model, m_runs->log(), m_runs->path())));
    if (!m_output.quiet)
        summarise(*result);
    if (!output)
        return fail(output.error());
    if (!recorded)
        return fail(recorded.error());
    const bool whole = result->answer.stopReason != trace::StopReason::interrupted;
    if (whole && !m_output.saveMemory.empty() && result->readNow)
        if (const Status saved = m_session->saveMemory(m_output.saveMemory); !saved)
            return fail(saved.error());
    if (whole)
        return 0;
    const bool answering = result->answer.ids.size() > 0;
    return fail(interrupted(answering ? "Interrupted while answering: this is what was said so far."
                                      : "Interrupted while reading: there is no answer."));
}

void Asker::summarise(const AskResult& result) const {
    std::string text = "\n";
    if (m_output.verbose) {
        text += stepTable(m_runs->log());
        for (const auto& setting : select::settingsOf(result.config))
            text += "option    " + setting.name + " = " + oneLine(setting.value) + "\n";
        text += "model     " + oneLine(m_loaded.model.path) + ", " + m_loaded.model.dtype + " on " +
                m_loaded.model.device + ", weights " + bytesText(result.bytes.weights) + "\n";
    }
    text += summaryText(result, m_runs->log().tokensRead());
    if (m_runs->status() && !m_runs->path().empty())
        text += "recording " + oneLine(m_runs->path()) + "\n";
    std::fputs(text.c_str(), stderr);
}

} // namespace kvprism::cli
