#include "base/compat.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/xalloc.h"

#define BLOCK_BYTES ((size_t)16384)

struct block {
	struct block *next; /* older */
	size_t used, size;
	_Alignas(max_align_t) char data[];
};

struct arena {
	struct block *top;
};

static struct block *
block_new(struct block *next, size_t size)
{
	struct block *b = xmalloc(sizeof(*b) + size);

	b->next = next;
	b->used = 0;
	b->size = size;
	return b;
}

struct arena *
arena_new(void)
{
	struct arena *a = xmalloc(sizeof(*a));

	a->top = block_new(NULL, BLOCK_BYTES);
	return a;
}

static void
drop(struct arena *a, struct block *keep)
{
	struct block *b, *next;

	for (b = a->top; b != keep; b = next) {
		next = b->next;
		free(b);
	}
	a->top = keep;
}

void
arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	drop(a, NULL);
	free(a);
}

void
arena_reset(struct arena *a)
{
	struct block *first = a->top;

	while (first->next != NULL)
		first = first->next;
	drop(a, first);
	first->used = 0;
}

void *
arena_alloc(struct arena *a, size_t count, size_t size)
{
	size_t n, align = _Alignof(max_align_t);
	void *p;

	if (__builtin_mul_overflow(count, size, &n) || n > SIZE_MAX - align)
		bug("allocation of %zu elements of %zu bytes", count, size);
	n = (n + align - 1) / align * align;
	if (n > a->top->size - a->top->used)
		a->top = block_new(a->top, n > BLOCK_BYTES ? n : BLOCK_BYTES);
	p = a->top->data + a->top->used;
	a->top->used += n;
	memset(p, 0, n);
	return p;
}

char *
arena_dup(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1, 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		bug("bad format %s", fmt);
	p = arena_alloc(a, (size_t)n + 1, 1);
	(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p;
}
