#define _GNU_SOURCE
#include "CSandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { channel = 3 };

pid_t csandbox_fork(void) { return fork(); }

/// Closes all descriptors from a number on.
static void close_from(int first) {
  if (syscall(SYS_close_range, first, ~0U, 0) == 0) {
    return;
  }
  struct rlimit limit;
  int end = 65536;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < (rlim_t)end) {
    end = (int)limit.rlim_cur;
  }
  for (int number = first; number < end; number++) {
    close(number);
  }
}

int csandbox_has_one_thread(void) {
  char text[512] = {0};
  int file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  ssize_t count = file < 0 ? 0 : read(file, text, sizeof text - 1);
  close(file);
  // The name of the program, in parentheses, may contain anything; the number follows 17 fields
  // later.
  const char *place = count > 0 ? strrchr(text, ')') : NULL;
  for (int field = 0; place != NULL && field < 18; field++) {
    place = strchr(place + 1, ' ');
  }
  return place != NULL && strtol(place, NULL, 10) == 1;
}

void csandbox_cut_off(int first, int second) {
  // Neither may be lost when the other one gets its number.
  int moved = fcntl(second, F_DUPFD, channel + 2);
  dup2(first, channel);
  dup2(moved, channel + 1);
  close_from(channel + 2);
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int number = 0; number < channel; number++) {
    if (null < 0) {
      close(number);
    } else {
      dup2(null, number);
    }
  }
  if (null > channel + 1) {
    close(null);
  }
  for (int number = 1; number < 32; number++) {
    int is_sent_to_jobs = number == SIGINT || number == SIGQUIT || number == SIGHUP ||
                          number == SIGTERM || number == SIGPIPE || number == SIGTSTP ||
                          number == SIGUSR1 || number == SIGUSR2;
    signal(number, is_sent_to_jobs ? SIG_IGN : SIG_DFL);
  }
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_UNBLOCK, &all, NULL);
}

static void limit(int resource, rlim_t value) {
  struct rlimit limit = {value, value};
  setrlimit(resource, &limit);
}

/// The size of the address space in bytes; 0 if it is unknown.
static size_t address_space(void) {
  char text[32] = {0};
  int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  ssize_t count = file < 0 ? 0 : read(file, text, sizeof text - 1);
  close(file);
  return count > 0 ? strtoul(text, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE) : 0;
}

/// Denies all access to files, also by descriptors that the process could still get.
static int forbid_files(void) {
  struct landlock_ruleset_attr rules = {.handled_access_fs = (1 << 13) - 1};
  int set = syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
  if (set < 0) {
    return 0;
  }
  int status = syscall(SYS_landlock_restrict_self, set, 0);
  close(set);
  return status == 0;
}

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)
/// Ends the filter with an action if the call has a number.
#define ON(number, action) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), RETURN(action)
#define ALLOW(name) ON(__NR_##name, SECCOMP_RET_ALLOW)
/// What libraries ask on the way, and do without.
#define DENY(name, error) ON(__NR_##name, SECCOMP_RET_ERRNO | error)
/// Allows a call if its first argument is a value.
#define ALLOW_ON(name, value)                                          \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 4), LOAD(args[0]), \
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1), RETURN(SECCOMP_RET_ALLOW), \
      RETURN(SECCOMP_RET_KILL_PROCESS)
/// Allows a call if the memory that it makes cannot be executed.
#define ALLOW_DATA(name)                                               \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 4), LOAD(args[2]), \
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0), RETURN(SECCOMP_RET_ALLOW), \
      RETURN(SECCOMP_RET_KILL_PROCESS)

/// Allows what computing needs, and the channel. All else ends the process.
static int forbid_calls(void) {
#ifdef ARCHITECTURE
  struct sock_filter filter[] = {
      LOAD(arch),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
      RETURN(SECCOMP_RET_KILL_PROCESS),
      LOAD(nr),
      // Ordered by frequency.
      ALLOW_ON(recvfrom, channel),
      ALLOW_ON(sendto, channel),
      ALLOW_ON(recvmsg, channel),
      ALLOW_ON(sendmsg, channel),
      ALLOW(ppoll),
      ALLOW_DATA(mmap),
      ALLOW(munmap),
      ALLOW(mremap),
      ALLOW(brk),
      ALLOW(madvise),
      ALLOW_DATA(mprotect),
      ALLOW(futex),
      ALLOW(clock_gettime),
      ALLOW(gettimeofday),
      ALLOW(getrandom),
      ALLOW(sched_yield),
      ALLOW(getpid),
      ALLOW(gettid),
      ALLOW(rt_sigreturn),
      // After the process was stopped and continued.
      ALLOW(restart_syscall),
      ALLOW(rt_sigprocmask),
      ALLOW(rt_sigaction),
      ALLOW_ON(tgkill, (uint32_t)getpid()),
      ALLOW(exit),
      ALLOW(exit_group),
      DENY(openat, EACCES),
      DENY(openat2, EACCES),
      DENY(newfstatat, EACCES),
      DENY(readlinkat, EACCES),
      DENY(faccessat, EACCES),
      DENY(faccessat2, EACCES),
      DENY(statx, EACCES),
      DENY(fstat, EACCES),
      DENY(read, EBADF),
      DENY(pread64, EBADF),
      DENY(write, EBADF),
      DENY(pwrite64, EBADF),
      DENY(writev, EBADF),
      DENY(lseek, EBADF),
      DENY(close, EBADF),
      DENY(fcntl, EBADF),
      DENY(ioctl, ENOTTY),
      DENY(getcwd, EACCES),
      DENY(sysinfo, EPERM),
      DENY(uname, EPERM),
      DENY(prlimit64, EPERM),
      DENY(sched_getaffinity, EPERM),
      DENY(socket, EACCES),
      DENY(connect, EACCES),
#if defined(__x86_64__)
      ALLOW(poll),
      DENY(open, EACCES),
      DENY(stat, EACCES),
      DENY(lstat, EACCES),
      DENY(access, EACCES),
      DENY(readlink, EACCES),
      DENY(getrlimit, EPERM),
#endif
      RETURN(SECCOMP_RET_KILL_PROCESS),
  };
  struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
#else
  return 0;
#endif
}

