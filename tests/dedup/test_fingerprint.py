from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedup import fingerprint as room
from pipeline.dedup.fingerprint import SAMPLE_LEAST, Fingerprints, Scheme, fingerprint, shingle_hashes32

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


@given(texts=st.lists(TEXTS, max_size=8))
def test_a_text_is_fingerprinted_alike_in_any_company(texts: list[str]) -> None:
    scheme = Scheme.from_datasketch(32, 1, 3)
    together = fingerprint(texts, scheme)

    for row, text in enumerate(texts):
        alone, taken = fingerprint([text], scheme), together.take(np.array([row]))
        assert (alone.signatures == taken.signatures).all()
        assert (alone.sampled == taken.sampled).all()
        assert (alone.word_counts == taken.word_counts).all()


def test_chunks_do_not_change_fingerprints(scheme: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"the ferry of day {day} left the quay at {day % 24} with {day * 7} passengers" for day in range(50)]
    whole = fingerprint(texts, scheme)
    monkeypatch.setattr(room, "_CHUNK_CHARS", 100)

    assert (fingerprint(texts, scheme).signatures == whole.signatures).all()


def test_arrow_strings_are_taken_too(scheme: Scheme) -> None:
    texts = ["one ferry left", "two ferries left"]

    assert (fingerprint(pa.array(texts), scheme).signatures == fingerprint(texts, scheme).signatures).all()


def test_text_without_words_has_no_sample(scheme: Scheme) -> None:
    found = fingerprint(["", " — !"], scheme)

    assert found.word_counts.tolist() == [0, 0]
    assert len(found.sampled) == 0


def test_short_texts_keep_their_shingles(scheme: Scheme) -> None:
    found = fingerprint([" ".join(f"w{n}" for n in range(SAMPLE_LEAST))], scheme)

    assert len(found.sampled) == SAMPLE_LEAST - 2


def test_sample_of_a_part_is_in_the_sample_of_the_whole(scheme: Scheme) -> None:
    long = " ".join(f"w{n}" for n in range(2000))
    part = " ".join(f"w{n}" for n in range(500, 900))
    found = fingerprint([long, part], scheme)
    whole, inside = (set(found.sampled[a:b].tolist()) for a, b in zip(found.offsets, found.offsets[1:], strict=False))

    assert inside <= whole


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
