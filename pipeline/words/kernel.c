/* What pipeline/words/needles.py finds, hit for hit, and what pipeline/clean/glances.py tells of lines. Plain C without any
   Python in it, called through ctypes; the Python code is the reference and says what is found, this file only how. */

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

/* Folded words one behind another, each with what it may be. `slots` has the number of one, -1 for none, where its hash says,
   or behind: a power of two of them, half of them free at the least. */
typedef struct {
    const uint32_t *signs;
    const int64_t *ends;
    const uint8_t *kinds;
    int32_t *slots;
    int64_t count, mask;
} Vocabulary;

/* What a word may be; what is told of a line. */
enum { OF_DATES = 1, OPENING = 2, KEY = 4, EVIDENCE = 8, UNIT = 16 };
enum { MAY_BE_DATE = 1, MAY_BE_OPENED = 2, MAY_BE_SIGNED = 4, IS_UNTOLD = 8 };
enum { GLANCE_WORDS = 4, YEAR_FIGURES = 4, OTHER_FIGURES_FROM = 0x660, UNSPACED_FROM = 0xE00 };
enum { CAPITAL_DOTTED_I = 0x130, DOTLESS_I = 0x131 };

static inline uint32_t mixed(uint32_t hash, uint32_t sign) { return (hash ^ sign) * 0x9E3779B1u; }

/* Fills `slots`, all -1. */
EXPORT void index_words(const Vocabulary *v) {
    for (int64_t number = 0, start = 0; number < v->count; start = v->ends[number++]) {
        uint32_t hash = 0;
        for (int64_t at = start; at < v->ends[number]; at++) hash = mixed(hash, v->signs[at]);
        int64_t slot = (hash ^ hash >> 15) & v->mask;
        while (v->slots[slot] >= 0) slot = (slot + 1) & v->mask;
        v->slots[slot] = (int32_t)number;
    }
}

static inline int kinds_of(const Vocabulary *v, const uint32_t *word, int64_t size, uint32_t hash) {
    for (int64_t slot = (hash ^ hash >> 15) & v->mask; v->slots[slot] >= 0; slot = (slot + 1) & v->mask) {
        int64_t number = v->slots[slot], start = number ? v->ends[number - 1] : 0;
        if (v->ends[number] - start == size && !memcmp(v->signs + start, word, (size_t)size * 4)) return v->kinds[number];
    }
    return 0;
}

static inline int is_plain_capital(uint32_t sign) { return sign >= 'A' && sign <= 'Z'; }
static inline int is_capital(uint32_t sign) {
    return is_plain_capital(sign) || (sign >= 0xC0 && sign <= 0xDE && sign != 0xD7);
}
static inline int is_plain_small(uint32_t sign) { return sign >= 'a' && sign <= 'z'; }
static inline int is_small(uint32_t sign) { return is_plain_small(sign) || (sign >= 0xDF && sign <= 0xFF && sign != 0xF7); }

/* What the line as it is printed tells: `_SEAM` of lexicon.py, and what BylineWords.may_be_opened asks of it. */
static int printed_tells(const uint32_t *line, int64_t size) {
    int told = size && line[0] >= UNSPACED_FROM ? MAY_BE_OPENED : 0;
    for (int64_t at = 0; at < size; at++) {
        uint32_t sign = line[at];
        if (sign == CAPITAL_DOTTED_I || sign == DOTLESS_I) told |= MAY_BE_OPENED;
        if (!is_capital(sign)) continue;
        int has_next = at + 1 < size;
        if (sign == 'B' && has_next && line[at + 1] == 'y') told |= MAY_BE_OPENED;
        if ((at && is_small(line[at - 1])) || (at > 1 && is_plain_capital(sign) && is_plain_capital(line[at - 1])
                                               && is_plain_capital(line[at - 2]) && has_next && is_plain_small(line[at + 1])))
            return MAY_BE_DATE | MAY_BE_OPENED;
    }
    return told;
}

/* What its folded words tell: may_be_date_line of dates.py, and BylineWords but for whether it is a sentence. A letter is
   what is no figure from 0 to 9: of signs below OTHER_FIGURES_FROM folding leaves no others. */
static int words_tell(const Vocabulary *v, const uint32_t *line, int64_t size) {
    int may_be_date = 1, kinds = 0, has_figure = 0, is_dated = 0, is_opened = !size;
    for (int64_t at = 0, number = 0; at < size; at++, number++) {
        uint32_t hash = 0, every = 0;
        int64_t start = at, figures = 0;
        for (; at < size && line[at] != ' '; at++) {
            if (line[at] >= OTHER_FIGURES_FROM) return IS_UNTOLD;
            hash = mixed(hash, line[at]);
            every |= line[at];
            figures += line[at] >= '0' && line[at] <= '9';
        }
        int64_t length = at - start;
        int own = kinds_of(v, line + start, length, hash);
        if (number < GLANCE_WORDS && !figures && every < 0x80 && !(own & OF_DATES)) may_be_date = 0;
        if (!number && own & OPENING) is_opened = 1;
        if (figures) has_figure = 1;
        if (figures && (figures < length || length == YEAR_FIGURES)) is_dated = 1;
        kinds |= own;
    }
    int is_signed = kinds & EVIDENCE || (has_figure && (kinds & UNIT || is_dated));
    return (may_be_date ? MAY_BE_DATE : 0) | (is_opened || kinds & KEY ? MAY_BE_OPENED : 0)
           | (is_signed ? MAY_BE_SIGNED : 0);
}

static inline int64_t line_size(const uint32_t *text) {
    int64_t size = 0;
    while (text[size] != LINE_END) size++;
    return size;
}

/* Fills `told` for as many lines as there are, given as they are printed and folded, each with its line end. */
EXPORT void glance_at(const Vocabulary *v, int64_t lines, const uint32_t *printed, const uint32_t *folded, uint8_t *told) {
    for (int64_t line = 0; line < lines; line++) {
        int64_t size = line_size(printed), folded_size = line_size(folded);
        int every = printed_tells(printed, size) | words_tell(v, folded, folded_size);
        told[line] = (uint8_t)(every & MAY_BE_OPENED ? every & ~MAY_BE_SIGNED : every);
        printed += size + 1;
        folded += folded_size + 1;
    }
}