unsigned csandbox_give_up_rights(int descriptor, size_t memory) {
  size_t size = address_space();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_DUMPABLE, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_NPROC, 0);
  if (size > 0) {
    limit(RLIMIT_AS, size + memory);
  }
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  unsigned walls = forbid_files() ? csandbox_landlock : 0;
  if (descriptor != channel) {
    dup2(descriptor, channel);
  }
  close_from(channel + 1);
  // A number above that of the channel is never given again.
  limit(RLIMIT_NOFILE, channel + 1);
  return walls | (forbid_calls() ? csandbox_seccomp : 0);
}

int csandbox_memory(size_t size) {
  int file = memfd_create("cairn", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (file >= 0 && (ftruncate(file, (off_t)size) != 0 ||
                    fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)) {
    int error = errno;
    close(file);
    errno = error;
    return -1;
  }
  return file;
}

int csandbox_send(
    int socket, const void *bytes, size_t count, const int *descriptors, size_t descriptor_count) {
  ssize_t sent;
  if (descriptor_count == 0) {
    do {
      sent = send(socket, bytes, count, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)count ? 0 : -1;
  }
  union {
    char bytes[CMSG_SPACE(2 * sizeof(int))];
    struct cmsghdr alignment;
  } control = {{0}};
  struct iovec piece = {.iov_base = (void *)bytes, .iov_len = count};
  size_t size = descriptor_count * sizeof(int);
  struct msghdr message = {
      .msg_iov = &piece,
      .msg_iovlen = 1,
      .msg_control = control.bytes,
      .msg_controllen = CMSG_SPACE(size)};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(size);
  memcpy(CMSG_DATA(header), descriptors, size);
  do {
    sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == (ssize_t)count ? 0 : -1;
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/// Receives a message without waiting. Returns 1, 0 if there is none yet, or -1.
static int try_to_receive(
    int socket, void *bytes, size_t count, int *descriptors, size_t descriptor_count) {
  if (descriptor_count == 0) {
    ssize_t received = recv(socket, bytes, count, MSG_DONTWAIT);
    int is_early = received < 0 && (errno == EAGAIN || errno == EINTR);
    return received == (ssize_t)count ? 1 : is_early ? 0 : -1;
  }
  union {
    char bytes[CMSG_SPACE(2 * sizeof(int))];
    struct cmsghdr alignment;
  } control;
  struct iovec piece = {.iov_base = bytes, .iov_len = count};
  struct msghdr message = {
      .msg_iov = &piece,
      .msg_iovlen = 1,
      .msg_control = control.bytes,
      .msg_controllen = sizeof control.bytes};
  ssize_t received = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (received < 0 && (errno == EAGAIN || errno == EINTR)) {
    return 0;
  }
  struct cmsghdr *header = received > 0 ? CMSG_FIRSTHDR(&message) : NULL;
  size_t size = descriptor_count * sizeof(int);
  if (received != (ssize_t)count || header == NULL || header->cmsg_type != SCM_RIGHTS ||
      header->cmsg_len != CMSG_LEN(size)) {
    return -1;
  }
  memcpy(descriptors, CMSG_DATA(header), size);
  return 1;
}

int csandbox_receive(
    int socket, void *bytes, size_t count, int *descriptors, size_t descriptor_count, int64_t spin,
    int milliseconds) {
  int64_t end = spin > 0 ? now() + spin : 0;
  do {
    int status = try_to_receive(socket, bytes, count, descriptors, descriptor_count);
    if (status != 0) {
      return status;
    }
  } while (spin > 0 && now() < end);
  struct pollfd wait = {.fd = socket, .events = POLLIN};
  int ready = poll(&wait, 1, milliseconds);
  if (ready < 0) {
    return errno == EINTR ? 0 : -1;
  }
  return ready == 0 ? 0 : try_to_receive(socket, bytes, count, descriptors, descriptor_count);
}

int64_t csandbox_processor_time(pid_t process) {
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(process, &clock) != 0 || clock_gettime(clock, &time) != 0) {
    return -1;
  }
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}
