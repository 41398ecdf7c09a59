// Counts the calls that a program makes on files below a folder, logs them, and makes one go wrong.
//
//     cc -shared -fPIC -O2 -o libfaults.so faults.c
//     CAIRN_FAULT_DIR=/tmp/run CAIRN_FAULT_AT=7 CAIRN_FAULT_MODE=once:28 LD_PRELOAD=… train …
//
// CAIRN_FAULT_DIR   the folder, without links in its path. Other files are never touched.
// CAIRN_FAULT_AT    the number of the call, from 1.
// CAIRN_FAULT_ONLY  count only these calls: "fsync", "fsync-folder" for that of a folder, "fsync*"
// for both. CAIRN_FAULT_MODE  what happens at that call:
//     once:ERRNO    it fails and does nothing (28 is ENOSPC, 5 EIO, 4 EINTR)
//     from:ERRNO    so do all from there on that such a disk would refuse
//     short         a write takes half of its bytes
//     skip          it claims success and does nothing, and so do all from there on
//     run           CAIRN_FAULT_RUN, a shell command, runs before it
//     kill-before, kill-after
// CAIRN_FAULT_LOG   is appended a line for each call, with tabs between
//                   number  call  file  detail  result: ok, or error ERRNO  fault: -, hit or unfit
//                   ("unfit": a fault that this call cannot have), and a line "0 said" for each
//                   line on standard output, so that it is known what had been promised at which
//                   call.
// CAIRN_FAULT_THREADS  "none": no thread can be created.
// CAIRN_FAULT_DATA  is appended all bytes that are written; details say where ("data=").
//
// Everything with files is done by system calls of our own: so there is nothing to be looked up in
// glibc, and none of its functions calls another that is counted too.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

enum verdict { PASS, FAIL, SHORT, SKIP };

static const char *folder, *only, *mode = "", *command;
static long at, calls;
static int code, log_file = -1, data_file = -1;
static long data_end;
static char names[1024][NAME_MAX + 1];  // of the open files below the folder, by descriptor
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;  // held during a call: one at a time
static const char *fault;                                  // of the call that is being made

// Our own descriptors are out of the way: the numbers of the program's stay what they were.
static int open_log(const char *variable) {
  const char *path = getenv(variable);
  if (!path) return -1;
  int low = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  int high = fcntl(low, F_DUPFD_CLOEXEC, 1000);
  syscall(SYS_close, low);
  return high;
}

__attribute__((constructor)) static void start(void) {
  folder = getenv("CAIRN_FAULT_DIR");
  if (!folder) return;
  only = getenv("CAIRN_FAULT_ONLY");
  command = getenv("CAIRN_FAULT_RUN");
  at = getenv("CAIRN_FAULT_AT") ? atol(getenv("CAIRN_FAULT_AT")) : 0;
  if (getenv("CAIRN_FAULT_MODE")) mode = getenv("CAIRN_FAULT_MODE");
  code = strchr(mode, ':') ? atoi(strchr(mode, ':') + 1) : 0;
  log_file = open_log("CAIRN_FAULT_LOG");
  data_file = open_log("CAIRN_FAULT_DATA");
}

static void write_log(
    long number, const char *call, const char *file, const char *detail, const char *result) {
  if (log_file < 0) return;
  char line[2 * PATH_MAX];
  int count = snprintf(
      line, sizeof line, "%ld\t%s\t%s\t%s\t%s\t%s\n", number, call, file, detail, result, fault);
  syscall(SYS_write, log_file, line, count);
}

