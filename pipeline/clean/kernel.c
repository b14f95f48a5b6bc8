/* What pipeline/clean/features.py, looks.py and headline_model.py see of a page's lines, the arithmetic of chain.py, and what
   topics.py counts, number for number.

   Plain C without any Python in it, called through ctypes. The Python code is the reference and says what each measure
   and field means; this file says only how. Functions stand in the order of their namesakes there, fields in that of
   FIELDS. */

#define _GNU_SOURCE /* memmem */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

/* Bits of a character, those of pipeline/clean/signs.py. */
enum { WORD = 1, ALPHA = 2, UPPER = 4, DIGIT = 8, SPACE = 16, COMMA = 32, QUOTE = 64, MONEY = 128, STOP = 256,
       EAST_STOP = 512, CLOSER = 1024, JOINER = 2048, SINGLE = 4096, LETTER = 8192, SMALL = 16384, FIGURE = 32768 };
/* Facts of a line, and what rules say of a class, as pipeline/clean/compiled_page.py hands them over. */
enum { BARE, FOLDED, SIZE, BLANKS, IS_STOP, IS_PARAGRAPH, IS_BULLET, IS_PIECE, STARTS_LOWER, MARK, OPENS, FACTS };
enum { IS_END_MATTER = 1, IS_STAMP = 2, IS_END = 4, IS_READING_TIME = 8, IS_SECTION = 16 };
enum { PAGE_END, MARKED, PARAGRAPH, SENTENCE, ITEM, TITLE, FEW, LEAD };
/* Bounds of buckets, in the order of BOUNDS in pipeline/clean/features.py. */
enum { SIZES, NEAR, TOP, SHARES, BODY_SHARES, RUNS, COARSE, DENSITIES, LENGTHS, COUNTS, OPENINGS, TOOLS, LEANS,
       CAPITALS, DIGITS, COMMAS, PROSE, MARKS, ENDS, SHORT, PAGE_PROSE };
enum { FAR = 99, WIDEST = 8, MAX_WORTH = 50, MAX_WEIGHT = 80, MIN_VOTING = 8, TELLING = 4, LONG = 4, MIN_INSIDE = 15,
       MAX_INSIDE_SIZE = 60, NEAR_PARAGRAPHS = 60, EARLY = 25, MIN_SAID = 20, LANGUAGES = 63, FIELDS = 57, FLAGS = 27,
       MOST_CLASSES = 32, LINE_CLASSES = 26, MOST_REASONS = 8, SCALE_EVERY = 4, FIRST_SINGLE = 0xE00,
       TABLED = 0x3000, CASED = 0x20000, A_SIGN = 21, MOST_SMALL = 3, DOTTED = 0x130, DOTLESS = 0x131 };

typedef struct { const uint32_t *at; int64_t length; } Text;

/* Words told by their characters; `slots` find one by its hash, -1 where there is none. `bits`, four a slot, tell before whether
   there may be one: half of a page's words are none of the table's, and the bits stay nearer to the processor. */
typedef struct {
    const uint32_t *words;
    const int64_t *ends;
    int32_t *slots;
    uint32_t *bits;
    int64_t mask;
} Known;

/* What stays the same from page to page. */
typedef struct {
    const Known *known;
    const int64_t *stopwords; /* of each known word its languages, as bits */
    const double *leans;
    const uint16_t *classes;
    const double *bounds;
    const int64_t *bound_ends, *offsets, *class_kinds;
    const double *worths; /* short line, marked line, end matter; title, few words, mark: in the wide run, in the tight */
    double tool_lean, no_long_word, no_prose_capitals;
    int64_t fields, flags;
} Tables;

typedef struct Split Split;

/* A page's lines: bare and folded texts one behind another, a line end behind each; headline -1 for none; `split` NULL until
   somebody asks for the words. */
typedef struct {
    const uint32_t *bare, *folded;
    const int64_t *facts;
    int64_t count, headline, first_body;
    Split *split;
} Page;

/* A word of the page and what is known of it: its number, languages as bits, and lean; its line seen last, how many own
   paragraphs hold it, how often paragraphs say it, and how often lines that vote. */
typedef struct {
    Text text;
    uint64_t hash, languages;
    double lean;
    int64_t line;
    int32_t known, paragraphs, said, votes;
} Word;

typedef struct {
    int64_t words, small_words, commas, quotes, money, inner_stops, tools, copies, likeness;
    int64_t first_word, end_word, first_term, end_term; /* terms: the words, or the pairs of a script without spaces */
    double stopwords, capitals, digits, lean, shared;
    uint8_t is_upper, no_letter, is_figure, has_bar, has_copyright, has_address, is_name, above, below;
} Look;

static inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

static inline int same(Text a, Text b) {
    return a.length == b.length && !memcmp(a.at, b.at, (size_t)a.length * 4);
}

/* Whether `sought` stands in `text`: in time of the two together, for lines are as long as anybody makes them. */
static int holds(Text text, Text sought) {
    const char *from = (const char *)text.at, *end = from + text.length * 4;
    while ((from = memmem(from, (size_t)(end - from), sought.at, (size_t)sought.length * 4))) {
        if ((from - (const char *)text.at) % 4 == 0) return 1;
        from++;
    }
    return 0;
}

static int ends_in(Text text, const char *ascii) {
    int64_t length = (int64_t)strlen(ascii);
    if (text.length < length) return 0;
    for (int64_t k = 0; k < length; k++)
        if (text.at[text.length - length + k] != (uint8_t)ascii[k]) return 0;
    return 1;
}

static inline int is_one_of(uint32_t sign, const uint32_t *signs) {
    for (; *signs; signs++) if (*signs == sign) return 1;
    return 0;
}

static int64_t bucket(const Tables *t, int which, double value) {
    int64_t low = which ? t->bound_ends[which - 1] : 0, found = 0;
    for (int64_t k = low; k < t->bound_ends[which]; k++) found += t->bounds[k] <= value;
    return found;
}

/* ------------------------------------------------------------------------------------------------------- signs */

/* The work of `fold`, below; `small` is NULL, as is told when compiling, for a text in small letters. */
static inline int64_t fold_signs(const uint16_t *classes, const uint32_t *small, const uint32_t *text, int64_t length,
                                 uint32_t *out, int64_t *sizes) {
    int64_t found = 0, words = 0, singles = 0;
    int has_words = 0, is_behind = 0, is_word = 0; /* of the line; with other signs behind; whether in a word */
    for (int64_t k = 0; k < length; k++) {
        uint32_t sign = text[k], second = 0;
        if (small) {
            uint32_t both = sign < TABLED ? small[sign] : 0;
            if (!both) return -1;
            sign = both & 0xFFFF;
            second = both >> 16;
        }
        if (sign == '\n') {
            *sizes++ = words + singles / 2;
            out[found++] = '\n';
            has_words = is_behind = is_word = 0;
            words = singles = 0;
            continue;
        }
        do {
            /* Without branches, for nobody can guess where a word ends: what is no sign of one is overwritten. */
            uint16_t bits = classes[sign];
            int has_sign = (bits & WORD) != 0, is_single = has_sign & ((bits & SINGLE) != 0);
            out[found] = ' ';
            found += has_sign & is_behind;
            out[found] = sign;
            found += has_sign;
            singles += is_single;
            has_words |= has_sign;
            is_behind = has_words & (has_sign ^ 1);
            words += (has_sign ^ is_single) & (is_word ^ 1);
            is_word = has_sign ^ is_single;
            sign = second;
            second = 0;
        } while (sign);
    }
    *sizes = words + singles / 2;
    return found;
}

/* Fills `out`, which has room for twice as many signs, with the words of a text, a blank between each and none at the ends
   of its lines, `sizes` with the words of each line, two signs of a script without spaces for one, and returns how many
   signs `out` has. The text is put in small letters if there is a table of them, of one sign or two; -1 where it has a sign
   that the table leaves out. */
EXPORT int64_t fold(const uint16_t *classes, const uint32_t *small, const uint32_t *text, int64_t length, uint32_t *out,
                    int64_t *sizes) {
    return small ? fold_signs(classes, small, text, length, out, sizes) : fold_signs(classes, NULL, text, length, out, sizes);
}

/* How many words a text has: a sign each in scripts without spaces, else runs of letters and figures that one joiner
   may join. */
EXPORT int64_t count_words(const uint16_t *classes, const uint32_t *text, int64_t length) {
    int64_t found = 0;
    int was_word = 0, may_join = 0;
    for (int64_t k = 0; k < length; k++) {
        uint16_t bits = classes[text[k]];
        int is_word = (bits & (WORD | SINGLE)) == WORD;
        found += (bits & SINGLE) != 0;
        found += is_word && !was_word && !may_join;
        may_join = was_word && bits & JOINER;
        was_word = is_word;
    }
    return found;
}

/* ------------------------------------------------------------------------------------------------------- words */

enum { HASH_SEED = 1 };
static inline uint64_t hash_sign(uint64_t hash, uint32_t sign) { return (hash ^ sign) * 0x9E3779B97F4A7C15u; }
static inline uint64_t hash_end(uint64_t hash) { return hash ^ hash >> 29; }

static uint64_t hash_of(Text word) {
    uint64_t hash = HASH_SEED;
    for (int64_t k = 0; k < word.length; k++) hash = hash_sign(hash, word.at[k]);
    return hash_end(hash);
}

static Text word_of(const Known *w, int64_t number) {
    int64_t start = number ? w->ends[number - 1] : 0;
    return (Text){w->words + start, w->ends[number] - start};
}

enum { BITS_A_SLOT = 4 };
static inline uint64_t bit_of(const Known *w, uint64_t hash) { return hash >> 32 & (uint64_t)(BITS_A_SLOT * (w->mask + 1) - 1); }

static int64_t number_of(const Known *w, Text word, uint64_t hash) {
    uint64_t bit = bit_of(w, hash);
    if (!(w->bits[bit / 32] >> bit % 32 & 1)) return -1;
    for (uint64_t at = hash & (uint64_t)w->mask;; at = (at + 1) & (uint64_t)w->mask) {
        int64_t number = w->slots[at];
        if (number < 0 || same(word_of(w, number), word)) return number;
    }
}

/* Fills `slots`, of a power of two more than twice `count` and all -1, with the numbers of distinct words, and `bits`. */
EXPORT void index_words(const Known *w, int64_t count) {
    for (int64_t number = 0; number < count; number++) {
        uint64_t hash = hash_of(word_of(w, number)), at = hash & (uint64_t)w->mask, bit = bit_of(w, hash);
        while (w->slots[at] >= 0) at = (at + 1) & (uint64_t)w->mask;
        w->slots[at] = (int32_t)number;
        w->bits[bit / 32] |= 1u << bit % 32;
    }
}

/* --------------------------------------------------------------------------------------------- a glance at a line */

/* What a word may be; what is told of a line: pipeline/clean/glances.py. */
enum { OF_DATES = 1, OPENING = 2, KEY = 4, EVIDENCE = 8, UNIT = 16 };
enum { MAY_BE_DATE = 1, MAY_BE_OPENED = 2, MAY_BE_SIGNED = 4, IS_UNTOLD = 8 };
enum { GLANCE_WORDS = 4, YEAR_FIGURES = 4, OTHER_FIGURES_FROM = 0x660 };

