#include "base/compat.h"

#include "ledger/boundary.h"

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int64_t
boundary_uuid_ms(const char *id)
{
	int64_t ms = 0;

	if (id == NULL || strlen(id) != 36 || id[14] != '7')
		return -1;
	for (int i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? id[i] != '-' : hex(id[i]) < 0)
			return -1;
		if (!dash && i < 13)
			ms = ms << 4 | hex(id[i]);
	}
	return ms;
}

static bool
turn_ids_usable(const struct boundary_in *in)
{
	if (in->thread_ms < 0)
		return false;
	for (size_t i = 0; i < in->turns_len; i++)
		if (in->turns[i].id_ms >= 0)
			return true;
	return false;
}

/*
 * By turn: the last turn older than the thread, before the first that is not,
 * is the last inherited one; own lines begin behind its end. Of a turn that was
 * a review only the end is told.
 */
static struct boundary
by_turn(const struct boundary_in *in)
{
	struct boundary b = { .basis = BASIS_TURN, .line = BOUNDARY_NEVER };
	const struct boundary_turn *inherited = NULL, *own = NULL;
	int64_t end = 0;

	for (size_t i = 0; i < in->turns_len && own == NULL; i++) {
		if (in->turns[i].id_ms < 0)
			continue;
		if (in->turns[i].id_ms < in->thread_ms)
			inherited = &in->turns[i];
		else
			own = &in->turns[i];
	}
	if (inherited != NULL)
		end = inherited->end_line;
	if (inherited != NULL && in->meta_line > inherited->start_line && in->meta_line > end &&
	    (own == NULL || in->meta_line < own->start_line))
		end = in->meta_line;
	if (end > 0)
		b.line = end + 1;
	else if (own != NULL)
		b.line = own->start_line;
	else
		b.is_open = true;
	return b;
}

static struct boundary
by_parent(const struct boundary_in *in)
{
	struct boundary b = { .basis = BASIS_PARENT, .line = in->meta_line + 1 };
	size_t i = 0;

	while (i < in->own_len && i < in->parent_len && in->own[i].print == in->parent[i].print)
		i++;
	if (i > 0)
		b.line = in->own[i - 1].line + 1;
	b.is_open = i == in->own_len || i == in->parent_len;
	return b;
}

struct boundary
boundary_find(const struct boundary_in *in)
{
	if (in->has_start_ordinal)
		return (struct boundary){ .basis = BASIS_ORDINAL,
			.line = in->ordinal_line > 0 ? in->ordinal_line : BOUNDARY_NEVER,
			.is_open = in->ordinal_line == 0 };
	if (!in->has_evidence || in->has_base)
		return (struct boundary){ .basis = BASIS_NONE, .line = 1 };
	if (turn_ids_usable(in))
		return by_turn(in);
	if (in->has_parent)
		return by_parent(in);
	return (
	    struct boundary){ .basis = BASIS_BURST, .line = in->burst_line + 1, .is_open = true };
}

static const char *const names[BASIS__MAX] = {
	[BASIS_NONE] = "none",
	[BASIS_ORDINAL] = "ordinal",
	[BASIS_TURN] = "turn",
	[BASIS_PARENT] = "parent",
	[BASIS_BURST] = "burst",
};

const char *
basis_name(enum basis b)
{
	return names[b];
}
