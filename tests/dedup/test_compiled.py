"""Claims about the compiled kernel of deduplication."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.dedup import compiled


@pytest.mark.skipif(compiled.LIBRARY is None, reason="no compiled kernel here")
def test_array_with_gaps_is_refused() -> None:
    assert compiled.LIBRARY is not None
    gaps = np.zeros(8, dtype=np.uint64)[::2]

    with pytest.raises(TypeError, match="contiguous"):
        compiled.LIBRARY.call("grams", gaps, gaps, 0, 3, gaps, gaps)