static inline int is_capital(uint32_t sign) { return sign >= 'A' && sign <= 'Z'; }
static inline int is_latin_capital(uint32_t sign) {
    return is_capital(sign) || (sign >= 0xC0 && sign <= 0xDE && sign != 0xD7);
}
static inline int is_small(uint32_t sign) { return sign >= 'a' && sign <= 'z'; }
static inline int is_latin_small(uint32_t sign) { return is_small(sign) || (sign >= 0xDF && sign <= 0xFF && sign != 0xF7); }

/* What the line as it is printed tells: `_SEAM` of lexicon.py, and what BylineWords.may_be_opened asks of it. */
static int printed_tells(Text line) {
    int told = line.length && line.at[0] >= FIRST_SINGLE ? MAY_BE_OPENED : 0;
    for (int64_t k = 0; k < line.length; k++) {
        uint32_t sign = line.at[k], next = k + 1 < line.length ? line.at[k + 1] : 0;
        if (sign == DOTTED || sign == DOTLESS) told |= MAY_BE_OPENED;
        if (!is_latin_capital(sign)) continue;
        if (sign == 'B' && next == 'y') told |= MAY_BE_OPENED;
        if ((k && is_latin_small(line.at[k - 1])) || (k > 1 && is_capital(sign) && is_capital(line.at[k - 1])
                                                && is_capital(line.at[k - 2]) && is_small(next)))
            return MAY_BE_DATE | MAY_BE_OPENED;
    }
    return told;
}

/* What its folded words tell: may_be_date_line of dates.py, and BylineWords but for whether it is a sentence. A letter is
   what is no figure from 0 to 9: of signs below OTHER_FIGURES_FROM folding leaves no others. */
static int words_tell(const Known *w, const uint8_t *kinds, Text line) {
    int may_be_date = 1, found = 0, has_figure = 0, is_dated = 0, is_opened = !line.length;
    for (int64_t k = 0, place = 0; k < line.length; k++, place++) {
        uint64_t hash = HASH_SEED;
        uint32_t every = 0;
        int64_t start = k, figures = 0;
        for (; k < line.length && line.at[k] != ' '; k++) {
            if (line.at[k] >= OTHER_FIGURES_FROM) return IS_UNTOLD;
            hash = hash_sign(hash, line.at[k]);
            every |= line.at[k];
            figures += line.at[k] >= '0' && line.at[k] <= '9';
        }
        Text word = {line.at + start, k - start};
        int64_t number = number_of(w, word, hash_end(hash));
        int own = number < 0 ? 0 : kinds[number];
        if (place < GLANCE_WORDS && !figures && every < 0x80 && !(own & OF_DATES)) may_be_date = 0;
        if (!place && own & OPENING) is_opened = 1;
        if (figures) has_figure = 1;
        if (figures && (figures < word.length || word.length == YEAR_FIGURES)) is_dated = 1;
        found |= own;
    }
    int is_signed = found & EVIDENCE || (has_figure && (found & UNIT || is_dated));
    return (may_be_date ? MAY_BE_DATE : 0) | (is_opened || found & KEY ? MAY_BE_OPENED : 0)
           | (is_signed ? MAY_BE_SIGNED : 0);
}

/* The line that begins at `text`, which has a line end. */
static Text line_at(const uint32_t *text) {
    int64_t length = 0;
    while (text[length] != '\n') length++;
    return (Text){text, length};
}

/* Fills `told` for as many lines as there are, given as they are printed and folded, each with its line end; `kinds` has what
   each known word may be. */
EXPORT void glance_at(const Known *w, const uint8_t *kinds, int64_t lines, const uint32_t *printed, const uint32_t *folded,
                      uint8_t *told) {
    for (int64_t i = 0; i < lines; i++) {
        Text own = line_at(printed), words = line_at(folded);
        int every = printed_tells(own) | words_tell(w, kinds, words);
        told[i] = (uint8_t)(every & MAY_BE_OPENED ? every & ~MAY_BE_SIGNED : every);
        printed += own.length + 1;
        folded += words.length + 1;
    }
}

/* Fills two rows of `room` places with those where a capital and a small letter stand behind two small ones, and behind a
   stop, and `counts` with how many there are. */
EXPORT void find_seams(const uint16_t *classes, const uint32_t *text, int64_t length, int64_t *places, int64_t room, int64_t *counts) {
    for (int64_t k = 2; k + 1 < length; k++) {
        if (!(classes[text[k]] & UPPER) || (classes[text[k + 1]] & (ALPHA | UPPER)) != ALPHA) continue;
        uint16_t above = classes[text[k - 1]];
        int is_in_word = (above & (ALPHA | UPPER)) == ALPHA && (classes[text[k - 2]] & (ALPHA | UPPER)) == ALPHA;
        if (is_in_word) places[counts[0]++] = k;
        if (above & STOP) places[room + counts[1]++] = k;
    }
}

/* The words of a text as they are counted by language; each is put together, folded, in `word`. */
typedef struct {
    const Known *known;
    const uint64_t *stopwords, *kin;
    int64_t languages, *shared, *of_kin, words, length;
    uint64_t hash;
    uint32_t *word;
} Languages;

static void end_word(Languages *l) {
    if (!l->length) return;
    int64_t number = number_of(l->known, (Text){l->word, l->length}, hash_end(l->hash));
    l->words++;
    l->length = 0;
    l->hash = HASH_SEED;
    if (number < 0) return;
    for (uint64_t left = l->kin[number]; left; left &= left - 1) l->of_kin[__builtin_ctzll(left)]++;
    for (uint64_t left = l->stopwords[number]; left; left &= left - 1)
        for (uint64_t other = l->stopwords[number]; other; other &= other - 1)
            l->shared[__builtin_ctzll(left) * l->languages + __builtin_ctzll(other)]++;
}

/* Adds the letters of a text to those of their blocks, and its words, runs of letters in small ones, to those that each two
   of the languages share and to those that are a neighbour's, as two sets of bits tell of each known word; returns how
   many words there are. */
EXPORT int64_t count_languages(const uint16_t *classes, const uint8_t *block_of, const uint64_t *small, const uint32_t *text,
                               int64_t length, const Known *w, const uint64_t *stopwords, const uint64_t *kin,
                               int64_t languages, int64_t *letters, int64_t *shared, int64_t *of_kin) {
    Languages l = {.known = w, .stopwords = stopwords, .kin = kin, .languages = languages, .shared = shared, .of_kin = of_kin,
                   .hash = HASH_SEED, .word = malloc((size_t)(MOST_SMALL * length + 1) * 4)};
    for (int64_t k = 0; k < length; k++) {
        letters[block_of[text[k]]] += (classes[text[k]] & ALPHA) != 0;
        uint64_t signs = text[k] < CASED ? small[text[k]] : text[k];
        if (text[k] == DOTTED || text[k] == DOTLESS) signs = 'i';
        do {
            uint32_t sign = (uint32_t)(signs & ((1 << A_SIGN) - 1));
            if (classes[sign] & LETTER) {
                l.word[l.length++] = sign;
                l.hash = hash_sign(l.hash, sign);
            } else end_word(&l);
        } while (signs >>= A_SIGN);
    }
    end_word(&l);
    free(l.word);
    return l.words;
}

/* How many words, and pairs of a script without spaces, a text parted by `blank` has at most. Most texts have no sign of such a
   script, and are not looked up. */
static int64_t words_at_most(const uint16_t *classes, const uint32_t *text, int64_t length, uint32_t blank) {
    uint32_t found = 1, all = 0;
    for (int64_t k = 0; k < length; k++) { found += text[k] == blank; all |= text[k]; }
    for (int64_t k = 0; k < length && classes && all >= FIRST_SINGLE; k++) found += (classes[text[k]] & SINGLE) != 0;
    return found;
}

/* The distinct words of a page, numbered as they come: an open table that `close_book` frees. */
typedef struct { Word *words; int32_t *slots; int64_t mask, count; } Book;

static Book open_book(int64_t room) {
    Book b = {.mask = 63};
    while (b.mask < 2 * room) b.mask = 2 * b.mask + 1;
    b.slots = malloc((size_t)(b.mask + 1) * 4);
    b.words = malloc((size_t)room * sizeof(Word));
    memset(b.slots, 0xFF, (size_t)(b.mask + 1) * 4);
    return b;
}

static void close_book(Book *b) { free(b->slots); free(b->words); }

static int64_t enter(Book *b, Text word, uint64_t hash) {
    int32_t *slot = b->slots + (hash & (uint64_t)b->mask);
    while (*slot >= 0 && !(b->words[*slot].hash == hash && same(b->words[*slot].text, word)))
        slot = slot == b->slots + b->mask ? b->slots : slot + 1;
    if (*slot < 0) {
        b->words[b->count] = (Word){.text = word, .hash = hash, .line = -1};
        *slot = (int32_t)b->count++;
    }
    return *slot;
}

/* Looks all words up, one right behind another: then the processor waits for several of them at a time. */
static void know_words(Book *b, const Known *w) {
    for (int64_t k = 0; k < b->count; k++) b->words[k].known = (int32_t)number_of(w, b->words[k].text, b->words[k].hash);
}

/* Sets `word` to the next word of a text parted by `blank`, from `at` on, and `hash` to its hash, and returns where it
   ends; -1 for none. */
static inline int64_t next_word(Text line, uint32_t blank, int64_t at, Text *word, uint64_t *hash) {
    while (at < line.length && line.at[at] == blank) at++;
    int64_t end = at;
    uint64_t sum = HASH_SEED;
    for (; end < line.length && line.at[end] != blank; end++) sum = hash_sign(sum, line.at[end]);
    *word = (Text){line.at + at, end - at};
    *hash = hash_end(sum);
    return end > at ? end : -1;
}

typedef struct {
    const Tables *t;
    const Page *p;
    int64_t n;
    Text *bare, *folded;
    Look *looks;
    Book book;
    int64_t *ids; /* the words of all lines, as numbers of the book */
    const int64_t *twins; /* of each line the first one that says the same */
    int64_t *kinds, *places, *row, *sums;
    uint8_t *prose, *flags;
    int64_t start, stop, proses;
    int64_t *out, field;
} Desk;

static inline const int64_t *facts(const Desk *d, int64_t i) { return d->p->facts + i * FACTS; }

/* The terms of a line: its words, or the pairs of neighbouring characters of a script without spaces. */
static int64_t read_terms(Desk *d, int64_t i, int64_t said) {
    Look *one = d->looks + i;
    Text line = d->folded[i];
    one->first_term = one->first_word;
    one->end_term = one->end_word;
    if ((double)facts(d, i)[SIZE] <= (double)(one->end_word - one->first_word) * 1.5) return said;
    one->first_term = said;
    for (int64_t k = 0; k + 1 < line.length; k++) {
        Text pair = {line.at + k, 2};
        if (d->t->classes[pair.at[0]] & d->t->classes[pair.at[1]] & SINGLE)
            d->ids[said++] = enter(&d->book, pair, hash_of(pair));
    }
    return one->end_term = said;
}

/* Takes all folded lines apart into words and numbers these; terms are read where tables tell of words. */
static void read_words(Desk *d) {
    Text word;
    uint64_t hash;
    int64_t said = 0;
    for (int64_t i = 0; i < d->n; i++) {
        d->looks[i].first_word = said;
        for (int64_t at = 0; (at = next_word(d->folded[i], ' ', at, &word, &hash)) >= 0;)
            d->ids[said++] = enter(&d->book, word, hash);
        d->looks[i].end_word = said;
        if (d->t) said = read_terms(d, i, said);
    }
}

static inline int64_t word_count(const Look *one) { return one->end_word - one->first_word; }

