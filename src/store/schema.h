/*
 * schema.h - the migrations in src/store/sql as text; schema_gen.c is made from
 * them when the program is built.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

struct schema_step {
	int version;      /* user_version after this step */
	const char *name; /* of the file, without .sql */
	const char *sql;
};

extern const struct schema_step schema_steps[]; /* by version, from 1 */
extern const size_t schema_steps_len;

#endif
