/* A page of markup, number for number as Python reads it: what render.py makes of a tree, and what html_features.py,
   html_flags.py and html_voices.py see of its lines.

   A part of kernel.c, which includes it. */

/* ---------------------------------------------------------------------------------------------- the lines of a tree */

/* Nodes of libxml2 as its tree.h declares them, up to the last field that is read. */
enum { ELEMENT_NODE = 1, TEXT_NODE = 3, CDATA_NODE = 4 };
typedef struct Attribute Attribute;
typedef struct Node {
    void *own;
    int type;
    const char *name;
    const struct Node *children, *last, *parent, *next, *prev;
    void *document, *space;
    const char *content;
    const Attribute *attributes;
} Node;
struct Attribute {
    void *own;
    int type;
    const char *name;
    const Node *children, *last, *parent;
    const Attribute *next;
};

/* What an element is to its reader, as pipeline/clean/compiled_render.py hands it over. */
enum { BLOCK = 1, UNSEEN = 2, DISSOLVED = 4, BREAK = 8, LINK = 16, BOLD = 32, PREFORMATTED = 64, CELL = 128, ROW = 256,
       SPAN = 512 };
enum { PARENT, END, TAG, INSIDE, BLOCK_FACTS };
enum { PLACE, CHARS, LINKED, IN_BOLD, LINKS, LINE_FACTS };
enum { TAGS_AT_HAND = 128 };

/* Names in the order of their bytes, and what each of them means. */
typedef struct { const char *names; const int64_t *starts, *kinds, *bits; int64_t count; } Names;

typedef struct { Names tags, roles, properties; int64_t property, hidden; } Markup;

typedef struct {
    const Markup *m;
    int64_t *blocks, *lines;
    char *text, *names;
    int64_t block_count, line_count, text_size, name_size;
    int64_t chars, linked, bold, links; /* of the line that is read */
    int64_t begin, shown;               /* where the line or cell begins in the text, and how many signs it has there */
    int64_t signs, signs_told;          /* of the text between two tags from its first sign on, and up to its last */
    int has_signs, has_blank;           /* whether the line has any, and whether a blank comes before the next */
    struct { const char *name; int64_t tag; } at_hand[TAGS_AT_HAND]; /* a tree has each name once in memory */
} Reader;

static int64_t find_name(const Names *all, const char *name) {
    int64_t low = 0, high = all->count;
    while (low < high) {
        int64_t middle = (low + high) / 2;
        int order = strcmp(name, all->names + all->starts[middle]);
        if (!order) return middle;
        if (order < 0) high = middle; else low = middle + 1;
    }
    return -1;
}

static int64_t tag_of(Reader *r, const Node *element) {
    size_t at = ((uintptr_t)element->name >> 3) % TAGS_AT_HAND;
    if (r->at_hand[at].name != element->name) {
        r->at_hand[at].name = element->name;
        r->at_hand[at].tag = find_name(&r->m->tags, element->name);
    }
    return r->at_hand[at].tag;
}

static int64_t kinds_of(Reader *r, const Node *element) {
    int64_t tag = tag_of(r, element);
    return tag < 0 ? 0 : r->m->tags.kinds[tag];
}

static const char *value_of(const Attribute *attribute) {
    return attribute->children && attribute->children->content ? attribute->children->content : "";
}

/* Whether a span is nothing but a line break by its class. */
static int is_break(Reader *r, const Node *span) {
    for (const Node *child = span->children; child; child = child->next)
        if (child->type != ELEMENT_NODE || !(kinds_of(r, child) & UNSEEN)) return 0;
    for (const Attribute *own = span->attributes; own; own = own->next) {
        if (strcmp(own->name, "class")) continue;
        const char *value = value_of(own);
        for (const char *at = value; (at = strstr(at, "br")); at++)
            if ((at == value || at[-1] == ' ') && (at[2] == ' ' || !at[2])) return 1;
    }
    return 0;
}

/* What a child is: its kinds, of a span that breaks the line BREAK alone. */
static int64_t kinds_of_child(Reader *r, const Node *child) {
    int64_t kinds = kinds_of(r, child);
    return kinds & SPAN && is_break(r, child) ? BREAK : kinds;
}

/* The code point at `from`, which moves behind it; what is no UTF-8 is taken byte by byte. */
static uint32_t next_sign(const uint8_t **from) {
    const uint8_t *at = *from;
    int more = *at < 0xC0 ? 0 : *at < 0xE0 ? 1 : *at < 0xF0 ? 2 : 3;
    uint32_t sign = more ? *at & (0x3Fu >> more) : *at;
    for (at++; more && (*at & 0xC0) == 0x80; at++, more--) sign = sign << 6 | (*at & 0x3F);
    *from = at;
    return sign;
}

/* White space as Python's str.split has it. */
static int is_blank(uint32_t sign) {
    if (sign < 0x80) return sign == 32 || (sign >= 9 && sign <= 13) || (sign >= 0x1C && sign <= 0x1F);
    return sign == 0x85 || sign == 0xA0 || sign == 0x1680 || (sign >= 0x2000 && sign <= 0x200A) || sign == 0x2028 ||
           sign == 0x2029 || sign == 0x202F || sign == 0x205F || sign == 0x3000;
}

/* _NO_TEXT of render.py. */
static int is_no_text(uint32_t sign) {
    if (sign < 0x300) return sign < 9 || (sign >= 0x0E && sign <= 0x1B) || (sign >= 0x7F && sign <= 0x9F && sign != 0x85) || sign == 0xAD;
    return sign == 0x34F || sign == 0x115F || sign == 0x1160 || sign == 0x17B4 || sign == 0x17B5 || sign == 0x180E ||
           sign == 0x200B || (sign >= 0x202A && sign <= 0x202E) || (sign >= 0x2060 && sign <= 0x206F) || sign == 0x3164 ||
           sign == 0xFEFF || sign == 0xFFA0 || sign == 0xFFFE || sign == 0xFFFF;
}

static void end_text(Reader *r, int linked, int bold) {
    r->chars += r->signs_told;
    if (linked) r->linked += r->signs_told;
    if (bold) r->bold += r->signs_told;
    r->signs = r->signs_told = 0;
}