/* Shares of stopwords of the page's commonest language. */
static void stopword_shares(Desk *d) {
    int64_t tally[LANGUAGES] = {0}, best = 0;
    for (int64_t i = 0; i < d->n; i++) {
        const Look *one = d->looks + i;
        for (int64_t k = one->first_word; k < one->end_word && word_count(one) >= MIN_VOTING; k++)
            d->book.words[d->ids[k]].votes++;
    }
    for (const Word *word = d->book.words; word < d->book.words + d->book.count; word++)
        for (uint64_t bits = word->votes ? word->languages : 0; bits; bits &= bits - 1)
            tally[__builtin_ctzll(bits)] += word->votes;
    for (int64_t place = 1; place < LANGUAGES; place++) if (tally[place] > tally[best]) best = place;
    for (int64_t i = 0; i < d->n; i++) {
        Look *one = d->looks + i;
        uint64_t hits = 0;
        for (int64_t k = one->first_word; k < one->end_word && tally[best]; k++)
            hits += d->book.words[d->ids[k]].languages >> best & 1;
        one->stopwords = (double)hits / (double)most(1, word_count(one));
    }
}

static void lean(Desk *d) {
    for (int64_t i = 0; i < d->n; i++) {
        Look *one = d->looks + i;
        double sum = 0;
        for (int64_t k = one->first_term; k < one->end_term; k++) {
            double lean = d->book.words[d->ids[k]].lean;
            sum += lean;
            one->tools += lean >= d->t->tool_lean;
        }
        one->lean = sum / (double)most(facts(d, i)[SIZE], 1);
    }
}

/* The share of each line's telling words that other own paragraphs hold. */
static void share(Desk *d) {
    for (int round = 0; round < 2; round++)
        for (int64_t i = 0; i < d->n; i++) {
            Look *one = d->looks + i;
            int is_own = d->start <= i && i < d->stop && d->prose[i];
            int64_t telling = 0, held = 0, terms = one->end_term - one->first_term;
            int64_t shortest = (double)terms > (double)word_count(one) * 1.5 ? 2 : TELLING;
            if (!round && !is_own) continue;
            for (int64_t k = one->first_term; k < one->end_term; k++) {
                Word *word = d->book.words + d->ids[k];
                int64_t line = round ? d->n + i : i;
                int is_new = (word->text.length >= shortest) & (word->line != line);
                word->line = line;
                telling += is_new;
                held += is_new & (word->paragraphs > is_own);
                word->paragraphs += is_new & !round;
            }
            one->shared = (double)held / (double)most(1, telling);
        }
}

/* -------------------------------------------------------------------------------------------- characters of a line */

static int begins(Text x, int64_t at, const char *ascii) {
    for (; *ascii; ascii++, at++) if (at >= x.length || x.at[at] != (uint8_t)*ascii) return 0;
    return 1;
}

/* Whether `ascii` stands right in front of place `at`. */
static int stands_before(Text x, int64_t at, const char *ascii) {
    int64_t size = (int64_t)strlen(ascii);
    return at >= size && begins(x, at - size, ascii);
}

/* Whether a sign is that of an address of the web or of a person: https?: www. @\w .com\b */
static int is_in_address(const Tables *t, Text x, int64_t k) {
    uint32_t sign = x.at[k], next = k + 1 < x.length ? x.at[k + 1] : ' ', behind = k + 4 < x.length ? x.at[k + 4] : ' ';
    if (sign == '@') return next == '_' || t->classes[next] & WORD;
    if (sign == ':') return stands_before(x, k, "http") || stands_before(x, k, "https");
    if (sign != '.') return 0;
    return stands_before(x, k, "www") || (begins(x, k, ".com") && behind != '_' && !(t->classes[behind] & WORD));
}

/* Two to four runs of letters, hyphens and points, a blank between each. */
static int is_name(const Tables *t, Text x) {
    int64_t runs = 1, length = 0;
    for (int64_t k = 0; k < x.length; k++) {
        uint32_t sign = x.at[k];
        uint16_t bits = t->classes[sign];
        if (sign == ' ') {
            if (!length) return 0;
            runs++;
            length = 0;
        } else if ((bits & WORD && !(bits & DIGIT)) || sign == '-' || sign == '.') length++;
        else return 0;
    }
    return length && 2 <= runs && runs <= 4;
}

static void see_sign(const Tables *t, Text x, int64_t k, uint16_t behind, Look *one) {
    uint16_t bits = t->classes[x.at[k]];
    one->commas += (bits & COMMA) != 0;
    one->quotes += (bits & QUOTE) != 0;
    one->money += (bits & MONEY) != 0;
    one->inner_stops += bits & EAST_STOP || (bits & STOP && behind & (SPACE | CLOSER));
    one->has_bar |= x.at[k] == '|';
    one->has_copyright |= x.at[k] == 0xA9;
    one->has_address |= is_in_address(t, x, k) != 0;
}

/* SPACE where a word opens, 0 elsewhere; the bit of another class where a blank has its own. */
static inline uint16_t opens(const uint16_t *bits) { return (uint16_t)(bits[-1] & ~bits[0] & SPACE); }
static inline uint16_t upper(uint16_t bits) { return (uint16_t)(bits << 2); }
static inline uint16_t alpha(uint16_t bits) { return (uint16_t)(bits << 3); }

/* `bits` has room for a blank in front of the line and LONG behind it. Sums without branches, for nobody can guess where a
   word ends, and eight signs at a time but for what needs the table. */
static void see(const Tables *t, Text x, uint16_t *bits, Look *one) {
    uint32_t digits = 0, letters = 0, words = 0, small_words = 0, long_words = 0, capitals = 0;
    uint16_t some = 0, all = FIGURE;
    for (int64_t k = 0; k < x.length; k++) {
        bits[k] = t->classes[x.at[k]];
        if (!(bits[k] & (WORD | SPACE))) see_sign(t, x, k, k + 1 < x.length ? t->classes[x.at[k + 1]] : SPACE, one);
    }
    bits[-1] = SPACE;
    for (int64_t k = 0; k < LONG; k++) bits[x.length + k] = SPACE;
    for (int64_t k = 0; k < x.length; k++) {
        uint16_t opening = opens(bits + k), small = opening & alpha(bits[k]) & (uint16_t)~upper(bits[k]);
        words += opening / SPACE;
        small_words += small / SPACE;
        digits += (bits[k] & DIGIT) / DIGIT;
        letters += bits[k] & ~(bits[k] / DIGIT) & WORD;
        some |= bits[k];
        all &= bits[k];
    }
    /* Of four letters or more, and not the line's first: no other opens in the next four places. */
    for (int64_t k = 1; k + LONG <= x.length; k++) {
        uint16_t next = opens(bits + k + 1) | opens(bits + k + 2) | opens(bits + k + 3) | opens(bits + k + 4);
        uint16_t found = opens(bits + k) & (uint16_t)~next;
        long_words += found / SPACE;
        capitals += (found & upper(bits[k])) / SPACE;
    }
    one->words = words;
    one->small_words = small_words;
    one->is_upper = some & UPPER && !(some & SMALL);
    one->is_figure = all != 0;
    one->no_letter = !letters;
    one->digits = (double)digits / (double)most(x.length, 1);
    one->capitals = long_words ? (double)capitals / (double)long_words : t->no_long_word;
}

static void compare_lines(Desk *d) {
    for (int64_t i = 1; i < d->n; i++) {
        const Look *above = d->looks + i - 1;
        Look *one = d->looks + i;
        const int64_t *f = facts(d, i), *a = facts(d, i - 1);
        int64_t first = word_count(one) ? d->ids[one->first_word] : -1;
        double ratio = (double)f[SIZE] / (double)most(1, a[SIZE]);
        if (a[IS_BULLET] && f[IS_BULLET]) one->likeness = 4;
        else if (d->t->classes[d->bare[i - 1].at[0]] & d->t->classes[d->bare[i].at[0]] & FIGURE) one->likeness = 3;
        else if (first == (word_count(above) ? d->ids[above->first_word] : -1)) one->likeness = 2;
        else if (a[IS_STOP] == f[IS_STOP] && 0.6 <= ratio && ratio <= 1.67) one->likeness = 1;
    }
}

/* Sets first[i] to the first line that says what line i says: found by the numbers of its words, which are fewer than its
   signs. */
static void find_twins(const Desk *d, int64_t *first) {
    int64_t mask = 63;
    while (mask < 2 * d->n) mask = 2 * mask + 1;
    int64_t *slots = malloc((size_t)(mask + 1) * 8);
    memset(slots, 0xFF, (size_t)(mask + 1) * 8);
    for (int64_t i = 0; i < d->n; i++) {
        uint64_t hash = HASH_SEED;
        for (int64_t k = d->looks[i].first_word; k < d->looks[i].end_word; k++) hash = hash_sign(hash, (uint32_t)d->ids[k]);
        uint64_t at = hash_end(hash) & (uint64_t)mask;
        while (slots[at] >= 0 && !same(d->folded[slots[at]], d->folded[i])) at = (at + 1) & (uint64_t)mask;
        if (slots[at] < 0) slots[at] = i;
        first[i] = slots[at];
    }
    free(slots);
}

/* Where else each line is said. */
static void copies(Desk *d) {
    const int64_t *first = d->twins;
    for (int64_t i = 0; i < d->n; i++)
        if (first[i] < i) d->looks[first[i]].copies = 2; /* said below, unless a neighbour says it */
    for (int64_t i = 0; i < d->n; i++) {
        int is_twin = (i && first[i - 1] == first[i]) || (i + 1 < d->n && first[i + 1] == first[i]);
        if (first[i] < i || d->looks[i].copies) d->looks[i].copies = is_twin ? 1 : first[i] < i ? 3 : 2;
    }
}

/* The first of the rising `values` from `low` up to `high` that is `bound` or more. */
static int64_t first_at_least(const int64_t *values, int64_t low, int64_t high, int64_t bound) {
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (values[middle] < bound) low = middle + 1; else high = middle;
    }
    return low;
}

/* Which of the lines `asked` stand inside a paragraph of `is_prose` above or below: one of the nearest of those that hold
   the rarest of its words but the two ends, which may be ends of words there. */
static void find_inside(Desk *d, const uint8_t *is_prose, const uint8_t *asked) {
    int64_t *prose = malloc((size_t)(d->n + d->book.count + 2) * 8), *ends = prose + d->n + 1, proses = 0, here = 0, end = 0;
    for (int64_t i = 0; i < d->n; i++) {
        if (!is_prose[i]) continue;
        prose[proses++] = i;
        for (int64_t k = d->looks[i].first_word; k < d->looks[i].end_word; k++) d->book.words[d->ids[k]].said++;
    }
    ends[0] = 0; /* of each word's places in paragraphs, once these have been filled in; their starts before */
    for (int64_t w = 0; w < d->book.count; w++) ends[w + 1] = ends[w] + d->book.words[w].said;
    int64_t *places = malloc((size_t)(ends[d->book.count] + 1) * 8);
    for (int64_t p = 0; p < proses; p++)
        for (int64_t k = d->looks[prose[p]].first_word; k < d->looks[prose[p]].end_word; k++) places[ends[d->ids[k]]++] = p;
    for (int64_t i = 0; i < d->n; i++) {
        while (here < proses && prose[here] < i) here++;
        int64_t behind = here + (here < proses && prose[here] == i), rarest = INT64_MAX;
        int64_t first = most(0, here - NEAR_PARAGRAPHS), last = least(proses, behind + NEAR_PARAGRAPHS);
        Look *one = d->looks + i;
        if (!asked[i]) continue;
        for (int64_t k = one->first_word + 1; k < one->end_word - 1; k++) {
            const Word *word = d->book.words + d->ids[k];
            if (word->said >= rarest) continue;
            rarest = word->said;
            end = ends[d->ids[k]];
        }
        if (rarest < 1 + (here != behind)) continue;
        const int64_t *near = rarest == INT64_MAX ? NULL : places + first_at_least(places, end - rarest, end, first);
        for (int64_t p = first; p < last; p++) {
            if (near) {
                while (near < places + end && *near < p) near++;
                p = near < places + end ? *near : last;
            }
            if (p >= last || (p >= here && p < behind)) continue;
            uint8_t *found = p < here ? &one->above : &one->below;
            if (!*found) *found = (uint8_t)holds(d->folded[prose[p]], d->folded[i]);
        }
    }
    free(prose); free(places);
}

