#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes memory.json: which tokens a blockwise reading keeps, computed with transformers' own attention weights.

transformers runs the forward pass (f32, eager attention, its own cache), hands out the attention weights of every
layer, and its cache is cut down to what each step keeps: an end-to-end reference for the engine that shares no code
with it. Token ids come from llama.cpp. Needs what make_model_reference.py needs:

    make_memory_reference.py path/to/SmolLM2-135M-Instruct.Q4_1.gguf
"""
import argparse
import json
import os

import torch
from llama_cpp import Llama
from transformers import AutoModelForCausalLM
from transformers.cache_utils import DynamicCache

HERE = os.path.dirname(os.path.abspath(__file__))
LICENSE = os.path.join(HERE, "..", "..", "..", "LICENSE")
CLOSENESS = 1e-4  # a cut closer than this, relative, would make the expectation a matter of rounding

DOCUMENT_BYTES, FACT_AT = 4600, 1400  # FACT_AT: the fact comes behind the next blank after this byte
FACT = " The secret number of Oslo is 48213."
QUESTION = "What is the secret number of Oslo?"
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
INSTRUCTION = "Read the document and answer the question about it briefly.\n\n"
BUDGET, BLOCK, DIVISOR, NEW_TOKENS = 256, 200, 4, 12
CASES = [("exact", "recursive"), ("peak", "recursive"), ("exact", "accumulate"), ("peak", "accumulate")]


def exact(attentions, values, held, stream):
    """Sum over layers, query heads and question rows of the attention weights."""
    return sum(weights.double().sum((0, 1)) for weights in attentions)


def peak(attentions, values, held, stream):
    """Largest weight times the value's norm, averaged over 15 stream neighbours."""
    best = torch.zeros(len(held), dtype=torch.float64)
    for weights, value in zip(attentions, values):
        norms = value.double().norm(dim=-1).repeat_interleave(weights.shape[0] // value.shape[0], 0)
        best = torch.maximum(best, (weights.double().amax(1) * norms).amax(0))
    padded = torch.zeros(stream + 14, dtype=torch.float64)
    padded[torch.tensor(held) + 7] = best
    return padded.unfold(0, 15, 1).mean(1)[torch.tensor(held)]


def read(model, prefix, document, question, method, mode):
    """Kept positions after each step, the closest cut, and the greedy answer."""
    stream, rows = prefix + document, len(question)
    anchors, window = max(BUDGET // DIVISOR, len(prefix)), BUDGET // DIVISOR
    memory = BUDGET - anchors - window
    scorer = {"exact": exact, "peak": peak}[method]
    cache, kept, chosen, steps, closest = DynamicCache(), [], set(), [], 1.0
    for begin in range(0, len(stream), BLOCK):
        end = min(begin + BLOCK, len(stream))
        ids = stream[begin:end] + question
        positions = list(range(begin, end)) + list(range(len(stream), len(stream) + rows))
        result = model(torch.tensor([ids]), past_key_values=cache, position_ids=torch.tensor([positions]),
                       cache_position=torch.arange(len(kept), len(kept) + len(ids)), use_cache=True,
                       output_attentions=True, logits_to_keep=1)
        cache = result.past_key_values
        held = kept + list(range(begin, end))
        scores = scorer([weights[0, :, -rows:, :len(held)] for weights in result.attentions],
                        [layer.values[0, :, :len(held)] for layer in cache.layers], held, end)
        candidates = [i for i, p in enumerate(held) if anchors <= p < end - window and p not in chosen]
        quota = memory
        if mode == "accumulate":
            seen, all_candidates = max(0, end - window - anchors), len(stream) - anchors - window
            quota = memory * seen // all_candidates - len(chosen)
        order = sorted(candidates, key=lambda i: (-scores[i].item(), held[i]))
        if quota < len(order):
            best, next_best = scores[order[quota - 1]].item(), scores[order[quota]].item()
            closest = min(closest, (best - next_best) / best)
        taken = {held[i] for i in order[:quota]}
        if mode == "accumulate":
            chosen |= taken
        keep = [i for i, p in enumerate(held)
                if p < anchors or p >= end - window or p in taken or p in chosen]
        for layer in cache.layers:
            layer.keys, layer.values = layer.keys[:, :, keep], layer.values[:, :, keep]
        kept = [held[i] for i in keep]
        steps.append(kept)

    answer, ids, position = [], question, len(stream)
    for _ in range(NEW_TOKENS):
        length = cache.get_seq_length()
        result = model(torch.tensor([ids]), past_key_values=cache, use_cache=True, logits_to_keep=1,
                       position_ids=torch.arange(position, position + len(ids))[None],
                       cache_position=torch.arange(length, length + len(ids)))
        cache, position = result.past_key_values, position + len(ids)
        ids = [result.logits[0, -1].argmax().item()]
        if ids[0] == model.config.eos_token_id:
            break
        answer += ids
    return steps, closest, answer


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="the embedded model, a GGUF file")
    options = parser.parse_args()
    tokenizer = Llama(options.model, vocab_only=True, verbose=False)

    def encode(text, special=False):
        return tokenizer.tokenize(text.encode(), add_bos=False, special=special)

    with open(LICENSE, encoding="utf-8") as file:
        text = file.read()[:DOCUMENT_BYTES]
    at = text.index(" ", FACT_AT)
    text = text[:at] + FACT + text[at:]
    prefix = encode(f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n", True) + encode(INSTRUCTION)
    question = encode("\n\n" + QUESTION) + encode("<|im_end|>\n<|im_start|>assistant\n", True)
    document = encode(text)

    folder, name = os.path.split(os.path.abspath(options.model))
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32,
                                                 attn_implementation="eager").eval()
    runs = []
    with torch.inference_mode():
        for method, mode in CASES:
            steps, closest, answer = read(model, prefix, document, question, method, mode)
            words = tokenizer.detokenize(answer).decode(errors="replace")
            print(method, mode, [len(step) for step in steps], f"closest cut {closest:.1e}", repr(words))
            assert closest > CLOSENESS, "a cut is too close: move the fact or the sizes"
            runs.append({"method": method, "mode": mode, "kept": steps, "answer": answer})
    with open(os.path.join(HERE, "memory.json"), "w", encoding="utf-8") as file:
        json.dump({"text": text, "question": QUESTION, "budget": BUDGET, "block_size": BLOCK,
                   "protection_divisor": DIVISOR, "max_new_tokens": NEW_TOKENS, "stream": prefix + document,
                   "question_ids": question, "runs": runs}, file, separators=(",", ":"), ensure_ascii=True)
        file.write("\n")


if __name__ == "__main__":
    main()
