/*
 * measure.c [-v KIB] [-t SECONDS] COMMAND [ARGUMENT…] - run a command and print
 * what it cost on one line:
 *
 *     status N wall_ns N user_us N sys_us N maxrss_kib N
 *
 * The status is the exit status, or 128 and the number of the signal. Processor
 * time and memory are those of the command and of what it waited for. It is a
 * program of its own because maxrss begins with that of the process that forks:
 * this one is as small as they come, Python is not.
 *
 * The command has our stdin and stderr; its stdout goes nowhere. -v limits its
 * address space as `ulimit -v` does. After SECONDS, or when this program is asked
 * to end, the command's process group is killed.
 */
#include "base/compat.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/num.h"

static volatile pid_t child;

static void
stop(int sig)
{
	(void)sig;
	if (child > 0)
		(void)kill(-child, SIGKILL); /* gone already: good */
}

static int
usage(void)
{
	(void)fprintf(stderr, "usage: measure [-v KIB] [-t SECONDS] COMMAND [ARGUMENT...]\n");
	return 2;
}

/* In the child: never returns. */
static NORETURN void
become(char **argv, int64_t kib)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct rlimit limit = { .rlim_cur = (rlim_t)kib * 1024, .rlim_max = (rlim_t)kib * 1024 };

	(void)setpgid(0, 0); /* a new process is nobody's leader: cannot fail */
	if (null < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    (kib > 0 && setrlimit(RLIMIT_AS, &limit) < 0)) {
		(void)fprintf(stderr, "measure: %s\n", strerror(errno));
		_exit(126);
	}
	(void)execvp(argv[0], argv);
	(void)fprintf(stderr, "measure: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static int64_t
now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* always there */
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t
us(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000000 + t.tv_usec;
}

/* Options into *KIB and *SECONDS. Returns the index of the command, -1. */
static int
options(int argc, char **argv, int64_t *kib, int64_t *seconds)
{
	int c;

	while ((c = getopt(argc, argv, "+v:t:")) != -1) {
		int64_t *to = c == 'v' ? kib : c == 't' ? seconds : NULL;

		if (to == NULL || num_i64(str_of(optarg), 1, 1000000000, to) < 0)
			return -1;
	}
	return optind < argc ? optind : -1;
}

int
main(int argc, char **argv)
{
	int64_t kib = 0, seconds = 0, begun, wall;
	struct sigaction sa = { .sa_handler = stop };
	struct rusage cost;
	int command = options(argc, argv, &kib, &seconds), status = 0;
	pid_t done;

	if (command < 0)
		return usage();
	(void)sigaction(SIGALRM, &sa, NULL);
	(void)sigaction(SIGINT, &sa, NULL);
	(void)sigaction(SIGTERM, &sa, NULL);
	begun = now_ns();
	child = fork();
	if (child == 0)
		become(argv + command, kib);
	if (child < 0) {
		(void)fprintf(stderr, "measure: fork: %s\n", strerror(errno));
		return 1;
	}
	(void)setpgid(child, child); /* the child does it too, whoever comes first */
	if (seconds > 0)
		(void)alarm((unsigned)seconds);
	do
		done = wait4(child, &status, 0, &cost);
	while (done < 0 && errno == EINTR);
	wall = now_ns() - begun;
	if (done < 0) {
		(void)fprintf(stderr, "measure: wait: %s\n", strerror(errno));
		return 1;
	}
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	(void)printf("status %d wall_ns %" PRId64 " user_us %" PRId64 " sys_us %" PRId64
		     " maxrss_kib %ld\n",
	    status, wall, us(cost.ru_utime), us(cost.ru_stime), cost.ru_maxrss);
	return 0;
}
