#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes tokenizers/: small vocabularies of every kind that is read, each with the ids that its reference gives for the
texts of tokenizers/texts.json.

The vocabularies are trained here, on LICENSE and the texts; the steps around them are those of the real models, whose
regular expressions are facts of their tokenizer.json files (Llama 3, Qwen2, SmolLM). References: the tokenizers library
(0.22) for tokenizer.json, SentencePiece (0.2) for tokenizer.model, llama.cpp (llama-cpp-python 0.3.36) for GGUF.

    make_tokenizers.py
"""
import io
import json
import os
import random
import shutil

import sentencepiece
from gguf import GGUFWriter, TokenType
from llama_cpp import Llama
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import LlamaTokenizer
from transformers.convert_slow_tokenizer import convert_slow_tokenizer

from make_token_ids import BROKEN, TEXTS, random_text

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "tokenizers")
LICENSE = os.path.join(HERE, "..", "..", "..", "LICENSE")
RANDOM_TEXTS = 180
VOCABULARY = 700

CL100K = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|"
          r"\s+")
LLAMA3_TOKENS = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
QWEN_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
SMOLLM_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<repo_name>"]


def all_texts():
    """[{parts, parsed}]: those of make_token_ids.py, their long ones shortened, and random ones."""
    texts = []
    for _, parts, parsed in TEXTS:
        texts.append({"parts": [[part, times if times < 100 else times // 25] for part, times in parts], "parsed": parsed})
    for _, data in BROKEN:
        texts.append({"parts": [[data.decode("utf-8", errors="replace"), 1]], "parsed": False})
    with open(LICENSE, encoding="utf-8") as file:
        texts.append({"parts": [[file.read()[5000:8000], 1]], "parsed": False})
    for text, parsed in [(" ", False), ("  ", False), ("\n", False), (" a", False), ("a ", False), ("▁", False),
                         (" ▁ a▁b", False), ("it killed, killed killed", False), ("e\u0301\u0301 ﬀ Å\u0327 각 가\u11a8 \u0344 \u1e9b\u0323 \u0958", False),
                         ("<s>a</s> <s>b", True), ("<s>a</s> <s>b", False), ("x<tool_call>y </tool_call>", False),
                         ("<|eot_id|> <|start_header_id|>user<|end_header_id|>\n\nHi", True),
                         ("İstanbul ſ Kelvin K ĲS ǆ 'ſ 'S", False)]:
        texts.append({"parts": [[text, 1]], "parsed": parsed})
    generator = random.Random(23)
    for number in range(RANDOM_TEXTS):
        texts.append({"parts": [[random_text(generator), 1]], "parsed": number % 4 == 0})
    return texts


def joined(text):
    return "".join(part * times for part, times in text["parts"])


def corpus(texts):
    with open(LICENSE, encoding="utf-8") as file:
        return [file.read()] + [joined(text) for text in texts]


def write(path, value):
    with open(path, "w", encoding="ascii") as file:
        json.dump(value, file, separators=(",", ":"))
        file.write("\n")


def save(name, tokenizer, config, texts):
    """tokenizer.json and the library's ids. Special tokens written in a text are text unless it is `parsed`."""
    folder = os.path.join(FOLDER, name)
    os.makedirs(folder)
    tokenizer.save(os.path.join(folder, "tokenizer.json"), pretty=False)
    write(os.path.join(folder, "tokenizer_config.json"), config)
    ids = []
    for text in texts:
        tokenizer.encode_special_tokens = not text["parsed"]
        ids.append(tokenizer.encode(joined(text), add_special_tokens=False).ids)
    write(os.path.join(folder, "ids.json"), ids)


def train_bytes(texts, special, normalizer, pre_tokenizer, initial, change=None):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY - len(special), initial_alphabet=initial, show_progress=False)
    tokenizer.train_from_iterator(corpus(texts), trainer)
    if change:
        whole = json.loads(tokenizer.to_str())
        change(whole["model"])
        tokenizer = Tokenizer.from_str(json.dumps(whole))
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in special])
    return tokenizer


def byte_level(texts):
    byte_words = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()

    def whole_words(model):
        model["ignore_merges"] = True
        model["vocab"]["Ġkilled"] = len(model["vocab"])  # made by no merge: counts only where whole words come first

    llama3 = train_bytes(texts, LLAMA3_TOKENS, None, pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(CL100K % "{1,3}"), "isolated"), byte_words]), alphabet, whole_words)
    llama3.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), processors.TemplateProcessing(
        single="<|begin_of_text|> $A", pair="<|begin_of_text|> $A <|begin_of_text|> $B",
        special_tokens=[("<|begin_of_text|>", llama3.token_to_id("<|begin_of_text|>"))])])
    save("llama3", llama3, {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"}, texts)

    qwen = train_bytes(texts, QWEN_TOKENS, normalizers.NFC(), pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(CL100K % ""), "isolated"), byte_words]), alphabet)
    qwen.add_tokens([AddedToken("<tool_call>", normalized=False, special=False)])
    qwen.post_processor = processors.ByteLevel(trim_offsets=False)
    save("qwen2", qwen, {"add_bos_token": False, "bos_token": None, "eos_token": "<|im_end|>"}, texts)

    # As SmolLM2's, without tokens for some control characters.
    some = [letter for letter in alphabet if letter not in "ĄĆĵñò"]
    smollm = train_bytes(texts, SMOLLM_TOKENS, None, pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]), some)
    save("smollm", smollm, {"bos_token": "<|im_start|>", "eos_token": {"content": "<|im_end|>"}}, texts)
    return {"llama-bpe": llama3, "qwen2": qwen}


