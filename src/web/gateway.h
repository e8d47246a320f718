/*
 * gateway.h - the door to the web server: FastCGI (listener on fd 0, or on fd 3
 * with LISTEN_FDS) and plain CGI. One request at a time, no threads.
 *
 * SIGTERM and SIGINT end the loop between requests; what waits in the
 * listener's queue by then is still answered. A client that takes no bytes for the
 * time limit loses its connection. A request that shows no other progress for
 * so long ends the process: whoever started it starts another.
 *
 * Source: c-style.md 3 "FastCGI"; pages.md 5.
 */
#ifndef WEB_GATEWAY_H
#define WEB_GATEWAY_H

#include "base/err.h"

/* One request's way in and out; pointers it lends die when the request ends. */
struct gw {
	/* The last value of the variable NAME of the request, NULL when not set. */
	const char *(*param)(const struct gw *g, const char *name);
	/* Send N bytes at P; 0, or -1 when the client is gone. Gives the request new time. */
	int (*write)(struct gw *g, const void *p, size_t n);
	/* The request has so many seconds until its next write, not the time limit. */
	void (*allow)(struct gw *g, unsigned seconds);
	/* Let the client see that the answer is not whole: the connection ends without an end. */
	void (*cut)(struct gw *g);
	void *impl;
};

/* Answers the request G; ARG is the caller's. */
typedef void gateway_serve(void *arg, struct gw *g);

struct gateway {
	unsigned limit_s; /* time limit of a request, seconds; 0: none */
	gateway_serve *serve;
	void *arg;
};

/*
 * Serve requests as CFG (borrowed) says until the process is told to stop; in
 * CGI mode the one. Returns 0; -1 with ERR_USAGE in *E when no web server
 * started us, or ERR_IO.
 */
int gateway_run(const struct gateway *cfg, struct err *e);

/* True when a web server started this process as plain CGI: its command line is then the client's, not ours. Cannot fail. */
bool gateway_is_cgi(void);

#endif
