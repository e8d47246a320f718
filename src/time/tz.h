/*
 * tz.h - IANA time zones, read from the system's zoneinfo folder without the
 * C library: immutable, kept for the life of the process, safe to ask for with
 * names that strangers typed. Offsets are right from 1970 to 9999 and follow
 * the file before that. Instants are ms since 1970 UTC, see time/civil.h; all
 * of them are accepted, those absurdly far away are taken as a nearer one.
 *
 * Not for more than one thread: the list of zones has no lock.
 */
#ifndef TIME_TZ_H
#define TIME_TZ_H

#include "base/compat.h"
#include "base/err.h"
#include "time/civil.h"

#define TZ_NAME_MAX 100 /* bytes in a zone's name */

struct tz;

/*
 * Zone of that NAME: an IANA name such as Europe/Stockholm; "UTC", which needs
 * no file; or "local", the machine's zone (target of /etc/localtime, else
 * /etc/timezone, else UTC; looked up once). Owned by this module, for the
 * process' life. NULL with *E filled: ERR_USAGE when the name is malformed or
 * unknown, ERR_INPUT for a damaged file, ERR_NOTFOUND when the machine has no
 * zoneinfo folder, ERR_IO, or ERR_LIMIT after 2048 zones.
 */
const struct tz *tz_get(const char *name, struct err *e);

/*
 * Look for zone files below DIR (NULL: /usr/share/zoneinfo again) from now on.
 * Copies DIR; zones handed out before stay as they are. Cannot fail.
 */
void tz_set_dir(const char *dir);

/*
 * Look for the files localtime and timezone in DIR (NULL: /etc again) from now
 * on; otherwise as tz_set_dir. Cannot fail.
 */
void tz_set_etc(const char *dir);

/* True when NAME has the form of a zone's name; no file is opened; cannot fail. */
bool tz_name_valid(const char *name);

/*
 * Parse the N bytes of a TZif file at P into a new nameless zone *OUT, owned by
 * the caller: tz_free. Any bytes may be given. Returns 0, or -1 with ERR_INPUT
 * in *E (OUT untouched). A file that counts leap seconds is refused.
 * Source: RFC 8536, section 3.
 */
int tz_parse(const void *p, size_t n, struct tz **out, struct err *e);

/* Free a zone from tz_parse, never one from tz_get. NULL-safe; cannot fail. */
void tz_free(struct tz *z);

/* Name of Z: for "local" the one found, for a zone from tz_parse "". Lives as long as Z; cannot fail. */
const char *tz_name(const struct tz *z);

/* Offset of Z at instant MS, seconds east of UTC; cannot fail. */
int32_t tz_offset_s(const struct tz *z, int64_t ms);

/*
 * The longest time around instant MS in which the offset of Z does not change:
 * from *FROM_MS on, before *TO_MS. Either is far outside the years 1 to 9999
 * when there is no change on that side. Cannot fail.
 */
void tz_span(const struct tz *z, int64_t ms, int64_t *from_ms, int64_t *to_ms);

/*
 * Instant at which the clock of Z shows date D and MS_OF_DAY ms after midnight.
 * Shown twice: the earlier instant. Never shown: the instant computed with the
 * offset before the gap (02:30 in a gap from 02:00 to 03:00 is 03:30). Cannot
 * fail.
 */
int64_t tz_from_local(const struct tz *z, struct date d, int32_t ms_of_day);

/*
 * First instant whose date in Z is D or later. A local day is from this up to
 * the one of the next date: 23 to 25 hours as a rule, empty when the zone left
 * the date out (Apia 2011-12-30). Cannot fail.
 */
int64_t tz_day_start(const struct tz *z, struct date d);

/*
 * What the clock of Z shows at instant MS: date *D, *MS_OF_DAY ms after
 * midnight, *OFFSET_S seconds east of UTC. Each of the three may be NULL.
 * Cannot fail.
 */
void tz_local(
    const struct tz *z, int64_t ms, struct date *d, int32_t *ms_of_day, int32_t *offset_s);

#endif