static void said_inside(Desk *d) {
    uint8_t *is_prose = calloc((size_t)(2 * d->n + 1), 1), *asked = is_prose + d->n;
    for (int64_t i = 0; i < d->n; i++) {
        is_prose[i] = !facts(d, i)[MARK] && facts(d, i)[IS_PARAGRAPH];
        asked[i] = d->folded[i].length >= MIN_INSIDE && facts(d, i)[SIZE] < MAX_INSIDE_SIZE;
    }
    find_inside(d, is_prose, asked);
    free(is_prose);
}

static const uint32_t QUESTIONS[] = {'?', 0xFF1F, 0x61F, 0}, COLONS[] = {':', 0xFF1A, 0}, LEADS[] = {':', 0xFF1A, ';', 0},
                      BRACKETS[] = {')', ']', 0xFF09, 0}, DASHES[] = {'-', 0x2013, 0x2014, '*', 0},
                      MARK_UP[] = {'#', '*', '>', '|', '[', '_', 0};

static int has_early_colon(Text x) {
    for (int64_t k = 0; k < least(EARLY, x.length); k++)
        if (x.at[k] == ':') return k && k < x.length - 1;
    return 0;
}

static void flag(const Desk *d, int64_t i, uint8_t *out) {
    const int64_t *f = facts(d, i), *below = i + 1 < d->n ? facts(d, i + 1) : NULL;
    const Look *one = d->looks + i;
    Text x = d->bare[i];
    uint32_t first = x.at[0], last = x.at[x.length - 1];
    uint8_t is_capitalised = one->words >= 2 && !one->small_words;
    uint8_t flags[FLAGS] = {
        f[STARTS_LOWER] != 0,
        one->is_upper,
        below && below[STARTS_LOWER] && !below[BLANKS],
        i && f[STARTS_LOWER] && !facts(d, i - 1)[IS_STOP],
        is_one_of(last, QUESTIONS) != 0,
        last == '!',
        is_one_of(last, COLONS) != 0,
        last == 0x2026 || ends_in(x, "..."),
        (d->t->classes[first] & QUOTE) != 0,
        one->quotes > 0,
        is_one_of(last, BRACKETS) != 0,
        one->has_bar,
        one->has_copyright,
        one->has_address,
        one->is_figure,
        (d->t->classes[first] & FIGURE) != 0,
        is_one_of(first, DASHES) != 0,
        one->no_letter,
        has_early_colon(x) != 0,
        is_capitalised,
        is_capitalised && f[SIZE] <= 4 && is_name(d->t, x),
        one->money > 0,
        f[SIZE] > 3 && one->inner_stops >= 2,
        is_one_of(first, MARK_UP) != 0,
        one->above,
        one->below,
        f[IS_BULLET] != 0,
    };
    memcpy(out, flags, FLAGS);
}

/* ---------------------------------------------------------------------------------------------------------- fields */

static inline void put(Desk *d, int64_t i, int64_t value) { d->out[d->field * d->n + i] = d->t->offsets[d->field] + value; }

static int64_t kind_of(const Desk *d, int64_t i) {
    const int64_t *f = facts(d, i);
    if (f[MARK]) return MARKED;
    if (f[IS_PARAGRAPH]) return PARAGRAPH;
    if (f[IS_BULLET]) return ITEM;
    if (is_one_of(d->bare[i].at[d->bare[i].length - 1], LEADS)) return LEAD;
    if (f[IS_STOP] && f[SIZE] >= 3) return SENTENCE;
    return f[SIZE] >= 4 ? TITLE : FEW;
}

/* zone.body_zone of worths that are asked for one by one. */
static void body_zone(const Desk *d, double (*worth)(const Desk *, int64_t, const double *), const double *worths,
                      int64_t *start, int64_t *stop) {
    double best = 0, running = 0;
    int64_t from = 0;
    *start = *stop = 0;
    for (int64_t i = 0; i < d->n; i++) {
        if (running <= 0) { from = i; running = 0; }
        running += worth(d, i, worths);
        if (running > best) { best = running; *start = from; *stop = i + 1; }
    }
}

static double worth(const Desk *d, int64_t i, const double *worths) {
    const int64_t *f = facts(d, i);
    if (f[MARK]) return d->t->class_kinds[f[MARK]] & IS_END ? worths[2] : worths[1];
    if (f[IS_PARAGRAPH]) return (double)least(f[SIZE], MAX_WORTH);
    return (f[IS_STOP] && f[SIZE] >= 3) || f[IS_BULLET] ? 0.0 : worths[0];
}

static double run_worth(const Desk *d, int64_t i, const double *worths) {
    const double of_kind[] = {0.0, worths[2], 0.0, 1.0, 1.0, worths[0], worths[1], 1.0};
    return d->prose[i] ? (double)least(facts(d, i)[SIZE], MAX_WORTH) : of_kind[d->kinds[i]];
}

static int64_t coarse(const Desk *d, int64_t i) { return bucket(d->t, COARSE, (double)facts(d, i)[SIZE]); }

/* One field: `value` of each line i. */
#define FIELD(value) do { for (int64_t i = 0; i < d->n; i++) put(d, i, (value)); d->field++; } while (0)

static int64_t beside(const Desk *d, const int64_t *values, int64_t at) {
    return at < 0 || at >= d->n ? 0 : values[at];
}

static int64_t fact_beside(const Desk *d, int fact, int64_t at) { return at < 0 || at >= d->n ? 0 : facts(d, at)[fact]; }

static void neighbours(Desk *d) {
    const int64_t *k = d->kinds;
    FIELD(k[i] * 8 + beside(d, k, i - 1));
    FIELD(k[i] * 8 + beside(d, k, i + 1));
    FIELD(beside(d, k, i - 1) * 8 + beside(d, k, i + 1));
    FIELD(beside(d, k, i - 2));
    FIELD(beside(d, k, i + 2));
    FIELD(facts(d, i)[MARK]);
    FIELD(fact_beside(d, MARK, i - 1));
    FIELD(fact_beside(d, MARK, i + 1));
    FIELD(fact_beside(d, MARK, i - 2));
}

static void contexts(Desk *d) {
    int64_t current = 0, box = 0;
    for (int64_t i = 0; i < d->n; i++) {
        d->row[i] = box;
        put(d, i, current);
        if (d->prose[i]) current = box = 0;
        else if (facts(d, i)[MARK]) {
            current = facts(d, i)[MARK];
            if (facts(d, i)[OPENS]) box = current;
        }
    }
    d->field++;
    current = 0;
    for (int64_t i = d->n - 1; i >= 0; i--) {
        put(d, i, current);
        current = d->prose[i] ? 0 : facts(d, i)[MARK] ? facts(d, i)[MARK] : current;
    }
    d->field++;
    FIELD(d->row[i]);
}

static void gaps(Desk *d) {
    int64_t spaced = 0;
    for (int64_t i = 0; i < d->n; i++) spaced += d->prose[i] && facts(d, i)[BLANKS];
    double share = (double)spaced / (double)most(1, d->proses);
    FIELD(least(facts(d, i)[BLANKS], 3));
    FIELD(least(fact_beside(d, BLANKS, i + 1), 3));
    FIELD(((share > 0.2) + (share >= 0.8)) * 2 + (facts(d, i)[BLANKS] > 0));
}

static void measures(Desk *d) {
    const Look *looks = d->looks;
    double sum = 0;
    for (int64_t i = 0; i < d->n; i++) if (d->prose[i]) sum += looks[i].capitals;
    double usual = d->proses ? sum / (double)d->proses : d->t->no_prose_capitals;
    FIELD(bucket(d->t, SHARES, looks[i].stopwords) * 3 + coarse(d, i));
    FIELD((bucket(d->t, SHARES, looks[i].shared) * 3 + coarse(d, i)) * 3 + d->places[i]);
    FIELD(bucket(d->t, CAPITALS, looks[i].capitals - usual) * 3 + coarse(d, i));
    FIELD(bucket(d->t, DIGITS, looks[i].digits));
    FIELD(bucket(d->t, COMMAS, (double)looks[i].commas) * 3 + coarse(d, i));
    FIELD(bucket(d->t, TOP, (double)i));
    FIELD(bucket(d->t, TOP, (double)(d->n - 1 - i)));
}

static void seen_from_headline(Desk *d) {
    int64_t top = d->p->headline, first = most(d->p->first_body, top);
    FIELD(top < 0 ? 0 : i < top ? 2 : i == top ? 1 : 3 + bucket(d->t, NEAR, (double)(i - top - 1)));
    FIELD(d->kinds[i] * 3 + (i <= top ? 0 : i < first ? 1 : 2));
}

static void in_the_body(Desk *d) {
    int64_t words = 0, all = 0;
    for (int64_t i = 0; i < d->n; i++) {
        if (d->prose[i] && d->places[i] == 1) all += facts(d, i)[SIZE];
        d->row[i] = all;
    }
    words = most(1, all);
    FIELD(bucket(d->t, BODY_SHARES, (double)d->row[i] / (double)words));
    FIELD(d->places[i] * 8
          + bucket(d->t, NEAR, (double)(d->places[i] == 0 ? d->start - i : d->places[i] == 2 ? i - d->stop + 1 : 0)));
}

/* Running sums of 0/1 values: sums[i] is that of the lines above line i. */
static void sum_up(Desk *d, int64_t (*value)(const Desk *, int64_t)) {
    d->sums[0] = 0;
    for (int64_t i = 0; i < d->n; i++) d->sums[i + 1] = d->sums[i] + value(d, i);
}

static double window_share(const Desk *d, int64_t i, int64_t above, int64_t below) {
    int64_t low = most(0, i - above), high = least(d->n, i + below + 1);
    int64_t others = d->sums[high] - d->sums[low] - (d->sums[i + 1] - d->sums[i]);
    return (double)others / (double)most(high - low - 1, 1);
}

static int64_t is_prose(const Desk *d, int64_t i) { return d->prose[i]; }
static int64_t is_marked(const Desk *d, int64_t i) { return d->kinds[i] == MARKED; }
static int64_t is_short(const Desk *d, int64_t i) {
    return d->kinds[i] == TITLE || d->kinds[i] == FEW || d->kinds[i] == MARKED;
}
static int64_t weight(const Desk *d, int64_t i) { return d->prose[i] ? least(facts(d, i)[SIZE], MAX_WEIGHT) : 0; }

