/*
 * doctor.h - what `doctor` found, and its two forms: text for people, one JSON
 * object for programs.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "cli/app.h"
#include "ingest/lock.h"
#include "ingest/repair.h"
#include "report/health.h"

/* A place, and who named it. All borrowed from the app. */
struct doctor_place {
	const char *what;          /* "database", "home", …; static */
	const char *value;         /* NULL: none */
	const char *origin, *note; /* note "" for none; static */
};

/* What --repair did to the mode of a file. */
struct doctor_mode {
	char *path;
	unsigned was, is;
};

struct doctor {
	struct doctor_place *places;
	size_t places_len;
	bool is_looked; /* health and lock are filled */
	struct health health;
	struct lock_state lock;
	bool is_repaired;  /* modes are filled */
	bool is_rederived; /* and this */
	struct doctor_mode modes[HEALTH_FILES];
	size_t modes_len;
	struct repair repair;
};

/* Write D as text to the standard output, times in the zone of A. Errors stay in the stream. */
void doctor_text(const struct app *a, const struct doctor *d);

/* Write D as one JSON object to the standard output, times in the zone of A. Errors stay in the stream. */
void doctor_json(const struct app *a, const struct doctor *d);

#endif
