#include "base/compat.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/str.h"
#include "base/xalloc.h"
#include "cli/app.h"
#include "cli/conf.h"
#include "cli/httpd.h"

#define CONF_MAX ((size_t)65536)
#define START_MS 10000
#define STOP_MS 3000
#define RESTARTS 5

static int64_t
clock_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts); /* always there */
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
nap(int ms)
{
	(void)poll(NULL, 0, ms); /* a signal may end it early */
}

/* FOLDER/lighttpd when it can be run, else NULL. Owned by the caller. */
static char *
in_folder(struct str folder)
{
	char *path = xasprintf("%.*s/lighttpd", (int)folder.n, folder.p);

	if (folder.n > 0 && access(path, X_OK) == 0)
		return path;
	free(path);
	return NULL;
}

char *
httpd_find(const char *configured, struct err *e)
{
	static const char usual[] = "/usr/sbin:/usr/local/sbin:/sbin:/opt/homebrew/bin:/usr/bin";
	const char *named = getenv("CODEX_USAGE_LIGHTTPD"), *path = getenv("PATH");
	struct str lists[] = { str_of(path == NULL ? "" : path), str_of(usual) }, folder;
	char *found;

	if (configured == NULL && named != NULL && named[0] != '\0')
		configured = named;
	if (configured != NULL) {
		if (access(configured, X_OK) == 0)
			return xstrdup(configured);
		(void)err_sys(
		    e, "lighttpd (by configuration or CODEX_USAGE_LIGHTTPD) %s", configured);
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		while (str_split(&lists[i], ':', &folder))
			if ((found = in_folder(folder)) != NULL)
				return found;
	(void)err_set(e, ERR_NOTFOUND,
	    "lighttpd was not found. Install it (Debian: apt-get install lighttpd; macOS: brew "
	    "install lighttpd), or name it in CODEX_USAGE_LIGHTTPD");
	return NULL;
}

static int
connected(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

bool
httpd_is_free(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
	bool free_now;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)); /* as lighttpd does */
	free_now =
	    fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, 1) == 0;
	if (fd >= 0)
		close(fd);
	return free_now;
}

/* Paths in the configuration are those of links in the run folder: plain whatever they lead to. */
static int
add_link(const struct rundir *run, const char *name, const char *to, struct err *e)
{
	char *path = rundir_file(run, name);
	int rc = 0;

	(void)unlink(path); /* of a run that was killed */
	if (symlink(to, path) < 0)
		rc = err_sys(e, "cannot make %s", path);
	free(path);
	return rc;
}

static int
write_conf(const struct httpd *h, struct err *e)
{
	char *fcgi = rundir_file(h->run, "worker"), *statics = rundir_file(h->run, "static");
	char *socket = rundir_file(h->run, "w"), *program = NULL, *folder = conf_statics();
	struct conf_values v = {
		.prefix = h->prefix, .fcgi = fcgi, .statics = statics, .socket = socket
	};
	struct sbuf b;
	int rc = -1;

	sbuf_init(&b, CONF_MAX);
	sbuf_addf(&b,
	    "# written by codex-track web; removed when it ends\n"
	    "server.document-root = \"%s\"\n"
	    "server.bind = \"127.0.0.1\"\n"
	    "server.port = %d\n"
	    "server.errorlog = \"%s/log\"\n"
	    "server.tag = \"codex-track\"\n"
	    "index-file.names = ()\n\n",
	    h->run->path, h->port, h->run->path);
	if ((program = conf_fcgi(e)) != NULL && add_link(h->run, "worker", program, e) == 0 &&
	    add_link(h->run, "static", folder, e) == 0 &&
	    conf_render("lighttpd-spawn.conf", &v, &b, e) == 0 && sbuf_check(&b, e) == 0)
		rc = rundir_write(h->run, "lighttpd.conf", b.buf, e);
	/* what the root of the server shows where no worker answers: nothing */
	sbuf_free(&b);
	free(fcgi);
	free(statics);
	free(socket);
	free(program);
	free(folder);
	return rc;
}