static int is(const char *text, const char *other) { return strcmp(text, other) == 0; }
static int begins(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

// The path of a file relative to the folder, "." for the folder itself, NULL for all others.
static const char *below(int directory, const char *path, char buffer[PATH_MAX]) {
  if (!folder) return NULL;
  char current[PATH_MAX / 2];
  if (path[0] == '/') {
    snprintf(buffer, PATH_MAX, "%s", path);
  } else if (directory == AT_FDCWD) {
    const char *here = getcwd(current, sizeof current);
    snprintf(buffer, PATH_MAX, "%s/%s", here ? here : "", path);
  } else if (directory >= 0 && directory < 1024 && names[directory][0]) {
    snprintf(buffer, PATH_MAX, "%s/%s/%s", folder, names[directory], path);
  } else {
    return NULL;
  }
  for (char *dot; (dot = strstr(buffer, "/./"));) memmove(dot, dot + 2, strlen(dot + 2) + 1);
  size_t count = strlen(buffer);
  if (count > 2 && is(buffer + count - 2, "/.")) count -= 1;
  while (count > 1 && buffer[count - 1] == '/') buffer[--count] = 0;
  if (!begins(buffer, folder)) return NULL;
  const char *rest = buffer + strlen(folder);
  return *rest == 0 ? "." : *rest == '/' ? rest + 1 : NULL;
}

static const char *of(int descriptor) {
  return folder && descriptor >= 0 && descriptor < 1024 && names[descriptor][0] ? names[descriptor]
                                                                                : NULL;
}

static int is_counted(const char *call) {
  if (!only) return 1;
  size_t count = strlen(only);
  return count && only[count - 1] == '*' ? strncmp(call, only, count - 1) == 0 : is(call, only);
}

// Begins a call: takes the lock, counts, and says what is to become of it.
static enum verdict enter(const char *call, const char *file, const char *detail) {
  pthread_mutex_lock(&mutex);
  fault = "-";
  int counted = is_counted(call);
  if (counted) calls++;
  if (!counted || !at || calls < at) return PASS;
  int first = calls == at;
  if (is(mode, "skip")) return fault = "hit", SKIP;
  // A disk that is full or broken still lets go of what is open and reads what is cached, and a
  // full one lets files be removed.
  int harmless = is(call, "read") || is(call, "close") || is(call, "flock") || is(detail, "read") ||
                 (is(call, "unlink") && (code == ENOSPC || code == EDQUOT));
  if (begins(mode, "from") && (first || !harmless)) return fault = "hit", FAIL;
  if (!first) return PASS;
  fault = "hit";
  if (begins(mode, "once")) return FAIL;
  if (is(mode, "short") && is(call, "write")) return SHORT;
  if (is(mode, "run") && command) {
    unsetenv("LD_PRELOAD");
    if (system(command) != 0) fault = "failed";
    return PASS;
  }
  if (is(mode, "kill-before")) {
    write_log(calls, call, file, detail, "killed before");
    kill(getpid(), SIGKILL);
  }
  if (!is(mode, "kill-after")) fault = "unfit";
  return PASS;
}

// Ends a call that returned `result`, or -1 with errno.
static long leave(const char *call, const char *file, const char *detail, long result) {
  int error = errno;
  char text[32] = "ok";
  if (result < 0) snprintf(text, sizeof text, "error %d", error);
  if (is(fault, "hit") && is(mode, "skip")) snprintf(text, sizeof text, "skipped");
  write_log(calls, call, file, detail, text);
  if (is(fault, "hit") && is(mode, "kill-after")) kill(getpid(), SIGKILL);
  pthread_mutex_unlock(&mutex);
  errno = error;
  return result;
}

// Makes a call, unless it is to fail or to be left out.
#define CALL(name, file, detail, action)                      \
  do {                                                        \
    enum verdict verdict = enter(name, file, detail);         \
    long result = 0;                                          \
    if (verdict == FAIL) result = -1, errno = code;           \
    if (verdict == PASS || verdict == SHORT) result = action; \
    return leave(name, file, detail, result);                 \
  } while (0)

// MARK: Calls that take names

static long open_named(int directory, const char *path, int flags, mode_t permissions) {
  char buffer[PATH_MAX], detail[64];
  const char *file = below(directory, path, buffer);
  if (!file) return syscall(SYS_openat, directory, path, flags, permissions);
  snprintf(detail, sizeof detail, "%s%s%s", flags & (O_WRONLY | O_RDWR) ? "write" : "read",
           flags & O_CREAT ? " create" : "", flags & O_TRUNC ? " truncate" : "");
  enum verdict verdict = enter("open", file, detail);
  long result = -1;
  if (verdict == FAIL) errno = code;
  if (verdict != FAIL) result = syscall(SYS_openat, directory, path, flags, permissions);
  if (result >= 0 && result < 1024) snprintf(names[result], sizeof names[0], "%s", file);
  return leave("open", file, detail, result);
}

#define MODE(last)                                                 \
  mode_t permissions = 0;                                          \
  if (last & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) {             \
    va_list list;                                                  \
    va_start(list, last);                                          \
    permissions = va_arg(list, mode_t);                            \
    va_end(list);                                                  \
  }

int openat(int directory, const char *path, int flags, ...) {
  MODE(flags)
  return open_named(directory, path, flags, permissions);
}
int open(const char *path, int flags, ...) {
  MODE(flags)
  return open_named(AT_FDCWD, path, flags, permissions);
}
int open64(const char *, int, ...) __attribute__((alias("open")));
int openat64(int, const char *, int, ...) __attribute__((alias("openat")));

int renameat(int from, const char *old, int to, const char *new) {
  char buffers[2][PATH_MAX];
  const char *file = below(from, old, buffers[0]), *other = below(to, new, buffers[1]);
  if (!file || !other) return syscall(SYS_renameat2, from, old, to, new, 0);
  CALL("rename", file, other, syscall(SYS_renameat2, from, old, to, new, 0));
}
int rename(const char *old, const char *new) { return renameat(AT_FDCWD, old, AT_FDCWD, new); }

int linkat(int from, const char *old, int to, const char *new, int flags) {
  char buffers[2][PATH_MAX];
  const char *file = below(from, old, buffers[0]), *other = below(to, new, buffers[1]);
  if (!file || !other) return syscall(SYS_linkat, from, old, to, new, flags);
  CALL("link", file, other, syscall(SYS_linkat, from, old, to, new, flags));
}
int link(const char *old, const char *new) { return linkat(AT_FDCWD, old, AT_FDCWD, new, 0); }

int unlinkat(int directory, const char *path, int flags) {
  char buffer[PATH_MAX];
  const char *file = below(directory, path, buffer);
  if (!file) return syscall(SYS_unlinkat, directory, path, flags);
  CALL("unlink", file, "", syscall(SYS_unlinkat, directory, path, flags));
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }

// MARK: Calls that take descriptors

static ssize_t write_at(int descriptor, const void *bytes, size_t count, long offset) {
  const char *file = of(descriptor);
  if (!file) {
    if (descriptor == 1 && folder && count < PATH_MAX) {
      char text[PATH_MAX + 1];
      pthread_mutex_lock(&mutex);
      snprintf(text, sizeof text, "%.*s", (int)strcspn(bytes, "\n"), (const char *)bytes);
      fault = "-";
      write_log(0, "said", text, "", "ok");
      pthread_mutex_unlock(&mutex);
    }
    return offset < 0 ? syscall(SYS_write, descriptor, bytes, count)
                      : syscall(SYS_pwrite64, descriptor, bytes, count, offset);
  }
  char detail[96];
  enum verdict verdict = enter("write", file, "");
  long result = 0, place = offset < 0 ? lseek(descriptor, 0, SEEK_CUR) : offset;
  if (verdict == SHORT && count < 2) fault = "unfit";
  if (verdict == SHORT && count > 1) count /= 2;
  if (verdict == FAIL) result = -1, errno = code;
  if (verdict == SKIP) result = count;
  if (verdict == PASS || verdict == SHORT)
    result = offset < 0 ? syscall(SYS_write, descriptor, bytes, count)
                        : syscall(SYS_pwrite64, descriptor, bytes, count, offset);
  snprintf(detail, sizeof detail, "offset=%ld count=%ld data=%ld", place, result, data_end);
  if (data_file >= 0 && result > 0) data_end += syscall(SYS_write, data_file, bytes, result);
  return leave("write", file, detail, result);
}
ssize_t write(int descriptor, const void *bytes, size_t count) {
  return write_at(descriptor, bytes, count, -1);
}
ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  return write_at(descriptor, bytes, count, offset);
}
ssize_t pwrite64(int, const void *, size_t, off64_t) __attribute__((alias("pwrite")));

