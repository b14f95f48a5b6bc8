/* The arithmetic of pipeline/dedup/kernel.py, apart.py, measure.py and candidates.py, number for number.

   Plain C without any Python in it: called through ctypes, so the interpreter lock is free meanwhile. The numpy code is
   the reference and says what each function means; this file says only how. All offsets count from the first row. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* From GCC 12 on a clone may name a level of the processor: multiplying 64 bits side by side belongs to the fourth. */
#if defined(__GNUC__) && __GNUC__ >= 12 && defined(__x86_64__) && defined(__linux__)
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#elif defined(__GNUC__) && defined(__x86_64__) && defined(__linux__)
#define WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WIDE
#endif
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define IS_LITTLE 1
#else
#define IS_LITTLE 0
#endif
#define EXPORT __attribute__((visibility("default")))

enum { MAX_BLOCKS = 8, MARK_BYTES = 5, MARK_WORDS = 512, MOST_SWAPS = 1000, MOST_SPELLED = 64, LANES = 32, RUN_BYTES = 12, ZONES = 4 };
enum { FIGURE = 1, CAPITAL = 2, FIRST = 4, ANY_CAPITAL = 8 }; /* the last one as a kind of word, no flag */
enum { DROPPED, LETTER, UPPER, DIGIT, POINT, STOP, OTHER };

static const uint64_t BLOCK = 0x9E3779B97F4A7C15u, LENGTH = 0xD6E8FEB86659FD93u, GRAM = 0xA0761D6478BD642Fu;

static uint8_t kind_of[256], lower_of[256]; /* lower_of: 0 for all but ASCII letters */

__attribute__((constructor)) static void fill_kinds(void) {
    memset(kind_of, OTHER, 128);
    memset(kind_of + 128, LETTER, 128);
    memset(kind_of + 'a', LETTER, 26);
    memset(kind_of + 'A', UPPER, 26);
    memset(kind_of + '0', DIGIT, 10);
    for (int c = 'a'; c <= 'z'; c++) lower_of[c] = lower_of[c - 32] = (uint8_t)c;
    for (const char *c = "!?:;\"\n\r"; *c; c++) kind_of[(uint8_t)*c] = STOP;
    kind_of['.'] = kind_of[','] = POINT;
    kind_of['\''] = kind_of['`'] = DROPPED;
}

