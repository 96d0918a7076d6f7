/*
 * Preloaded into a writer process: appends every change it makes to the files whose path begins with RECORD_FILES, and
 * every sync of them or of their folder, to the trace RECORD_TRACE, in the order in which they happened.
 *
 * A record is { int32 operation; int32 path bytes; int64 offset or size; int64 data bytes }, the path, the data; all
 * in the byte order of the machine. The -shm file is left out: it is mapped into memory, and rebuilt after a crash.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum operation { WRITE = 1, TRUNCATE = 2, SYNC = 3, UNLINK = 4, RENAME = 5 };

static const char *files;
static char folder[PATH_MAX];
static int trace = -1;
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

/* Only this process is recorded, not the programs that it may start. */
__attribute__((constructor)) static void start(void) {
  const char *path = getenv("RECORD_TRACE");
  files = getenv("RECORD_FILES");
  if (path == NULL || files == NULL) return;
  snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(files, '/') - files), files);
  trace = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  unsetenv("LD_PRELOAD");
}

static int ends_with(const char *text, const char *end) {
  size_t length = strlen(text), end_length = strlen(end);
  return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

static int is_recorded(const char *path) {
  if (trace < 0) return 0;
  if (strcmp(path, folder) == 0) return 1;
  return strncmp(path, files, strlen(files)) == 0 && !ends_with(path, "-shm");
}

static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return is_recorded(path);
}

static int is_name(const char *name, char *path) {
  snprintf(path, PATH_MAX, "%s", name);
  return is_recorded(path);
}

static void record(enum operation operation, const char *path, int64_t offset, const void *data, int64_t length) {
  struct { int32_t operation, path_bytes; int64_t offset, data_bytes; } head = {
      operation, (int32_t)strlen(path), offset, length};
  struct iovec parts[] = {
      {&head, sizeof head}, {(void *)path, strlen(path)}, {(void *)data, (size_t)length}};
  ssize_t expected = (ssize_t)(sizeof head + strlen(path) + (size_t)length);
  if (writev(trace, parts, 3) != expected) abort();
}

/* Does the call and records it as one step, so that the trace has the order of the calls. */
#define RECORDED(result_type, name, parameters, arguments, path_known, ...)  \
  result_type name parameters {                                              \
    static result_type(*real) parameters;                                    \
    char path[PATH_MAX];                                                     \
    if (real == NULL) real = (result_type(*) parameters)dlsym(RTLD_NEXT, #name); \
    if (trace < 0 || !(path_known)) return real arguments;                   \
    pthread_mutex_lock(&order);                                              \
    result_type result = real arguments;                                     \
    if (result >= 0) record(__VA_ARGS__);                                    \
    pthread_mutex_unlock(&order);                                            \
    return result;                                                           \
  }

RECORDED(ssize_t, pwrite, (int fd, const void *data, size_t length, off_t offset), (fd, data, length, offset),
         path_of(fd, path), WRITE, path, offset, data, result)
RECORDED(ssize_t, pwrite64, (int fd, const void *data, size_t length, off64_t offset), (fd, data, length, offset),
         path_of(fd, path), WRITE, path, offset, data, result)
RECORDED(int, ftruncate, (int fd, off_t size), (fd, size), path_of(fd, path), TRUNCATE, path, size, "", 0)
RECORDED(int, ftruncate64, (int fd, off64_t size), (fd, size), path_of(fd, path), TRUNCATE, path, size, "", 0)
RECORDED(int, fsync, (int fd), (fd), path_of(fd, path), SYNC, path, 0, "", 0)
RECORDED(int, fdatasync, (int fd), (fd), path_of(fd, path), SYNC, path, 0, "", 0)
RECORDED(int, unlink, (const char *name), (name), is_name(name, path), UNLINK, path, 0, "", 0)
RECORDED(int, rename, (const char *from, const char *to), (from, to), is_name(from, path), RENAME, path, 0,
         to, (int64_t)strlen(to))
