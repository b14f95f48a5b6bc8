/* Counts what a process does to files below one folder; kills it or lets the call fail at one, or waits at every one.
 *
 * Loaded with LD_PRELOAD, so Python, Arrow (C++) and deltalake (Rust) are all seen: each goes through libc. A count is a
 * point between two states of the disk, so the points of a run are numbered and each can be tried. While a call waits no
 * other thread gets past one either: what lies on the disk then is what a SIGKILL at this point leaves.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static char root[PATH_MAX];
static atomic_long seen;
static long at_count = -1;
static int fail_with;
static int say_to = -1;
static int wait_on = -1;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

/* Watches calls below `folder`; at the `at`th (from 0) kills the process (`error` 0) or lets it fail with `error`.
 * With descriptors: each call is told to `say` before it is done, and done when a byte has come from `wait`. */
void fault_arm(const char *folder, long at, int error, int say, int wait) {
    strncpy(root, folder, sizeof root - 1);
    at_count = at;
    fail_with = error;
    say_to = say;
    wait_on = wait;
    atomic_store(&seen, 0);
}

long fault_seen(void) { return atomic_load(&seen); }

static int refuse(const char *call, const char *path) {
    if (!root[0] || !path || strncmp(path, root, strlen(root)) != 0) return 0;
    if (say_to >= 0) pthread_mutex_lock(&turn);
    long number = atomic_fetch_add(&seen, 1);
    if (say_to >= 0) {
        char line[PATH_MAX + 64], byte;
        int size = snprintf(line, sizeof line, "%ld %s %s\n", number, call, path + strlen(root));
        syscall(SYS_write, say_to, line, size);
        syscall(SYS_read, wait_on, &byte, 1);
        pthread_mutex_unlock(&turn);
    }
    if (number != at_count) return 0;
    if (!fail_with) kill(getpid(), SIGKILL);
    errno = fail_with;
    return 1;
}

static int refuse_fd(const char *call, int fd) {
    char link[64], path[PATH_MAX];
    if (!root[0]) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return refuse(call, path);
}

static int refuse_at(const char *call, int folder, const char *path) {
    char link[64], whole[2 * PATH_MAX];
    if (!root[0] || !path) return 0;
    if (path[0] == '/' || folder == AT_FDCWD) return refuse(call, path);
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t size = readlink(link, whole, PATH_MAX - 1);
    if (size < 0) return 0;
    snprintf(whole + size, sizeof whole - size, "/%s", path);
    return refuse(call, whole);
}

#define NEXT(type, name, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))
#define WRITES (O_WRONLY | O_RDWR | O_CREAT)

#define OPEN(name)                                                                        \
    int name(const char *path, int flags, ...) {                                          \
        va_list rest;                                                                     \
        va_start(rest, flags);                                                            \
        mode_t mode = va_arg(rest, mode_t);                                               \
        va_end(rest);                                                                     \
        if ((flags & WRITES) && refuse("open", path)) return -1;                          \
        return NEXT(int, name, const char *, int, ...)(path, flags, mode);                \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                      \
    int name(int folder, const char *path, int flags, ...) {                              \
        va_list rest;                                                                     \
        va_start(rest, flags);                                                            \
        mode_t mode = va_arg(rest, mode_t);                                               \
        va_end(rest);                                                                     \
        if ((flags & WRITES) && refuse_at("open", folder, path)) return -1;               \
        return NEXT(int, name, int, const char *, int, ...)(folder, path, flags, mode);   \
    }
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int fd, const void *data, size_t size) {
    if (refuse_fd("write", fd)) return -1;
    return NEXT(ssize_t, write, int, const void *, size_t)(fd, data, size);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (refuse_fd("write", fd)) return -1;
    return NEXT(ssize_t, writev, int, const struct iovec *, int)(fd, parts, count);
}

#define PWRITE(name)                                                                      \
    ssize_t name(int fd, const void *data, size_t size, off64_t offset) {                 \
        if (refuse_fd("write", fd)) return -1;                                            \
        return NEXT(ssize_t, name, int, const void *, size_t, off64_t)(fd, data, size, offset); \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define SENDFILE(name)                                                                    \
    ssize_t name(int to, int from, off64_t *offset, size_t size) {                        \
        if (refuse_fd("write", to)) return -1;                                            \
        return NEXT(ssize_t, name, int, int, off64_t *, size_t)(to, from, offset, size);  \
    }
SENDFILE(sendfile)
SENDFILE(sendfile64)

#define ON_FD(name)                                                                       \
    int name(int fd) {                                                                    \
        if (refuse_fd(#name, fd)) return -1;                                              \
        return NEXT(int, name, int)(fd);                                                  \
    }
ON_FD(fsync)
ON_FD(fdatasync)

#define TRUNCATE(name)                                                                    \
    int name(int fd, off64_t size) {                                                      \
        if (refuse_fd("truncate", fd)) return -1;                                         \
        return NEXT(int, name, int, off64_t)(fd, size);                                   \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

int rename(const char *from, const char *to) {
    if (refuse("rename", to)) return -1;
    return NEXT(int, rename, const char *, const char *)(from, to);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    if (refuse_at("rename", to_folder, to)) return -1;
    return NEXT(int, renameat, int, const char *, int, const char *)(from_folder, from, to_folder, to);
}

int link(const char *from, const char *to) {
    if (refuse("link", to)) return -1;
    return NEXT(int, link, const char *, const char *)(from, to);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    if (refuse_at("link", to_folder, to)) return -1;
    return NEXT(int, linkat, int, const char *, int, const char *, int)(from_folder, from, to_folder, to, flags);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
    if (refuse_at("rename", to_folder, to)) return -1;
    return NEXT(int, renameat2, int, const char *, int, const char *, unsigned)(from_folder, from, to_folder, to, flags);
}

int mkdirat(int folder, const char *path, mode_t mode) {
    if (refuse_at("mkdir", folder, path)) return -1;
    return NEXT(int, mkdirat, int, const char *, mode_t)(folder, path, mode);
}

int mkdir(const char *path, mode_t mode) {
    if (refuse("mkdir", path)) return -1;
    return NEXT(int, mkdir, const char *, mode_t)(path, mode);
}

#define ON_PATH(name)                                                                     \
    int name(const char *path) {                                                          \
        if (refuse(#name, path)) return -1;                                               \
        return NEXT(int, name, const char *)(path);                                       \
    }
ON_PATH(unlink)
ON_PATH(rmdir)

int unlinkat(int folder, const char *path, int flags) {
    if (refuse_at("unlink", folder, path)) return -1;
    return NEXT(int, unlinkat, int, const char *, int)(folder, path, flags);
}