ssize_t read(int descriptor, void *bytes, size_t count) {
  const char *file = of(descriptor);
  if (!file) return syscall(SYS_read, descriptor, bytes, count);
  CALL("read", file, "", syscall(SYS_read, descriptor, bytes, count));
}
ssize_t pread(int descriptor, void *bytes, size_t count, off_t offset) {
  const char *file = of(descriptor);
  if (!file) return syscall(SYS_pread64, descriptor, bytes, count, offset);
  CALL("read", file, "", syscall(SYS_pread64, descriptor, bytes, count, offset));
}
ssize_t pread64(int, void *, size_t, off64_t) __attribute__((alias("pread")));

static int synchronize(long number, int descriptor) {
  const char *file = of(descriptor);
  if (!file) return syscall(number, descriptor);
  CALL(is(file, ".") ? "fsync-folder" : "fsync", file, "", syscall(number, descriptor));
}
int fsync(int descriptor) { return synchronize(SYS_fsync, descriptor); }
int fdatasync(int descriptor) { return synchronize(SYS_fdatasync, descriptor); }

static int allocate(int descriptor, off_t offset, off_t count) {
  const char *file = of(descriptor);
  char detail[64];
  snprintf(detail, sizeof detail, "size=%ld", (long)(offset + count));
  if (!file) return syscall(SYS_fallocate, descriptor, 0, offset, count);
  CALL("fallocate", file, detail, syscall(SYS_fallocate, descriptor, 0, offset, count));
}
// Returns the error instead of leaving it in errno.
int posix_fallocate(int descriptor, off_t offset, off_t count) {
  return allocate(descriptor, offset, count) == 0 ? 0 : errno;
}
int posix_fallocate64(int, off64_t, off64_t) __attribute__((alias("posix_fallocate")));

