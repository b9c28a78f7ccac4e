#ifndef POINTERSCOPE_CNCURSES_SHIM_H
#define POINTERSCOPE_CNCURSES_SHIM_H

/* Wide characters: without this there is no cchar_t. */
#define NCURSES_WIDECHAR 1
/* Functions instead of macros of the same names, which Swift cannot see. */
#define NCURSES_NOMACROS 1
#include <ncurses.h>
#include <string.h>

/* C globals are shared mutable state to Swift 6, so they are read through functions. */
static inline WINDOW *ps_standard_window(void) { return stdscr; }
static inline int ps_color_count(void) { return COLORS; }
static inline int ps_color_pair_count(void) { return COLOR_PAIRS; }

/* Macros with casts are not imported either. */
static inline attr_t ps_attribute_bold(void) { return A_BOLD; }
static inline attr_t ps_attribute_dim(void) { return A_DIM; }
static inline attr_t ps_attribute_underline(void) { return A_UNDERLINE; }
static inline attr_t ps_attribute_reverse(void) { return A_REVERSE; }

/* Whether the terminal has a capability that is a string; tigetstr says no in two ways. */
static inline int ps_has_capability(const char *name) {
    const char *value = tigetstr(name);
    return value != 0 && value != (const char *)-1 && value[0] != 0;
}

/* Whether the sequence that sets a colour by index has `part` in it; Swift imports no variadic functions. */
static inline int ps_color_sequence_has(const char *name, int index, const char *part) {
    const char *value = ps_has_capability(name) ? tiparm(tigetstr(name), index) : 0;
    return value != 0 && strstr(value, part) != 0;
}

/* wcwidth(3) and memfd_create(2) are hidden from Swift's Glibc module by feature macros. */
static inline int ps_column_width(int scalar) {
    extern int wcwidth(wchar_t character);
    return wcwidth((wchar_t)scalar);
}
static inline int ps_memory_file(const char *name) {
    extern int memfd_create(const char *name, unsigned int flags);
    return memfd_create(name, 1U /* MFD_CLOEXEC */);
}

#endif