static void begin_line(Reader *r) {
    r->begin = r->text_size;
    r->chars = r->linked = r->bold = r->links = r->shown = 0;
    r->has_signs = r->has_blank = 0;
}

static void end_line(Reader *r, int64_t place) {
    if (r->text_size > r->begin) {
        int64_t *line = r->lines + LINE_FACTS * r->line_count++;
        line[PLACE] = place, line[CHARS] = r->chars, line[LINKED] = r->linked, line[IN_BOLD] = r->bold, line[LINKS] = r->links;
        r->text[r->text_size++] = 0;
    }
    begin_line(r);
}

static void end_line_of_signs(Reader *r, int64_t place) { if (r->has_signs) end_line(r, place); }

static void read_text(Reader *r, const char *content, int64_t place, int linked, int bold) {
    int is_preformatted = r->m->tags.kinds[r->blocks[BLOCK_FACTS * place + TAG]] & PREFORMATTED;
    for (const uint8_t *at = (const uint8_t *)content; *at;) {
        const uint8_t *from = at;
        uint32_t sign = next_sign(&at);
        if (sign == '\n' && is_preformatted) {
            end_text(r, linked, bold);
            end_line_of_signs(r, place);
        } else if (is_blank(sign)) {
            r->signs += r->signs > 0;
            r->has_blank = 1;
        } else {
            r->signs_told = ++r->signs;
            r->has_signs = 1;
            if (is_no_text(sign)) continue;
            if (r->has_blank && r->text_size > r->begin) r->text[r->text_size++] = ' ', r->shown++;
            r->has_blank = 0;
            while (from < at) r->text[r->text_size++] = (char)*from++;
            r->shown++;
        }
    }
}

static void copy_name(Reader *r, const char *value) {
    while (*value) r->names[r->name_size++] = *value++;
}

/* Moves behind `word`, of small letters, whatever the case; NULL where it does not stand there. */
static const char *behind(const char *at, const char *word) {
    for (; *word; at++, word++) if ((*at | 32) != *word) return NULL;
    return at;
}

static const char *behind_blanks(const char *at) {
    while (*at == ' ' || (*at >= '\t' && *at <= '\r')) at++;
    return at;
}

/* Whether a style sets `name` to `value`. */
static int sets(const char *style, const char *name, const char *value) {
    for (; *style; style++) {
        const char *at = behind(style, name);
        if (!at || *(at = behind_blanks(at)) != ':') continue;
        if (behind(behind_blanks(at + 1), value)) return 1;
    }
    return 0;
}

static int64_t bits_of(const Markup *m, const char *key, const char *value) {
    if (!strcmp(key, "role")) {
        int64_t role = find_name(&m->roles, value);
        return role < 0 ? 0 : m->roles.bits[role];
    }
    if (!strcmp(key, "itemprop")) {
        int64_t property = find_name(&m->properties, value);
        return property < 0 ? m->property : m->properties.bits[property];
    }
    if (!strcmp(key, "hidden") || (!strcmp(key, "aria-hidden") && !strcmp(value, "true"))) return m->hidden;
    if (strcmp(key, "style")) return 0;
    return sets(value, "display", "none") || sets(value, "visibility", "hidden") ? m->hidden : 0;
}

static int64_t open_block(Reader *r, const Node *element, int64_t around) {
    const char *name = "", *id = "";
    int64_t tag = tag_of(r, element), bits = r->m->tags.bits[tag], place = r->block_count++;
    int64_t *block = r->blocks + BLOCK_FACTS * place;
    for (const Attribute *own = element->attributes; own; own = own->next) {
        if (!strcmp(own->name, "class")) name = value_of(own);
        else if (!strcmp(own->name, "id")) id = value_of(own);
        else bits |= bits_of(r->m, own->name, value_of(own));
    }
    copy_name(r, name);
    if (*id) r->names[r->name_size++] = ' ';
    copy_name(r, id);
    r->names[r->name_size++] = 0;
    block[PARENT] = around, block[TAG] = tag, block[INSIDE] = r->blocks[BLOCK_FACTS * around + INSIDE] | bits;
    return place;
}

static int has_signs(const char *content) {
    for (const uint8_t *at = (const uint8_t *)content; *at;) if (!is_blank(next_sign(&at))) return 1;
    return 0;
}

/* Whether the children are cells of a data row, or stand within one: no blocks, no line breaks. */
static int is_data(Reader *r, const Node *element, int is_in_cell) {
    for (const Node *child = element->children; child; child = child->next) {
        if (child->type != ELEMENT_NODE) {
            if (!is_in_cell && has_signs(child->content)) return 0;
            continue;
        }
        int64_t kinds = kinds_of_child(r, child);
        if (kinds & UNSEEN) continue;
        if (!(kinds & DISSOLVED) && !(kinds & (is_in_cell ? LINK | BOLD : CELL))) return 0;
        if (!is_data(r, child, is_in_cell || !(kinds & DISSOLVED))) return 0;
    }
    return 1;
}

/* Adds to `chars` the signs before the first element within; whether there is one. */
static int count_lead(Reader *r, const Node *element, int64_t *chars) {
    for (const Node *child = element->children; child; child = child->next) {
        if (child->type != ELEMENT_NODE) {
            for (const uint8_t *at = (const uint8_t *)child->content; *at; ++*chars) next_sign(&at);
            continue;
        }
        int64_t kinds = kinds_of_child(r, child);
        if (kinds & UNSEEN) continue;
        if (!(kinds & DISSOLVED) || count_lead(r, child, chars)) return 1;
    }
    return 0;
}

static void read_row(Reader *r, const Node *element, int64_t place) {
    for (const Node *child = element->children; child; child = child->next) {
        if (child->type != ELEMENT_NODE) {
            read_text(r, child->content, place, 0, 0);
            continue;
        }
        int64_t kinds = kinds_of_child(r, child), begin = r->begin, before = r->text_size;
        if (kinds & UNSEEN) continue;
        if (kinds & LINK) r->links++, count_lead(r, child, &r->linked);
        if (kinds & CELL) {
            if (before > begin) r->text[r->text_size++] = '\t';
            r->begin = r->text_size;
            r->has_blank = 0;
        }
        read_row(r, child, place);
        if (kinds & CELL) {
            if (r->text_size == r->begin) r->text_size = before;
            r->begin = begin;
            r->has_blank = 0;
        }
    }
}

