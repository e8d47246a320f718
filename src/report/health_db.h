/*
 * health_db.h - the part of health.h that asks the database: one function for
 * each question.
 */
#ifndef REPORT_HEALTH_DB_H
#define REPORT_HEALTH_DB_H

#include "report/health.h"

struct health_step {
	const char *name; /* of what is looked at, for people; static */
	/* looks at S and fills its part of OUT; 0, or -1 with *E */
	int (*run)(struct store *s, const struct health_in *in, struct health *out, struct err *e);
};

/* Step number I from 0. Returns it, static, or NULL behind the last; cannot fail. */
const struct health_step *health_step_at(size_t i);

#endif