def sentence_pieces(texts):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(line for text in corpus(texts) for line in text.split("\n") if line), model_writer=model,
        model_type="bpe", vocab_size=VOCABULARY, byte_fallback=True, normalization_rule_name="identity",
        remove_extra_whitespaces=False, allow_whitespace_only_pieces=True, split_digits=True, character_coverage=0.98,
        max_sentence_length=40000, minloglevel=2, num_threads=1)
    folder = os.path.join(FOLDER, "sentencepiece")
    os.makedirs(folder)
    path = os.path.join(folder, "tokenizer.model")
    with open(path, "wb") as file:
        file.write(model.getvalue())
    write(os.path.join(folder, "tokenizer_config.json"),
          {"add_bos_token": True, "bos_token": "<s>", "eos_token": "</s>", "tokenizer_class": "LlamaTokenizer"})
    pieces = sentencepiece.SentencePieceProcessor(model_file=path)
    ids = []
    for text in texts:  # what stands between special tokens is a text of its own
        rest, all_ids = joined(text), []
        while rest:
            found = [(rest.find(name), name) for name in ("<unk>", "<s>", "</s>") if text["parsed"] and name in rest]
            at, name = min(found) if found else (len(rest), "")
            all_ids += pieces.encode(rest[:at]) + ([pieces.piece_to_id(name)] if name else [])
            rest = rest[at + len(name):]
        ids.append(all_ids)
    write(os.path.join(folder, "ids.json"), ids)
    for name, legacy in (("llama2", True), ("mistral", False)):
        fast = convert_slow_tokenizer(LlamaTokenizer(path, legacy=legacy))
        save(name, fast, {"add_bos_token": True, "bos_token": "<s>", "eos_token": "</s>"}, texts)
    return pieces


def gguf_ids(path, texts):
    model = Llama(path, vocab_only=True, verbose=False)
    return [model.tokenize(joined(text).encode(), add_bos=False, special=text["parsed"]) if joined(text) else []
            for text in texts]


def write_gguf(name, texts, fill):
    path = os.path.join(FOLDER, name + ".gguf")
    writer = GGUFWriter(path, "llama")
    for add, value in ((writer.add_block_count, 1), (writer.add_context_length, 64), (writer.add_embedding_length, 32),
                       (writer.add_feed_forward_length, 32), (writer.add_head_count, 4),
                       (writer.add_layer_norm_rms_eps, 1e-5)):
        add(value)
    fill(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    write(os.path.join(FOLDER, name + ".ids.json"), gguf_ids(path, texts))


def bytes_gguf(kind, tokenizer):
    whole = json.loads(tokenizer.to_str())
    added = {token["id"]: token for token in whole["added_tokens"]}
    names = {**{number: text for text, number in whole["model"]["vocab"].items()},
             **{number: token["content"] for number, token in added.items()}}

    def fill(writer):
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(kind)
        writer.add_token_list([names[number] for number in sorted(names)])
        writer.add_token_types([TokenType.NORMAL if number not in added else TokenType.CONTROL if added[number]["special"]
                                else TokenType.USER_DEFINED for number in sorted(names)])
        writer.add_token_merges([" ".join(merge) for merge in whole["model"]["merges"]])
        writer.add_eos_token_id(min(added) + 1)
        writer.add_bos_token_id(min(added))
    return fill


def pieces_gguf(pieces):
    def fill(writer):
        writer.add_tokenizer_model("llama")
        writer.add_tokenizer_pre("default")
        count = pieces.get_piece_size()
        writer.add_token_list([pieces.id_to_piece(number) for number in range(count)])
        writer.add_token_scores([pieces.get_score(number) for number in range(count)])
        writer.add_token_types([TokenType.UNKNOWN if pieces.is_unknown(number) else TokenType.CONTROL
                                if pieces.is_control(number) else TokenType.BYTE if pieces.is_byte(number)
                                else TokenType.NORMAL for number in range(count)])
        writer.add_bos_token_id(pieces.bos_id())
        writer.add_eos_token_id(pieces.eos_id())
        writer.add_unk_token_id(pieces.unk_id())
    return fill


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    texts = all_texts()
    write(os.path.join(FOLDER, "texts.json"), texts)
    for kind, tokenizer in byte_level(texts).items():
        write_gguf(kind, texts, bytes_gguf(kind, tokenizer))
    write_gguf("llama", texts, pieces_gguf(sentence_pieces(texts)))
    print(len(texts), "texts")


if __name__ == "__main__":
    main()