static void walk_block(Reader *r, const Node *element, int64_t around, int linked, int bold);

static void walk(Reader *r, const Node *element, int64_t place, int linked, int bold) {
    for (const Node *child = element->children; child; child = child->next) {
        if (child->type != ELEMENT_NODE) {
            read_text(r, child->content, place, linked, bold);
            continue;
        }
        int64_t kinds = kinds_of_child(r, child);
        if (kinds & UNSEEN) continue;
        if (kinds & DISSOLVED) {
            walk(r, child, place, linked, bold);
            continue;
        }
        end_text(r, linked, bold);
        if (kinds & BLOCK) {
            end_line_of_signs(r, place);
            walk_block(r, child, place, linked, bold);
        } else if (kinds & BREAK) {
            end_line_of_signs(r, place);
        } else {
            int is_link = (kinds & LINK) != 0, is_bold = (kinds & BOLD) != 0;
            r->links += is_link;
            walk(r, child, place, linked || is_link, bold || is_bold);
            end_text(r, linked || is_link, bold || is_bold);
        }
    }
}

static void walk_block(Reader *r, const Node *element, int64_t around, int linked, int bold) {
    int64_t place = open_block(r, element, around);
    if (kinds_of(r, element) & ROW && is_data(r, element, 0)) {
        int64_t links = r->links; /* of the line that goes on behind the row, unless it has text */
        begin_line(r);
        r->links = links;
        read_row(r, element, place);
        r->chars = r->shown;
        if (linked) r->linked = r->chars;
        r->bold = r->signs = r->signs_told = 0;
        end_line(r, place);
    } else {
        walk(r, element, place, linked, bold);
        end_text(r, linked, bold);
        end_line_of_signs(r, place);
    }
    r->blocks[BLOCK_FACTS * place + END] = r->block_count;
}

/* Adds to `room` the elements that are seen, the bytes of their texts and the line ends that count, the bytes of their
   names; whether there is anything but elements and texts. */
static int add_room(Reader *r, const Node *element, int is_preformatted, int64_t *room) {
    for (const Node *child = element->children; child; child = child->next) {
        if (child->type == ELEMENT_NODE) {
            int64_t kinds = kinds_of(r, child);
            if (kinds & UNSEEN) continue;
            room[0]++;
            for (const Attribute *own = child->attributes; own; own = own->next) {
                if (own->children && (own->children->type != TEXT_NODE || own->children->next)) return 1;
                if (!strcmp(own->name, "class") || !strcmp(own->name, "id")) room[3] += (int64_t)strlen(value_of(own));
            }
            if (add_room(r, child, is_preformatted || kinds & PREFORMATTED, room)) return 1;
        } else if ((child->type == TEXT_NODE || child->type == CDATA_NODE) && child->content) {
            room[2] += (int64_t)strlen(child->content);
            for (const char *at = child->content; is_preformatted && (at = strchr(at, '\n')); at++) room[1]++;
        } else {
            return 1;
        }
    }
    return 0;
}

/* room, four: what add_room counts in the tree below `root`; whether render_tree can read it. */
EXPORT int64_t tree_room(const Markup *m, const Node *root, int64_t *room) {
    Reader r = {.m = m};
    memset(room, 0, 4 * sizeof *room);
    return !add_room(&r, root, 0, room);
}

/* blocks, lines: their facts; text, names: of each line and block, a zero behind each. found, four: how much of all that. */
EXPORT void render_tree(const Markup *m, const Node *root, int64_t root_tag, int64_t *blocks, int64_t *lines, char *text,
                        char *names, int64_t *found) {
    Reader r = {.m = m, .blocks = blocks, .lines = lines, .text = text, .names = names, .block_count = 1, .name_size = 1};
    blocks[PARENT] = -1, blocks[TAG] = root_tag, blocks[INSIDE] = 0;
    names[0] = 0;
    walk(&r, root, 0, 0, 0);
    blocks[END] = r.block_count;
    found[0] = r.block_count, found[1] = r.line_count, found[2] = r.begin, found[3] = r.name_size;
}

/* ---------------------------------------------------------------------------------- what is seen of a page of markup */

/* The parts of a line, in the order of PARTS in html_fields.py; those up to LOWEST_LEAN + 6 are measures with bounds. */
enum { COARSE_SIZE, FINE_SIZE, LINK_SHARE, BOLD_SHARE, LINK_COUNT, FURNITURE_ABOVE, FURNITURE_BELOW, LIKE_PROSE, LIKE_LINKS,
       LIKE_LINES, PROSE_BESIDE, BRANCH, AROUND = BRANCH + 3, FURTHER = AROUND + 3, FROM_TEXT = FURTHER + 3,
       PARAGRAPH_ABOVE, PARAGRAPH_BELOW, FROM_TOP, FROM_END, TEXT_ABOVE, PARAGRAPH_COUNT, WORD_LEAN, TOOL_WORDS, OWN_LEAN,
       AROUND_LEAN = OWN_LEAN + 3, PATH_LEAN = AROUND_LEAN + 3, TAG_PART = PATH_LEAN + 3, STOP_PART, UP, DOWN, ZONE, KIND,
       KIND_ABOVE, KIND_BELOW, KIND_TWO_ABOVE, KIND_TWO_BELOW, SAME_PARENT, SAME_BLOCK, SAME_LIKE, HEADLINE, FROM_HEADLINE,
       DESCRIPTION, MARKUP_STORY, SAID_AGAIN, PARTS };
