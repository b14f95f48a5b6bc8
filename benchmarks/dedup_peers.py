"""One other library on the texts of a corpus, as its documentation uses it: prints documents and user CPU as JSON.

    PYTHON dedup_peers.py NAME FILE.arrow COUNT

PYTHON is an environment of its own with the libraries and pyarrow; nothing of Broadsheet is imported. Building word
n-grams is part of what is measured, since the texts come as texts. What is not installed prints nothing but its name.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from collections.abc import Callable, Sequence

import pyarrow as pa

WORD = re.compile(r"\w+")
SIZE = 5


def grams(text: str) -> list[str]:
    """Return the word 5-grams of a text."""
    words = WORD.findall(text.lower())
    return [" ".join(words[at : at + SIZE]) for at in range(max(1, len(words) - SIZE + 1))]


def datasketch_bulk(texts: Sequence[str]) -> int:
    """MinHash.bulk and MinHashLSH at 0.8; returns the texts with a candidate before them."""
    from datasketch import MinHash, MinHashLSH

    signatures = MinHash.bulk([[gram.encode() for gram in grams(text)] for text in texts], num_perm=128)
    index = MinHashLSH(threshold=0.8, num_perm=128)
    found = 0
    for row, signature in enumerate(signatures):
        found += bool(index.query(signature))
        index.insert(row, signature)
    return found


def rensa_lsh(texts: Sequence[str]) -> int:
    """RMinHash and RMinHashLSH with 16 bands; returns the texts with a candidate before them."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=0.8, num_perm=128, num_bands=16)
    found = 0
    for row, text in enumerate(texts):
        signature = RMinHash(num_perm=128, seed=1)
        signature.update(grams(text))
        found += any(index.query(signature))
        index.insert(row, signature)
    return found


def daft_minhash(texts: Sequence[str]) -> int:
    """Daft's minhash column, signatures only; returns the rows."""
    import daft

    frame = daft.from_pydict({"text": list(texts)})
    column = daft.col("text").minhash(num_hashes=128, ngram_size=SIZE, seed=1)
    return len(frame.select(column).to_pydict()["text"])


def datatrove_signatures(texts: Sequence[str]) -> int:
    """Datatrove's shingles and signatures, signatures only; returns the rows."""
    from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature
    from datatrove.utils.hashing import HashConfig

    hashing = HashConfig(hash_fc="sha1")  # its default, xxhash, takes no strings from version 4 on
    config = MinhashConfig(n_grams=SIZE, hash_config=hashing)
    step = MinhashDedupSignature(output_folder="/tmp/dedup_peers", config=config)
    return sum(1 for text in texts if len(step.get_signature(step.get_shingles(text))))


def text_dedup_bands(texts: Sequence[str]) -> int:
    """text-dedup's signatures and bands by its own defaults; returns the texts with a candidate before them."""
    import numpy as np
    from text_dedup.minhash import embed_func
    from text_dedup.utils.analysis import optimal_param
    from text_dedup.utils.hashfunc import xxh3_32hash

    draw, prime = np.random.RandomState(42), np.uint64((1 << 61) - 1)
    bands, rows = optimal_param(0.7, 250, false_positive_weight=0.5, false_negative_weight=0.5)
    permutations = draw.randint(1, prime, 250, np.uint64), draw.randint(0, prime, 250, np.uint64)
    seen: set[tuple[int, bytes]] = set()
    found = 0
    for row, text in enumerate(texts):
        made = embed_func(
            text,
            row,
            num_perm=250,
            ngram_size=SIZE,
            min_length=5,
            hashranges=[(at * rows, (at + 1) * rows) for at in range(bands)],
            permutations=permutations,
            hash_func=xxh3_32hash,
            dtype=np.uint64,
            max_hash=np.uint32((1 << 32) - 1),
            modulo_prime=prime,
        )
        keys = set(enumerate(made["__signatures__"]))
        found += bool(keys & seen)
        seen |= keys
    return found


PEERS: dict[str, tuple[str, Callable[[Sequence[str]], int]]] = {
    "datasketch": ("bulk + LSH", datasketch_bulk),
    "rensa": ("RMinHash + LSH", rensa_lsh),
    "daft": ("signatures only", daft_minhash),
    "datatrove": ("signatures only", datatrove_signatures),
    "text-dedup": ("signatures + bands", text_dedup_bands),
}


def main() -> None:
    """Measure the peer named on the command line."""
    name, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    what, run = PEERS[name]
    with pa.memory_map(path) as source:
        reader = pa.ipc.open_file(source)
        batches = [reader.get_batch(at) for at in range(reader.num_record_batches)]
        texts = [text for batch in batches for text in batch.column("text").to_pylist()][:count]
    begun = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    try:
        found = run(texts)
    except ImportError as exc:
        print(json.dumps({"name": name, "missing": str(exc)}))
        return
    seconds = resource.getrusage(resource.RUSAGE_SELF).ru_utime - begun
    print(json.dumps({"name": name, "what": what, "documents": len(texts), "seconds": seconds, "found": found}))


if __name__ == "__main__":
    main()
