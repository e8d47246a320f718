#include "base/compat.h"

#include <setjmp.h>

#include <cmocka.h>

#include "base/varint.h"
#include "store/st_span.h"

#define T(name) cmocka_unit_test(name)

static void
test_varint(void **state UNUSED)
{
	static const struct {
		uint64_t v;
		size_t n;
		unsigned char bytes[10];
	} cases[] = {
		{ 0, 1, { 0 } },
		{ 127, 1, { 127 } },
		{ 128, 2, { 0x80, 1 } },
		{ 300, 2, { 0xac, 2 } },
		{ UINT64_MAX, 10, { 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sbuf b;
		const unsigned char *p;
		uint64_t v;

		sbuf_init(&b, 100);
		varint_put(&b, cases[i].v);
		assert_int_equal(b.len, cases[i].n);
		assert_memory_equal(b.buf, cases[i].bytes, b.len);
		p = (const unsigned char *)b.buf;
		assert_true(varint_get(&p, p + b.len, &v));
		assert_true(v == cases[i].v);
		p = (const unsigned char *)b.buf;
		assert_false(varint_get(&p, p + b.len - 1, &v)); /* cut off */
		sbuf_free(&b);
	}
}

static void
test_varint_bad(void **state UNUSED)
{
	static const unsigned char more[] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 2 };
	static const unsigned char longer[] = { 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
		0 };
	const unsigned char *p = more;
	uint64_t v;

	assert_false(varint_get(&p, more + sizeof(more), &v)); /* a 65th bit */
	p = longer;
	assert_false(varint_get(&p, longer + sizeof(longer), &v));
	p = longer;
	assert_false(varint_get(&p, longer, &v)); /* nothing there */
}

static void
test_varint_signed(void **state UNUSED)
{
	static const int64_t cases[] = { 0, -1, 1, -64, 64, INT64_MAX, INT64_MIN };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sbuf b;
		const unsigned char *p;
		int64_t v;

		sbuf_init(&b, 100);
		varint_put_signed(&b, cases[i]);
		assert_true(i > 3 || b.len == 1); /* small ones are short */
		p = (const unsigned char *)b.buf;
		assert_true(varint_get_signed(&p, p + b.len, &v));
		assert_true(v == cases[i]);
		sbuf_free(&b);
	}
}

/* Samples become spans: equal ones that follow each other, by limit and home. */
static void
test_add(void **state UNUSED)
{
	static const struct st_span samples[] = {
		{ 1, 1, 1000, 1000, 10, 90000 }, { 2, 1, 1000, 1000, 5, -1 },
		{ 1, 1, 2000, 2000, 10, 92000 }, /* the reset trembles by 2 s: the same */
		{ 2, 1, 2000, 2000, 5, -1 },
		{ 1, 1, 3000, 3000, 10, 92001 }, /* more than 2 s from the first */
		{ 1, 2, 3000, 3000, 10, 92001 }, /* another home */
		{ 1, 1, 4000, 4000, 11, 92001 },
		{ 2, 1, 3000, 3000, 5, 92001 }, /* a reset, where there was none */
	};
	struct st_spans s = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		st_span_add(&s, &samples[i]);
	assert_int_equal(s.len, 6);
	assert_int_equal(s.p[0].last_ms, 2000);
	assert_int_equal(s.p[0].resets_ms, 90000);
	assert_int_equal(s.p[1].last_ms, 2000);
	assert_int_equal(s.p[2].first_ms, 3000);
	free(s.p);
}

static void
test_pack(void **state UNUSED)
{
	static const struct st_span want[] = {
		{ 1, 1, 1795348800000, 1795348860000, 62.25, 1795352400000 },
		{ 300, 2, 1795348800000, 1795348800000, 100.0 / 3, -1 }, /* no hundredths */
		{ 2, 1, 1795348800001, 1795348800001, -1, 1795352400123 },
		{ 2, 1, 1795348700000, 1795348700000, 0, 0 }, /* the clock went back */
	};
	struct st_spans s = { 0 }, back = { 0 };
	struct sbuf b;

	for (size_t i = 0; i < ARRAY_LEN(want); i++)
		st_span_add(&s, &want[i]);
	sbuf_init(&b, 1000);
	st_span_pack(&s, 1, &b);
	assert_int_equal(b.len, 0); /* there is one part only */
	st_span_pack(&s, 0, &b);
	assert_int_equal(b.buf[0], 1);
	assert_int_equal(st_span_unpack(&back, b.buf, b.len), 0);
	assert_int_equal(back.len, ARRAY_LEN(want));
	for (size_t i = 0; i < back.len; i++) {
		assert_int_equal(back.p[i].key_id, want[i].key_id);
		assert_int_equal(back.p[i].home_id, want[i].home_id);
		assert_int_equal(back.p[i].first_ms, want[i].first_ms);
		assert_int_equal(back.p[i].last_ms, want[i].last_ms);
		assert_true(!(back.p[i].percent < want[i].percent) &&
			    !(back.p[i].percent > want[i].percent));
		assert_int_equal(back.p[i].resets_ms, want[i].resets_ms);
	}
	/* damaged: never past the end, never more than there was */
	for (size_t n = 0; n < b.len; n++) {
		struct st_spans part = { 0 };

		(void)st_span_unpack(&part, b.buf, n);
		assert_true(part.len < ARRAY_LEN(want));
		free(part.p);
	}
	b.buf[0] = 2;
	assert_int_equal(st_span_unpack(&back, b.buf, b.len), -1);
	sbuf_free(&b);
	free(s.p);
	free(back.p);
}

/* A part that is full stays as it is: what comes later begins in the next. */
static void
test_parts(void **state UNUSED)
{
	struct st_spans s = { 0 }, back = { 0 };
	struct sbuf b;

	assert_int_equal(st_span_parts(&s), 0);
	for (int i = 0; i < ST_SPAN_PART; i++)
		st_span_add(&s, &(struct st_span){ 1 + i % 2, 1, i, i, i, -1 });
	assert_int_equal(s.len, 64);
	assert_int_equal(st_span_parts(&s), 0);
	/* the 63rd, of limit 1, says 62, the 64th, of limit 2, says 63; still in the last part */
	st_span_add(&s, &(struct st_span){ 2, 1, 70, 70, 63, -1 });
	assert_int_equal(s.len, 64);
	assert_int_equal(s.p[63].last_ms, 70);
	st_span_add(&s, &(struct st_span){ 2, 1, 80, 80, 99, -1 });
	assert_int_equal(s.len, 65);
	assert_int_equal(st_span_parts(&s), 1);
	st_span_add(&s, &(struct st_span){ 1, 1, 90, 90, 62, -1 });
	assert_int_equal(s.len, 66);
	assert_int_equal(s.p[62].last_ms, 62);

	for (size_t nth = 0; nth < 2; nth++) {
		sbuf_init(&b, 4000);
		st_span_pack(&s, nth, &b);
		assert_int_equal(st_span_unpack(&back, b.buf, b.len), 0);
		sbuf_free(&b);
		assert_int_equal(back.len, nth == 0 ? 64 : 66);
	}
	assert_int_equal(back.p[64].first_ms, 80);
	assert_int_equal(back.p[65].key_id, 1);
	free(s.p);
	free(back.p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_varint),
		T(test_varint_bad),
		T(test_varint_signed),
		T(test_add),
		T(test_pack),
		T(test_parts),
	};

	return cmocka_run_group_tests_name("store_span", tests, NULL, NULL);
}
