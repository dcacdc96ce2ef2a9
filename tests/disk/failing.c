/* Put before the C library (LD_PRELOAD), this fails some calls that concern files in one folder, as a disk does.
 *
 * FAILING_FOLDER is the folder, FAILING_CONTROL a file of at least 24 bytes that says what to do; `failing.py` writes it:
 * calls of `sorts` are counted in `seen`; those from number `first` up to `last`, from 1, fail with `error`, or take a
 * fifth of a second where that is 0. Sorts: 1 opening, 2 writing, cutting and syncing, 4 reading. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct control { uint32_t seen, first, last, sorts; int32_t error, failed; };
enum { OPENING = 1, WRITING = 2, READING = 4, DESCRIPTORS = 65536 };

static struct control *control;
static const char *folder;
static unsigned char watched[DESCRIPTORS];

__attribute__((constructor)) static void begin(void)
{
    const char *file = getenv("FAILING_CONTROL");
    int (*really)(const char *, int, ...) = dlsym(RTLD_NEXT, "open");
    int fd = file ? really(file, O_RDWR | O_CLOEXEC) : -1;
    folder = getenv("FAILING_FOLDER");
    if (fd < 0)
        return;
    void *found = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    control = found == MAP_FAILED ? NULL : found;
    close(fd);
}

static int fails(uint32_t sort)
{
    if (!control || !(control->sorts & sort))
        return 0;
    uint32_t number = __atomic_add_fetch(&control->seen, 1, __ATOMIC_SEQ_CST);
    if (number < control->first || number > control->last)
        return 0;
    __atomic_add_fetch(&control->failed, 1, __ATOMIC_SEQ_CST);
    if (!control->error) {
        nanosleep(&(struct timespec){0, 200000000}, NULL);
        return 0;
    }
    errno = control->error;
    return 1;
}

static int ours(const char *path)
{
    return folder && path && !strncmp(path, folder, strlen(folder));
}

static int seen_by(int fd)
{
    return fd >= 0 && fd < DESCRIPTORS && watched[fd];
}

static int noted(int fd, int is_ours)
{
    if (fd >= 0 && fd < DESCRIPTORS)
        watched[fd] = is_ours;
    return fd;
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) \
    { \
        static int (*really)(const char *, int, ...); \
        va_list more; \
        if (!really) really = dlsym(RTLD_NEXT, #name); \
        va_start(more, flags); \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; \
        va_end(more); \
        return ours(path) && fails(OPENING) ? -1 : noted(really(path, flags, mode), ours(path)); \
    }
#define CALL(type, name, sort, parameters, arguments) \
    type name parameters \
    { \
        static type (*really) parameters; \
        if (!really) really = dlsym(RTLD_NEXT, #name); \
        return seen_by(fd) && fails(sort) ? -1 : really arguments; \
    }

OPEN(open)
OPEN(open64)
CALL(ssize_t, write, WRITING, (int fd, const void *from, size_t size), (fd, from, size))
CALL(ssize_t, pwrite, WRITING, (int fd, const void *from, size_t size, off_t at), (fd, from, size, at))
CALL(ssize_t, pwrite64, WRITING, (int fd, const void *from, size_t size, off64_t at), (fd, from, size, at))
CALL(int, fsync, WRITING, (int fd), (fd))
CALL(int, fdatasync, WRITING, (int fd), (fd))
CALL(int, ftruncate, WRITING, (int fd, off_t size), (fd, size))
CALL(int, ftruncate64, WRITING, (int fd, off64_t size), (fd, size))
CALL(ssize_t, read, READING, (int fd, void *into, size_t size), (fd, into, size))
CALL(ssize_t, pread, READING, (int fd, void *into, size_t size, off_t at), (fd, into, size, at))
CALL(ssize_t, pread64, READING, (int fd, void *into, size_t size, off64_t at), (fd, into, size, at))

int close(int fd)
{
    static int (*really)(int);
    if (!really) really = dlsym(RTLD_NEXT, "close");
    noted(fd, 0);
    return really(fd);
}
