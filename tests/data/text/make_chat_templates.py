#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes chat_templates.json: for each family a template that does what the family's usual one does with one user turn, in
its words, and what transformers (4.57) makes of it. The beginning of sequence is left out: the tokenizer adds it.

    make_chat_templates.py
"""
import json
import os

from transformers.utils.chat_template_utils import render_jinja_template

HERE = os.path.dirname(os.path.abspath(__file__))
WORDS = "What is KVPrism?"


def turns(opening, closing, before="", answer=""):
    """A template of one form a turn; `before` comes first, `answer` is where the model's words begin."""
    return (f"{{{{ bos_token }}}}{before}{{% for message in messages %}}{opening}{{{{ message['content'] }}}}{closing}"
            f"{{% endfor %}}{{% if add_generation_prompt %}}{answer}{{% endif %}}")


def chatml(before="", thinking=""):
    return turns("<|im_start|>{{ message['role'] }}\n", "<|im_end|>\n", before, "<|im_start|>assistant\n" + thinking)


def without_system(text):
    return "{% if messages[0]['role'] != 'system' %}" + text + "{% endif %}"


LLAMA3 = ("<|start_header_id|>{{ message['role'] }}<|end_header_id|>\n\n", "<|eot_id|>")
LLAMA3_ANSWER = "<|start_header_id|>assistant<|end_header_id|>\n\n"
TEMPLATES = {
    "chatml": chatml(),
    "chatml of SmolLM2": chatml(without_system(
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n")),
    "qwen of Qwen2": chatml(without_system("<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n")),
    "qwen of Qwen2.5": chatml(without_system(
        "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n")),
    "qwen of Qwen3": chatml(thinking="{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n"
                            "{% endif %}"),
    "llama2": turns("[INST] ", " [/INST]",
                    "{% if messages[0]['role'] == 'system' %}<<SYS>>\n{{ messages[0]['content'] }}\n<</SYS>>\n\n{% endif %}"),
    "llama3": turns(*LLAMA3, "", LLAMA3_ANSWER),
    "llama3 of Llama 3.1": turns(*LLAMA3, "<|start_header_id|>system<|end_header_id|>\n\nCutting Knowledge Date: December "
                                 "2023\nToday Date: {{ date_string or '26 Jul 2024' }}\n\n<|eot_id|>", LLAMA3_ANSWER),
    "mistral of 7B v0.1": turns("[INST] ", " [/INST]"),
    "mistral of 7B v0.2": turns(" [INST] ", " [/INST]"),
    "mistral of 7B v0.3": turns("[INST] ", "[/INST]"),
    "mistral of Nemo": turns("[INST]", "[/INST]"),
    "zephyr": turns("<|{{ message['role'] }}|>\n", "{{ eos_token }}\n",
                    "{# <|user|> <|system|> #}", "<|assistant|>\n"),
    "gemma": turns("<start_of_turn>{{ message['role'] }}\n", "<end_of_turn>\n", "", "<start_of_turn>model\n"),
    "phi3": turns("<|{{ message['role'] }}|>\n", "<|end|>\n", "{# <|user|> #}", "<|assistant|>\n"),
}


def main():
    cases = []
    for name, template in TEMPLATES.items():
        rendered, _ = render_jinja_template(conversations=[[{"role": "user", "content": WORDS}]], chat_template=template,
                                            add_generation_prompt=True, bos_token="", eos_token="</s>")
        cases.append({"name": name, "template": template, "words": WORDS, "text": rendered[0]})
    with open(os.path.join(HERE, "chat_templates.json"), "w", encoding="ascii") as file:
        json.dump(cases, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
