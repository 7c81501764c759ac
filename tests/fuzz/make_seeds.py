#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes most of seeds/: files as small as each reader takes them, so that a fuzzer changes what decides. The larger ones
of tests/data are seeds, too. seeds/text is by hand.

    make_seeds.py RECORD_SYNTHETIC    (build/release/bin/record_synthetic)
"""
import json
import os
import sqlite3
import struct
import subprocess
import sys

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "seeds")


def write(folder, name, data):
    os.makedirs(os.path.join(HERE, folder), exist_ok=True)
    with open(os.path.join(HERE, folder, name), "wb") as file:
        file.write(data)


# --- GGUF --------------------------------------------------------------------------------------------------------------

UINT8, INT8, UINT16, INT16, UINT32, INT32, FLOAT32, BOOL, STRING, ARRAY, UINT64, INT64, FLOAT64 = range(13)
PACKED = {UINT8: "<B", INT8: "<b", UINT16: "<H", INT16: "<h", UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<B",
          UINT64: "<Q", INT64: "<q", FLOAT64: "<d"}
# Values and bytes of a block, by type number.
BLOCKS = {0: (1, 4), 1: (1, 2), 30: (1, 2), 8: (32, 34), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 20: (32, 18),
          10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 23: (256, 136)}


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def value(kind, one):
    return text(one) if kind == STRING else struct.pack(PACKED[kind], one)


def pair(key, kind, one):
    return text(key) + struct.pack("<I", kind) + value(kind, one)


def listed(key, kind, values):
    return text(key) + struct.pack("<IIQ", ARRAY, kind, len(values)) + b"".join(value(kind, one) for one in values)


def gguf(pairs, tensors):
    """tensors: (name, shape, type number)."""
    heads, data = b"", b""
    for name, shape, kind in tensors:
        data += b"\0" * (-len(data) % 32)
        heads += text(name) + struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", side) for side in shape)
        heads += struct.pack("<IQ", kind, len(data))
        elements = 1
        for side in shape:
            elements *= side
        values, size = BLOCKS[kind]
        data += b"\x22" * (elements // values * size)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(pairs)) + b"".join(pairs) + heads
    return head + b"\0" * (-len(head) % 32) + data


LETTERS = ["Ġ", "Ċ"] + [chr(code) for code in range(0x21, 0x7F)]


def shape_pairs():
    numbers = {"block_count": 1, "context_length": 64, "embedding_length": 4, "feed_forward_length": 4,
               "attention.head_count": 2, "attention.head_count_kv": 1, "rope.dimension_count": 2}
    return ([pair("general.architecture", STRING, "llama"), pair("general.name", STRING, "tiny")]
            + [pair("llama." + key, UINT32, number) for key, number in numbers.items()]
            + [pair("llama.attention.layer_norm_rms_epsilon", FLOAT32, 1e-5), pair("llama.rope.freq_base", FLOAT32, 10000.0)])


def model_tensors(tokens):
    layer = "blk.0."
    return [("token_embd.weight", (4, tokens), 1), ("output_norm.weight", (4,), 0), (layer + "attn_norm.weight", (4,), 0),
            (layer + "attn_q.weight", (4, 4), 0), (layer + "attn_k.weight", (4, 2), 30), (layer + "attn_v.weight", (4, 2), 1),
            (layer + "attn_output.weight", (4, 4), 0), (layer + "ffn_norm.weight", (4,), 0),
            (layer + "ffn_gate.weight", (4, 4), 0), (layer + "ffn_up.weight", (4, 4), 0), (layer + "ffn_down.weight", (4, 4), 0)]


def make_gguf():
    tokens = LETTERS + ["<s>", "<|im_end|>", "ab", "Ġab", "é", "12"]
    kinds = [1] * len(LETTERS) + [3, 3, 1, 1, 1, 4]
    bytes_bpe = [pair("tokenizer.ggml.model", STRING, "gpt2"), pair("tokenizer.ggml.pre", STRING, "smollm"),
                 listed("tokenizer.ggml.tokens", STRING, tokens), listed("tokenizer.ggml.token_type", INT32, kinds),
                 listed("tokenizer.ggml.merges", STRING, ["a b", "Ġ ab"]), pair("tokenizer.ggml.eos_token_id", UINT32, 97),
                 pair("tokenizer.ggml.bos_token_id", UINT32, 96), pair("tokenizer.ggml.add_bos_token", BOOL, 1),
                 pair("tokenizer.chat_template", STRING, "<|im_start|><|im_end|>")]
    write("gguf", "bytes", gguf(shape_pairs() + bytes_bpe, model_tensors(len(tokens))))
    pieces = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)] + ["▁", "a", "b", "▁a", "ab", "<tool>"]
    kinds = [2, 3, 3] + [6] * 256 + [1, 1, 1, 1, 1, 4]
    scores = [0.0] * 259 + [-1.0, -2.0, -3.0, -0.5, -0.25, 0.0]
    sentences = [pair("tokenizer.ggml.model", STRING, "llama"), listed("tokenizer.ggml.tokens", STRING, pieces),
                 listed("tokenizer.ggml.scores", FLOAT32, scores), listed("tokenizer.ggml.token_type", INT32, kinds),
                 pair("tokenizer.ggml.add_space_prefix", BOOL, 1), pair("tokenizer.ggml.unknown_token_id", UINT32, 0)]
    write("gguf", "sentences", gguf(sentences, []))
    write("gguf", "types", gguf([pair("general.alignment", UINT32, 32)],
                                [(f"type {kind}", (2 * BLOCKS[kind][0],), kind) for kind in BLOCKS]))
    metadata = [pair(f"one {kind}", kind, 1) for kind in PACKED] + [listed(f"two {kind}", kind, [1, 1]) for kind in PACKED]
    nested = text("nested") + struct.pack("<IIQ", ARRAY, ARRAY, 1) + struct.pack("<IQ", ARRAY, 1) + \
        struct.pack("<IQ", STRING, 1) + text("a")
    write("gguf", "metadata", gguf(metadata + [nested], []))


# --- safetensors -------------------------------------------------------------------------------------------------------

def safetensors(tensors, metadata=None):
    """tensors: name, type, shape, bytes."""
    header, end = {} if metadata is None else {"__metadata__": metadata}, 0
    for name, kind, shape, size in tensors:
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [end, end + size]}
        end += size
    data = json.dumps(header, separators=(",", ":")).encode()
    data += b" " * (-len(data) % 8)
    return struct.pack("<Q", len(data)) + data + b"\0" * end


def hf_tensors():
    layer = "model.layers.0."
    shapes = {"model.embed_tokens.weight": [8, 4], "model.norm.weight": [4], layer + "input_layernorm.weight": [4],
              layer + "self_attn.q_proj.weight": [4, 4], layer + "self_attn.k_proj.weight": [2, 4],
              layer + "self_attn.v_proj.weight": [2, 4], layer + "self_attn.o_proj.weight": [4, 4],
              layer + "post_attention_layernorm.weight": [4], layer + "mlp.gate_proj.weight": [4, 4],
              layer + "mlp.up_proj.weight": [4, 4], layer + "mlp.down_proj.weight": [4, 4]}
    return [(name, "BF16", shape, 2 * (shape[0] * shape[1] if len(shape) == 2 else shape[0])) for name, shape in shapes.items()]


def compact(value):
    return json.dumps(value, separators=(",", ":")).encode()


def make_safetensors():
    write("safetensors", "header", safetensors([("a", "F32", [2, 2], 16), ("b", "F16", [], 2), ("c", "BF16", [0, 9], 0),
                                                ("d", "BF16", [1], 2)], {"format": "pt"}))
    write("safetensors", "unknown_type", safetensors([("a", "I64", [1], 8)]))
    # A folder: its parts as fuzz_safetensors.cpp takes them apart.
    tensors = hf_tensors()
    config = {"model_type": "llama", "num_hidden_layers": 1, "max_position_embeddings": 64, "hidden_size": 4,
              "intermediate_size": 4, "vocab_size": 8, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 2,
              "rms_norm_eps": 1e-5, "tie_word_embeddings": True, "eos_token_id": [2, 3], "hidden_act": "silu"}
    scaling = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
               "original_max_position_embeddings": 8192}
    roles = {"add_bos_token": True, "bos_token": "<s>", "eos_token": {"content": "</s>"},
             "added_tokens_decoder": {"4": {"content": "<|im_end|>", "special": True, "lstrip": True, "rstrip": True}},
             "chat_template": [{"name": "default", "template": "<|im_start|><|im_end|>"}]}
    index = {"weight_map": {name: "shard.safetensors" for name, _, _, _ in tensors}}
    parts = [compact(index), compact(config), compact(roles), compact({"<tool>": 5}), compact({"chat_template": "[INST][/INST]"}),
             compact(small_characters()), safetensors(tensors)]
    write("safetensors", "folder", b"\x1e".join(parts))
    parts[1] = compact(config | {"model_type": "qwen2", "rope_parameters": scaling | {"rope_theta": 1e5}})
    parts[0] = compact({"weight_map": {"a": "shard.safetensors", "b": "other.safetensors"}})
    write("safetensors", "folder_scaled", b"\x1e".join(parts))


# --- tokenizer.json ----------------------------------------------------------------------------------------------------

def small_characters():
    tokens = ["<unk>", "<s>", "</s>", "▁", "a", "b", "ab", "<0x0A>", "<0xC3>"]
    template = {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A"}}],
                "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}}
    return {"added_tokens": [{"id": 1, "content": "<s>", "special": True}, {"id": 2, "content": "</s>", "special": True}],
            "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"},
                                                               {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
            "post_processor": template,
            "model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": True, "byte_fallback": True,
                      "vocab": {token: id for id, token in enumerate(tokens)}, "merges": [["a", "b"]]}}


def small_bytes():
    tokens = LETTERS + ["ab", "Ġab"]
    words = {"type": "Sequence", "pretokenizers": [
        {"type": "Digits", "individual_digits": True},
        {"type": "Split", "pattern": {"Regex": r"\p{L}+|\s+(?!\S)|\s+"}, "behavior": "Isolated", "invert": False},
        {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False}]}
    return {"added_tokens": [{"id": len(tokens), "content": "<|im_end|>", "special": True, "lstrip": True, "rstrip": True}],
            "normalizer": {"type": "NFC"}, "pre_tokenizer": words, "post_processor": {"type": "ByteLevel"},
            "model": {"vocab": {token: id for id, token in enumerate(tokens)}, "merges": ["a b", "Ġ ab"], "ignore_merges": True}}


def make_tokenizer_json():
    write("tokenizer_json", "bytes.json", compact(small_bytes()))
    write("tokenizer_json", "characters.json", compact(small_characters()))
    metaspace = small_characters()
    del metaspace["normalizer"]
    metaspace["pre_tokenizer"] = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": True}
    write("tokenizer_json", "metaspace.json", compact(metaspace))


# --- SentencePiece -----------------------------------------------------------------------------------------------------

def varint(number):
    data = b""
    while number >= 0x80:
        data += bytes([number & 0x7F | 0x80])
        number >>= 7
    return data + bytes([number])


def field(number, content):
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    if isinstance(content, float):
        return varint(number << 3 | 5) + struct.pack("<f", content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def sentencepiece(kind, bytes_too, normalizer=b"", more=b""):
    pieces = [("<unk>", 0.0, 2), ("<s>", 0.0, 3), ("</s>", 0.0, 3), ("<tool>", 0.0, 4), ("unused", 0.0, 5)]
    pieces += [(f"<0x{byte:02X}>", 0.0, 6) for byte in range(256 if bytes_too else 0)]
    pieces += [("▁", -1.0, 1), ("a", -2.0, 1), ("b", -3.0, 1), ("▁a", -0.5, 1), ("ab", -0.25, 1), ("ü", -4.0, 1)]
    data = b"".join(field(1, field(1, piece.encode()) + field(2, score) + field(3, number)) for piece, score, number in pieces)
    trainer = field(3, kind) + field(35, 1 if bytes_too else 0) + field(40, 0) + field(41, 1) + field(42, 2)
    return data + field(2, trainer) + field(3, field(1, b"identity") + field(3, 1) + field(4, 0) + field(5, 1) + normalizer) + more


def make_sentencepiece():
    write("sentencepiece", "bpe.model", sentencepiece(2, True))
    for number, name in ((1, "unigram"), (3, "word"), (4, "char")):
        write("sentencepiece", name + ".model", sentencepiece(number, False))
    # A map of characters: the length of a trie, the trie (of 512 units, in which "A" leads to 0), the texts.
    units = [0] * 512
    units[0], units[256 ^ ord("A")], units[256 ^ ord("A") ^ 1] = 256 << 10, 1 << 10 | 1 << 8 | ord("A"), 1 << 31 | 0
    charsmap = struct.pack("<I", 4 * len(units)) + struct.pack("<512I", *units) + b"a\0"
    write("sentencepiece", "charsmap.model", sentencepiece(1, False, field(2, charsmap)))
    sample = field(1, field(1, b"a b") + field(2, "▁a ▁ b".encode()))
    write("sentencepiece", "self_test.model", sentencepiece(1, False, more=field(4, sample) + field(5, field(1, b"x"))))


# --- Recordings --------------------------------------------------------------------------------------------------------

def column(kind, values):
    """Values in byte planes, within a zstd frame of one block that is not compressed."""
    packed = [struct.pack(kind, one) for one in values]
    planes = b"".join(bytes(one[byte] for one in packed) for byte in range(struct.calcsize(kind)))
    return b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(planes)) + struct.pack("<I", len(planes) << 3 | 1)[:3] + planes


def add_lsh(database, step, tables=2):
    """What a step has that hashed, too."""
    held, = database.execute("SELECT held FROM steps WHERE step = ?", (step,)).fetchone()
    columns = [("lsh_collisions", "u8", column("<B", [1] * held)), ("lsh_distance", "f32", column("<f", [3.0] * held)),
               ("lsh_u", "f32", column("<f", [0.5] * held))]
    columns += [(f"lsh_signature:{table}", "u16", column("<H", [5] * held)) for table in range(tables)]
    for position, (name, kind, data) in enumerate(columns, start=100):
        database.execute("INSERT INTO step_columns VALUES(?,0,?,?,?,0,?,?)", (step, position, name, kind, held, data))
    database.execute("INSERT INTO lsh VALUES(?,?,4,3,?)", (step, tables, column("<H", [9] * 3 * tables)))


def make_recordings(program):
    """Of few tokens, on pages of 512 bytes."""
    os.makedirs(os.path.join(HERE, "recording"), exist_ok=True)
    for name, sizes in (("three_steps", (60, 24, 16)), ("one_step", (30, 30, 12))):
        path = os.path.join(HERE, "recording", name + ".kvtrace")
        if os.path.exists(path):
            os.remove(path)
        subprocess.run([program, path] + [str(size) for size in sizes] + ["1"], check=True, stdout=subprocess.DEVNULL)
        database = sqlite3.connect(path)
        add_lsh(database, 0)
        database.commit()
        database.executescript("PRAGMA page_size=512; VACUUM;")
        database.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    make_gguf()
    make_safetensors()
    make_tokenizer_json()
    make_sentencepiece()
    make_recordings(sys.argv[1])