/* LINE_KINDS there. */
enum { OFF_PAGE, A_PARAGRAPH, A_SENTENCE, A_HEADING, A_LINKED, AN_ITEM, FEW_WORDS, LONGER, BOXED };
/* Of a line that is looked at. */
enum { ROW_NO, WORDS, HAS_STOP, IS_LOWER, HAS_BULLET, BARE_CHARS, FOLDED_CHARS, DESCRIBED, IN_STORY, AGAIN, LINE_NUMBERS };
enum { IN_PROSE, IN_LINKS, IN_CHARS, IN_LINES, SUMS };
enum { HIGHEST, LOWEST, WHOLE };
enum { MAX_NAME = 300, MAX_WORDS = 100, MAX_UP = 1, MAX_CAPITALISED = 12, MAX_INSIDE_CHARS = 400, TEXT_FLAGS = 25,
       FIELD_PARTS = 3 };

/* What stays the same from page to page; of known words and names their leans in bits, of names their kinds too. */
typedef struct {
    const Known *words, *names;
    const double *word_leans, *own_leans, *around_leans, *path_leans;
    const int64_t *kinds;
    const uint16_t *classes;
    const double *bounds;
    const int64_t *bound_ends, *fields, *sizes, *offsets, *tags;
    double side_weight, item_weight, above_weight, min_share, min_prose;
    int64_t side_kinds, no_prose, boxed, item, heading, paragraph_tag, parts, field_count, flag_count, kind_count, context_count;
} Sights;

/* A page: its blocks with their names one behind another and a sign between, all its lines, and those looked at, with
   their texts one behind another and a line end behind each. */
typedef struct {
    const int64_t *parents, *ends, *inside, *tags, *name_chars;
    const uint32_t *names;
    const int64_t *places, *linked, *chars, *bold, *links, *lines;
    const uint32_t *bare, *folded;
    int64_t block_count, all, count, headline;
} Sheet;

typedef struct { int64_t bits; double own[3], around[3], path[3]; int is_read; } Said;

typedef struct {
    const Sights *t;
    const Sheet *p;
    int64_t n, story;
    Desk words; /* of the lines: their folded texts, and which words these are */
    Text *bare;
    int64_t *name_of, *alike, *bits, *above; /* of each block; alike: one element and name; above: bits of all around it */
    int64_t *distance, *branch, *depth;
    double *below, *own, *path;                        /* below: SUMS a block; path: HIGHEST, LOWEST, WHOLE a block */
    Said *said;                                        /* of each name */
    int64_t *places, *like, *parts, *like_counts;      /* like: of all lines of the page */
    double *weights, *like_weights, *like_linked, *like_chars;
    uint8_t *prose, *text, *asked, *held;
} View;

static inline const int64_t *numbers(const View *v, int64_t i) { return v->p->lines + LINE_NUMBERS * i; }
static inline int64_t parent_of(const View *v, int64_t block) { return most(v->p->parents[block], 0); }
static inline void tell(View *v, int part, int64_t i, int64_t value) { v->parts[part * v->n + i] = value; }

static void rate(View *v, int part, int64_t i, double value) {
    int64_t found = 0;
    for (int64_t k = part ? v->t->bound_ends[part - 1] : 0; k < v->t->bound_ends[part]; k++) found += v->t->bounds[k] <= value;
    tell(v, part, i, found);
}

/* ------------------------------------------------------------------------------------------------ names of blocks */

/* Sets `word` to the next word of a name, small letters behind a capital or capitals alone; -1 for none. */
static int64_t next_name_word(Text name, int64_t at, Text *word) {
    while (at < name.length && !is_small(name.at[at]) && !is_capital(name.at[at])) at++;
    int64_t start = at, end;
    while (at < name.length && is_capital(name.at[at])) at++;
    end = at;
    if (end < name.length && is_small(name.at[end])) {
        if (end - start > 1) end--;
        else while (end < name.length && is_small(name.at[end])) end++;
    }
    *word = (Text){name.at + start, end - start};
    return end > start ? end : -1;
}

/* Highest, lowest and sum of the leans of known words; -9, 9 and 0 where none of them leans. */
static void lean_of(const double *leans, const int64_t *words, int64_t count, double *found) {
    found[HIGHEST] = -9, found[LOWEST] = 9, found[WHOLE] = 0;
    int is_first = 1;
    for (int64_t k = 0; k < count; k++) {
        double lean = leans[words[k]];
        if (!lean) continue;
        if (is_first || lean > found[HIGHEST]) found[HIGHEST] = lean;
        if (is_first || lean < found[LOWEST]) found[LOWEST] = lean;
        found[WHOLE] += lean;
        is_first = 0;
    }
}

static void read_name(const Sights *t, Text name, Said *said) {
    uint32_t letters[MAX_NAME];
    int64_t words[MAX_NAME], count = 0, at_word, filled = 0;
    Text word;
    name.length = least(name.length, MAX_NAME);
    for (int64_t at = 0, last = 0; (at = next_name_word(name, at, &word)) >= 0; last = word.length) {
        for (int64_t k = 0; k < word.length; k++) letters[filled++] = word.at[k] | 32;
        Text own = {letters + filled - word.length, word.length}, both = {own.at - last, last + word.length};
        int64_t number = number_of(t->names, own, hash_of(own)), pair = last ? number_of(t->names, both, hash_of(both)) : -1;
        if (pair >= 0) said->bits |= t->kinds[pair];
        if (number < 0) continue;
        said->bits |= t->kinds[number];
        for (at_word = 0; at_word < count && words[at_word] != number; at_word++) {}
        if (at_word == count) words[count++] = number;
    }
    lean_of(t->own_leans, words, count, said->own);
    lean_of(t->around_leans, words, count, said->around);
    lean_of(t->path_leans, words, count, said->path);
    said->is_read = 1;
}

