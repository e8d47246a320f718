/*
 * nothing_fcgi.c - the yardstick of a 304: a FastCGI responder on fd 0 that reads
 * a request, looks at nothing of it and answers 304. Its loop is that of
 * src/web/gateway.c, without signals and limits.
 */
#include "base/compat.h"

#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

int
main(void)
{
	static const char head[] = "Status: 304 Not Modified\r\nETag: \"0\"\r\n\r\n";
	FCGX_Request r;

	if (FCGX_Init() != 0 || fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK) < 0 ||
	    FCGX_InitRequest(&r, STDIN_FILENO, 0) != 0)
		return 1;
	for (;;) {
		struct pollfd p = { STDIN_FILENO, POLLIN, 0 };

		if (poll(&p, 1, -1) < 0)
			return 0;
		if (FCGX_Accept_r(&r) < 0)
			continue;
		(void)FCGX_PutStr(head, sizeof(head) - 1, r.out);
		FCGX_Finish_r(&r);
		FCGX_Free(&r, 1);
	}
}
