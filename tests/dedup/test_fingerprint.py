from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedup import apart, compiled
from pipeline.dedup.fingerprint import (
    BANDS,
    KEYS,
    Fingerprints,
    Scheme,
    fingerprint,
    shingle_hashes32,
    signatures,
)

TEXTS = st.text(max_size=200) | st.lists(st.sampled_from(["ferry", "quay", "3.5", "Ünal", "東京"]), max_size=60).map(
    " ".join
)

LONG = " ".join(f"w{n * 7919 % 1009}" for n in range(3000))


@settings(max_examples=60)
@given(text=TEXTS, num_perm=st.sampled_from([32, 128]), seed=st.integers(0, 5), size=st.integers(1, 5))
def test_signature_is_datasketchs(text: str, num_perm: int, seed: int, size: int) -> None:
    scheme = Scheme.from_datasketch(num_perm, seed, size)
    theirs = MinHash(
        num_perm=num_perm, seed=seed, scheme="affine32", hashfunc=lambda data: int.from_bytes(data, "little")
    )
    theirs.update_batch([value.tobytes() for value in shingle_hashes32(text, scheme)])

    assert (signatures([text], scheme)[0] == theirs.hashvalues).all()


def test_signatures_load_into_datasketchs_own_index(scheme: Scheme) -> None:
    story = " ".join(f"word{n * 7919 % 1009}" for n in range(300))
    found = signatures([story, story + " late edition", "another ferry left the quay"], scheme)
    index = MinHashLSH(threshold=0.8, num_perm=128)
    for row, values in enumerate(found):
        index.insert(row, MinHash(num_perm=128, seed=1, scheme="affine32", hashvalues=values))

    assert sorted(index.query(MinHash(num_perm=128, seed=1, scheme="affine32", hashvalues=found[0]))) == [0, 1]


@given(texts=st.lists(TEXTS, max_size=8))
def test_a_text_is_fingerprinted_alike_in_any_company(texts: list[str]) -> None:
    scheme = Scheme.from_datasketch(32, 1, 3)
    together = fingerprint(texts, scheme)

    for row, text in enumerate(texts):
        alone = fingerprint([text], scheme)
        assert (alone.keys == together.keys[slice(*together.offsets[row : row + 2])]).all()
        assert alone.word_counts[0] == together.word_counts[row]


def test_chunks_do_not_change_fingerprints(scheme: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"the ferry of day {day} left the quay at {day % 24} with {day * 7} passengers" for day in range(50)]
    whole = fingerprint(texts, scheme)
    monkeypatch.setattr(apart, "_CHUNK_BYTES", 100)

    assert (fingerprint(texts, scheme).keys == whole.keys).all()


def test_arrow_strings_are_taken_too(scheme: Scheme) -> None:
    texts = ["one ferry left", "two ferries left"]

    assert (fingerprint(pa.array(texts), scheme).keys == fingerprint(texts, scheme).keys).all()


def test_text_without_words_has_no_key(scheme: Scheme) -> None:
    found = fingerprint(["", " — !"], scheme)

    assert found.word_counts.tolist() == [0, 0]
    assert len(found.keys) == 0


def test_short_texts_have_fewer_keys_and_long_ones_no_more(scheme: Scheme, kernel_name: str) -> None:
    found = fingerprint(["ferry", "the ferry left", " ".join(f"w{n}" for n in range(4000))], scheme)

    # Short ones: one run, the rest being shorter, and one passage.
    assert np.diff(found.offsets).tolist() == [2 + BANDS, 2 + BANDS, KEYS], kernel_name


def test_brief_shares_keys_with_the_long_text_it_opens(scheme: Scheme) -> None:
    words = [f"word{n * 7919 % 10007}" for n in range(4000)]
    found = fingerprint([" ".join(words), " ".join(words[:30])], scheme)
    whole, brief = (set(found.keys[a:b].tolist()) for a, b in zip(found.offsets, found.offsets[1:], strict=False))

    assert len(whole & brief) > 2


def test_a_word_said_over_and_over_is_a_key_once(scheme: Scheme, kernel_name: str) -> None:
    found = fingerprint(["ferry " * 3000, "ferry quay " * 3000], scheme)

    assert np.diff(found.offsets).tolist() == [2 + BANDS, 4 + BANDS], kernel_name


@pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")
@settings(max_examples=100)
@given(
    texts=st.lists(TEXTS | st.sampled_from(["ab " * 5000, LONG]), max_size=5), num_perm=st.sampled_from([32, 100, 128])
)
def test_both_kernels_make_the_same_fingerprints(texts: list[str], num_perm: int) -> None:
    scheme = Scheme.from_datasketch(num_perm, 1, 3)
    with pytest.MonkeyPatch.context() as patch:
        once = fingerprint(texts, scheme)
        patch.setattr(compiled, "LIBRARY", None)
        again = fingerprint(texts, scheme)

    assert all(np.array_equal(getattr(once, name), getattr(again, name)) for name in Fingerprints.__slots__)


def test_concat_puts_rows_after_each_other(scheme: Scheme) -> None:
    texts = ["one ferry left", "", "two ferries left the quay"]
    parts = Fingerprints.concat([Fingerprints.empty(), fingerprint(texts[:1], scheme), fingerprint(texts[1:], scheme)])

    assert (parts.keys == fingerprint(texts, scheme).keys).all()
    assert parts.offsets.tolist() == fingerprint(texts, scheme).offsets.tolist()


def test_scheme_survives_pickling(scheme: Scheme) -> None:
    again = pickle.loads(pickle.dumps(scheme))

    assert again.identity() == scheme.identity()
    assert (again.multipliers == scheme.multipliers).all()


def test_import_does_not_load_datasketch() -> None:
    code = "import sys, pipeline.dedup.match; print('datasketch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