static void densities(Desk *d) {
    int64_t *above = d->row, *below = d->sums, last = -d->n - FAR;
    for (int64_t i = 0; i < d->n; i++) {
        above[i] = bucket(d->t, NEAR, (double)(i - 1 - last));
        if (d->prose[i]) last = i;
    }
    last = 2 * d->n + FAR;
    for (int64_t i = d->n - 1; i >= 0; i--) {
        below[i] = bucket(d->t, NEAR, (double)(last - i - 1));
        if (d->prose[i]) last = i;
    }
    FIELD(above[i]);
    FIELD(below[i]);
    FIELD(above[i] * 8 + below[i]);
    sum_up(d, is_prose);
    FIELD(bucket(d->t, PROSE, window_share(d, i, 3, 3)));
    FIELD(bucket(d->t, PROSE, window_share(d, i, 8, 8)));
    FIELD(bucket(d->t, PROSE, window_share(d, i, 6, 0)));
    FIELD(bucket(d->t, PROSE, window_share(d, i, 0, 6)));
    for (int64_t i = 0, end; i < d->n; i = end) {
        for (end = i; end < d->n && (is_short(d, end) || d->kinds[end] == ITEM);) end++;
        int64_t length = end - i;
        if (!length) end++;
        for (int64_t k = i; k < end; k++) put(d, k, bucket(d->t, RUNS, (double)length) * 3 + d->places[k]);
    }
    d->field++;
    sum_up(d, is_marked);
    FIELD(bucket(d->t, MARKS, window_share(d, i, 4, 4)));
}

static int64_t says(Text folded, Text title) {
    if (same(folded, title)) return 1;
    int is_longer = (double)folded.length <= 2.2 * (double)title.length;
    if (title.length >= MIN_SAID && is_longer && holds(folded, title)) return 2;
    int is_head = folded.length >= MIN_SAID && (double)folded.length >= 0.5 * (double)title.length;
    return is_head && folded.length <= title.length && same(folded, (Text){title.at, folded.length}) ? 3 : 0;
}

static void said_again(Desk *d) {
    int64_t top = d->p->headline;
    FIELD(d->looks[i].copies ? 1 + (d->looks[i].copies - 1) * 3 + coarse(d, i) : 0);
    FIELD(top < 0 || i == top ? 0 : says(d->folded[i], d->folded[top]));
}

static void weigh(Desk *d) {
    int64_t around = 1, longest = 1;
    sum_up(d, weight);
    for (int64_t i = 0; i < d->n; i++) {
        d->row[i] = d->sums[least(d->n, i + WIDEST + 1)] - d->sums[most(0, i - WIDEST)];
        around = most(around, d->row[i]);
        if (d->prose[i]) longest = most(longest, facts(d, i)[SIZE]);
    }
    FIELD(bucket(d->t, DENSITIES, (double)d->row[i] / (double)around) * 8 + d->kinds[i]);
    FIELD(bucket(d->t, LENGTHS, (double)facts(d, i)[SIZE] / (double)longest) * 2 + facts(d, i)[IS_STOP]);
}

static void runs(Desk *d) {
    int64_t last = -1;
    for (int64_t i = 0; i < d->n; i++) {
        int is_led = last >= 0 && d->prose[last] && is_one_of(d->bare[last].at[d->bare[last].length - 1], LEADS);
        put(d, i, (is_led ? 8 : last < 0 ? 0 : d->kinds[last]) * 8 + d->kinds[i]);
        if (d->prose[i] || d->kinds[i] == MARKED || d->kinds[i] == LEAD) last = i;
    }
    d->field++;
    last = -1;
    for (int64_t i = d->n - 1; i >= 0; i--) {
        put(d, i, (last < 0 ? 0 : d->kinds[last]) * 8 + d->kinds[i]);
        if (d->prose[i] || d->kinds[i] == MARKED || d->kinds[i] == LEAD) last = i;
    }
    d->field++;
    FIELD(d->looks[i].likeness * 8 + d->kinds[i]);
    int64_t count = bucket(d->t, COUNTS, (double)d->proses), start, stop;
    FIELD((count * 3 + d->places[i]) * 2 + d->prose[i]);
    for (int run = 0; run < 2; run++) {
        body_zone(d, run_worth, d->t->worths + 3 + 3 * run, &start, &stop);
        FIELD(((i >= start) + (i >= stop)) * 8 + d->kinds[i]);
    }
}

static int64_t is_of(const Desk *d, int64_t i, int64_t kind) { return (d->t->class_kinds[facts(d, i)[MARK]] & kind) != 0; }
static int64_t is_end_matter(const Desk *d, int64_t i) { return is_of(d, i, IS_END_MATTER); }

static void ends(Desk *d) {
    sum_up(d, is_end_matter);
    FIELD(bucket(d->t, ENDS, (double)d->sums[i]) * 8 + d->kinds[i]);
    FIELD(bucket(d->t, ENDS, (double)(d->sums[d->n] - d->sums[i + 1])) * 8 + d->kinds[i]);
    int64_t last = -FAR;
    for (int64_t i = 0; i < d->n; i++) {
        if (is_of(d, i, IS_STAMP)) last = i;
        put(d, i, bucket(d->t, NEAR, (double)(i - last)) * 2 + d->prose[i]);
    }
    d->field++;
    last = d->n + FAR;
    for (int64_t i = d->n - 1; i >= 0; i--) {
        if (is_of(d, i, IS_STAMP)) last = i;
        put(d, i, bucket(d->t, NEAR, (double)(last - i)));
    }
    d->field++;
    sum_up(d, is_short);
    FIELD(bucket(d->t, SHORT, window_share(d, i, 5, 5)));
}

static void words_and_page(Desk *d) {
    FIELD(bucket(d->t, TOOLS, (double)d->looks[i].tools) * 3 + coarse(d, i));
    FIELD(bucket(d->t, LEANS, d->looks[i].lean) * 3 + coarse(d, i));
    int64_t prose = bucket(d->t, PAGE_PROSE, (double)d->proses / (double)d->n);
    FIELD(prose * 8 + d->kinds[i]);
    FIELD(facts(d, i)[IS_PIECE] * 8 + d->kinds[i]);
}

static void parts(Desk *d) {
    int64_t top = d->p->headline, first = d->p->first_body, ended = 0, next;
    for (int64_t i = 0; i < d->n; i++) {
        int is_below = top >= 0 && i > top;
        int64_t part = top < 0 ? 4 : is_below * (1 + least(ended, 2));
        put(d, i, (part * 8 + d->kinds[i]) * 2 + (facts(d, i)[BLANKS] > 0));
        ended += is_below && is_end_matter(d, i);
    }
    d->field++;
    for (next = first + 1; next < d->n && d->kinds[next] != PARAGRAPH;) next++;
    FIELD(i == first && next < d->n
          ? 1 + bucket(d->t, OPENINGS, (double)facts(d, first)[SIZE] / (double)facts(d, next)[SIZE]) : 0);
}

static void look(Desk *d) {
    int64_t longest = 0;
    for (int64_t i = 0; i < d->n; i++) longest = most(longest, d->bare[i].length);
    uint16_t *bits = malloc((size_t)(longest + 1 + LONG) * 2);
    for (int64_t i = 0; i < d->n; i++) see(d->t, d->bare[i], bits + 1, d->looks + i);
    free(bits);
    stopword_shares(d);
    lean(d);
    copies(d);
    compare_lines(d);
    said_inside(d);
}

static void fill(Desk *d) {
    for (int64_t i = 0; i < d->n; i++) {
        d->kinds[i] = kind_of(d, i);
        d->proses += d->prose[i] = d->kinds[i] == PARAGRAPH;
    }
    body_zone(d, worth, d->t->worths, &d->start, &d->stop);
    for (int64_t i = 0; i < d->n; i++) d->places[i] = (i >= d->start) + (i >= d->stop);
    share(d);
    FIELD((bucket(d->t, SIZES, (double)facts(d, i)[SIZE]) * 2 + facts(d, i)[IS_STOP]) * 3 + d->places[i]);
    neighbours(d);
    contexts(d);
    gaps(d);
    measures(d);
    seen_from_headline(d);
    in_the_body(d);
    densities(d);
    said_again(d);
    weigh(d);
    runs(d);
    ends(d);
    words_and_page(d);
    parts(d);
}

/* A page taken apart into words, for all that is asked of it; of looks only where the words of a line stand. */
struct Split { Text *texts; Look *looks; Book book; int64_t *ids, *twins; const Known *known; };

static Split *split_page(const Tables *t, const Page *p) {
    int64_t n = p->count, room = 1;
    const uint32_t *bare = p->bare, *folded = p->folded;
    Desk d = {.t = t, .p = p, .n = n};
    Split *s = malloc(sizeof(Split));
    d.bare = malloc((size_t)(2 * n) * sizeof(Text));
    d.folded = d.bare + n;
    for (int64_t i = 0; i < n; i++) {
        d.bare[i] = (Text){bare, facts(&d, i)[BARE]};
        d.folded[i] = (Text){folded, facts(&d, i)[FOLDED]};
        bare += d.bare[i].length + 1;
        folded += d.folded[i].length + 1;
        room += words_at_most(t->classes, d.folded[i].at, d.folded[i].length, ' ');
    }
    d.looks = calloc((size_t)n, sizeof(Look));
    d.book = open_book(room);
    d.ids = malloc((size_t)(room + n) * 8);
    read_words(&d);
    *s = (Split){d.bare, d.looks, d.book, d.ids, d.ids + room, NULL};
    find_twins(&d, s->twins);
    return s;
}

/* Frees what is kept of a page's words. */
EXPORT void close_page(const Page *p) {
    Split *s = p->split;
    if (!s) return;
    free(s->texts); free(s->looks); free(s->ids);
    close_book(&s->book);
    free(s);
}

static Desk open_desk(const Tables *t, Page *p, int64_t *out) {
    int64_t n = p->count;
    if (!p->split) p->split = split_page(t, p);
    const Split *s = p->split;
    Desk d = {.t = t, .p = p, .n = n, .out = out, .bare = s->texts, .folded = s->texts + n, .book = s->book,
              .ids = s->ids, .twins = s->twins};
    d.looks = malloc((size_t)n * sizeof(Look));
    memcpy(d.looks, s->looks, (size_t)n * sizeof(Look));
    d.kinds = malloc((size_t)(4 * n + 1) * 8);
    d.places = d.kinds + n;
    d.row = d.places + n;
    d.sums = d.row + n;
    d.prose = malloc((size_t)n);
    return d;
}

static void close_desk(Desk *d) { free(d->looks); free(d->kinds); free(d->prose); }

/* Tells what is known of each word, and forgets what was counted of it for other features. */
static void tell_words(Desk *d) {
    Split *s = d->p->split;
    int is_told = s->known == d->t->known;
    if (!is_told) know_words(&d->book, d->t->known);
    s->known = d->t->known;
    for (Word *word = d->book.words; word < d->book.words + d->book.count; word++) {
        if (!is_told) {
            word->languages = word->known < 0 ? 0 : (uint64_t)d->t->stopwords[word->known];
            word->lean = word->known < 0 ? 0 : d->t->leans[word->known];
        }
        word->line = -1;
        word->paragraphs = word->said = word->votes = 0;
    }
}

/* Fills out, a row a field and a flag, a column a line, and returns 1; 0 where the tables have other fields. */
EXPORT int64_t features(const Tables *t, Page *p, int64_t *out) {
    if (t->fields != FIELDS || t->flags != FLAGS) return 0;
    Desk d = open_desk(t, p, out);
    tell_words(&d);
    look(&d);
    fill(&d);
    for (int64_t i = 0; i < d.n; i++) {
        uint8_t flags[FLAGS];
        flag(&d, i, flags);
        for (int64_t k = 0; k < FLAGS; k++) out[(t->fields + k) * d.n + i] = flags[k] ? t->offsets[t->fields] + k : -1;
    }
    close_desk(&d);
    return 1;
}

