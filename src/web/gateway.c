#include "base/compat.h"

#include <fcgiapp.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/num.h"
#include "web/gateway.h"

#define LISTEN_FD_FIRST 3
#define DRAIN_MS 1000 /* how long the queue is still served after a signal to stop */
#define STUCK_STATUS 75

extern char **environ;

#define WRITE_MAX ((size_t)65536) /* bytes: each so many get the time limit anew */

static volatile sig_atomic_t stopped;
static volatile sig_atomic_t writing_fd = -1; /* the connection that we wait for to take bytes */

static void
on_stop(int number)
{
	stopped = number;
}

static void
on_alarm(int number UNUSED)
{
	static const char text[] = "codex-track.fcgi: a request took too long; this worker ends\n";
	static const char slow[] =
	    "codex-track.fcgi: a client reads nothing; its connection ends\n";
	int before = errno;

	if (writing_fd >= 0) { /* a server whose client reads nothing: the write fails now */
		(void)!write(STDERR_FILENO, slow, sizeof(slow) - 1); /* as above */
		(void)shutdown(writing_fd, SHUT_RDWR);
		errno = before;
		return;
	}
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1); /* it ends in any case */
	_exit(STUCK_STATUS);
}

static void
handle(int number, void (*handler)(int))
{
	struct sigaction sa = { .sa_handler = handler };

	(void)sigaction(number, &sa, NULL); /* valid arguments do not fail */
}

/* The last NAME=value of ENVP: nginx sends SCRIPT_NAME twice, and the last one counts. */
static const char *
last_of(char *const *envp, const char *name)
{
	size_t n = strlen(name);
	const char *found = NULL;

	for (; envp != NULL && *envp != NULL; envp++)
		if (strncmp(*envp, name, n) == 0 && (*envp)[n] == '=')
			found = *envp + n + 1;
	return found;
}

static int
listens(int fd)
{
	int on = 0;
	socklen_t n = sizeof(on);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &n) == 0 && on != 0;
}

/* The listener that we were started with; -1: none. Source: sd_listen_fds(3). */
static int
listener(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	int64_t n, p;

	if (pid != NULL && fds != NULL && num_i64(str_of(pid), 1, INT_MAX, &p) == 0 &&
	    num_i64(str_of(fds), 1, 1000, &n) == 0 && p == getpid() && listens(LISTEN_FD_FIRST))
		return LISTEN_FD_FIRST;
	return listens(STDIN_FILENO) ? STDIN_FILENO : -1;
}

bool
gateway_is_cgi(void)
{
	const char *method = getenv("REQUEST_METHOD");

	return listener() < 0 && method != NULL && method[0] != '\0';
}

static void
allow(struct gw *g UNUSED, unsigned seconds)
{
	(void)alarm(seconds);
}

/* -------------------------------------------------------------------- CGI */

static const char *
cgi_param(const struct gw *g UNUSED, const char *name)
{
	return last_of(environ, name);
}