static inline uint64_t splitmix64(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static inline uint64_t load(const uint8_t *at) {
    uint64_t value = 0;
#if IS_LITTLE
    memcpy(&value, at, 8);
#else
    for (int k = 0; k < 8; k++) value |= (uint64_t)at[k] << (8 * k);
#endif
    return value;
}

WIDE static void finish(uint64_t *values, int64_t count) {
    for (int64_t at = 0; at < count; at++) values[at] = splitmix64(values[at]);
}

/* All but the finaliser, which is for many words at a time. Reads up to seven bytes past the word. */
static inline uint64_t word_hash(const uint8_t *at, int64_t length) {
    uint64_t hash = (uint64_t)length * LENGTH;
    int64_t left = length < 8 * MAX_BLOCKS ? length : 8 * MAX_BLOCKS;
    for (; left > 0; at += 8, left -= 8) {
        uint64_t block = load(at);
        if (left < 8) block &= ~(uint64_t)0 >> (64 - 8 * left);
        hash = (hash ^ block) * BLOCK;
        hash ^= hash >> 32;
    }
    return hash;
}

/* ------------------------------------------------------------------------------------------ texts taken apart */

static uint32_t code_point(const uint8_t *at, const uint8_t *end, int *length) {
    uint32_t c = *at;
    *length = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (end - at < *length) { *length = 1; return 0xFFFD; }
    if (c < 0xE0) return (c & 0x1F) << 6 | (at[1] & 0x3F);
    if (c < 0xF0) return (c & 0x0F) << 12 | (at[1] & 0x3Fu) << 6 | (at[2] & 0x3F);
    return ((c & 0x07) << 18 | (at[1] & 0x3Fu) << 12 | (at[2] & 0x3Fu) << 6 | (at[3] & 0x3F)) & 0x1FFFFF;
}

/* status: 1 where a text has a character whose form is not in the table yet, or one that may combine with another. */
EXPORT void scan(const uint8_t *text, const int64_t *offsets, int64_t n, const uint32_t *table, uint8_t *status) {
    for (int64_t row = 0; row < n; row++) {
        const uint8_t *at = text + offsets[row], *end = text + offsets[row + 1];
        status[row] = 0;
        while (at < end && !status[row]) {
            uint64_t eight;
            while (end - at >= 8 && (memcpy(&eight, at, 8), !(eight & 0x8080808080808080u))) at += 8;
            if (at == end) break;
            if (*at < 0x80) { at++; continue; }
            int length;
            uint32_t entry = table[code_point(at, end, &length)];
            status[row] = !entry || entry >> 31;
            at += length;
        }
    }
}

typedef struct {
    uint8_t *letters, *flags;
    uint64_t *words;
    int32_t *ends;
    int64_t letter, word, row_start, word_start;
    uint8_t flag, held;
    int inside, stopped;
} Sink;

static inline void close_word(Sink *s) {
    int64_t length = s->letter - s->word_start;
    s->words[s->word] = word_hash(s->letters + s->word_start, length);
    s->flags[s->word] = s->flag;
    s->ends[s->word++] = (int32_t)(s->letter - s->row_start);
    s->letters[s->letter++] = ' ';
    s->inside = 0;
}

static inline void part(Sink *s, uint8_t byte) {
    if (s->inside) close_word(s);
    if (s->held == '.') s->stopped = 1;
    s->held = 0;
    if (byte == '.' || kind_of[byte] == STOP) s->stopped = 1;
}

static inline void put(Sink *s, uint8_t byte, int is_capital, int is_digit) {
    if (s->held) {
        if (is_digit) { s->letters[s->letter++] = s->held; s->held = 0; }
        else part(s, ' ');
    }
    if (!s->inside) {
        s->word_start = s->letter;
        s->flag = s->stopped ? FIRST : 0;
        s->inside = 1;
        s->stopped = 0;
    }
    if (is_capital && s->letter - s->word_start < 4) s->flag |= CAPITAL;
    if (is_digit) s->flag |= FIGURE;
    s->letters[s->letter++] = byte;
}

static inline void take(Sink *s, uint8_t plain, uint8_t form) {
    switch (kind_of[form]) {
    case DROPPED: break;
    case LETTER: put(s, form, plain != form, 0); break;
    case UPPER: put(s, form | 0x20, 1, 0); break;
    case DIGIT: put(s, form, 0, 1); break;
    case POINT:
        if (s->inside && !s->held && kind_of[s->letters[s->letter - 1]] == DIGIT) { s->held = form; break; }
        part(s, form);
        break;
    default: part(s, form);
    }
}

/* The letters from here on, all ASCII: what nearly every byte of most texts is. */
static inline const uint8_t *run(Sink *s, const uint8_t *at, const uint8_t *end) {
    int64_t letter = s->letter;
    uint8_t *to = s->letters, lower;
    if (!s->inside) {
        s->word_start = letter;
        s->flag = s->stopped ? FIRST : 0;
        s->inside = 1;
        s->stopped = 0;
    }
    int64_t head = s->word_start + 4;
#if IS_LITTLE
    /* Eight at a time: a byte's highest bit tells a letter. What is stored behind the last letter is written over. */
    while (end - at >= 8) {
        uint64_t eight = load(at), lowered = eight | 0x2020202020202020u, low = lowered & 0x7F7F7F7F7F7F7F7Fu;
        uint64_t is_letter = (low + 0x1F1F1F1F1F1F1F1Fu) & ~(low + 0x0505050505050505u) & ~eight;
        uint64_t others = ~is_letter & 0x8080808080808080u;
        int64_t count = others ? __builtin_ctzll(others) >> 3 : 8, heads = head - letter < count ? head - letter : count;
        memcpy(to + letter, &lowered, 8);
        if (heads > 0 && (eight ^ lowered) & (~(uint64_t)0 >> (64 - 8 * heads))) s->flag |= CAPITAL;
        letter += count;
        at += count;
        if (count < 8) goto done;
    }
#endif
    for (; at < end && letter < head && (lower = lower_of[*at]); at++) {
        if (lower != *at) s->flag |= CAPITAL;
        to[letter++] = lower;
    }
    while (at < end && (lower = lower_of[*at])) { to[letter++] = lower; at++; }
#if IS_LITTLE
done:
#endif
    s->letter = letter;
    if (at < end && *at == ' ') { close_word(s); at++; }
    return at;
}

/* Returns the rows done: fewer than n when the next text may not fit into what is left of letters. */
EXPORT int64_t apart(const uint8_t *text, const int64_t *offsets, int64_t n, const uint32_t *table,
                     const uint8_t *pool, uint8_t *letters, int64_t room, int64_t *letter_offsets, uint64_t *words,
                     int32_t *ends, uint8_t *flags, int64_t *word_offsets) {
    Sink s = {.letters = letters, .flags = flags, .words = words, .ends = ends};
    letter_offsets[0] = word_offsets[0] = 0;
    for (int64_t row = 0; row < n; row++) {
        const uint8_t *at = text + offsets[row], *end = text + offsets[row + 1];
        s.row_start = s.letter;
        s.inside = s.held = 0;
        s.stopped = 1;
        if (room - s.letter < end - at + 16) return row;
        while (at < end) {
            if (lower_of[*at] && !s.held) { at = run(&s, at, end); continue; }
            if (*at < 0x80) { take(&s, *at, *at); at++; continue; }
            int length;
            const uint8_t *entry = pool + (table[code_point(at, end, &length)] & 0x7FFFFFFF);
            int bytes = *entry++;
            at += length;
            if (room - s.letter < end - at + bytes + 16) return row;
            for (int k = 0; k < bytes; k++) take(&s, entry[k], entry[bytes + k]);
        }
        part(&s, ' ');
        finish(words + word_offsets[row], s.word - word_offsets[row]);
        letter_offsets[row + 1] = s.letter;
        word_offsets[row + 1] = s.word;
    }
    return n;
}

static inline int64_t gram_count(int64_t words, int64_t size) { return words <= size ? words > 0 : words - size + 1; }

WIDE static void grams_of(const uint64_t *words, int64_t made, int64_t width, uint64_t *restrict out) {
    memcpy(out, words, (size_t)made * 8);
    for (int64_t k = 1; k < width; k++)
        for (int64_t at = 0; at < made; at++) out[at] = out[at] * GRAM + words[at + k];
    for (int64_t at = 0; at < made; at++) out[at] = splitmix64(out[at]);
}

EXPORT void grams(const uint64_t *words, const int64_t *word_offsets, int64_t n, int64_t size, uint64_t *out,
                  int64_t *out_offsets) {
    out_offsets[0] = 0;
    for (int64_t row = 0; row < n; row++) {
        int64_t count = word_offsets[row + 1] - word_offsets[row], made = gram_count(count, size);
        grams_of(words + word_offsets[row], made, size < count ? size : count, out + out_offsets[row]);
        out_offsets[row + 1] = out_offsets[row] + made;
    }
}

typedef struct {
    const uint64_t *words, *grams;
    const int64_t *word_offsets, *gram_offsets, *letter_offsets;
    const int32_t *ends;
    const uint8_t *flags, *letters, *cased;
} Texts;

/* ------------------------------------------------------------------------------------------ fingerprints */

WIDE static void lowest_of(const uint32_t *mixed, int64_t count, const uint32_t *a, const uint32_t *b, uint32_t *out) {
    uint32_t low[LANES], by[LANES], plus[LANES];
    for (int k = 0; k < LANES; k++) { low[k] = UINT32_MAX; by[k] = a[k]; plus[k] = b[k]; }
    for (int64_t at = 0; at < count; at++) {
        uint32_t x = mixed[at];
        for (int k = 0; k < LANES; k++) {
            uint32_t value = by[k] * x + plus[k];
            low[k] = value < low[k] ? value : low[k];
        }
    }
    memcpy(out, low, sizeof low);
}

WIDE static void mix(const uint64_t *grams, int64_t count, uint32_t *restrict mixed) {
    for (int64_t at = 0; at < count; at++) {
        uint32_t x = (uint32_t)(grams[at] >> 32);
        x = (x ^ (x >> 16)) * 0x85EBCA6Bu;
        x = (x ^ (x >> 13)) * 0xC2B2AE35u;
        mixed[at] = x ^ (x >> 16);
    }
}

/* mixed: room for the grams of the longest row. */
EXPORT void signatures(const uint64_t *grams, const int64_t *offsets, int64_t n, const uint32_t *a, const uint32_t *b,
                       int64_t size, uint32_t *mixed, uint32_t *out) {
    uint32_t by[LANES] = {0}, plus[LANES] = {0}, low[LANES];
    for (int64_t row = 0; row < n; row++, out += size) {
        int64_t count = offsets[row + 1] - offsets[row];
        mix(grams + offsets[row], count, mixed);
        int64_t k = 0;
        for (; k + LANES <= size; k += LANES) lowest_of(mixed, count, a + k, b + k, out + k);
        if (k == size) continue;
        memcpy(by, a + k, (size_t)(size - k) * 4);
        memcpy(plus, b + k, (size_t)(size - k) * 4);
        lowest_of(mixed, count, by, plus, low);
        memcpy(out + k, low, (size_t)(size - k) * 4);
    }
}

typedef struct { uint64_t value, hash; } Ranked;

static int by_rank(const void *x, const void *y) {
    const Ranked *a = x, *b = y;
    if (a->value != b->value) return (a->value > b->value) - (a->value < b->value);
    return (a->hash > b->hash) - (a->hash < b->hash);
}

static void sort_ranked(Ranked *values, int64_t count) {
    if (count > 96) { qsort(values, (size_t)count, sizeof *values, by_rank); return; }
    for (int64_t i = 1; i < count; i++) {
        Ranked value = values[i];
        int64_t k = i;
        for (; k && by_rank(values + k - 1, &value) > 0; k--) values[k] = values[k - 1];
        values[k] = value;
    }
}

/* Where the hashes stand that are not above `bound` once made lower; returns how many. */
static int64_t below(const uint64_t *hash, int64_t count, const int64_t *zones, const int64_t *shifts, uint64_t bound,
                     int32_t *places) {
    int64_t used = 0;
    for (int64_t z = 0, at = 0; z < ZONES && at < count; z++) {
        /* hash >> shift <= bound, asked of the hash itself. */
        uint64_t most = bound >> (63 - shifts[z]) > 1 ? UINT64_MAX : ((bound + 1) << shifts[z]) - 1;
        for (int64_t end = count < zones[z] ? count : zones[z]; at < end; at++) {
            places[used] = (int32_t)at;
            used += hash[at] <= most;
        }
    }
    return used;
}

/* The lower 32 bits of the `most` lowest distinct hashes, those near the beginning made lower; ranked: room for all. */
static int64_t lowest(const uint64_t *hash, int64_t count, const int64_t *zones, const int64_t *shifts, int64_t most,
                      Ranked *ranked, int32_t *places, uint64_t *kept, uint32_t *out) {
    double weight = 0;
    int64_t found = 0;
    for (int64_t z = 0, low = 0; z < ZONES && low < count; low = zones[z++])
        weight += (double)((count < zones[z] ? count : zones[z]) - low) * (double)(1 << shifts[z]);
    /* Half as many again as are kept lie below this bound, and ten; where that leaves too few, all are looked at. */
    double part = (1.5 * (double)most + 10) / (weight + 1);
    uint64_t bound = part < 1 ? (uint64_t)(part * 18446744073709551615.0) : UINT64_MAX;
    for (;;) {
        int64_t used = below(hash, count, zones, shifts, bound, places);
        for (int64_t i = 0, z = 0; i < used; i++) {
            while (places[i] >= zones[z]) z++;
            ranked[i] = (Ranked){hash[places[i]] >> shifts[z], hash[places[i]]};
        }
        sort_ranked(ranked, used);
        found = 0;
        for (int64_t i = 0; i < used && found < most; i++) {
            int64_t k = 0;
            while (k < found && kept[k] != ranked[i].hash) k++;
            if (k == found) kept[found++] = ranked[i].hash;
        }
        if (found == most || bound == UINT64_MAX) break;
        bound = UINT64_MAX;
    }
    for (int64_t k = 0; k < found; k++) out[k] = (uint32_t)kept[k];
    return found;
}

/* Twelve bytes as one number. */
static inline uint64_t run_of(const uint8_t *at) { return load(at) ^ (load(at + 4) >> 32) * BLOCK; }

static int64_t runs_of(const uint8_t *letters, int64_t length, const int32_t *ends, int64_t words, uint64_t *out) {
    uint8_t whole[RUN_BYTES] = {0};
    int64_t count = 0, start = 0;
    for (int64_t word = 0; word < words && start + RUN_BYTES <= length; start = ends[word++] + 1)
        out[count++] = run_of(letters + start);
    if (count || !length) return count;
    memcpy(whole, letters, (size_t)length);
    out[0] = run_of(whole);
    return 1;
}

WIDE static void passages_of(const uint64_t *grams, int64_t made, int64_t size, uint64_t *restrict out) {
    for (int64_t at = 0; at < made; at++) out[at] = splitmix64(grams[at] * GRAM + grams[at + size]);
}

static int64_t passage_hashes(const uint64_t *grams, int64_t count, int64_t size, uint64_t *out) {
    if (count <= size) { if (count) out[0] = splitmix64(grams[0]); return count > 0; }
    passages_of(grams, count - size, size, out);
    return count - size;
}

/* The keys of every row, sorted and each once: its lowest letter runs, its lowest passages, its bands. */
EXPORT void sample_keys(const Texts *t, int64_t n, int64_t longest, int64_t size, const uint32_t *bands,
                        int64_t band_count, int64_t runs, int64_t passages, const int64_t *zones, const int64_t *shifts,
                        uint32_t *out, int64_t *out_offsets) {
    uint64_t *hash = malloc((size_t)(longest + 1) * 8), *kept = malloc((size_t)(runs + passages) * 8);
    Ranked *ranked = malloc((size_t)(longest + 1) * sizeof *ranked);
    int32_t *places = malloc((size_t)(longest + 1) * 4);
    out_offsets[0] = 0;
    for (int64_t row = 0; row < n; row++) {
        uint32_t *o = out + out_offsets[row];
        int64_t words = t->word_offsets[row + 1] - t->word_offsets[row], used = 0, unique = 0;
        int64_t length = t->letter_offsets[row + 1] - t->letter_offsets[row];
        int64_t grams = t->gram_offsets[row + 1] - t->gram_offsets[row];
        int64_t count = runs_of(t->letters + t->letter_offsets[row], length, t->ends + t->word_offsets[row], words, hash);
        finish(hash, count);
        used += lowest(hash, count, zones, shifts, runs, ranked, places, kept, o);
        count = passage_hashes(t->grams + t->gram_offsets[row], grams, size, hash);
        used += lowest(hash, count, zones, shifts, passages, ranked, places, kept, o + used);
        for (int64_t k = 0; words && k < band_count; k++) o[used++] = bands[row * band_count + k];
        for (int64_t i = 1; i < used; i++) {
            uint32_t value = o[i];
            int64_t k = i;
            for (; k && o[k - 1] > value; k--) o[k] = o[k - 1];
            o[k] = value;
        }
        for (int64_t i = 0; i < used; i++) if (!unique || o[unique - 1] != o[i]) o[unique++] = o[i];
        out_offsets[row + 1] = out_offsets[row] + unique;
    }
    free(hash); free(kept); free(ranked); free(places);
}

/* ------------------------------------------------------------------------------------------ candidates */

static int by_entry(const void *x, const void *y) {
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

/* The postings of rows whose keys lie from starts to ends: directory (2^bits + 1) and entries, each bucket sorted. */
EXPORT void post(const uint32_t *keys, const int64_t *starts, const int64_t *ends, int64_t n, int64_t bits,
                 uint32_t *directory, uint32_t *entries) {
    int64_t buckets = (int64_t)1 << bits;
    memset(directory, 0, (size_t)(buckets + 1) * 4);
    for (int64_t row = 0; row < n; row++)
        for (int64_t at = starts[row]; at < ends[row]; at++) directory[keys[at] >> (32 - bits)]++;
    for (uint32_t bucket = 0, sum = 0; bucket <= buckets; bucket++) {
        uint32_t count = directory[bucket];
        directory[bucket] = sum;
        sum += count;
    }
    for (int64_t row = 0; row < n; row++)
        for (int64_t at = starts[row]; at < ends[row]; at++)
            entries[directory[keys[at] >> (32 - bits)]++] = (uint32_t)((uint64_t)keys[at] << bits) | (uint32_t)row;
    /* Each now stands where the next one begins. */
    memmove(directory + 1, directory, (size_t)buckets * 4);
    directory[0] = 0;
    for (int64_t bucket = 0; bucket < buckets; bucket++) {
        uint32_t *low = entries + directory[bucket];
        int64_t count = directory[bucket + 1] - directory[bucket];
        if (count > 64) { qsort(low, (size_t)count, 4, by_entry); continue; }
        for (int64_t i = 1; i < count; i++) {
            uint32_t value = low[i];
            int64_t k = i;
            for (; k && low[k - 1] > value; k--) low[k] = low[k - 1];
            low[k] = value;
        }
    }
}

/* First entry from low on that is not below value; in large buckets by halves. */
static inline int64_t reach(const uint32_t *entries, int64_t low, int64_t high, uint32_t value) {
    while (high - low > 16) {
        int64_t middle = low + (high - low) / 2;
        if (entries[middle] < value) low = middle + 1; else high = middle;
    }
    while (low < high && entries[low] < value) low++;
    return low;
}

static int by_code(const void *x, const void *y) {
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

/* For each of n rows, whose keys lie from starts to ends, the others that share enough of them, those that share most
   first, at most `most`: others (most a row, one row after the other), counts a row. first: the number of the first of
   the rows where only smaller ones are wanted, else -1. Returns how many others there are. */
EXPORT int64_t meet(const uint32_t *keys, const int64_t *starts, const int64_t *ends, int64_t n, int64_t first,
                    const uint32_t *directory, const uint32_t *entries, int64_t bits, const uint8_t *sizes,
                    int64_t most, int64_t few, int64_t least, double share, int64_t longest, uint32_t *others,
                    int64_t *counts) {
    int64_t slots = 64, found = 0, widest = most > few ? most : few;
    while (slots < 4 * longest * widest) slots *= 2;
    uint32_t *key = malloc((size_t)slots * 4), mask = (uint32_t)(((uint64_t)1 << bits) - 1);
    int32_t *count = calloc((size_t)slots, 4);
    int64_t *touched = malloc((size_t)slots * 8);
    uint64_t *codes = malloc((size_t)slots * 8);
    for (int64_t row = 0; row < n; row++) {
        int64_t used = 0, passed = 0, own = ends[row] - starts[row];
        for (int64_t at = starts[row]; at < ends[row]; at++) __builtin_prefetch(directory + (keys[at] >> (32 - bits)));
        for (int64_t at = starts[row]; at < ends[row]; at++)
            __builtin_prefetch(entries + directory[keys[at] >> (32 - bits)]);
        for (int64_t at = starts[row]; at < ends[row]; at++) {
            uint32_t bucket = keys[at] >> (32 - bits), value = (uint32_t)((uint64_t)keys[at] << bits);
            int64_t end = directory[bucket + 1], low = reach(entries, directory[bucket], end, value), high = low;
            while (high < end && high - low <= widest && (entries[high] & ~mask) == value) high++;
            if (high - low > most && high > low + few) high = low + few;
            for (; low < high; low++) {
                uint32_t other = entries[low] & mask;
                if (first >= 0 && other >= first + row) break;
                int64_t slot = (int64_t)(splitmix64(other) & (uint64_t)(slots - 1));
                while (count[slot] && key[slot] != other) slot = (slot + 1) & (slots - 1);
                if (!count[slot]) { key[slot] = other; touched[used++] = slot; }
                count[slot]++;
            }
        }
        for (int64_t k = 0; k < used; k++) {
            int64_t slot = touched[k], smaller = own < sizes[key[slot]] ? own : sizes[key[slot]];
            if (count[slot] >= least && (double)count[slot] >= share * (double)smaller)
                codes[passed++] = (uint64_t)(UINT32_MAX - (uint32_t)count[slot]) << 32 | key[slot];
            count[slot] = 0;
        }
        if (passed > most) { qsort(codes, (size_t)passed, 8, by_code); passed = most; }
        for (int64_t k = 0; k < passed; k++) others[found++] = (uint32_t)codes[k];
        counts[row] = passed;
    }
    free(key); free(count); free(touched); free(codes);
    return found;
}

/* ------------------------------------------------------------------------------------------ pairs measured */

typedef struct { uint64_t *key; int32_t *at, *stamp; int64_t mask; int32_t round; } Set;

static int64_t slots_for(int64_t most) {
    int64_t slots = 64;
    while (slots < 2 * most + 2) slots *= 2;
    return slots;
}

static void open_set(Set *s, int64_t most) {
    int64_t slots = slots_for(most);
    s->key = malloc((size_t)slots * 8);
    s->at = malloc((size_t)slots * 4);
    s->stamp = calloc((size_t)slots, 4);
    s->round = 0;
}

/* Empties the set; of its slots only as many are used as so few keys need, so that they stay in the nearest cache. */
static inline void begin(Set *s, int64_t most) {
    s->mask = slots_for(most) - 1;
    s->round++;
}

static void close_set(Set *s) { free(s->key); free(s->at); free(s->stamp); }

static inline int64_t slot_of(const Set *s, uint64_t key) {
    int64_t slot = (int64_t)(key & (uint64_t)s->mask);
    while (s->stamp[slot] == s->round && s->key[slot] != key) slot = (slot + 1) & s->mask;
    return slot;
}

/* Returns whether the key is new; it keeps the place it came with first. */
static inline int add(Set *s, uint64_t key, int32_t at) {
    int64_t slot = slot_of(s, key);
    if (s->stamp[slot] == s->round) return 0;
    s->stamp[slot] = s->round;
    s->key[slot] = key;
    s->at[slot] = at;
    return 1;
}

static int64_t entry(const uint8_t *hits, int64_t count, int64_t window) {
    if (window > count) window = count;
    int64_t sum = 0;
    for (int64_t at = 0; at < count; at++) {
        sum += hits[at];
        if (at >= window) sum -= hits[at - window];
        if (at >= window - 1 && 2 * sum >= window) {
            for (int64_t k = at - window + 1; ; k++) if (hits[k]) return k;
        }
    }
    return count;
}

static int64_t cover(const uint8_t *hits, int64_t count, int64_t words, uint8_t *covered) {
    int64_t size = words - count + 1, sum = 0;
    memset(covered, 0, (size_t)words);
    for (int64_t k = 0; count && k < size; k++)
        for (int64_t at = 0; at < count; at++) covered[at + k] |= hits[at];
    for (int64_t at = 0; at < words; at++) sum += covered[at];
    return sum;
}

/* laid: the text whose shingles are in b, each at its first place, which first_b says of every place; hits: the pair in
   which the shingle that stands first there was met. distinct: shingles of each text, -1 where not counted yet.
   words: the names and the figures of each text, count -1 where not listed yet; of_kind: those of the text laid_kind. */
typedef struct { uint64_t *at; int64_t count; } Words;

typedef struct {
    const Texts *t;
    Set a, b, of_kind[2];
    uint8_t *hit_a, *hit_b, *covered;
    int32_t *first_b, *hits, hit;
    int64_t rows, laid, laid_kind[2], *distinct;
    Words *words[2];
} Desk;

static void open_desk(Desk *d, const Texts *t, const int64_t *pairs, int64_t m) {
    int64_t most = 256, rows = 0;
    for (int64_t k = 0; k < 2 * m; k++) {
        int64_t words = t->word_offsets[pairs[k] + 1] - t->word_offsets[pairs[k]];
        if (words > most) most = words;
        if (pairs[k] >= rows) rows = pairs[k] + 1;
    }
    d->t = t;
    d->rows = rows;
    d->laid = d->laid_kind[0] = d->laid_kind[1] = -1;
    d->hit = 0;
    open_set(&d->a, 2 * most);
    open_set(&d->b, most);
    for (int kind = 0; kind < 2; kind++) {
        open_set(d->of_kind + kind, most);
        d->words[kind] = malloc((size_t)(rows + 1) * sizeof(Words));
        for (int64_t k = 0; k < rows; k++) d->words[kind][k] = (Words){NULL, -1};
    }
    d->hit_a = malloc((size_t)most);
    d->hit_b = malloc((size_t)most);
    d->covered = malloc((size_t)most);
    d->first_b = malloc((size_t)most * 4);
    d->hits = calloc((size_t)most, 4);
    d->distinct = malloc((size_t)(rows + 1) * 8);
    for (int64_t k = 0; k < rows; k++) d->distinct[k] = -1;
}

static void close_desk(Desk *d) {
    close_set(&d->a); close_set(&d->b);
    for (int kind = 0; kind < 2; kind++) {
        for (int64_t k = 0; k < d->rows; k++) free(d->words[kind][k].at);
        free(d->words[kind]);
        close_set(d->of_kind + kind);
    }
    free(d->hit_a); free(d->hit_b); free(d->covered); free(d->first_b); free(d->hits); free(d->distinct);
}

static int64_t distinct_of(Desk *d, int64_t row) {
    if (d->distinct[row] < 0) {
        int64_t count = 0, low = d->t->gram_offsets[row], high = d->t->gram_offsets[row + 1];
        begin(&d->a, high - low);
        for (int64_t k = low; k < high; k++) count += add(&d->a, d->t->grams[k], 0);
        d->distinct[row] = count;
    }
    return d->distinct[row];
}

/* Puts the shingles of a text into the set b, unless they are there from the pair before. */
static void lay(Desk *d, int64_t row) {
    if (d->laid == row) return;
    const uint64_t *grams = d->t->grams + d->t->gram_offsets[row];
    int64_t count = d->t->gram_offsets[row + 1] - d->t->gram_offsets[row], distinct = 0;
    begin(&d->b, count);
    Set s = d->b;
    int32_t *restrict first_b = d->first_b;
    for (int64_t k = 0; k < count; k++) {
        int64_t slot = slot_of(&s, grams[k]);
        if (s.stamp[slot] != s.round) {
            s.stamp[slot] = s.round; s.key[slot] = grams[k]; s.at[slot] = (int32_t)k;
            distinct++;
        }
        first_b[k] = s.at[slot];
    }
    d->distinct[row] = distinct;
    d->laid = row;
}

/* Marks which shingles of a and b are shared, and returns how many. Where the texts run side by side, also behind a
   word that was exchanged, the next shingle of b is looked at before the set is asked. */
static int64_t lay_out(Desk *d, int64_t a, int64_t b) {
    const Texts *t = d->t;
    const uint64_t *ga = t->grams + t->gram_offsets[a], *gb = t->grams + t->gram_offsets[b];
    int64_t na = t->gram_offsets[a + 1] - t->gram_offsets[a], nb = t->gram_offsets[b + 1] - t->gram_offsets[b];
    lay(d, b);
    const Set s = d->b;
    uint8_t *restrict hit_a = d->hit_a, *restrict hit_b = d->hit_b;
    int32_t *restrict hits = d->hits, *restrict first_b = d->first_b, hit = ++d->hit;
    int64_t shared = 0, next = 0;
    for (int64_t k = 0; k < na; k++, next++) {
        int32_t first;
        if (next < nb && ga[k] == gb[next]) first = first_b[next];
        else {
            int64_t slot = slot_of(&s, ga[k]);
            if (s.stamp[slot] != s.round) { hit_a[k] = 0; continue; }
            next = first = s.at[slot];
        }
        hit_a[k] = 1;
        shared += hits[first] != hit;
        hits[first] = hit;
    }
    for (int64_t k = 0; k < nb; k++) hit_b[k] = hits[first_b[k]] == hit;
    return shared;
}

static int64_t short_lcs(const uint8_t *a, int64_t la, const uint8_t *b, int64_t lb) {
    uint64_t places[256] = {0}, state = ~(uint64_t)0;
    for (int64_t k = 0; k < la; k++) places[a[k]] |= (uint64_t)1 << k;
    for (int64_t k = 0; k < lb; k++) {
        uint64_t matches = state & places[b[k]];
        state = (state + matches) | (state - matches);
    }
    uint64_t full = la == 64 ? ~(uint64_t)0 : ((uint64_t)1 << la) - 1;
    return __builtin_popcountll(~state & full);
}

static inline int is_kind(int flag, int kind) {
    return kind == CAPITAL ? (flag & (CAPITAL | FIRST)) == CAPITAL : flag & (kind == FIGURE ? FIGURE : CAPITAL);
}

static int any(const uint8_t *flags, int64_t low, int64_t high, int kind) {
    for (; low < high; low++) if (is_kind(flags[low], kind)) return 1;
    return 0;
}

static int64_t spelled(const Texts *t, int64_t row, int64_t low, int64_t high, const uint8_t **at) {
    const int32_t *ends = t->ends + t->word_offsets[row];
    int64_t start = low ? ends[low - 1] + 1 : 0, length = ends[high - 1] - start;
    *at = t->letters + t->letter_offsets[row] + start;
    return length < MOST_SPELLED ? length : MOST_SPELLED;
}

/* The first place from low on whose mark is value, high where there is none. */
static inline int64_t next_of(const uint8_t *marks, uint8_t value, int64_t low, int64_t high) {
    const uint8_t *found = low < high ? memchr(marks + low, value, (size_t)(high - low)) : NULL;
    return found ? found - marks : high;
}

typedef struct { int64_t row, low, high; } Swap;

/* Counts two passages that stand for each other, as a name (out[0]), as a figure (out[1]) or not at all. */
static void tell(const Texts *t, Swap a, Swap b, int kind, double spelling, int64_t *out) {
    const uint8_t *fa = t->flags + t->word_offsets[a.row], *fb = t->flags + t->word_offsets[b.row], *one, *other;
    if (any(fa, a.low, a.high, FIGURE) && any(fb, b.low, b.high, FIGURE)) { out[1]++; return; }
    int is_cased = t->cased[a.row] && t->cased[b.row];
    if (is_cased && !(any(fa, a.low, a.high, kind) && any(fb, b.low, b.high, kind))) return;
    int64_t la = spelled(t, a.row, a.low, a.high, &one), lb = spelled(t, b.row, b.low, b.high, &other);
    out[0] += (double)(2 * short_lcs(one, la, other, lb)) / (double)(la + lb) < spelling;
}

/* Whether a sentence begins at one of the words low to high of a row. */
static int opens(const Texts *t, int64_t row, int64_t low, int64_t high) {
    int64_t first = t->word_offsets[row], count = t->word_offsets[row + 1] - first;
    for (; low <= high && low < count; low++) if (t->flags[first + low] & FIRST) return 1;
    return 0;
}

static void heading(Desk *d, int64_t a, int64_t b, int64_t longest, double spelling, int64_t *out) {
    const Texts *t = d->t;
    const uint64_t *wa = t->words + t->word_offsets[a], *wb = t->words + t->word_offsets[b];
    int64_t grams = t->gram_offsets[a + 1] - t->gram_offsets[a], end = next_of(d->hit_a, 1, 0, grams), start = 0;
    if (end == grams) return;
    int64_t b_end = d->b.at[slot_of(&d->b, t->grams[t->gram_offsets[a] + end])], least = end < b_end ? end : b_end;
    while (start < least && wa[start] == wb[start]) start++;
    if (start == least || !opens(t, a, end, start + longest) || !opens(t, b, b_end, start + longest)) return;
    tell(t, (Swap){a, start, end}, (Swap){b, start, b_end}, ANY_CAPITAL, spelling, out);
}

/* covered: the words of a. */
static void exchange(Desk *d, int64_t a, int64_t b, int64_t longest, double spelling, int64_t *out) {
    const Texts *t = d->t;
    const uint64_t *ga = t->grams + t->gram_offsets[a];
    int64_t na = t->gram_offsets[a + 1] - t->gram_offsets[a], words = t->word_offsets[a + 1] - t->word_offsets[a];
    int64_t size = words - na + 1, seen = 0;
    out[0] = out[1] = 0;
    heading(d, a, b, longest, spelling, out);
    for (int64_t at = next_of(d->covered, 1, 0, words), end; seen < MOST_SWAPS; at = end) {
        at = next_of(d->covered, 0, at, words);
        end = next_of(d->covered, 1, at, words);
        if (end == words) break;
        int64_t b0 = d->b.at[slot_of(&d->b, ga[at - size])] + size, b1 = d->b.at[slot_of(&d->b, ga[end])];
        if (end - at > longest || b1 <= b0 || b1 - b0 > longest) continue;
        seen++;
        tell(t, (Swap){a, at, end}, (Swap){b, b0, b1}, CAPITAL, spelling, out);
    }
}

/* out, nine a pair: shared and distinct shingles of a and b, entry in a and in b, covered words of a and of b, names and
   figures exchanged. */
EXPORT void overlaps(const Texts *t, const int64_t *pairs, int64_t m, int64_t window, int64_t longest, double spelling,
                     int64_t *out) {
    Desk d;
    open_desk(&d, t, pairs, m);
    for (int64_t k = 0; k < m; k++, out += 9) {
        int64_t a = pairs[2 * k], b = pairs[2 * k + 1];
        int64_t na = t->gram_offsets[a + 1] - t->gram_offsets[a], nb = t->gram_offsets[b + 1] - t->gram_offsets[b];
        out[0] = lay_out(&d, a, b);
        out[1] = distinct_of(&d, a);
        out[2] = distinct_of(&d, b);
        out[3] = na ? entry(d.hit_a, na, window) : 0;
        out[4] = nb ? entry(d.hit_b, nb, window) : 0;
        out[6] = cover(d.hit_b, nb, t->word_offsets[b + 1] - t->word_offsets[b], d.covered);
        out[5] = cover(d.hit_a, na, t->word_offsets[a + 1] - t->word_offsets[a], d.covered);
        exchange(&d, a, b, longest, spelling, out + 7);
    }
    close_desk(&d);
}

/* The distinct words of the kind in a row, in their order; made once a row. */
static Words words_of(Desk *d, int64_t row, int kind) {
    const Texts *t = d->t;
    Words *found = d->words[kind == FIGURE] + row;
    if (found->count >= 0) return *found;
    int64_t low = t->word_offsets[row], high = t->word_offsets[row + 1], all = 0;
    for (int64_t k = low; k < high; k++) all += is_kind(t->flags[k], kind);
    found->at = malloc((size_t)(all + 1) * 8);
    found->count = 0;
    begin(&d->a, all);
    for (int64_t k = low; k < high; k++)
        if (is_kind(t->flags[k], kind) && add(&d->a, t->words[k], 0)) found->at[found->count++] = t->words[k];
    return *found;
}

/* out[0]: distinct words of the kind in both, out[1]: distinct ones of the list that has fewer. */
static void shared_words(Desk *d, int64_t a, int64_t b, int kind, int64_t *out) {
    Words own = words_of(d, a, kind), others = words_of(d, b, kind);
    Set *s = d->of_kind + (kind == FIGURE);
    if (d->laid_kind[kind == FIGURE] != b) {
        begin(s, others.count);
        for (int64_t k = 0; k < others.count; k++) add(s, others.at[k], 0);
        d->laid_kind[kind == FIGURE] = b;
    }
    out[0] = 0;
    for (int64_t k = 0; k < own.count; k++) out[0] += s->stamp[slot_of(s, own.at[k])] == s->round;
    out[1] = own.count < others.count ? own.count : others.count;
}

/* out[0]: distinct long words of the opening of `row` that `other` has anywhere, out[1]: all of them. */
static void opening(Desk *d, int64_t row, int64_t other, int64_t size, int64_t long_bytes, int64_t *out) {
    const Texts *t = d->t;
    const int32_t *ends = t->ends + t->word_offsets[row];
    const uint64_t *words = t->words + t->word_offsets[row];
    int64_t count = t->word_offsets[row + 1] - t->word_offsets[row];
    Set *s = &d->a;
    begin(s, size);
    out[0] = out[1] = 0;
    for (int64_t k = 0; k < count && k < size; k++)
        if (ends[k] - (k ? ends[k - 1] + 1 : 0) >= long_bytes) out[1] += add(s, words[k], 0);
    for (int64_t k = t->word_offsets[other]; k < t->word_offsets[other + 1] && out[0] < out[1]; k++) {
        int64_t slot = slot_of(s, t->words[k]);
        if (s->stamp[slot] == s->round && !s->at[slot]) { s->at[slot] = 1; out[0]++; }
    }
}

/* out[0]: distinct names in what a does not cover of b, out[1]: those of them that a has, out[2]: those of a. */
static void rest(Desk *d, int64_t a, int64_t b, int64_t *out) {
    const Texts *t = d->t;
    Words own = words_of(d, a, CAPITAL);
    Set *s = &d->a;
    int64_t low = t->word_offsets[b], count = t->word_offsets[b + 1] - low;
    cover(d->hit_b, t->gram_offsets[b + 1] - t->gram_offsets[b], count, d->covered);
    begin(s, own.count + count);
    for (int64_t k = 0; k < own.count; k++) add(s, own.at[k], 0);
    out[0] = out[1] = 0;
    out[2] = own.count;
    for (int64_t k = 0; k < count; k++) {
        if (d->covered[k] || !is_kind(t->flags[low + k], CAPITAL)) continue;
        int64_t slot = slot_of(s, t->words[low + k]);
        if (s->stamp[slot] != s->round) { s->stamp[slot] = s->round; s->key[slot] = t->words[low + k]; s->at[slot] = 1; out[0]++; }
        else if (!s->at[slot]) { s->at[slot] = 1; out[0]++; out[1]++; }
    }
}

/* out, four a pair: names shared, least; figures shared, least. */
EXPORT void kept_words(const Texts *t, const int64_t *pairs, int64_t m, int64_t *out) {
    Desk d;
    open_desk(&d, t, pairs, m);
    for (int64_t k = 0; k < m; k++, out += 4) {
        shared_words(&d, pairs[2 * k], pairs[2 * k + 1], CAPITAL, out);
        shared_words(&d, pairs[2 * k], pairs[2 * k + 1], FIGURE, out + 2);
    }
    close_desk(&d);
}

/* out, seven a pair: opening of b in a, of a in b: found, all; names in the rest of b, of them in a, and all of a. */
EXPORT void matters(const Texts *t, const int64_t *pairs, int64_t m, int64_t opening_words, int64_t long_bytes,
                    int64_t *out) {
    Desk d;
    open_desk(&d, t, pairs, m);
    for (int64_t k = 0; k < m; k++, out += 7) {
        int64_t a = pairs[2 * k], b = pairs[2 * k + 1];
        opening(&d, b, a, opening_words, long_bytes, out);
        opening(&d, a, b, opening_words, long_bytes, out + 2);
        lay_out(&d, a, b);
        rest(&d, a, b, out + 4);
    }
    close_desk(&d);
}

static void mark(const uint8_t *letters, int64_t count, uint64_t *bits) {
    memset(bits, 0, MARK_WORDS * 8);
    uint64_t run = 0;
    for (int64_t at = 0; at < count; at++) {
        run = run >> 8 | (uint64_t)letters[at] << (8 * (MARK_BYTES - 1));
        if (at + 1 < MARK_BYTES) continue;
        uint64_t bit = splitmix64(run) >> 49;
        bits[bit >> 6] |= (uint64_t)1 << (bit & 63);
    }
}

/* out, two a pair: letter runs of a, and those of them that b has too. */
EXPORT void marks(const Texts *t, const int64_t *pairs, int64_t m, int64_t most, int64_t *out) {
    uint64_t bits[2][MARK_WORDS];
    for (int64_t k = 0; k < m; k++, out += 2) {
        for (int side = 0; side < 2; side++) {
            if (side && k && pairs[2 * k + 1] == pairs[2 * k - 1]) continue;
            int64_t row = pairs[2 * k + side], count = t->letter_offsets[row + 1] - t->letter_offsets[row];
            mark(t->letters + t->letter_offsets[row], count < most ? count : most, bits[side]);
        }
        out[0] = out[1] = 0;
        for (int at = 0; at < MARK_WORDS; at++) {
            out[0] += __builtin_popcountll(bits[0][at]);
            out[1] += __builtin_popcountll(bits[0][at] & bits[1][at]);
        }
    }
}

/* How many letters in common make two texts so alike; what float arithmetic says of whole numbers is asked of it. */
static int64_t common_for(double least, int64_t letters) {
    int64_t common = (int64_t)(least * (double)letters / 2) - 1;
    if (common < 0) common = 0;
    while (common <= letters && (double)(2 * common) / (double)(letters ? letters : 1) < least) common++;
    return common;
}

typedef struct { uint64_t *places, *rows, *state; uint8_t *met; } Table;

/* Marks the letters of a met, and returns how many; -1 where they cannot be `least`. A path that skips more than
   la - least letters of a, or lb - least of b, is none of those sought, so each row is worked out only where the others
   run: what stands beside it is too low then, and all that is on such a path is right. */
static int64_t common_letters(const uint8_t *a, int64_t la, const uint8_t *b, int64_t lb, int64_t least, Table *t) {
    int64_t width = (la + 63) / 64, right = la - least, left = lb - least, common = 0;
    uint64_t *restrict state = t->state;
    if (right < 0 || left < 0) return -1;
    memset(state, 0xFF, (size_t)width * 8);
    memcpy(t->rows, state, (size_t)width * 8);
    memset(t->met, 0, (size_t)la);
    for (int64_t k = 0; k < la; k++) t->places[a[k] * width + k / 64] |= (uint64_t)1 << (k % 64);
    for (int64_t k = 0; k < lb; k++) {
        int64_t low = k - left - 1 < 0 ? 0 : (k - left - 1) / 64, high = (k + right + 2) / 64 + 1;
        const uint64_t *restrict place = t->places + b[k] * width;
        uint64_t *restrict row = t->rows + (k + 1) * width, carry = 0;
        if (high > width) high = width;
        for (int64_t w = low; w < high; w++) {
            uint64_t before = state[w], matches = before & place[w], sum = before + matches, more = sum + carry;
            carry = (sum < before) | (more < sum);
            row[w] = state[w] = more | (before & ~matches);
        }
        if (k % 128 && k + 1 < lb) continue;
        common = 0;
        for (int64_t w = 0; w < width; w++) common += __builtin_popcountll(~state[w]);
        if (common + lb - k - 1 < least) break;
    }
    for (int64_t k = 0; k < la; k++) t->places[a[k] * width + k / 64] = 0;
    if (common < least) return -1;
    for (int64_t row = lb, column = la; row && column;) {
        int64_t w = (column - 1) / 64, bit = (column - 1) % 64;
        if (t->rows[row * width + w] >> bit & 1) { column--; continue; }
        row--;
        if (t->rows[row * width + w] >> bit & 1) t->met[--column] = 1;
    }
    return common;
}

/* out, five a pair: letters of a and of b compared, letters in common, words of three letters and more, foreign ones;
   the last three are 0 where the two are less alike than `least`. */
EXPORT void scans(const Texts *t, const int64_t *pairs, int64_t m, int64_t most, double least, int64_t *out) {
    int64_t most_b = most + most / 10 + 21, width = (most + 63) / 64;
    Table table = {calloc((size_t)(256 * width), 8), malloc((size_t)((most_b + 1) * width) * 8),
                   malloc((size_t)width * 8), malloc((size_t)most + 1)};
    for (int64_t k = 0; k < m; k++, out += 5) {
        int64_t a = pairs[2 * k], b = pairs[2 * k + 1], start = 0;
        int64_t la = t->letter_offsets[a + 1] - t->letter_offsets[a], lb = t->letter_offsets[b + 1] - t->letter_offsets[b];
        if (la > most) la = most;
        int64_t fit = la * 11 / 10 + 20;
        if (lb > fit) lb = fit;
        out[0] = la;
        out[1] = lb;
        out[2] = out[3] = out[4] = 0;
        const uint8_t *letters_a = t->letters + t->letter_offsets[a], *letters_b = t->letters + t->letter_offsets[b];
        int64_t fewer = la < lb ? la : lb, needed = common_for(least, la + lb), common = -1;
        /* Most that are alike at all differ in less than .7 of what they may: a table so narrow says the same sooner. */
        if (needed <= fewer) common = common_letters(letters_a, la, letters_b, lb, fewer - (fewer - needed) * 7 / 10, &table);
        if (common < 0) common = common_letters(letters_a, la, letters_b, lb, needed, &table);
        if (common < 0) continue;
        out[2] = common;
        for (int64_t word = t->word_offsets[a]; word < t->word_offsets[a + 1] && t->ends[word] < la; word++) {
            int64_t end = t->ends[word], sum = 0;
            for (int64_t at = start; at < end; at++) sum += table.met[at];
            if (end - start >= 3) { out[3]++; out[4] += 2 * sum < end - start; }
            start = end + 1;
        }
    }
    free(table.places); free(table.rows); free(table.state); free(table.met);
}
