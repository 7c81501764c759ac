#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes license_nll.json and greedy.json: what transformers computes in f32 from the embedded model's file.

Token ids come from llama.cpp, because transformers reads the weights of a GGUF file rightly but not its tokenizer.
Needs llama-cpp-python, torch, transformers 4.57, accelerate and gguf:

    make_model_reference.py path/to/SmolLM2-135M-Instruct.Q4_1.gguf
"""
import argparse
import json
import os

import torch
from llama_cpp import Llama
from transformers import AutoModelForCausalLM

HERE = os.path.dirname(os.path.abspath(__file__))
LICENSE = os.path.join(HERE, "..", "..", "..", "LICENSE")
LICENSE_TOKENS = 512
NEW_TOKENS = 32

SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
PROMPTS = [
    # name, text, whether special tokens written in it are tokens
    ("prose", "The lighthouse keeper climbed the stairs every evening, and when the storm came, he", False),
    ("code", "def fibonacci(n):\n    \"\"\"Return the n-th Fibonacci number.\"\"\"\n", False),
    ("count", "1, 2, 3, 5, 7, 11, 13, 17, 19,", False),
    ("chat", f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\nExplain in three sentences why the sky is "
             "blue.<|im_end|>\n<|im_start|>assistant\n", True),
    ("license", None, False),  # 300 tokens from the middle of LICENSE
]


def greedy(model, ids):
    """The most likely continuation, and by how much each choice was ahead of the second (in logits)."""
    chosen, margins, cache = [], [], None
    rows = torch.tensor([ids])
    for _ in range(NEW_TOKENS):
        result = model(rows, past_key_values=cache, use_cache=True)
        cache = result.past_key_values
        best = result.logits[0, -1].topk(2)
        chosen.append(best.indices[0].item())
        margins.append((best.values[0] - best.values[1]).item())
        rows = best.indices[:1].reshape(1, 1)
    return chosen, margins


def write(name, value):
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as file:
        json.dump(value, file, separators=(",", ":"), ensure_ascii=True)
        file.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="the embedded model, a GGUF file")
    options = parser.parse_args()

    tokenizer = Llama(options.model, vocab_only=True, verbose=False)

    def encode(text, special):
        return tokenizer.tokenize(text.encode(), add_bos=False, special=special)

    with open(LICENSE, encoding="utf-8") as file:
        license_ids = encode(file.read(), False)
    folder, name = os.path.split(os.path.abspath(options.model))
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32).eval()

    with torch.inference_mode():
        ids = license_ids[:LICENSE_TOKENS]
        logits = model(torch.tensor([ids])).logits[0]
        losses = torch.nn.functional.cross_entropy(logits[:-1], torch.tensor(ids[1:]), reduction="none")
        mean = losses.double().mean().item()
        write("license_nll.json", {"ids": ids, "mean_nll": round(mean, 6),
                                   "nll": [round(value, 6) for value in losses.tolist()]})
        print(f"mean NLL {mean:.6f} over {len(losses)} tokens")

        cases = []
        for name, text, special in PROMPTS:
            ids = license_ids[3000:3300] if text is None else encode(text, special)
            continuation, margins = greedy(model, ids)
            cases.append({"name": name, "prompt": ids, "continuation": continuation,
                          "smallest_margin": round(min(margins), 6)})
            print(name, len(ids), min(margins), repr(tokenizer.detokenize(continuation, special=True).decode(errors="replace")))
        write("greedy.json", cases)


if __name__ == "__main__":
    main()