int ftruncate(int descriptor, off_t size) {
  const char *file = of(descriptor);
  char detail[64];
  snprintf(detail, sizeof detail, "size=%ld", (long)size);
  if (!file) return syscall(SYS_ftruncate, descriptor, size);
  CALL("truncate", file, detail, syscall(SYS_ftruncate, descriptor, size));
}
int ftruncate64(int, off64_t) __attribute__((alias("ftruncate")));

int fchmod(int descriptor, mode_t permissions) {
  const char *file = of(descriptor);
  if (!file) return syscall(SYS_fchmod, descriptor, permissions);
  CALL("chmod", file, "", syscall(SYS_fchmod, descriptor, permissions));
}

int flock(int descriptor, int operation) {
  const char *file = of(descriptor);
  if (!file) return syscall(SYS_flock, descriptor, operation);
  CALL("flock", file, "", syscall(SYS_flock, descriptor, operation));
}

// A close that fails has closed nevertheless.
int close(int descriptor) {
  if (!of(descriptor)) return syscall(SYS_close, descriptor);
  char file[NAME_MAX + 1];
  snprintf(file, sizeof file, "%s", names[descriptor]);
  enum verdict verdict = enter("close", file, "");
  names[descriptor][0] = 0;
  long result = syscall(SYS_close, descriptor);
  if (verdict == FAIL) result = -1, errno = code;
  return leave("close", file, "", result);
}

int pthread_create(
    pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
  static int (*original)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  const char *threads = getenv("CAIRN_FAULT_THREADS");
  if (threads && is(threads, "none")) return EAGAIN;
  if (!original) *(void **)&original = dlsym(RTLD_NEXT, "pthread_create");
  return original(thread, attributes, body, argument);
}
