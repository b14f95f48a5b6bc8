/* What pipeline/words/needles.py finds, hit for hit. Plain C without any Python in it, called through ctypes; the Python
   code is the reference and says what is found, this file only how. */

#include <stdint.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum { LINE_END = '\n', GRAM = 3, WORD_BITS = 32, HASH_BITS = 16 };

/* Needles one behind another. `known` has a bit for each hash of the first three signs of one, for shorter ones of the
   first sign; `first` has the first needle of those whose hashes begin alike, and `next` the next one, -1 for none. */
typedef struct {
    const uint32_t *signs;
    const int64_t *ends;
    uint32_t *known;
    int32_t *first, *next;
    int64_t count, bits;
} Needles;

/* The factors are those of xxHash. */
static inline uint32_t hash_of(const uint32_t *signs, int is_short) {
    uint32_t mixed = signs[0] * 0x9E3779B1u;
    if (!is_short) mixed += signs[1] * 0x85EBCA77u + signs[2] * 0xC2B2AE3Du + 1;
    return mixed >> (32 - HASH_BITS);
}

static inline int64_t start_of(const Needles *n, int64_t number) { return number ? n->ends[number - 1] : 0; }

/* Fills `known`, all 0, `first`, all -1, and `next`. */
EXPORT void index_needles(const Needles *n) {
    for (int64_t number = n->count - 1; number >= 0; number--) {
        int64_t start = start_of(n, number);
        uint32_t hash = hash_of(n->signs + start, n->ends[number] - start < GRAM);
        int32_t *first = n->first + (hash >> (HASH_BITS - n->bits));
        n->known[hash / WORD_BITS] |= 1u << hash % WORD_BITS;
        n->next[number] = *first;
        *first = (int32_t)number;
    }
}

/* Fills `hits` with pairs of a line and a needle that stands in it, as many as there is `room` for, and returns how many
   there are. `seen` has room for a number a needle. */
EXPORT int64_t find_needles(const Needles *n, const uint32_t *text, int64_t length, int64_t *seen, int64_t room,
                            int64_t *hits) {
    const uint32_t *known = n->known;
    int64_t line = 0, found = 0;
    memset(seen, 0xFF, (size_t)n->count * 8);
    for (int64_t at = 0; at < length; at++) {
        line += text[at] == LINE_END;
        for (int is_short = length - at < GRAM; is_short < 2; is_short++) {
            uint32_t hash = hash_of(text + at, is_short);
            if (!(known[hash / WORD_BITS] >> hash % WORD_BITS & 1)) continue;
            for (int32_t number = n->first[hash >> (HASH_BITS - n->bits)]; number >= 0; number = n->next[number]) {
                int64_t start = start_of(n, number), size = n->ends[number] - start;
                if (seen[number] == line || size > length - at || memcmp(text + at, n->signs + start, (size_t)size * 4))
                    continue;
                seen[number] = line;
                if (found < room) { hits[2 * found] = line; hits[2 * found + 1] = number; }
                found++;
            }
        }
    }
    return found;
}
