/*
 * reader.h - one file into the store: is it unchanged, whose is it, do its facts
 * count or those of another copy, and then line by line.
 *
 * Source: design.md 6 "Identity"; ledger-design.md 1 "Copies of a rollout".
 */
#ifndef INGEST_READER_H
#define INGEST_READER_H

#include "ingest/recorder.h"
#include "ingest/scan.h"
#include "store/store.h"

#define READER_LINE_MAX ((size_t)64 * 1024 * 1024)

struct reader_counts {
	struct recorder_counts lines;
	int64_t read, grown, unchanged, copies, empty, failed, pending; /* files */
	int64_t bytes;                                                  /* read from files */
	int64_t problems; /* files that something is to be said of */
	int64_t settled;  /* threads whose lines were judged while they were read */
};

/*
 * Take in the file F of the home HOME_ID (row id) at time NOW_MS, inside the
 * caller's transaction, with the rate card CARD (borrowed); COUNTS is added to. One that was
 * last modified before SINCE_MS is not opened but remembered as pending: the next pass without such
 * a bound
 * reads it. A file that cannot be read is counted and remembered with its
 * problem, not an error. Returns 1 when something was written, 0 when the file
 * is unchanged, -1 with ERR_DB and the like in *E.
 */
int reader_file(struct store *s, const struct scan_file *f, int64_t home_id, int64_t now_ms,
    int64_t since_ms, const struct price_card *card, struct reader_counts *counts, struct err *e);

#endif
