/*
 * fuzz_skim.c - any bytes: the skimmer and json-c say the same of them, and the skimmer reads no
 * byte behind them.
 */
#include "base/compat.h"

#include "base/xalloc.h"
#include "../unit/skim_compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct compare c;
	/* a copy of exactly this size, so that the sanitizer sees each step outside */
	char *text = xmalloc(size);
	const char *wrong;

	if (c.skim == NULL)
		compare_begin(&c, 12);
	memcpy(text, data, size);
	wrong = compare_text(&c, text, size, true);
	if (wrong != NULL)
		bug("skimmer and json-c differ: %s", wrong);
	free(text);
	return 0;
}