/* In the child: become lighttpd, which ends with us, whatever ends us. There may be threads: no malloc. */
static void
become(const struct httpd *h, char *conf, const char *log_path, pid_t parent)
{
	char *const argv[] = { h->program, (char[]){ "-D" }, (char[]){ "-f" }, conf, NULL };
	struct sigaction sa = { .sa_handler = SIG_DFL };
	int null = open("/dev/null", O_RDWR);
	int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	(void)setpgid(0, 0); /* Ctrl-C is for us: we end it in order */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(1);
	(void)sigaction(SIGPIPE, &sa, NULL);
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(null, STDOUT_FILENO);
	(void)dup2(log, STDERR_FILENO); /* the workers' messages, too */
	execv(h->program, argv);
	_exit(127);
}

static int
spawn(struct httpd *h, struct err *e)
{
	char *conf = rundir_file(h->run, "lighttpd.conf"), *log = rundir_file(h->run, "log");
	pid_t parent = getpid();
	int rc = 0;

	h->pid = fork();
	if (h->pid == 0)
		become(h, conf, log, parent);
	if (h->pid < 0) {
		h->pid = 0;
		rc = err_sys(e, "cannot start lighttpd");
	}
	free(conf);
	free(log);
	return rc;
}

/* Does the server answer? */
static bool
answers(const struct httpd *h)
{
	char text[512];
	int fd = connected(h->port), n;
	struct pollfd p = { fd, POLLIN, 0 };
	bool yes = false;

	if (fd < 0)
		return false;
	n = snprintf(text, sizeof(text),
	    "GET %s/healthz HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
	    strcmp(h->prefix, "/") == 0 ? "" : h->prefix);
	if (send(fd, text, (size_t)n, MSG_NOSIGNAL) == n && poll(&p, 1, 2000) == 1)
		yes = recv(fd, text, 5, MSG_WAITALL) == 5 && memcmp(text, "HTTP/", 5) == 0;
	close(fd);
	return yes;
}

static bool
has_ended(struct httpd *h)
{
	if (h->pid == 0 || waitpid(h->pid, NULL, WNOHANG) == h->pid)
		h->pid = 0;
	return h->pid == 0;
}

/* The last line of the server's log that tells of an error. Owned by the caller. */
static char *
last_words(const struct httpd *h)
{
	char *path = rundir_file(h->run, "log"), line[512], *last = xstrdup("its log is empty");
	FILE *f = fopen(path, "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strstr(line, "server started") == NULL) {
			free(last);
			last = str_dup(str_trim(str_of(line)));
		}
	if (f != NULL)
		(void)fclose(f); /* only read */
	free(path);
	return last;
}

static int
failed(const struct httpd *h, const char *what, struct err *e)
{
	char *words = last_words(h);
	int rc = err_set(e, ERR_IO, "lighttpd (%s) %s: %s", h->program, what, words);

	free(words);
	return rc;
}

static int
wait_for_it(struct httpd *h, struct err *e)
{
	int64_t end = clock_ms() + START_MS;

	while (clock_ms() < end && *app_stop() == 0) {
		if (has_ended(h))
			return failed(h, "did not start", e);
		if (answers(h))
			return 0;
		nap(10);
	}
	if (*app_stop() != 0)
		return err_set(e, ERR_STOPPED, "stopped");
	return failed(h, "does not answer", e);
}

int
httpd_start(struct httpd *h, struct err *e)
{
	if (write_conf(h, e) < 0 || spawn(h, e) < 0)
		return -1;
	return wait_for_it(h, e);
}

int
httpd_watch(struct httpd *h, struct err *e)
{
	for (int i = 0; has_ended(h) && *app_stop() == 0; i++) {
		if (i == RESTARTS)
			return failed(h, "ends again and again", e);
		nap(200 * i);
		if (spawn(h, e) < 0)
			return -1;
		nap(200);
	}
	return 0;
}

void
httpd_stop(struct httpd *h)
{
	int64_t end;

	if (h == NULL)
		return;
	if (h->pid > 0) {
		pid_t group = h->pid;

		(void)kill(h->pid, SIGTERM);
		for (end = clock_ms() + STOP_MS; !has_ended(h) && clock_ms() < end;)
			nap(10);
		(void)kill(-group, SIGTERM); /* workers, if it left some */
		if (h->pid != 0) {
			(void)kill(-group, SIGKILL);
			(void)waitpid(h->pid, NULL, 0);
			h->pid = 0;
		}
	}
	free(h->program);
	h->program = NULL;
}
