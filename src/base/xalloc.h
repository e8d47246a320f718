/*
 * xalloc.h - allocators that never return NULL: running out of memory ends the
 * process. Every input is bounded before it is allocated for, so this is not
 * something a file or a request can cause.
 */
#ifndef BASE_XALLOC_H
#define BASE_XALLOC_H

/* N bytes, not cleared (N 0 counts as 1). Returns memory owned by the caller: free(). Aborts when out of memory. */
void *xmalloc(size_t n);

/* COUNT elements of SIZE bytes, cleared, overflow checked. Returns memory owned by the caller: free(). Aborts when out of memory. */
void *xcalloc(size_t count, size_t size);

/* Resize P (or NULL) to COUNT elements of SIZE bytes, overflow checked. Returns the new place, owned by the caller; P is gone. Aborts when out of memory. */
void *xreallocarray(void *p, size_t count, size_t size);

/* Copy of the string S; NULL gives NULL. Returns memory owned by the caller: free(). Aborts when out of memory. */
char *xstrdup(const char *s);

/* Copy of the N bytes at P with a NUL behind. Returns memory owned by the caller: free(). Aborts when out of memory. */
char *xstrndup(const char *p, size_t n);

/* The printf-style text FMT. Returns memory owned by the caller: free(). Aborts when out of memory. */
char *xasprintf(const char *fmt, ...) PRINTF(1, 2);

/*
 * Room for one more element in the growing array *P of LEN elements of SIZE
 * bytes with room for *ALLOC: doubles it when full. The array stays owned by
 * the caller: free(). Aborts when out of memory.
 */
void xgrow(void *p, size_t len, size_t *alloc, size_t size);

#endif
