# SPDX-License-Identifier: GPL-3.0-or-later
"""transformers as a peer of `kvprism-cli bench peers`, run by the Python that --peer names.

Arguments: "make FOLDER SHAPE SEED", which writes a model of random bf16 weights (SHAPE is what config.json has of it, as
JSON) and a tokenizer that has a token for each byte, and says so in a line of JSON; or "serve FOLDER DEVICE", which loads
it, says what runs in the first line, and answers every line "METHOD TOKENS DECODE BUDGET" with one of JSON: seconds of
the prefill and of the single tokens behind it, and the most memory that was allocated on the device; METHOD is dense, or
snapkv (kvpress), which keeps BUDGET tokens.
"""
import json
import os
import sys
import time

try:
    import torch
    import transformers
except ImportError as missing:
    sys.exit(print(json.dumps({"failure": str(missing)})))


def byte_letters():
    """The letters that byte-level vocabularies write bytes with (GPT-2)."""
    plain = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(256 + n): byte for n, byte in enumerate(others)}


def make(folder, shape, seed):
    config = transformers.AutoConfig.for_model(**json.loads(shape), bos_token_id=None, eos_token_id=None)
    torch.manual_seed(int(seed))
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        model = transformers.AutoModelForCausalLM.from_config(config)
    model.generation_config = transformers.GenerationConfig()
    model.to(torch.bfloat16).save_pretrained(folder)
    tokenizer = {"version": "1.0", "added_tokens": [], "normalizer": None,
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True},
                 "post_processor": None, "decoder": {"type": "ByteLevel"},
                 "model": {"type": "BPE", "vocab": byte_letters(), "merges": []}}
    with open(os.path.join(folder, "tokenizer.json"), "w", encoding="utf-8") as file:
        json.dump(tokenizer, file)
    return {"folder": folder, "parameters": model.num_parameters()}


def load(folder, device):
    """With the best attention that is installed."""
    kinds = ["flash_attention_3", "flash_attention_2", "sdpa"] if device == "cuda" else ["sdpa"]
    for kind in kinds:
        try:
            model = transformers.AutoModelForCausalLM.from_pretrained(folder, attn_implementation=kind,
                                                                      torch_dtype=torch.bfloat16)
            return model.to(device).eval(), kind
        except (ImportError, ValueError, RuntimeError):
            if kind == kinds[-1]:
                raise
    return None


class Measurement:
    def __init__(self, model, device):
        self.model, self.device = model, device

    def now(self):
        if self.device == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter()

    def forward(self, ids, cache):
        return self.model(ids, past_key_values=cache, use_cache=True, logits_to_keep=1)

    def run(self, tokens, decode):
        """Seconds of one pass over all tokens, and of the single tokens behind it."""
        ids = torch.randint(0, 256, (1, tokens), generator=torch.Generator().manual_seed(1)).to(self.device)
        start = self.now()
        out = self.forward(ids, None)
        read = self.now()
        for _ in range(decode):
            out = self.forward(out.logits[:, -1:].argmax(-1), out.past_key_values)
        return {"prefill_seconds": read - start, "decode_seconds": self.now() - read}


def press_for(method, model, tokens, budget):
    import contextlib
    if method == "dense":
        return contextlib.nullcontext()
    import kvpress
    return kvpress.SnapKVPress(compression_ratio=max(0.0, 1 - budget / tokens))(model)


def answer(measurement, words):
    method, tokens, decode, budget = words[0], *map(int, words[1:])
    if measurement.device == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    try:
        with torch.inference_mode(), press_for(method, measurement.model, tokens, budget):
            result = measurement.run(tokens, decode)
    except torch.OutOfMemoryError:
        return {"out_of_memory": True}
    except ImportError as error:
        return {"missing": str(error)}
    result["peak_bytes"] = torch.cuda.max_memory_allocated() if measurement.device == "cuda" else 0
    return result


def serve(folder, device):
    model, attention = load(folder, device)
    measurement = Measurement(model, device)
    with torch.inference_mode():
        measurement.run(512, 4)  # warms up
    print(json.dumps({"name": "transformers", "version": transformers.__version__, "torch": torch.__version__,
                      "attention": attention}), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(measurement, line.split())), flush=True)


try:
    if sys.argv[1] == "make":
        print(json.dumps(make(*sys.argv[2:])), flush=True)
    else:
        serve(*sys.argv[2:])
except Exception as error:  # whoever asked says it
    print(json.dumps({"failure": f"{type(error).__name__}: {error}"}), flush=True)