/* Numbers the names of blocks and what lines are like; reads the names of those that hold a line that is looked at. */
static void read_names(View *v) {
    const Sheet *p = v->p;
    Book names = open_book(p->block_count), pairs = open_book(p->block_count), likes = open_book(p->all + 1);
    uint32_t *own = malloc((size_t)(p->block_count + p->all + 1) * 8), *like = own + 2 * p->block_count;
    const uint32_t *name = p->names;
    for (int64_t b = 0; b < p->block_count; name += p->name_chars[b++] + 1) {
        Text text = {name, p->name_chars[b]}, pair = {own + 2 * b, 2};
        v->name_of[b] = enter(&names, text, hash_of(text));
        own[2 * b] = (uint32_t)p->tags[b], own[2 * b + 1] = (uint32_t)v->name_of[b];
        if (v->held[b]) {
            if (!v->said[v->name_of[b]].is_read) read_name(v->t, text, v->said + v->name_of[b]);
            v->bits[b] = v->said[v->name_of[b]].bits;
            if (b) v->above[b] = v->above[p->parents[b]] | v->bits[p->parents[b]];
        }
        v->alike[b] = enter(&pairs, pair, hash_of(pair));
    }
    for (int64_t k = 0; k < p->all; k++) {
        int64_t block = p->places[k];
        like[2 * k] = (uint32_t)v->alike[block], like[2 * k + 1] = (uint32_t)v->alike[parent_of(v, block)];
        Text both = {like + 2 * k, 2};
        v->like[k] = enter(&likes, both, hash_of(both));
    }
    close_book(&names); close_book(&pairs); close_book(&likes);
    free(own);
}

/* --------------------------------------------------------------------------------------------- the tree of blocks */

static void hold(View *v) {
    for (int64_t i = 0; i < v->n; i++) {
        v->places[i] = v->p->places[numbers(v, i)[ROW_NO]];
        for (int64_t block = v->places[i]; block > 0 && !v->held[block]; block = v->p->parents[block]) v->held[block] = 1;
    }
    v->held[0] = 1;
}

static double linked_share(const View *v, int64_t i) {
    int64_t row = numbers(v, i)[ROW_NO];
    return (double)v->p->linked[row] / (double)most(v->p->chars[row], 1);
}

static void weigh_lines(View *v) {
    for (int64_t i = 0; i < v->n; i++) {
        const int64_t *own = numbers(v, i);
        int64_t block = v->places[i], inside = v->p->inside[block];
        int reads_on = (own[WORDS] >= 12 && own[HAS_STOP]) || own[WORDS] >= 30;
        v->prose[i] = reads_on && linked_share(v, i) < 0.5 && !(inside & v->t->no_prose);
        v->weights[i] = v->prose[i] ? (double)least(own[WORDS], MAX_WORDS) : 0;
        if ((v->bits[block] | v->above[block]) & v->t->side_kinds) v->weights[i] *= v->t->side_weight;
        if (inside & v->t->item) v->weights[i] *= v->t->item_weight;
        if (i < v->p->headline) v->weights[i] *= v->t->above_weight;
    }
}

static void find_story(View *v) {
    int64_t *fullest = calloc((size_t)v->p->block_count, 8), *on_way = calloc((size_t)v->p->block_count, 8);
    for (int64_t b = v->p->block_count - 1; b > 0; b--) {
        int64_t *best = fullest + v->p->parents[b];
        if (!*best || v->below[SUMS * b] >= v->below[SUMS * *best]) *best = b;
    }
    for (int64_t child; (child = fullest[v->story]); v->story = child) {
        double prose = v->below[SUMS * child];
        if (!prose || prose < v->t->min_prose * v->below[SUMS * v->story] || v->p->tags[child] == v->t->paragraph_tag) break;
    }
    for (int64_t b = v->story, steps = 0; b >= 0; b = v->p->parents[b]) on_way[b] = ++steps;
    for (int64_t b = 0; b < v->p->block_count; b++) {
        int64_t around = v->p->parents[b];
        v->distance[b] = on_way[b] ? on_way[b] - 1 : v->distance[around];
        v->depth[b] = on_way[b] ? 0 : v->depth[around] + 1;
        v->branch[b] = on_way[b] || on_way[around] ? b : v->branch[around];
    }
    free(fullest); free(on_way);
}

static void read_blocks(View *v) {
    const Sheet *p = v->p;
    double *run = calloc((size_t)(p->block_count + 1) * SUMS, 8);
    for (int64_t k = 0; k < p->all; k++) {
        double *sums = run + SUMS * (p->places[k] + 1);
        sums[IN_LINKS] += (double)p->linked[k];
        sums[IN_CHARS] += (double)most(p->chars[k], 1);
        sums[IN_LINES]++;
    }
    for (int64_t i = 0; i < v->n; i++) {
        run[SUMS * (v->places[i] + 1) + IN_PROSE] += v->weights[i];
        v->own[parent_of(v, v->places[i])] += v->weights[i];
    }
    for (int64_t k = SUMS; k < (p->block_count + 1) * SUMS; k++) run[k] += run[k - SUMS];
    for (int64_t b = 0; b < p->block_count; b++)
        for (int k = 0; k < SUMS; k++) v->below[SUMS * b + k] = run[SUMS * p->ends[b] + k] - run[SUMS * b + k];
    free(run);
    find_story(v);
    for (int64_t b = 0; b < p->block_count; b++) {
        double *own = v->path + 3 * b;
        own[HIGHEST] = -9, own[LOWEST] = 9, own[WHOLE] = 0;
        if (!v->depth[b] || !v->held[b]) continue;
        const double *named = v->said[v->name_of[b]].path, *above = v->path + 3 * parent_of(v, b);
        own[HIGHEST] = named[HIGHEST] > above[HIGHEST] ? named[HIGHEST] : above[HIGHEST];
        own[LOWEST] = named[LOWEST] < above[LOWEST] ? named[LOWEST] : above[LOWEST];
        own[WHOLE] = named[WHOLE] + above[WHOLE];
    }
}

/* -------------------------------------------------------------------------------------------------------- the parts */

