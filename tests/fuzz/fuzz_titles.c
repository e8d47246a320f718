/* Two files session_index.jsonl with a byte 0xff between them. */
#include "base/compat.h"

#include "fuzz.h"
#include "ingest/title_index.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str rest = str_n((const char *)data, n), part;
	struct title *all = NULL, *t, *next;

	for (size_t home = 0; home < 2 && str_split(&rest, (char)0xff, &part); home++) {
		int fd = fuzz_file(part.p, part.n);

		title_index_read(fd, home, &all);
		close(fd);
	}
	HASH_ITER(hh, all, t, next)
	{
		MUST(t->id != NULL && t->text != NULL && t->home < 2 && t->hh.keylen > 0);
		(void)fuzz_mix(fuzz_mix(0, str_of(t->id)), str_of(t->text));
	}
	title_index_clear(&all);
	MUST(all == NULL);
	return 0;
}
