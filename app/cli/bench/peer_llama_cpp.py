# SPDX-License-Identifier: GPL-3.0-or-later
"""llama.cpp as a peer of `kvprism-cli bench speed`, run by the Python that --peer names.

Arguments: model file, threads. The first line of standard input is the text as a JSON string; the first line of
standard output says what runs, with which settings. Then every line asks for one measurement, answered by its seconds:
"prefill N" (the text's first N tokens) or "decode N M" (M single tokens behind the first N, which are not timed).
"""
import json
import sys
import time

try:
    import llama_cpp
except ImportError as error:
    sys.exit(print(json.dumps({"failure": str(error)})))

model_path, threads = sys.argv[1], int(sys.argv[2])
text = json.loads(sys.stdin.readline()).encode()
ids = llama_cpp.Llama(model_path, vocab_only=True, verbose=False).tokenize(text, add_bos=False)
settings = {"n_ctx": len(ids) + 128, "n_batch": 2048, "n_ubatch": 512, "n_threads": threads, "n_threads_batch": threads}
model = llama_cpp.Llama(model_path, verbose=False, **settings)
system = llama_cpp.llama_print_system_info().decode(errors="replace").strip()
print(json.dumps({"name": "llama.cpp (llama-cpp-python)", "version": llama_cpp.__version__, "tokens": len(ids),
                  "flags": settings, "system": system}), flush=True)
for line in sys.stdin:
    words = line.split()
    model.reset()
    if words[0] == "decode":
        model.eval(ids[:int(words[1])])
    start = time.perf_counter()
    if words[0] == "decode":
        for token in ids[:int(words[2])]:
            model.eval([token])
    else:
        model.eval(ids[:int(words[1])])
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
