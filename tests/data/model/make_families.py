#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes families/: a tiny random model of every family as transformers 4.57 saves it (a folder with safetensors) and as
GGUF, and families.json: ids and the logits that transformers computes for them in f32.

The GGUF files have the names, keys and order of rows of llama.cpp's converter; llama.cpp (llama-cpp-python 0.3.36) has to
compute the same logits from them, or this script fails.

    make_families.py
"""
import base64
import json
import os
import shutil

import numpy
import torch
from gguf import GGMLQuantizationType, GGUFWriter
from llama_cpp import Llama
from transformers import (LlamaConfig, LlamaForCausalLM, MistralConfig, MistralForCausalLM, Qwen2Config, Qwen2ForCausalLM,
                          Qwen3Config, Qwen3ForCausalLM)

HERE = os.path.dirname(os.path.abspath(__file__))
TOKENS = 24
SHAPE = dict(vocab_size=128, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, max_position_embeddings=512, bos_token_id=1, eos_token_id=2)
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 64}

# name, configuration, class, type in the folder, largest shard of the folder, architecture in GGUF
FAMILIES = [
    ("llama2", LlamaConfig(**SHAPE), LlamaForCausalLM, torch.bfloat16, "1GB", "llama"),
    ("llama-linear", LlamaConfig(**SHAPE, rope_scaling={"rope_type": "linear", "factor": 4.0}), LlamaForCausalLM,
     torch.float16, "1GB", "llama"),
    ("llama3", LlamaConfig(**SHAPE, rope_theta=500000.0, rope_scaling=LLAMA3), LlamaForCausalLM, torch.bfloat16, "20KB",
     "llama"),
    ("smollm2", LlamaConfig(**SHAPE, rope_theta=100000.0, tie_word_embeddings=True), LlamaForCausalLM, torch.float32, "1GB",
     "llama"),
    ("mistral", MistralConfig(**SHAPE, sliding_window=64, head_dim=8), MistralForCausalLM, torch.bfloat16, "1GB", "llama"),
    ("qwen2", Qwen2Config(**SHAPE, rope_theta=1000000.0, tie_word_embeddings=True, sliding_window=32), Qwen2ForCausalLM,
     torch.bfloat16, "1GB", "qwen2"),
    ("qwen3", Qwen3Config(**SHAPE, rope_theta=1000000.0, head_dim=16, tie_word_embeddings=True), Qwen3ForCausalLM,
     torch.bfloat16, "1GB", "qwen3"),
]

NAMES = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
         "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
         "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm",
         "self_attn.k_norm": "attn_k_norm", "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate",
         "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}


def randomise(model, dtype):
    """Weights with some strength, so that every part counts; as the folder's type can hold them."""
    with torch.no_grad():
        for name, weight in model.named_parameters():
            values = torch.randn_like(weight)
            if name.endswith("norm.weight"):
                values = 1 + 0.3 * values
            elif name.endswith("bias"):
                values = 0.5 * values
            else:
                values = values * (1.5 / weight.shape[-1] ** 0.5)
            weight.copy_(values.to(dtype).float())
    model.tie_weights()


def interleave(rows, heads):
    return rows.reshape(heads, 2, rows.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(rows.shape)


def rope_divisors(config):
    """What llama.cpp's converter stores for Llama 3's scaling, computed by transformers."""
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
    plain = 1.0 / config.rope_theta ** (torch.arange(0, config.head_dim, 2).float() / config.head_dim)
    return (plain / ROPE_INIT_FUNCTIONS["llama3"](config, "cpu")[0]).numpy().astype(numpy.float32)


def write_gguf(path, architecture, config, state, dtype):
    writer = GGUFWriter(path, architecture)
    head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    writer.add_name(os.path.basename(path))
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_theta)
    if head * config.num_attention_heads != config.hidden_size:
        writer.add_key_length(head)
        writer.add_value_length(head)
    if architecture == "llama":
        writer.add_rope_dimension_count(head)
    writer.add_vocab_size(config.vocab_size)
    writer.add_tokenizer_model("no_vocab")
    scaling = getattr(config, "rope_scaling", None) or {}
    if scaling.get("rope_type") == "linear":
        writer.add_rope_scaling_type(__import__("gguf").RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(scaling["factor"])
    if scaling.get("rope_type") == "llama3":
        writer.add_tensor("rope_freqs.weight", rope_divisors(config))
    for name, weight in state.items():
        stem, kind = name.rsplit(".", 1)
        if stem == "lm_head" and config.tie_word_embeddings:
            continue
        values = weight.float().numpy()
        if stem in NAMES:
            target = NAMES[stem]
        else:
            _, _, layer, part = stem.split(".", 3)
            target = f"blk.{layer}.{NAMES[part]}"
            if architecture == "llama" and part in ("self_attn.q_proj", "self_attn.k_proj"):
                heads = config.num_attention_heads if "q_proj" in part else config.num_key_value_heads
                values = interleave(values, heads)
        values = numpy.ascontiguousarray(values)
        if values.ndim == 1 or dtype == torch.float32:
            writer.add_tensor(f"{target}.{kind}", values)
        elif dtype == torch.float16:
            writer.add_tensor(f"{target}.{kind}", values.astype(numpy.float16))
        else:
            bits = (values.view(numpy.uint32) >> 16).astype(numpy.uint16)
            writer.add_tensor(f"{target}.{kind}", bits.view(numpy.uint8), raw_dtype=GGMLQuantizationType.BF16)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def check_with_llama_cpp(path, ids, expected):
    model = Llama(path, logits_all=True, verbose=False, n_ctx=64, n_batch=64, n_threads=1)
    model.eval(ids)
    worst = numpy.abs(numpy.array(model.scores[:len(ids)]) - expected).max()
    print(f"  llama.cpp: largest difference {worst:.2e}")
    assert worst < 0.3, "bf16 activations round, but not that much"


def main():
    torch.manual_seed(4)
    folder = os.path.join(HERE, "families")
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    reference = {}
    for name, config, kind, dtype, shard, architecture in FAMILIES:
        model = kind(config).eval().float()
        randomise(model, dtype)
        ids = torch.randint(0, config.vocab_size, (TOKENS,))
        with torch.inference_mode():
            logits = model(ids[None]).logits[0].float().numpy()
        print(name, "largest logit", numpy.abs(logits).max())
        gguf = os.path.join(folder, name + ".gguf")
        write_gguf(gguf, architecture, config, model.state_dict(), dtype)
        check_with_llama_cpp(gguf, ids.tolist(), logits)
        model.to(dtype).save_pretrained(os.path.join(folder, name), max_shard_size=shard)
        os.remove(os.path.join(folder, name, "generation_config.json"))
        reference[name] = {"ids": ids.tolist(), "logits": base64.b64encode(logits.astype("<f4").tobytes()).decode()}
    with open(os.path.join(HERE, "families.json"), "w", encoding="ascii") as file:
        json.dump(reference, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
