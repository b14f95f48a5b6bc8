/* What pipeline/words/needles.py finds, hit for hit. Plain C without any Python in it, called through ctypes; the Python
   code is the reference and says what is found, this file only how. */

#include <stdint.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum { LINE_END = '\n', WORD_BITS = 32, HASH_BITS = 16, MANY = 0x110000, STEP = 16 };

/* Needles one behind another. `known` has a bit for each hash of the first four signs of one, of shorter ones of two or one:
   fewer signs stand in every other word; `first` has the first needle of those whose hashes begin alike, and `next` the
   next one, -1 for none. `folds` has for each of the first `folded` signs the one it is folded to or, from MANY on, where
   in `several` those begin that it is folded to, up to a 0. */
typedef struct {
    const uint32_t *signs;
    const int64_t *ends;
    uint32_t *known;
    int32_t *first, *next;
    const uint32_t *folds, *several;
    int64_t count, bits, folded;
} Needles;

/* The factors are those of xxHash. */
static inline uint32_t hash_of(const uint32_t *signs, int64_t width) {
    uint32_t mixed = signs[0] * 0x9E3779B1u + (uint32_t)width;
    if (width > 1) mixed += signs[1] * 0x85EBCA77u;
    if (width > 2) mixed += signs[2] * 0xC2B2AE3Du + signs[3] * 0x27D4EB2Fu;
    return (mixed ^ mixed >> 15) * 0x9E3779B1u >> (32 - HASH_BITS);
}

static inline int64_t width_of(int64_t size) { return size >= 4 ? 4 : size >= 2 ? 2 : 1; }

static inline int64_t start_of(const Needles *n, int64_t number) { return number ? n->ends[number - 1] : 0; }

/* Fills `known`, all 0, `first`, all -1, and `next`. */
EXPORT void index_needles(const Needles *n) {
    for (int64_t number = n->count - 1; number >= 0; number--) {
        int64_t start = start_of(n, number);
        uint32_t hash = hash_of(n->signs + start, width_of(n->ends[number] - start));
        int32_t *first = n->first + (hash >> (HASH_BITS - n->bits));
        n->known[hash / WORD_BITS] |= 1u << hash % WORD_BITS;
        n->next[number] = *first;
        *first = (int32_t)number;
    }
}

typedef struct { const Needles *needles; const uint32_t *text; int64_t length, *seen, room, *hits, found; } Search;

/* Adds the needles whose first signs, as many as `width`, are those at a place of line `line`. */
static inline void look(Search *s, int64_t at, int64_t line, int64_t width) {
    const Needles *n = s->needles;
    uint32_t hash = hash_of(s->text + at, width);
    if (!(n->known[hash / WORD_BITS] >> hash % WORD_BITS & 1)) return;
    for (int32_t number = n->first[hash >> (HASH_BITS - n->bits)]; number >= 0; number = n->next[number]) {
        int64_t start = start_of(n, number), size = n->ends[number] - start;
        if (s->seen[number] == line || size > s->length - at) continue;
        if (memcmp(s->text + at, n->signs + start, (size_t)size * 4)) continue;
        s->seen[number] = line;
        if (s->found < s->room) { s->hits[2 * s->found] = line; s->hits[2 * s->found + 1] = number; }
        s->found++;
    }
}

/* Fills `to` with the folded text and returns its length. Most signs are of ASCII: STEP of those at once. */
static int64_t fold(const Needles *n, const uint32_t *text, int64_t length, uint32_t *to) {
    int64_t size = 0;
    for (int64_t at = 0; at < length;) {
        uint32_t every = 0x80;
        if (length - at >= STEP) {
            every = 0;
            for (int i = 0; i < STEP; i++) every |= text[at + i];
        }
        if (every < 0x80) {
            for (int i = 0; i < STEP; i++) to[size + i] = text[at + i] + (text[at + i] - 'A' < 26u ? 'a' - 'A' : 0);
            at += STEP, size += STEP;
            continue;
        }
        for (int64_t end = length - at < STEP ? length : at + STEP; at < end; at++) {
            uint32_t sign = text[at], folded = sign < n->folded ? n->folds[sign] : sign;
            if (folded < MANY) to[size++] = folded;
            else for (const uint32_t *more = n->several + (folded - MANY); *more; more++) to[size++] = *more;
        }
    }
    return size;
}

/* Fills `hits` with pairs of a line and a needle that stands in it, as many as there is `room` for, and returns how many
   there are. `seen` has room for a number a needle, `folded` for the text when it is folded: three signs for each. */
EXPORT int64_t find_needles(const Needles *n, const uint32_t *text, int64_t length, uint32_t *folded, int64_t *seen,
                            int64_t room, int64_t *hits) {
    length = fold(n, text, length, folded);
    Search s = {n, folded, length, seen, room, hits, 0};
    memset(seen, 0xFF, (size_t)n->count * 8);
    for (int64_t at = 0, line = 0; at < length; at++) {
        if (folded[at] == LINE_END) line++;
        if (length - at >= 4) look(&s, at, line, 4);
        if (length - at >= 2) look(&s, at, line, 2);
        look(&s, at, line, 1);
    }
    return s.found;
}
