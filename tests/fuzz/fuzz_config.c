/* The configuration file. */
#include "base/compat.h"

#include "fuzz.h"
#include "json/config.h"

static void
check(const struct config *c)
{
	const char *const texts[] = { c->timezone, c->weekly_reset, c->db, c->content, c->prefix,
		c->currency_label, c->lighttpd, c->browser };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		(void)fuzz_mix(0, str_of(texts[i]));
	for (size_t i = 0; i < c->homes_len; i++) {
		MUST(c->homes[i].path != NULL && c->homes[i].label != NULL);
		(void)fuzz_mix(fuzz_mix(0, str_of(c->homes[i].path)), str_of(c->homes[i].label));
	}
	for (size_t i = 0; i < c->hosts_len; i++)
		(void)fuzz_mix(0, str_of(c->hosts[i]));
	for (size_t i = 0; i < c->warnings_len; i++)
		MUST(strchr(c->warnings[i], '\n') == NULL);
	MUST(c->week_start >= -1 && c->week_start <= 6);
	MUST(c->port >= -1 && c->port <= 65535);
	MUST(c->pricing == NULL || json_object_is_type(c->pricing, json_type_object));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	int fd = fuzz_file(data, n);
	char path[40];
	struct config c;
	struct err e;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (config_load(path, &c, &e) == 0)
		check(&c);
	else
		MUST(e.code == ERR_USAGE && e.msg[0] != '\0');
	config_clear(&c);
	close(fd);
	return 0;
}
