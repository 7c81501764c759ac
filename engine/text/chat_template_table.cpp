// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/text/chat_template_table.h"

#include "engine/files/gguf.h"
#include "engine/files/json_fields.h"
#include "engine/files/safetensors.h"

#include <algorithm>
#include <array>

namespace kvprism::text {

namespace {

// A known template, and words of its text that tell it. The first row that fits is taken.
struct Row {
    std::array<std::string_view, 2> signature; // all of them must be there
    ChatTemplate chat;
};

constexpr std::array rows{
    // ChatML, with the system turn that a template writes where the user gives none.
    Row{{"<|im_start|>", "You are a helpful AI assistant named SmolLM, trained by Hugging Face"},
        {"chatml",
         "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging "
         "Face<|im_end|>\n"
         "<|im_start|>user\n",
         "<|im_end|>\n<|im_start|>assistant\n"}},
    Row{{"<|im_start|>", "You are Qwen, created by Alibaba Cloud. You are a helpful assistant."},
        {"qwen",
         "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful "
         "assistant.<|im_end|>\n<|im_start|>user\n",
         "<|im_end|>\n<|im_start|>assistant\n"}},
    Row{{"<|im_start|>", "You are a helpful assistant.<|im_end|>"},
        {"qwen", "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n",
         "<|im_end|>\n<|im_start|>assistant\n"}},
    Row{{"<|im_start|>", "enable_thinking"},
        {"qwen", "<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"}},
    Row{{"<|im_start|>", "<|im_end|>"},
        {"chatml", "<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"}},
    // Llama 3.1 and later date their system turn; the day is the one that the template has for want of a
    // clock.
    Row{{"<|start_header_id|>", "Cutting Knowledge Date"},
        {"llama3",
         "<|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December 2023\nToday Date: "
         "26 Jul 2024\n\n<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n",
         "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"}},
    Row{{"<|start_header_id|>", "<|eot_id|>"},
        {"llama3", "<|start_header_id|>user<|end_header_id|>\n\n",
         "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"}},
    Row{{"<start_of_turn>", "<end_of_turn>"},
        {"gemma", "<start_of_turn>user\n", "<end_of_turn>\n<start_of_turn>model\n"}},
    Row{{"[INST]", "<<SYS>>"}, {"llama2", "[INST] ", " [/INST]"}},
    // Mistral's differ in the spaces that they write.
    Row{{" [INST] ", " [/INST]"}, {"mistral", " [INST] ", " [/INST]"}},
    Row{{"[INST] ", " [/INST]"}, {"mistral", "[INST] ", " [/INST]"}},
    Row{{"[INST] ", "[/INST]"}, {"mistral", "[INST] ", "[/INST]"}},
    Row{{"[INST]", "[/INST]"}, {"mistral", "[INST]", "[/INST]"}},
    Row{{"<|user|>", "<|end|>"}, {"phi3", "<|user|>\n", "<|end|>\n<|assistant|>\n"}},
    Row{{"<|user|>", "eos_token"}, {"zephyr", "<|user|>\n", "</s>\n<|assistant|>\n"}},
};

constexpr ChatTemplate plain{"plain", "", "\n", false};

// A text, or a list of named ones of which "default" counts.
std::string templateIn(std::string_view text) {
    const auto json = files::parseJson(text);
    const auto found = json.is_object() ? json.find("chat_template") : json.end();
    if (!json.is_object() || found == json.end())
        return {};
    if (found->is_string())
        return found->get<std::string>();
    if (found->is_array())
        for (const auto& one : *found)
            if (one.is_object() && one.value("name", nlohmann::json()) == "default" &&
                one.contains("template") && one["template"].is_string())
                return one["template"].get<std::string>();
    return {};
}

std::string templateOf(const files::SafetensorsFolder& folder) {
    if (const auto text = folder.text("chat_template.jinja"); text && *text)
        return **text;
    for (const char* name : {"chat_template.json", "tokenizer_config.json"})
        if (const auto text = folder.text(name); text && *text)
            if (std::string found = templateIn(**text); !found.empty())
                return found;
    return {};
}

} // namespace

std::string chatTemplateText(const files::ModelFile& file) {
    if (const auto* folder = dynamic_cast<const files::SafetensorsFolder*>(&file))
        return templateOf(*folder);
    const auto* gguf = dynamic_cast<const files::GgufFile*>(&file);
    constexpr std::string_view key = "tokenizer.chat_template";
    const auto text = gguf && gguf->has(key) ? gguf->text(key) : Result<std::string>("");
    return text ? *text : "";
}

ChatTemplate knownChatTemplate(std::string_view text) {
    const auto fits = [&](const Row& row) {
        return std::ranges::all_of(row.signature, [&](std::string_view words) {
            return text.find(words) != std::string_view::npos;
        });
    };
    const auto row = std::ranges::find_if(rows, fits);
    return row == rows.end() ? plain : row->chat;
}

} // namespace kvprism::text
