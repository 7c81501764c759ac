# SPDX-License-Identifier: GPL-3.0-or-later
"""llama.cpp as a peer of `kvprism-cli bench prefill`, run by the Python that --peer names.

Arguments: model file, tokens, threads. The first line of standard input is the text as a JSON string; the first line of
standard output says what runs, with which settings. Then every line "run" is one prefill, answered by its seconds.
"""
import json
import sys
import time

import llama_cpp

model_path, tokens, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
settings = {"n_ctx": tokens + 64, "n_batch": 2048, "n_ubatch": 512, "n_threads": threads, "n_threads_batch": threads}
text = json.loads(sys.stdin.readline())
model = llama_cpp.Llama(model_path, verbose=False, **settings)
ids = model.tokenize(text.encode(), add_bos=False)[:tokens]
system = llama_cpp.llama_print_system_info().decode(errors="replace").strip()
print(json.dumps({"name": "llama.cpp (llama-cpp-python)", "version": llama_cpp.__version__, "tokens": len(ids),
                  "flags": settings, "system": system}), flush=True)
for line in sys.stdin:
    if line.strip() != "run":
        break
    model.reset()
    start = time.perf_counter()
    model.eval(ids)
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