/* -------------------------------------------------------------------------------------------------- the headline */

/* Bounds of headline_model.py, in the order of its BOUNDS. */
enum { TO_TEXT, TO_PARAGRAPH, TO_STAMP, WORD_SHARES, TITLE_SIZES, BETWEEN, CROWD, FOLLOWED, PARAGRAPHS, THIRDS, FOUR_OR_SEVEN,
       LITTLE_OR_MOST };
enum { MAX_TITLE_SIZE = 40, MAX_ABOVE = 60, MAX_BELOW = 9, MAX_BODY_WORDS = 2000, MAX_PARAGRAPH_WORDS = 200,
       MIN_HEAD_CHARS = 12, SCRIPT_CHARS = 400, STAMP_REACH = 8, FOLLOWING = 6, NEAR_LINES = 5, LONG_WORD = 3,
       MAX_CAPITALISED_CHARS = 200, MIN_CAPITALISED = 4, HEAD_FIELDS = 17, HEAD_FLAGS = 16 };

/* What is asked of a page for each candidate: a value a line and one for the page's end; `said` is by word. */
typedef struct {
    Desk desk;
    int64_t start, stop, last, *paragraph, *stamp, *title, *long_lines, *marked, *before, *times, *prose, *said;
    double *followed, highest;
    uint8_t *in_body;
    int is_foreign;
} Heads;

static int ends_in_sign(Text x, uint32_t sign) { return x.length && x.at[x.length - 1] == sign; }
static int is_free(const Desk *d, int64_t i) { return !facts(d, i)[MARK]; }
static int is_sentence(const Desk *d, int64_t i) { return facts(d, i)[IS_STOP] && facts(d, i)[SIZE] >= 3; }

/* Whether MIN_CAPITALISED words or more are of LONG signs at least, none of these opens small, and not all is large. */
static int is_in_title_case(const Desk *d, Text x) {
    int64_t found = 0;
    uint16_t some = 0;
    if (x.length > MAX_CAPITALISED_CHARS) return 0;
    for (int64_t at = 0; at < x.length; at++) some |= d->t->classes[x.at[at]];
    if (some & UPPER && !(some & SMALL)) return 0;
    for (int64_t at = 0, end; at < x.length; at = end + 1) {
        for (end = at; end < x.length && !(d->t->classes[x.at[end]] & SPACE); end++) {}
        if (end - at < LONG) continue;
        if ((d->t->classes[x.at[at]] & (ALPHA | UPPER)) == ALPHA) return 0;
        found++;
    }
    return found >= MIN_CAPITALISED;
}

static int is_statement(const Desk *d, Text x) {
    int stops = ends_in_sign(x, '.') || ends_in_sign(x, 0x3002) || ends_in_sign(x, 0x964) || ends_in(x, ".\"")
                || (ends_in_sign(x, 0x201D) && x.length > 1 && x.at[x.length - 2] == '.');
    int is_cut = ends_in(x, "...") || ends_in(x, ".S.") || ends_in(x, ".K.") || ends_in(x, ".N.");
    return stops && !is_cut && !is_in_title_case(d, x);
}

/* No half of figures, and no paragraph that ends in a full stop. */
static int is_title(const Desk *d, int64_t i) {
    const Look *one = d->looks + i;
    int64_t figures = 0, words = word_count(one);
    if (!words || (facts(d, i)[IS_PARAGRAPH] && is_statement(d, d->bare[i]))) return 0;
    for (int64_t k = one->first_word; k < one->end_word; k++) {
        Text word = d->book.words[d->ids[k]].text;
        int has_figure = 0;
        for (int64_t at = 0; at < word.length; at++) has_figure |= (d->t->classes[word.at[at]] & FIGURE) != 0;
        figures += has_figure;
    }
    return figures * 2 < words;
}

/* values[i] is the first line from i on for which it is one; the number of lines for none. */
static void next_of(const Desk *d, int (*is_one)(const Desk *, int64_t), int64_t *values) {
    values[d->n] = d->n;
    for (int64_t i = d->n - 1; i >= 0; i--) values[i] = is_one(d, i) ? i : values[i + 1];
}

static void count_of(const Desk *d, int (*is_one)(const Desk *, int64_t), int64_t *values) {
    values[0] = 0;
    for (int64_t i = 0; i < d->n; i++) values[i + 1] = values[i] + is_one(d, i);
}

static int is_free_paragraph(const Desk *d, int64_t i) { return is_free(d, i) && facts(d, i)[IS_PARAGRAPH]; }
static int is_any_stamp(const Desk *d, int64_t i) { return (int)is_of(d, i, IS_STAMP | IS_READING_TIME); }
static int is_section(const Desk *d, int64_t i) { return (int)is_of(d, i, IS_SECTION); }
static int has_mark(const Desk *d, int64_t i) { return !is_free(d, i); }
static int is_long_line(const Desk *d, int64_t i) {
    return is_free(d, i) && facts(d, i)[SIZE] >= 4 && !facts(d, i)[IS_BULLET];
}
static int is_plain_title(const Desk *d, int64_t i) {
    const int64_t *f = facts(d, i);
    return is_free(d, i) && !f[IS_STOP] && !f[IS_BULLET] && !f[IS_PARAGRAPH] && f[SIZE] >= 3;
}

/* Marks the words of the text, and tells whether most of its first letters are no Latin ones. */
static void read_body(Heads *h) {
    const Desk *d = &h->desk;
    int64_t words = 0, signs = 0, ascii = 0;
    for (int64_t i = h->start; i < least(h->stop, d->n); i++) {
        if (!facts(d, i)[IS_PARAGRAPH]) continue;
        const Look *one = d->looks + i;
        for (int64_t k = one->first_word; k < one->end_word && words < MAX_BODY_WORDS; k++, words++)
            h->in_body[d->ids[k]] = 1;
        if (signs && signs < SCRIPT_CHARS) { signs++; ascii++; } /* the blank between two lines */
        for (int64_t k = 0; k < d->folded[i].length && signs < SCRIPT_CHARS; k++, signs++) ascii += d->folded[i].at[k] < 128;
    }
    h->is_foreign = 2 * ascii < signs;
}

static void follow(Heads *h) {
    const Desk *d = &h->desk;
    h->followed[d->n] = h->highest = 0;
    if (d->n) h->followed[d->n - 1] = 0;
    for (int64_t i = d->n - 2; i >= 0; i--) {
        double value = worth(d, i + 1, d->t->worths) + h->followed[i + 1];
        h->followed[i] = value > 0 ? value : 0;
        if (h->followed[i] > h->highest) h->highest = h->followed[i];
    }
    if (h->highest == 0) h->highest = 1;
}

static int may_lead(const Heads *h, int64_t i, double least_followed) {
    const Desk *d = &h->desk;
    Text x = d->bare[i];
    int is_near = most(0, h->start - MAX_ABOVE) <= i && i < least(h->stop, h->start + MAX_BELOW), is_ascii = 1;
    if (!is_near && h->followed[i] < least_followed * h->highest) return 0;
    if (!(is_free(d, i) || is_section(d, i)) || facts(d, i)[SIZE] < 2 || facts(d, i)[SIZE] > MAX_TITLE_SIZE) return 0;
    if (!is_title(d, i) || (i >= h->last && is_statement(d, x))) return 0;
    for (int64_t k = 0; k < x.length; k++) is_ascii &= x.at[k] < 128;
    return !(h->is_foreign && is_ascii);
}

/* The share of a line's long words that the text has, or that stand below; -1 for a line without any. */
static double share_of(const Heads *h, int64_t i, int is_below) {
    const Look *one = h->desk.looks + i;
    int64_t own = 0, held = 0;
    for (int64_t k = one->first_word; k < one->end_word; k++) {
        int64_t id = h->desk.ids[k];
        if (h->desk.book.words[id].text.length <= LONG_WORD) continue;
        own++;
        held += is_below ? h->said[id] == i + 1 : h->in_body[id];
    }
    return own ? (double)held / (double)own : -1.0;
}

static double said_below(Heads *h, int64_t i) {
    int64_t first = h->before[i + 1], stop = least(h->before[h->desk.n], first + FOLLOWING);
    for (int64_t p = first; p < stop; p++) {
        const Look *one = h->desk.looks + h->prose[p];
        for (int64_t k = one->first_word; k < least(one->end_word, one->first_word + MAX_PARAGRAPH_WORDS); k++)
            h->said[h->desk.ids[k]] = i + 1;
    }
    return share_of(h, i, 1);
}

static void head_values(Heads *h, int64_t i, int64_t *out) {
    const Desk *d = &h->desk;
    const Tables *t = d->t;
    int64_t size = facts(d, i)[SIZE], paragraph = h->paragraph[i + 1], below = i + 1 < d->n ? facts(d, i + 1)[BLANKS] : 2;
    int64_t following = paragraph < d->n ? h->title[paragraph] : paragraph;
    double share = share_of(h, i, 0), said = said_below(h, i), followed = h->followed[i] / h->highest;
    const int64_t values[HEAD_FIELDS] = {
        bucket(t, TO_TEXT, (double)(h->start - i)),
        bucket(t, TO_PARAGRAPH, (double)(paragraph - i)),
        bucket(t, TO_STAMP, (double)least(h->stamp[i + 1] - i, STAMP_REACH + 1)),
        (least(h->times[i], 4) - 1) * 2 + (size >= 4),
        bucket(t, WORD_SHARES, share),
        bucket(t, TITLE_SIZES, (double)size),
        bucket(t, THIRDS, share) * 3 + bucket(t, FOUR_OR_SEVEN, (double)size),
        least(facts(d, i)[BLANKS], 2),
        least(below, 2),
        bucket(t, BETWEEN, (double)(h->long_lines[most(paragraph, i + 1)] - h->long_lines[i + 1])),
        bucket(t, CROWD, (double)(h->long_lines[i] - h->long_lines[most(0, i - 6)])),
        least(3, h->marked[least(d->n, i + 5)] - h->marked[i + 1]),
        least(3, h->marked[i] - h->marked[most(0, i - 4)]),
        bucket(t, FOLLOWED, followed),
        bucket(t, PARAGRAPHS, (double)(h->before[following] - h->before[paragraph])),
        bucket(t, WORD_SHARES, said),
        bucket(t, THIRDS, said) * 3 + bucket(t, LITTLE_OR_MOST, followed),
    };
    for (int64_t k = 0; k < HEAD_FIELDS; k++) out[k] = t->offsets[k] + values[k];
}

static int ends_with(Text x, Text end) {
    return end.length <= x.length && same((Text){x.at + x.length - end.length, end.length}, end);
}

static int has_bar(Text x) {
    static const uint32_t bars[] = {'-', 0x2013, 0x2014, 0xB7, 0};
    for (int64_t k = 0; k < x.length; k++) {
        if (x.at[k] == '|') return 1;
        if (k && k + 1 < x.length && x.at[k - 1] == ' ' && x.at[k + 1] == ' ' && is_one_of(x.at[k], bars)) return 1;
    }
    return 0;
}