static void tell_own(View *v, int64_t i) {
    const int64_t *own = numbers(v, i);
    int64_t row = own[ROW_NO], above = i ? numbers(v, i - 1)[ROW_NO] : -1;
    int64_t next = i + 1 < v->n ? numbers(v, i + 1)[ROW_NO] : v->p->all;
    tell(v, TAG_PART, i, v->t->tags[v->p->tags[v->places[i]]]);
    tell(v, STOP_PART, i, own[HAS_STOP]);
    rate(v, COARSE_SIZE, i, (double)own[WORDS]);
    rate(v, FINE_SIZE, i, (double)own[WORDS]);
    rate(v, LINK_SHARE, i, linked_share(v, i));
    rate(v, BOLD_SHARE, i, (double)v->p->bold[row] / (double)most(v->p->chars[row], 1));
    rate(v, LINK_COUNT, i, (double)v->p->links[row]);
    rate(v, FURNITURE_ABOVE, i, (double)(row - above - 1));
    rate(v, FURNITURE_BELOW, i, (double)(next - row - 1));
    tell(v, DESCRIPTION, i, own[DESCRIBED]);
    tell(v, MARKUP_STORY, i, own[IN_STORY]);
    tell(v, SAID_AGAIN, i, own[AGAIN]);
}

static void tell_standing(View *v, int64_t i) {
    int64_t block = v->places[i], around = parent_of(v, block);
    int64_t blocks[] = {v->branch[block], around, parent_of(v, around)};
    double total = v->below[IN_PROSE] > 1 ? v->below[IN_PROSE] : 1;
    tell(v, UP, i, least(v->distance[block], 6));
    tell(v, DOWN, i, least(v->depth[block], 5));
    rate(v, PROSE_BESIDE, i, v->own[around] / total);
    for (int k = 0; k < 3; k++) {
        const double *below = v->below + SUMS * blocks[k];
        rate(v, BRANCH + 3 * k, i, below[IN_PROSE] / total);
        rate(v, BRANCH + 3 * k + 1, i, below[IN_LINKS] / (below[IN_CHARS] > 1 ? below[IN_CHARS] : 1));
        rate(v, BRANCH + 3 * k + 2, i, below[IN_LINES]);
    }
}

/* What lines like it are, and from that which lines are the text. */
static void tell_likes(View *v, double weight) {
    const Sheet *p = v->p;
    int has_text = 0;
    for (int64_t k = 0; k < p->all; k++) {
        v->like_counts[v->like[k]]++;
        v->like_linked[v->like[k]] += (double)p->linked[k];
        v->like_chars[v->like[k]] += (double)most(p->chars[k], 1);
    }
    for (int64_t i = 0; i < v->n; i++) v->like_weights[v->like[numbers(v, i)[ROW_NO]]] += v->weights[i];
    for (int64_t i = 0; i < v->n; i++) {
        int64_t like = v->like[numbers(v, i)[ROW_NO]];
        double share = v->like_weights[like] / weight;
        rate(v, LIKE_PROSE, i, share);
        rate(v, LIKE_LINKS, i, v->like_linked[like] / v->like_chars[like]);
        rate(v, LIKE_LINES, i, (double)v->like_counts[like]);
        v->text[i] = v->prose[i] && share >= v->t->min_share && v->distance[v->places[i]] <= MAX_UP;
        has_text |= v->text[i];
    }
    if (!has_text) memcpy(v->text, v->prose, (size_t)v->n);
}

static int64_t html_kind_of(const View *v, int64_t i) {
    const int64_t *own = numbers(v, i);
    int64_t inside = v->p->inside[v->places[i]];
    if (inside & v->t->boxed) return BOXED;
    if (v->prose[i]) return A_PARAGRAPH;
    if (inside & v->t->heading) return A_HEADING;
    if (linked_share(v, i) > 0.8) return A_LINKED;
    if (inside & v->t->item) return AN_ITEM;
    if (own[HAS_STOP] && own[WORDS] >= 3) return A_SENTENCE;
    return own[WORDS] >= 4 ? LONGER : FEW_WORDS;
}

static int64_t parent_at(const View *v, int64_t i) { return parent_of(v, v->places[i]); }
static int64_t block_at(const View *v, int64_t i) { return v->places[i]; }
static int64_t like_at(const View *v, int64_t i) { return v->like[numbers(v, i)[ROW_NO]]; }

static void tell_same(View *v, int part, int64_t (*value)(const View *, int64_t)) {
    for (int64_t i = 0; i < v->n; i++) {
        int as_above = i && value(v, i) == value(v, i - 1), as_below = i + 1 < v->n && value(v, i) == value(v, i + 1);
        tell(v, part, i, 2 * as_above + as_below);
    }
}

static void tell_around(View *v) {
    static const int parts[] = {KIND_ABOVE, KIND_BELOW, KIND_TWO_ABOVE, KIND_TWO_BELOW}, steps[] = {-1, 1, -2, 2};
    for (int64_t i = 0; i < v->n; i++) tell(v, KIND, i, html_kind_of(v, i));
    for (int64_t i = 0; i < v->n; i++)
        for (int k = 0; k < 4; k++) {
            int64_t at = i + steps[k];
            tell(v, parts[k], i, at < 0 || at >= v->n ? OFF_PAGE : v->parts[KIND * v->n + at]);
        }
    tell_same(v, SAME_PARENT, parent_at);
    tell_same(v, SAME_BLOCK, block_at);
    tell_same(v, SAME_LIKE, like_at);
}

static void tell_from_text(View *v, double weight) {
    int64_t far = v->n + FAR, first = far + v->n, last = first, count = 0;
    for (int64_t i = v->n - 1; i >= 0; i--) {
        if (!v->text[i]) continue;
        if (!count++) last = i;
        first = i;
    }
    double done = 0;
    for (int64_t i = 0, above = -far; i < v->n; i++) {
        rate(v, FROM_TEXT, i, (double)(most(first - i, 0) + most(i - last, 0)));
        rate(v, PARAGRAPH_ABOVE, i, (double)(i ? i - 1 - above : far));
        if (v->text[i]) above = i;
        rate(v, FROM_TOP, i, (double)i);
        rate(v, FROM_END, i, (double)(v->n - 1 - i));
        done += v->weights[i];
        rate(v, TEXT_ABOVE, i, (done - v->weights[i]) / weight);
        rate(v, PARAGRAPH_COUNT, i, (double)count);
        tell(v, ZONE, i, count ? (i >= first) + (i > last) : 0);
    }
    for (int64_t i = v->n - 1, below = far + v->n; i >= 0; i--) {
        rate(v, PARAGRAPH_BELOW, i, (double)(i + 1 < v->n ? below - i - 1 : far));
        if (v->text[i]) below = i;
    }
}

