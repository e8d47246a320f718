/*
 * table.h - uthash (intrusive hash tables) as this tree uses it: our hash, our
 * way to end when memory is gone. Include this instead of <uthash.h>.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "base/err.h"
#include "base/hash.h"

#define HASH_FUNCTION(keyptr, keylen, hashv) \
	(hashv) = (unsigned)hash_bytes((keyptr), (size_t)(keylen), 0)
#define uthash_fatal(msg) bug("%s", msg)
#include <uthash.h>

#endif