/* Which near lines say the end of a line, or are its end or its head. */
static void compare_near(const Desk *d, int64_t i, uint8_t *ends_above, uint8_t *ends_below, uint8_t *heads) {
    Text own = d->folded[i];
    for (int64_t k = most(0, i - NEAR_LINES); k < i && own.length >= MIN_HEAD_CHARS; k++)
        *ends_above |= d->folded[k].length > own.length && ends_with(d->folded[k], own);
    for (int64_t k = i + 1; k < least(d->n, i + 1 + MAX_ABOVE); k++) {
        Text other = d->folded[k];
        if (other.length < MIN_HEAD_CHARS || other.length >= own.length) continue;
        *ends_below |= k <= i + NEAR_LINES && ends_with(own, other);
        *heads |= same((Text){own.at, other.length}, other) && has_bar(d->bare[i]);
    }
}

static int is_in_capitals(const Tables *t, Text x) {
    uint16_t some = 0;
    for (int64_t k = 0; k < x.length; k++) some |= t->classes[x.at[k]];
    return some & UPPER && !(some & SMALL);
}

static void head_flags(const Desk *d, int64_t i, int64_t *out) {
    static const uint32_t calls[] = {'?', '!', 0xFF1F, 0xFF01, 0}, bar[] = {'|', 0};
    Text x = d->bare[i];
    uint8_t ends_above = 0, ends_below = 0, heads = 0, has_plain_bar = 0;
    compare_near(d, i, &ends_above, &ends_below, &heads);
    for (int64_t k = 0; k < x.length; k++) has_plain_bar |= is_one_of(x.at[k], bar) != 0;
    uint32_t last = x.at[x.length - 1];
    int is_cut_short = last == 0x2026 || ends_in(x, "...");
    const uint8_t flags[HEAD_FLAGS] = {
        (i > 0 && is_any_stamp(d, i - 1)) || (i > 1 && is_any_stamp(d, i - 2)),
        i > 0 && is_section(d, i - 1),
        ends_above,
        ends_below,
        heads,
        i > 0 && d->folded[i].length >= MIN_HEAD_CHARS && holds(d->folded[0], d->folded[i]),
        (last == '.' || last == 0x3002) && !is_cut_short,
        is_one_of(last, calls) != 0,
        is_one_of(last, COLONS) != 0,
        is_cut_short != 0,
        facts(d, i)[IS_BULLET] != 0,
        is_in_capitals(d->t, x) != 0,
        facts(d, i)[IS_PARAGRAPH] != 0,
        is_section(d, i) != 0,
        has_plain_bar,
        i == 0,
    };
    for (int64_t k = 0; k < HEAD_FLAGS; k++) out[k] = flags[k] ? d->t->offsets[HEAD_FIELDS] + k : -1;
}

static Heads open_heads(const Tables *t, Page *p) {
    Heads h = {.desk = open_desk(t, p, NULL)};
    int64_t n = p->count, room = n + 1, *at = malloc((size_t)(8 * room + h.desk.book.count) * 8);
    h.paragraph = at; h.stamp = at + room; h.title = at + 2 * room; h.long_lines = at + 3 * room;
    h.marked = at + 4 * room; h.before = at + 5 * room; h.times = at + 6 * room; h.prose = at + 7 * room;
    h.said = at + 8 * room;
    memset(h.said, 0, (size_t)h.desk.book.count * 8);
    h.in_body = calloc((size_t)h.desk.book.count + 1, 1);
    h.followed = malloc((size_t)room * 8);
    next_of(&h.desk, is_free_paragraph, h.paragraph);
    next_of(&h.desk, is_any_stamp, h.stamp);
    next_of(&h.desk, is_plain_title, h.title);
    count_of(&h.desk, is_long_line, h.long_lines);
    count_of(&h.desk, has_mark, h.marked);
    count_of(&h.desk, is_free_paragraph, h.before);
    for (int64_t i = 0; i < n; i++) if (h.before[i + 1] > h.before[i]) h.prose[h.before[i]] = i;
    memset(h.times, 0, (size_t)room * 8);
    for (int64_t i = 0; i < n; i++) h.times[h.desk.twins[i]]++;
    for (int64_t i = 0; i < n; i++) h.times[i] = h.times[h.desk.twins[i]];
    return h;
}

/* Fills out, a row a candidate: its line, what holds of it, -1 for a flag that does not; returns how many there are, -1
   where the tables have other fields. */
EXPORT int64_t candidates(const Tables *t, Page *p, double least_followed, int64_t *out) {
    if (t->fields != HEAD_FIELDS || t->flags != HEAD_FLAGS) return -1;
    Heads h = open_heads(t, p);
    int64_t n = p->count, found = 0;
    body_zone(&h.desk, worth, t->worths, &h.start, &h.stop);
    if (!h.stop) h.start = h.stop = n;
    for (h.last = n - 1; h.last >= 0 && !(is_free(&h.desk, h.last) && is_sentence(&h.desk, h.last));) h.last--;
    read_body(&h);
    follow(&h);
    for (int64_t i = 0; i < n; i++) {
        if (!may_lead(&h, i, least_followed)) continue;
        int64_t *row = out + found++ * (1 + HEAD_FIELDS + HEAD_FLAGS);
        row[0] = i;
        head_values(&h, i, row + 1);
        head_flags(&h.desk, i, row + 1 + HEAD_FIELDS);
    }
    free(h.paragraph); free(h.in_body); free(h.followed);
    close_desk(&h.desk);
    return found;
}

/* ----------------------------------------------------------------------------------------------------- the model */

/* Does the work for any number of classes, and again for that of the line model: when the compiler knows it, sums stay in the
   processor. */
#define FOR_CLASSES(work, ...) \
    do { if (classes == LINE_CLASSES) work(__VA_ARGS__, LINE_CLASSES); else work(__VA_ARGS__, classes); } while (0)

static inline void add_rows(const float *weights, const int64_t *active, int64_t features, int64_t lines, double *out,
                            int64_t classes) {
    float sum[MOST_CLASSES] = {0};
    for (int64_t k = 0; k < features; k++) {
        int64_t place = active[k * lines];
        if (place < 0) continue;
        for (int64_t c = 0; c < classes; c++) sum[c] += weights[place * classes + c];
    }
    for (int64_t c = 0; c < classes; c++) out[c] = sum[c];
}

/* out, lines by classes: sums of the weights of what holds of each line; `active` has a row a feature, -1 for none. */
EXPORT void sums(const float *weights, const int64_t *active, int64_t features, int64_t lines, int64_t classes,
                 double *out) {
    for (int64_t i = 0; i < lines; i++, out += classes) FOR_CLASSES(add_rows, weights, active + i, features, lines, out);
}

/* to[c] = sum over k, in order, of from[k] * move[k][c]. */
static inline void step(const double *from, const double *move, double *to, int64_t classes) {
    double sum[MOST_CLASSES] = {0};
    for (int64_t k = 0; k < classes; k++)
        for (int64_t c = 0; c < classes; c++) sum[c] += from[k] * move[k * classes + c];
    memcpy(to, sum, (size_t)classes * 8);
}

static void scale(double *values, int64_t classes) {
    double highest = values[0];
    for (int64_t c = 1; c < classes; c++) if (values[c] > highest) highest = values[c];
    for (int64_t c = 0; c < classes; c++) values[c] /= highest;
}

/* out, lines by classes: forward times backward sums of a chain. `moves` and `back` (the same, turned) have a table of
   steps for a line right below another and one for a line below a gap. */
EXPORT void chain(const double *scores, const uint8_t *gaps, const double *moves, const double *back,
                  const double *begins, int64_t lines, int64_t classes, double *out) {
    double now[MOST_CLASSES];
    int64_t table = classes * classes;
    for (int64_t c = 0; c < classes; c++) out[c] = now[c] = begins[c] * scores[c];
    for (int64_t i = 1; i < lines; i++) {
        FOR_CLASSES(step, now, moves + table * gaps[i], now);
        for (int64_t c = 0; c < classes; c++) now[c] *= scores[i * classes + c];
        if (i % SCALE_EVERY == 0) scale(now, classes);
        memcpy(out + i * classes, now, (size_t)classes * 8);
    }
    for (int64_t c = 0; c < classes; c++) now[c] = 1;
    for (int64_t i = lines - 1; i > 0; i--) {
        for (int64_t c = 0; c < classes; c++) now[c] *= scores[i * classes + c];
        FOR_CLASSES(step, now, back + table * gaps[i], now);
        if (i % SCALE_EVERY == 0) scale(now, classes);
        for (int64_t c = 0; c < classes; c++) out[(i - 1) * classes + c] *= now[c];
    }
}

/* out, lines by `most_reasons`: the features that speak most for class `chosen` against `against`, -1 for none. */
EXPORT void strongest(const float *weights, const int64_t *active, int64_t features, int64_t lines, int64_t classes,
                      const int64_t *chosen, const int64_t *against, int64_t most_reasons, int64_t *out) {
    for (int64_t i = 0; i < lines; i++, out += most_reasons) {
        float weight_of[MOST_REASONS];
        int64_t found = 0;
        for (int64_t k = 0; k < features; k++) {
            int64_t place = active[k * lines + i], at;
            if (place < 0) continue;
            float own = weights[place * classes + chosen[i]] - weights[place * classes + against[i]];
            if (own <= 0 || (found == most_reasons && own <= weight_of[found - 1])) continue;
            if (found < most_reasons) found++;
            for (at = found - 1; at && weight_of[at - 1] < own; at--) {
                weight_of[at] = weight_of[at - 1];
                out[at] = out[at - 1];
            }
            weight_of[at] = own;
            out[at] = place;
        }
        while (found < most_reasons) out[found++] = -1;
    }
}

/* ----------------------------------------------------------------------------------------------------- the topics */

/* Bags of the words of a page, one a paragraph, each word once: bag i has ids[starts[i]] to ids[starts[i + 1]]. `above` and
   `below` count the words of some bags, by word, and are all 0 in between. */
typedef struct { Book book; int64_t *ids, *starts, *above, *below, bags, count; } Bags;

static Bags open_bags(int64_t room, int64_t bags) {
    Bags b = {.book = open_book(room), .ids = malloc((size_t)room * 8), .starts = malloc((size_t)(bags + 1) * 8)};
    b.starts[0] = 0;
    return b;
}

/* Puts a word, cut to `stem` letters, into the bag that is being filled; none that is known. */
static void put_in(Bags *b, Text word, uint64_t hash, int64_t stem, const Known *w) {
    if (w && number_of(w, word, hash) >= 0) return;
    if (word.length > stem) hash = hash_of(word = (Text){word.at, stem});
    int64_t id = enter(&b->book, word, hash);
    if (b->book.words[id].line == b->bags) return;
    b->book.words[id].line = b->bags;
    b->ids[b->count++] = id;
}

static void put_words_in(Bags *b, Text text, uint32_t blank, int64_t letters, int64_t stem, const Known *w) {
    Text word;
    uint64_t hash;
    for (int64_t at = 0; (at = next_word(text, blank, at, &word, &hash)) >= 0;)
        if (word.length >= letters) put_in(b, word, hash, stem, w);
}

static void end_bag(Bags *b) { b->starts[++b->bags] = b->count; }

static void count_in(Bags *b) {
    b->above = calloc((size_t)(2 * b->book.count + 1), 8);
    b->below = b->above + b->book.count;
}

static void close_bags(Bags *b) {
    free(b->ids); free(b->starts); free(b->above);
    close_book(&b->book);
}