static void tell_from_headline(View *v) {
    int64_t headline = v->p->headline;
    for (int64_t i = 0; i < v->n; i++) {
        tell(v, FROM_HEADLINE, i, headline < 0 ? 0 : i <= headline ? 1 : 2 + v->parts[ZONE * v->n + i]);
        if (headline < 0 || i <= headline) {
            tell(v, HEADLINE, i, headline < 0 ? 0 : i < headline ? 1 : 2);
            continue;
        }
        int64_t steps = 0;
        for (int64_t k = v->t->bound_ends[FROM_TEXT - 1]; k < v->t->bound_ends[FROM_TEXT]; k++)
            steps += v->t->bounds[k] <= (double)(i - headline - 1);
        tell(v, HEADLINE, i, 3 + steps);
    }
}

static void tell_leans(View *v, int64_t i) {
    const Desk *d = &v->words;
    double whole = 0;
    int64_t tools = 0, block = v->places[i];
    for (int64_t k = d->looks[i].first_word; k < d->looks[i].end_word; k++) {
        int64_t number = d->book.words[d->ids[k]].known;
        double lean = number < 0 ? 0 : v->t->word_leans[number];
        whole += lean;
        tools += lean > 0;
    }
    rate(v, WORD_LEAN, i, whole / (double)most(numbers(v, i)[WORDS], 1));
    rate(v, TOOL_WORDS, i, (double)tools);
    for (int k = 0; k < 3; k++) {
        rate(v, OWN_LEAN + k, i, v->said[v->name_of[block]].own[k]);
        rate(v, AROUND_LEAN + k, i, v->said[v->name_of[parent_of(v, block)]].around[k]);
        rate(v, PATH_LEAN + k, i, v->path[3 * block + k]);
    }
}

/* -------------------------------------------------------------------------------------------------------- the flags */

/* What a line holds anywhere. */
typedef struct { int has_bar, has_copyright, has_address, has_slash, has_arrow, has_inner_stop; } Held;

static Held held_by(const uint16_t *classes, Text x) {
    static const uint32_t arrows[] = {0xBB, 0x203A, 0x2192, 0x25B6, 0x25BA, '>', 0xAB, 0}, stops[] = {'.', '?', '!', 0x61F, 0};
    Held found = {0};
    for (int64_t k = 0; k < x.length; k++) {
        uint32_t sign = x.at[k];
        if (sign == 'h' || sign == 'w') found.has_address |= begins(x, k, "http") || begins(x, k, "www.");
        if (classes[sign] & (WORD | SPACE)) continue;
        found.has_bar |= sign == '|';
        found.has_copyright |= sign == 0xA9;
        found.has_address |= sign == '@' || begins(x, k, ".com");
        found.has_slash |= sign == '/';
        found.has_arrow |= is_one_of(sign, arrows);
        found.has_inner_stop |= sign == 0x3002 || (is_one_of(sign, stops) && k + 1 < x.length && x.at[k + 1] == ' ');
    }
    return found;
}

static int is_all_figures(const uint16_t *classes, Text x) {
    for (int64_t k = 0; k < x.length; k++) if (!(classes[x.at[k]] & FIGURE)) return 0;
    return 1;
}

/* Two to twelve words, each of which opens with a capital or with no letter. */
static int is_capitalised(const uint16_t *classes, Text x, int64_t words) {
    if (words < 2 || words > MAX_CAPITALISED) return 0;
    for (int64_t k = 0; k < x.length; k++)
        if ((!k || x.at[k - 1] == ' ') && (classes[x.at[k]] & (ALPHA | UPPER)) == ALPHA) return 0;
    return 1;
}

static int is_figure_at(const uint16_t *classes, Text x, int64_t k) { return k < x.length && classes[x.at[k]] & DIGIT; }
static int is_word_at(const uint16_t *classes, Text x, int64_t k) {
    return k >= 0 && k < x.length && (x.at[k] == '_' || classes[x.at[k]] & WORD);
}

static int has_year(const uint16_t *classes, Text x) {
    for (int64_t k = 0; k + 3 < x.length; k++)
        if ((begins(x, k, "19") || begins(x, k, "20")) && !is_word_at(classes, x, k - 1) && is_figure_at(classes, x, k + 2) &&
            is_figure_at(classes, x, k + 3) && !is_word_at(classes, x, k + 4)) return 1;
    return 0;
}

static int has_time(const uint16_t *classes, Text x) {
    static const uint32_t signs[] = {':', '.', 'h', 0};
    for (int64_t k = 1; k + 2 < x.length; k++)
        if (is_one_of(x.at[k], signs) && is_figure_at(classes, x, k - 1) && is_figure_at(classes, x, k + 1) &&
            is_figure_at(classes, x, k + 2)) return 1;
    return 0;
}

static int opens_late(Text x) {
    for (int64_t k = 0; k < least(EARLY, x.length); k++) if (x.at[k] == ':') return k && k < x.length - 1;
    return 0;
}

static int is_upper(const uint16_t *classes, Text x) {
    uint16_t some = 0;
    for (int64_t k = 0; k < x.length; k++) some |= classes[x.at[k]];
    return some & UPPER && !(some & SMALL);
}

static void flag_text(const View *v, int64_t i, uint8_t *out) {
    static const uint32_t quotes[] = {'"', 0x201C, 0x201D, 0x201E, 0xAB, 0xBB, 0x300C, 0x300E, 0x2018, 0},
        dashes[] = {'-', 0x2013, 0x2014, 0}, openers[] = {'(', '[', '*', 0};
    const uint16_t *classes = v->t->classes;
    const int64_t *own = numbers(v, i);
    Text x = v->bare[i];
    Held held = held_by(classes, x);
    uint32_t first = x.at[0], last = x.at[x.length - 1];
    const int flags[TEXT_FLAGS - 2] = {
        own[IS_LOWER] != 0,
        is_upper(classes, x),
        is_one_of(last, QUESTIONS),
        is_one_of(last, COLONS),
        last == 0x2026 || ends_in(x, "..."),
        is_one_of(last, BRACKETS),
        last == '!',
        is_one_of(first, quotes),
        is_one_of(first, openers),
        classes[first] & FIGURE,
        is_one_of(first, dashes),
        held.has_bar,
        held.has_copyright,
        held.has_address,
        held.has_slash,
        held.has_arrow,
        opens_late(x),
        is_all_figures(classes, x),
        is_capitalised(classes, x, own[WORDS]),
        has_year(classes, x),
        has_time(classes, x),
        held.has_inner_stop,
        own[HAS_BULLET] != 0,
    };
    for (int k = 0; k < TEXT_FLAGS - 2; k++) out[k] = flags[k] != 0;
}

