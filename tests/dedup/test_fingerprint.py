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
    OPENING,
    OPENING_RATE,
    SAMPLE_LEAST,
    SAMPLE_RATE,
    Fingerprints,
    Scheme,
    fingerprint,
    shingle_hashes32,
)

TEXTS = st.text(max_size=200) | st.lists(st.sampled_from(["ferry", "quay", "3.5", "Ünal", "東京"]), max_size=60).map(
    " ".join
)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS, num_perm=st.sampled_from([32, 128]), seed=st.integers(0, 5), size=st.integers(1, 5))
def test_signature_is_datasketchs(text: str, num_perm: int, seed: int, size: int) -> None:
    scheme = Scheme.from_datasketch(num_perm, seed, size)
    theirs = MinHash(
        num_perm=num_perm, seed=seed, scheme="affine32", hashfunc=lambda data: int.from_bytes(data, "little")
    )
    theirs.update_batch([value.tobytes() for value in shingle_hashes32(text, scheme)])

    assert (fingerprint([text], scheme).signatures[0] == theirs.hashvalues).all()


def test_signatures_load_into_datasketchs_own_index(scheme: Scheme) -> None:
    story = " ".join(f"word{n * 7919 % 1009}" for n in range(300))
    signatures = fingerprint([story, story + " late edition", "another ferry left the quay"], scheme).signatures
    index = MinHashLSH(threshold=0.8, num_perm=128)
    for row, values in enumerate(signatures):
        index.insert(row, MinHash(num_perm=128, seed=1, scheme="affine32", hashvalues=values))

    assert sorted(index.query(MinHash(num_perm=128, seed=1, scheme="affine32", hashvalues=signatures[0]))) == [0, 1]


@given(texts=st.lists(TEXTS, max_size=8))
def test_a_text_is_fingerprinted_alike_in_any_company(texts: list[str]) -> None:
    scheme = Scheme.from_datasketch(32, 1, 3)
    together = fingerprint(texts, scheme)

    for row, text in enumerate(texts):
        alone = fingerprint([text], scheme)
        assert (alone.signatures[0] == together.signatures[row]).all()
        assert (alone.sampled == together.sampled[slice(*together.offsets[row : row + 2])]).all()
        assert alone.word_counts[0] == together.word_counts[row]


def test_chunks_do_not_change_fingerprints(scheme: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"the ferry of day {day} left the quay at {day % 24} with {day * 7} passengers" for day in range(50)]
    whole = fingerprint(texts, scheme)
    monkeypatch.setattr(apart, "_CHUNK_BYTES", 100)

    assert (fingerprint(texts, scheme).signatures == whole.signatures).all()


def test_arrow_strings_are_taken_too(scheme: Scheme) -> None:
    texts = ["one ferry left", "two ferries left"]

    assert (fingerprint(pa.array(texts), scheme).signatures == fingerprint(texts, scheme).signatures).all()


def test_text_without_words_has_no_sample(scheme: Scheme) -> None:
    found = fingerprint(["", " — !"], scheme)

    assert found.word_counts.tolist() == [0, 0]
    assert len(found.sampled) == 0


def test_short_texts_keep_some_runs(scheme: Scheme, kernel_name: str) -> None:
    found = fingerprint(["ferry", "the ferry left", " ".join(f"w{n}" for n in range(40))], scheme)

    assert np.diff(found.offsets).tolist() == [1, len("the ferry left ") - 11, SAMPLE_LEAST], kernel_name


def test_sample_of_a_later_part_is_in_the_sample_of_the_whole(scheme: Scheme) -> None:
    words = [f"w{n}" for n in range(4000)]
    found = fingerprint([" ".join(words), " ".join(words[2000:])], scheme)
    whole, inside = (set(found.sampled[a:b].tolist()) for a, b in zip(found.offsets, found.offsets[1:], strict=False))

    assert len(inside & whole) > 0.8 * (len(inside) - OPENING / OPENING_RATE)


def test_opening_is_sampled_densely(scheme: Scheme) -> None:
    words = [f"word{n * 7919 % 10007}" for n in range(4000)]
    sizes = np.diff(fingerprint([" ".join(words[:90]), " ".join(words)], scheme).offsets)

    assert sizes[0] > 0.6 * OPENING / OPENING_RATE
    assert sizes[1] - sizes[0] < 1.4 * len(" ".join(words)) / SAMPLE_RATE


@pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")
@settings(max_examples=100, deadline=None)
@given(texts=st.lists(TEXTS | st.just("ab " * 5000), max_size=5), num_perm=st.sampled_from([32, 100, 128]))
def test_both_kernels_make_the_same_fingerprints(texts: list[str], num_perm: int) -> None:
    scheme = Scheme.from_datasketch(num_perm, 1, 3)
    with pytest.MonkeyPatch.context() as patch:
        once = fingerprint(texts, scheme)
        patch.setattr(compiled, "LIBRARY", None)
        again = fingerprint(texts, scheme)

    assert all(np.array_equal(getattr(once, name), getattr(again, name)) for name in Fingerprints.__slots__)


def test_concat_puts_rows_after_each_other(scheme: Scheme) -> None:
    texts = ["one ferry left", "", "two ferries left the quay"]
    parts = Fingerprints.concat(
        [Fingerprints.empty(128), fingerprint(texts[:1], scheme), fingerprint(texts[1:], scheme)]
    )

    assert (parts.sampled == fingerprint(texts, scheme).sampled).all()
    assert parts.offsets.tolist() == fingerprint(texts, scheme).offsets.tolist()


def test_scheme_survives_pickling(scheme: Scheme) -> None:
    again = pickle.loads(pickle.dumps(scheme))

    assert again.identity() == scheme.identity()
    assert (again.multipliers == scheme.multipliers).all()


def test_import_does_not_load_datasketch() -> None:
    code = "import sys, pipeline.dedup.match; print('datasketch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
