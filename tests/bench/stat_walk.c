/*
 * stat_walk.c FOLDER… - the yardstick of a run that has nothing to do: every name
 * below the folders is looked at once (openat, getdents, fstatat), nothing is
 * opened but folders. Links are not followed. Prints the number of files and
 * their bytes.
 */
#include "base/compat.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 100

struct sums {
	int64_t files, bytes;
};

/* Add what is in the folder NAME of the folder AT. Returns 0, -1 with a message on stderr. */
static int
walk(int at, const char *name, int depth, struct sums *sums)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), rc = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *d;
	struct stat st;

	if (dir == NULL || depth > DEPTH_MAX) {
		(void)fprintf(stderr, "stat_walk: %s: %s\n", name,
		    dir == NULL ? strerror(errno) : "too deep");
		if (dir != NULL)
			closedir(dir);
		else if (fd >= 0)
			close(fd);
		return -1;
	}
	while ((d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			(void)fprintf(stderr, "stat_walk: %s: %s\n", d->d_name, strerror(errno));
			rc = -1;
		} else if (S_ISDIR(st.st_mode)) {
			if (walk(fd, d->d_name, depth + 1, sums) < 0)
				rc = -1;
		} else {
			sums->files++;
			sums->bytes += st.st_size;
		}
	}
	closedir(dir);
	return rc;
}

int
main(int argc, char **argv)
{
	struct sums sums = { 0, 0 };
	int rc = 0;

	for (int i = 1; i < argc; i++)
		if (walk(AT_FDCWD, argv[i], 0, &sums) < 0)
			rc = 1;
	(void)printf("%" PRId64 " files %" PRId64 " bytes\n", sums.files, sums.bytes);
	return rc;
}