static uint8_t *spread(uint8_t *out, int64_t bits, int64_t count) {
    for (int64_t k = 0; k < count; k++) *out++ = bits >> k & 1;
    return out;
}

static void flag_line(const View *v, int64_t i, uint8_t *out) {
    int64_t block = v->places[i], around = parent_of(v, block), inside = v->p->inside[block], every = v->bits[block] | v->above[block];
    out = spread(out, inside, v->t->context_count);
    out = spread(out, inside & ~v->p->inside[v->story], v->t->context_count);
    out = spread(out, v->bits[block], v->t->kind_count);
    out = spread(out, v->bits[around], v->t->kind_count);
    out = spread(out, v->bits[parent_of(v, around)], v->t->kind_count);
    out = spread(out, every, v->t->kind_count);
    flag_text(v, i, spread(out, every & ~(v->bits[v->story] | v->above[v->story]), v->t->kind_count));
}

/* ---------------------------------------------------------------------------------------------------------- the page */

/* `count` numbers of 8 bytes, all zero, off the front of `room`. */
static void *take(char **room, int64_t count) {
    char *taken = *room;
    *room += 8 * count;
    return taken;
}

static char *open_view(View *v) {
    int64_t blocks = v->p->block_count, all = v->p->all + 1, n = v->n + 1;
    int64_t said = (int64_t)sizeof(Said) / 8, text = (int64_t)sizeof(Text) / 8, look = (int64_t)sizeof(Look) / 8;
    Desk *d = &v->words;
    char *room = calloc((size_t)(blocks * (12 + SUMS + said) + 5 * all + n * (5 + PARTS + 2 * text + look)), 8), *at = room;
    v->name_of = take(&at, blocks), v->alike = take(&at, blocks), v->bits = take(&at, blocks), v->above = take(&at, blocks);
    v->distance = take(&at, blocks), v->branch = take(&at, blocks), v->depth = take(&at, blocks);
    v->own = take(&at, blocks), v->path = take(&at, 3 * blocks), v->below = take(&at, SUMS * blocks);
    v->held = take(&at, blocks), v->said = take(&at, said * blocks);
    v->like = take(&at, all), v->like_counts = take(&at, all), v->like_weights = take(&at, all);
    v->like_linked = take(&at, all), v->like_chars = take(&at, all);
    v->places = take(&at, n), v->weights = take(&at, n), v->prose = take(&at, n), v->text = take(&at, n), v->asked = take(&at, n);
    v->parts = take(&at, n * PARTS), v->bare = take(&at, n * text), d->folded = take(&at, n * text);
    d->looks = take(&at, n * look);
    const uint32_t *bare = v->p->bare, *folded = v->p->folded;
    int64_t most_words = 1;
    for (int64_t i = 0; i < v->n; i++) {
        const int64_t *own = numbers(v, i);
        v->bare[i] = (Text){bare, own[BARE_CHARS]}, d->folded[i] = (Text){folded, own[FOLDED_CHARS]};
        bare += own[BARE_CHARS] + 1, folded += own[FOLDED_CHARS] + 1;
        most_words += words_at_most(NULL, d->folded[i].at, d->folded[i].length, ' ');
        v->asked[i] = own[FOLDED_CHARS] >= MIN_INSIDE && own[FOLDED_CHARS] < MAX_INSIDE_CHARS;
    }
    d->n = v->n;
    d->book = open_book(most_words);
    d->ids = malloc((size_t)most_words * 8);
    read_words(d);
    know_words(&d->book, v->t->words);
    return room;
}

static void see_parts(View *v) {
    double weight = 0;
    hold(v);
    read_names(v);
    weigh_lines(v);
    read_blocks(v);
    for (int64_t i = 0; i < v->n; i++) weight += v->weights[i];
    if (weight < 1) weight = 1;
    for (int64_t i = 0; i < v->n; i++) {
        tell_own(v, i);
        tell_standing(v, i);
        tell_leans(v, i);
    }
    tell_likes(v, weight);
    tell_around(v);
    tell_from_text(v, weight);
    tell_from_headline(v);
    find_inside(&v->words, v->prose, v->asked);
}

/* fields, lines by fields, and flags, lines by flags: what is seen of each line; gaps: whether its parent is another than
   that of the line above. Whether the fields are those that this was written for. */
EXPORT int64_t html_features(const Sights *t, const Sheet *p, int64_t *fields, uint8_t *flags, uint8_t *gaps) {
    if (t->parts != PARTS || t->flag_count != 2 * t->context_count + 5 * t->kind_count + TEXT_FLAGS) return 0;
    View v = {.t = t, .p = p, .n = p->count};
    char *room = open_view(&v);
    see_parts(&v);
    for (int64_t i = 0; i < v.n; i++, flags += t->flag_count) {
        for (int64_t f = 0; f < t->field_count; f++) {
            const int64_t *crossed = t->fields + FIELD_PARTS * f;
            int64_t value = 0;
            for (int k = 0; k < FIELD_PARTS && crossed[k] >= 0; k++)
                value = value * t->sizes[crossed[k]] + v.parts[crossed[k] * v.n + i];
            *fields++ = t->offsets[f] + value;
        }
        flag_line(&v, i, flags);
        flags[t->flag_count - 2] = v.words.looks[i].above, flags[t->flag_count - 1] = v.words.looks[i].below;
        gaps[i] = i && parent_at(&v, i) != parent_at(&v, i - 1);
    }
    close_book(&v.words.book);
    free(v.words.ids);
    free(room);
    return 1;
}