static int
cgi_write(struct gw *g, const void *p, size_t n)
{
	const struct gateway *cfg = g->impl;
	const char *at = p;

	while (n > 0) {
		ssize_t w = write(STDOUT_FILENO, at, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -1;
		at += w;
		n -= (size_t)w;
	}
	(void)alarm(cfg->limit_s);
	return 0;
}

static void
cgi_cut(struct gw *g UNUSED)
{
	/* the process ends without the bytes that were promised; a status tells the server */
	_exit(STUCK_STATUS);
}

static int
run_cgi(const struct gateway *cfg)
{
	struct gateway mine = *cfg;
	struct gw g = { cgi_param, cgi_write, allow, cgi_cut, &mine };

	handle(SIGPIPE, SIG_IGN);
	handle(SIGALRM, on_alarm);
	(void)alarm(cfg->limit_s);
	cfg->serve(cfg->arg, &g);
	(void)alarm(0);
	return 0;
}

/* ---------------------------------------------------------------- FastCGI */

struct fcgi {
	const struct gateway *cfg;
	FCGX_Request r;
	bool is_cut;
};

static const char *
fcgi_param(const struct gw *g, const char *name)
{
	const struct fcgi *f = g->impl;

	return last_of(f->r.envp, name);
}

static int
fcgi_write(struct gw *g, const void *p, size_t n)
{
	struct fcgi *f = g->impl;
	const char *at = p;

	while (n > 0) {
		int part = (int)(n < WRITE_MAX ? n : WRITE_MAX), put;

		(void)alarm(f->cfg->limit_s);
		writing_fd = f->r.ipcFd;
		put = FCGX_PutStr(at, part, f->r.out);
		writing_fd = -1;
		if (put != part)
			return -1;
		at += part;
		n -= (size_t)part;
	}
	(void)alarm(f->cfg->limit_s);
	return 0;
}

static void
fcgi_cut(struct gw *g)
{
	struct fcgi *f = g->impl;

	/* libfcgi would end the answer in good order: nothing may go out any more */
	f->is_cut = true;
	(void)shutdown(f->r.ipcFd, SHUT_RDWR);
}

/* Accept and answer one request on F, if there is one. Returns 0, or -1 when the listener is of no more use. */
static int
one_request(struct fcgi *f)
{
	struct gw g = { fcgi_param, fcgi_write, allow, fcgi_cut, f };
	int rc;

	(void)alarm(f->cfg->limit_s); /* a peer that sends half a record would hold us for ever */
	rc = FCGX_Accept_r(&f->r);
	if (rc < 0) {
		(void)alarm(0);
		return rc == -EAGAIN || rc == -EINTR || rc == -ECONNABORTED ? 0 : -1;
	}
	f->is_cut = false;
	f->cfg->serve(f->cfg->arg, &g);
	(void)alarm(f->cfg->limit_s);
	writing_fd = f->r.ipcFd;
	FCGX_Finish_r(&f->r);
	writing_fd = -1;
	FCGX_Free(&f->r, 1); /* no kept connections: we wait for the listener only */
	(void)alarm(0);
	return 0;
}

static int64_t
clock_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts); /* always there */
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Answer what had come before we were told to stop: the server has handed it over already. */
static void
drain(struct fcgi *f, int fd)
{
	int64_t end_ms = clock_ms() + DRAIN_MS;

	while (clock_ms() < end_ms) {
		struct pollfd p = { fd, POLLIN, 0 };

		if (poll(&p, 1, 0) != 1 || one_request(f) < 0)
			return;
	}
}

static int
run_fcgi(const struct gateway *cfg, int fd, struct err *e)
{
	struct fcgi f = { .cfg = cfg };
	sigset_t block, before;
	int flags = fcntl(fd, F_GETFL), rc = 0;

	handle(SIGTERM, on_stop);
	handle(SIGINT, on_stop);
	handle(SIGALRM, on_alarm);
	handle(SIGPIPE, SIG_IGN);
	(void)sigemptyset(&block);
	(void)sigaddset(&block, SIGTERM);
	(void)sigaddset(&block, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &block, &before);
	(void)sigdelset(&before, SIGTERM);
	(void)sigdelset(&before, SIGINT);
	if (FCGX_Init() != 0)
		return err_set(e, ERR_IO, "libfcgi cannot be initialised");
	handle(SIGPIPE, SIG_IGN); /* FCGX_Init puts its own where it finds none */
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    FCGX_InitRequest(&f.r, fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return err_sys(e, "the listener cannot be used");
	while (rc == 0 && stopped == 0) {
		struct pollfd p = { fd, POLLIN, 0 };

		if (ppoll(&p, 1, NULL, &before) < 0) {
			if (errno == EINTR)
				continue;
			return err_sys(e, "waiting for requests");
		}
		rc = one_request(&f);
	}
	if (rc < 0)
		return err_set(e, ERR_IO, "the listener is gone");
	drain(&f, fd);
	return 0;
}

int
gateway_run(const struct gateway *cfg, struct err *e)
{
	int fd = listener();

	if (fd >= 0)
		return run_fcgi(cfg, fd, e);
	if (gateway_is_cgi())
		return run_cgi(cfg);
	return err_set(e, ERR_USAGE,
	    "a web server starts this program (FastCGI listener on fd 0 or fd 3, or CGI); "
	    "`codex-track web` starts both");
}
