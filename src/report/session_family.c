/*
 * The family: what a session was copied from or started by, and what was copied
 * from it or started by it, as far as the database knows.
 */
#include "base/compat.h"

#include "base/table.h"
#include "base/xalloc.h"
#include "report/session_parts.h"
#include "report/tree.h"

struct node {
	char *uuid, *parent; /* parent NULL: none */
	int64_t thread_id;   /* 0: only its name is known */
	bool is_agent;       /* started by its parent, not by a person */
	UT_hash_handle hh;
	struct node *up, *child, *next; /* children in the order of their threads */
	bool is_seen;
	int64_t inherited;
	int depth;
	struct session_item item;
	struct sum rolled;
};

struct tree {
	struct session_page *page;
	struct node *nodes; /* by uuid */
	size_t put;
};

static struct node *
node_at(struct tree *t, struct str uuid)
{
	struct node *n;

	HASH_FIND(hh, t->nodes, uuid.p, uuid.n, n);
	if (n != NULL)
		return n;
	n = xcalloc(1, sizeof(*n));
	n->uuid = str_dup(uuid);
	HASH_ADD_KEYPTR(hh, t->nodes, n->uuid, uuid.n, n);
	return n;
}

/* Every session that names another one; most do not. */
static int
load(struct tree *t, struct err *e)
{
	static const char SQL[] =
	    "SELECT t.uuid, t.id, coalesce(x.parent, r.forked_from, r.base_thread), "
	    "x.parent IS NOT NULL FROM rollout r JOIN thread t ON t.id = r.thread_id LEFT JOIN "
	    "session x ON x.rollout_id = r.id WHERE x.parent IS NOT NULL OR "
	    "r.forked_from IS NOT NULL OR (r.base_thread IS NOT NULL AND r.base_thread <> t.uuid) "
	    "ORDER BY r.first_ms DESC, t.id DESC";
	static const char ID[] = "SELECT id FROM thread WHERE uuid = ?1";
	struct stmt *q = store_stmt(t->page->store, SQL, e);
	struct node *n, *next;
	int rc;

	if (q == NULL)
		return -1;
	while ((rc = stmt_step(q, e)) == 1) {
		n = node_at(t, stmt_str(q, 0));
		n->thread_id = stmt_i64(q, 1);
		if (n->parent != NULL)
			continue;
		n->parent = stmt_dup(q, 2);
		n->is_agent = stmt_i64(q, 3) != 0;
		n->up = node_at(t, stmt_str(q, 2));
		if (n->up == n)
			n->up = NULL;
		else {
			n->next = n->up->child;
			n->up->child = n;
		}
	}
	stmt_done(q);
	n = node_at(t, str_of(t->page->item.uuid));
	n->thread_id = t->page->item.thread_id;
	if (rc < 0 || (q = store_stmt(t->page->store, ID, e)) == NULL)
		return -1;
	HASH_ITER(hh, t->nodes, n, next)
	{
		if (n->thread_id != 0)
			continue;
		stmt_bind_strz(q, 1, n->uuid);
		if (stmt_step(q, e) == 1)
			n->thread_id = stmt_i64(q, 0);
		stmt_done(q);
	}
	return 0;
}

/* What stands in N's own files and counts for others: the total at the last copied line. */
static int
inherited(struct tree *t, struct node *n, struct err *e)
{
	static const char TOTAL[] =
	    "SELECT u.t_input + u.t_output FROM rollout r JOIN usage u ON u.rollout_id = r.id AND "
	    "u.line < r.own_line WHERE r.thread_id = ?1 AND r.own_line > 1 AND "
	    "u.t_input IS NOT NULL ORDER BY u.pos DESC LIMIT 1";
	static const char RECORDS[] =
	    "SELECT sum(u.l_input + u.l_output) FROM rollout r JOIN usage u ON "
	    "u.rollout_id = r.id AND u.line < r.own_line WHERE r.thread_id = ?1 AND "
	    "r.own_line > 1 AND u.is_record = 1 AND u.verdict = 3";
	static const char *const SQL[] = { TOTAL, RECORDS };

	for (size_t i = 0; i < ARRAY_LEN(SQL) && n->inherited == 0; i++) {
		struct stmt *q = store_stmt(t->page->store, SQL[i], e);
		int rc;

		if (q == NULL)
			return -1;
		stmt_bind_i64(q, 1, n->thread_id);
		rc = stmt_step(q, e);
		n->inherited = rc == 1 ? stmt_i64(q, 0) : 0;
		stmt_done(q);
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* Read N and what is below it, and add up; links that run in a circle are cut. */
static int
read_down(struct tree *t, struct node *n, int depth, struct err *e)
{
	if (n->is_seen || depth > 64 || t->put >= SESSION_FAMILY_MAX)
		return 0;
	n->is_seen = true;
	n->depth = depth;
	t->put++;
	if (n->thread_id != 0) {
		n->item.thread_id = n->thread_id;
		if (session_item_read(t->page->store, t->page->all, &n->item, e) < 0 ||
		    inherited(t, n, e) < 0)
			return -1;
	}
	n->rolled = n->item.sum;
	for (struct node *c = n->child; c != NULL; c = c->next) {
		if (c->is_seen)
			continue;
		if (read_down(t, c, depth + 1, e) < 0)
			return -1;
		if (c->is_agent)
			sum_add(&n->rolled, &c->rolled);
	}
	return 0;
}

static void
put_node(struct tree *t, struct json_object *a, struct node *n)
{
	const struct session_item *x = &n->item;
	struct json_object *o;

	if (!n->is_seen)
		return;
	n->is_seen = false; /* once */
	o = jt_push_object(a);
	jt_str(o, "id", n->uuid);
	jt_str(o, "title", x->title);
	jt_str(o, "relation", n->depth == 0 ? NULL : n->is_agent ? "sub-agent" : "fork");
	jt_i64(o, "depth", n->depth);
	jt_str(o, "parent", n->parent);
	jt_str(o, "models", x->models);
	jt_bool(o, "known", n->thread_id != 0);
	tree_time(o, "started", n->thread_id == 0 ? -1 : x->first_ms, t->page->tz);
	tree_time(o, "last", n->thread_id == 0 ? -1 : x->last_ms, t->page->tz);
	jt_i64(o, "inherited_tokens", n->inherited);
	jt_bool(o, "self", n->thread_id == t->page->item.thread_id);
	sum_put(jt_add_object(o, "own"), &x->sum);
	sum_put(jt_add_object(o, "rolled"), &n->rolled);
	for (struct node *c = n->child; c != NULL; c = c->next)
		if (c->up == n && c->depth == n->depth + 1)
			put_node(t, a, c);
}

int
session_put_family(struct session_page *p, struct json_object *o, struct err *e)
{
	struct tree t = { .page = p };
	struct json_object *a = jt_add_array(o, "family");
	struct node *n, *next;
	int rc = load(&t, e);

	if (rc == 0) {
		n = node_at(&t, str_of(p->item.uuid));
		for (int i = 0; n->up != NULL && i < 64; i++)
			n = n->up;
		rc = read_down(&t, n, 0, e);
		if (rc == 0)
			put_node(&t, a, n);
	}
	HASH_ITER(hh, t.nodes, n, next)
	{
		HASH_DEL(t.nodes, n);
		session_item_clear(&n->item);
		free(n->uuid);
		free(n->parent);
		free(n);
	}
	return rc;
}