static void count_bags(const Bags *b, int64_t low, int64_t high, int64_t *counts) {
    for (int64_t k = b->starts[low]; k < b->starts[high]; k++) counts[b->ids[k]]++;
}

static void forget_words(const Bags *b, int64_t low, int64_t high, int64_t *counts) {
    for (int64_t k = b->starts[low]; k < b->starts[high]; k++) counts[b->ids[k]] = 0;
}

/* Adds bag `at`, if there is one, to the counts of a half, or takes it away, as `by` is 1 or -1, and keeps the sum of their
   squares and that of their products with the `others`. */
static void move_bag(const Bags *b, int64_t at, int64_t by, int64_t *counts, const int64_t *others, int64_t *squares, int64_t *dot) {
    if (at < 0 || at >= b->bags) return;
    for (int64_t k = b->starts[at]; k < b->starts[at + 1]; k++) {
        int64_t *count = counts + b->ids[k];
        *squares += 2 * by * *count + 1;
        *count += by;
        *dot += by * others[b->ids[k]];
    }
}

/* out, one a bag: the cosine of the counts, in bags, of what stands in `reach` bags above and below the place under it. */
static void compare_counts(const Bags *b, int64_t reach, double *out) {
    int64_t above = 0, below = 0, dot = 0;
    for (int64_t i = 0; i < reach; i++) move_bag(b, i, 1, b->below, b->above, &below, &dot);
    for (int64_t i = 0; i < b->bags; i++) {
        move_bag(b, i, -1, b->below, b->above, &below, &dot);
        move_bag(b, i + reach, 1, b->below, b->above, &below, &dot);
        move_bag(b, i - reach, -1, b->above, b->below, &above, &dot);
        move_bag(b, i, 1, b->above, b->below, &above, &dot);
        double norm = sqrt((double)above * (double)below);
        out[i] = norm > 0 ? (double)dot / norm : 0.0;
    }
    forget_words(b, most(0, b->bags - reach), b->bags, b->above);
}

/* What compare_counts tells of texts whose words are parted by `blank`. */
EXPORT void cosines(const uint32_t *texts, const int64_t *lengths, int64_t bags, int64_t blank, int64_t reach, double *out) {
    int64_t room = 1;
    const uint32_t *text = texts;
    for (int64_t i = 0; i < bags; text += lengths[i++] + 1)
        room += words_at_most(NULL, text, lengths[i], (uint32_t)blank);
    Bags b = open_bags(room, bags);
    for (int64_t i = 0; i < bags; texts += lengths[i++] + 1) {
        put_words_in(&b, (Text){texts, lengths[i]}, (uint32_t)blank, 0, INT64_MAX, NULL);
        end_bag(&b);
    }
    count_in(&b);
    compare_counts(&b, reach, out);
    close_bags(&b);
}

/* What is asked of the words of a page, as pipeline/clean/compiled_topics.py tells it. */
typedef struct {
    const Known *stopwords;
    const uint16_t *classes;
    const uint64_t *small; /* of each code point below CASED its small letters, 21 bits each */
    int64_t letters, stem, reach, far, subjects, many;
    double shared, unknown;
} Asked;

/* Paragraphs as folded and as printed, a line end behind each, and facts of each one. */
typedef struct { const uint32_t *folded, *printed; const int64_t *facts; int64_t count; } Prose;
enum { FOLDED_LENGTH, PRINTED_LENGTH, IS_CASELESS, PROSE_FACTS };
enum { MIN_NAME = 3, MOST_SUBJECTS = 16, HALVES = 3 };

static const uint32_t BEGINS_SENTENCE[] = {'.', '!', '?', ':', 0x201C, '"', 0},
                      AROUND_NAME[] = {'"', '\'', 0x201C, 0x201D, 0x201E, 0xAB, 0xBB, 0x2018, 0x2019, '(', ')', '[', ']', ',',
                                       ';', ':', '.', '!', '?', 0};

/* Puts a text in small letters behind those at `*end`. */
static Text put_small(const uint64_t *small, Text text, uint32_t **end) {
    uint32_t *start = *end;
    for (int64_t k = 0; k < text.length; k++) {
        uint64_t signs = text.at[k] < CASED ? small[text.at[k]] : text.at[k];
        do *(*end)++ = (uint32_t)(signs & ((1 << A_SIGN) - 1)); while (signs >>= A_SIGN);
    }
    return (Text){start, *end - start};
}

/* Puts the names of a paragraph into a bag, a word in mid-sentence that opens with a capital or figure each, in small
   letters, which are kept at `*end`, and returns how many there are. */
static int64_t put_names_in(Bags *b, const Asked *a, Text printed, uint32_t **end_of_small) {
    int64_t found = 0;
    for (int64_t at = 0, end; at <= printed.length; at = end + 1) {
        for (end = at; end < printed.length && printed.at[end] != ' ';) end++;
        if (!at || end == at) continue;
        uint16_t bits = a->classes[printed.at[at]];
        if (bits & WORD && !(bits & (UPPER | FIGURE))) continue; /* most words, and soonest told */
        if (at > 1 && is_one_of(printed.at[at - 2], BEGINS_SENTENCE)) continue;
        int64_t first = at, last = end;
        while (first < last && is_one_of(printed.at[first], AROUND_NAME)) first++;
        while (last > first && is_one_of(printed.at[last - 1], AROUND_NAME)) last--;
        if (last - first < MIN_NAME || !(a->classes[printed.at[first]] & (UPPER | FIGURE))) continue;
        Text name = put_small(a->small, (Text){printed.at + first, last - first}, end_of_small);
        found++;
        put_in(b, name, hash_of(name), a->stem, a->stopwords);
    }
    return found;
}

/* The words of all paragraphs, and their names; one without letters that have a case has its words for names. Returns the
   names' letters, which are freed behind them. */
static uint32_t *read_bags(const Asked *a, const Prose *p, Bags *words, Bags *names) {
    int64_t word_room = 1, name_room = 1, signs = 0;
    const int64_t *f = p->facts;
    const uint32_t *folded = p->folded, *printed = p->printed;
    for (int64_t i = 0; i < p->count; i++, folded += f[FOLDED_LENGTH] + 1, printed += f[PRINTED_LENGTH] + 1, f += PROSE_FACTS) {
        int64_t own = words_at_most(NULL, folded, f[FOLDED_LENGTH], ' ');
        word_room += own;
        signs += f[PRINTED_LENGTH];
        name_room += own + words_at_most(NULL, printed, f[PRINTED_LENGTH], ' ');
    }
    *words = open_bags(word_room, p->count);
    *names = open_bags(name_room, p->count);
    uint32_t *small = malloc((size_t)(MOST_SMALL * signs + 1) * 4), *end_of_small = small;
    f = p->facts; folded = p->folded; printed = p->printed;
    for (int64_t i = 0; i < p->count; i++, f += PROSE_FACTS) {
        Text own = {folded, f[FOLDED_LENGTH]};
        put_words_in(words, own, ' ', a->letters, a->stem, a->stopwords);
        int64_t found = put_names_in(names, a, (Text){printed, f[PRINTED_LENGTH]}, &end_of_small);
        if (!found && f[IS_CASELESS]) put_words_in(names, own, ' ', a->letters, a->stem, a->stopwords);
        end_bag(words);
        end_bag(names);
        folded += f[FOLDED_LENGTH] + 1; printed += f[PRINTED_LENGTH] + 1;
    }
    count_in(words);
    count_in(names);
    return small;
}

/* Whether `a` stands before `b` in a list by the alphabet. */
static int precedes(Text a, Text b) {
    for (int64_t k = 0; k < a.length && k < b.length; k++) if (a.at[k] != b.at[k]) return a.at[k] < b.at[k];
    return a.length < b.length;
}

/* The words that most of the bags `low` to `high` hold, as `counts` tells, more than one of them: at most `subjects`. */
static int64_t subjects_of(const Bags *b, int64_t low, int64_t high, const int64_t *counts, int64_t subjects, int64_t *out) {
    int64_t found = 0;
    for (int64_t i = low; i < high; i++)
        for (int64_t k = b->starts[i]; k < b->starts[i + 1]; k++) {
            int64_t id = b->ids[k], at, is_known = 0;
            if (counts[id] < 2) continue;
            for (at = found; at; at--) {
                int64_t other = out[at - 1];
                is_known = other == id;
                if (is_known || counts[other] > counts[id]
                    || (counts[other] == counts[id] && precedes(b->book.words[other].text, b->book.words[id].text))) break;
            }
            if (is_known || at == subjects) continue;
            if (found < subjects) found++;
            memmove(out + at + 1, out + at, (size_t)(found - at - 1) * 8);
            out[at] = id;
        }
    return found;
}

/* The share of what the bags `low` to `high` are about that the bags `from` to `to` hold; both counts are forgotten. */
static double found_again(const Bags *b, const Asked *a, int64_t low, int64_t high, int64_t from, int64_t to) {
    int64_t subjects[MOST_SUBJECTS + 1], held = 0;
    count_bags(b, low, high, b->above);
    count_bags(b, from, to, b->below);
    int64_t count = subjects_of(b, low, high, b->above, least(a->subjects, MOST_SUBJECTS), subjects);
    for (int64_t n = 0; n < count; n++) held += b->below[subjects[n]] > 0;
    forget_words(b, low, high, b->above);
    forget_words(b, from, to, b->below);
    return count ? (double)held / (double)count : a->unknown;
}

/* 1 where neither of two long texts, above and below, says what the other says; less if they are short. */
static double apart(const Bags *b, const Asked *a, int64_t low, int64_t middle, int64_t high) {
    int64_t above = 0, below = 0, both = 0;
    count_bags(b, low, middle, b->above);
    for (int64_t k = b->starts[middle]; k < b->starts[high]; k++) {
        int64_t id = b->ids[k];
        if (b->below[id]++) continue;
        below++;
        both += b->above[id] > 0;
    }
    for (int64_t k = b->starts[low]; k < b->starts[middle]; k++)
        if (b->above[b->ids[k]]) { above++; b->above[b->ids[k]] = 0; }
    forget_words(b, middle, high, b->below);
    int64_t fewer = least(above, below);
    double share = 1 - (fewer ? (double)both / (double)fewer : 1.0) / a->shared, size = (double)fewer / (double)a->many;
    return (size < 1 ? size : 1.0) * (share > 0 ? share : 0.0);
}

static void compare_halves(const Bags *b, const Asked *a, const int64_t *places, int64_t count, double *cosines, double *halves) {
    compare_counts(b, a->reach, cosines);
    for (int64_t n = 0; n < count; n++, halves += HALVES) {
        int64_t middle = places[n] + 1, high = least(b->bags, middle + a->far), low = most(0, middle - a->far);
        halves[0] = found_again(b, a, low, middle, middle, least(b->bags, middle + a->reach));
        halves[1] = found_again(b, a, middle, high, most(0, middle - a->reach), middle);
        halves[2] = apart(b, a, low, middle, high);
    }
}

/* Fills `cosines`, by paragraph, and what the halves of a page at each of `places` have in common: first of words, then
   of names. */
EXPORT void overlaps(const Asked *a, const Prose *p, const int64_t *places, int64_t count, double *cosines, double *halves) {
    Bags words, names;
    uint32_t *small = read_bags(a, p, &words, &names);
    compare_halves(&words, a, places, count, cosines, halves);
    compare_halves(&names, a, places, count, cosines + p->count, halves + HALVES * count);
    close_bags(&words);
    close_bags(&names);
    free(small);
}

#include "html_kernel.c"
