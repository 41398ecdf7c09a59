#define _GNU_SOURCE
#include "CRanks.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { interval = 100 };

static void wait_a_moment(void) {
  const struct timespec time = {.tv_nsec = interval * 1000000};
  nanosleep(&time, NULL);
}

/// What the kernel says of a process in a file of `/proc`; empty if there is no such process.
static void read_facts(pid_t process, const char *name, char *text, size_t size) {
  snprintf(text, size, "/proc/%d/%s", (int)process, name);
  const int file = open(text, O_RDONLY | O_CLOEXEC);
  size_t count = 0;
  while (file >= 0 && count < size - 1) {
    const ssize_t more = read(file, text + count, size - 1 - count);
    if (more <= 0) break;
    count += (size_t)more;
  }
  if (file >= 0) close(file);
  text[count] = 0;
}

/// The state of a process as in `proc(5)`, and its parent; 0 if there is no such process.
static char state_of(pid_t process, pid_t *parent) {
  char text[512];
  read_facts(process, "stat", text, sizeof text);
  // The name of the program, in parentheses, may contain anything.
  const char *place = strrchr(text, ')');
  if (!place || strlen(place) < 5) return 0;
  *parent = (pid_t)strtol(place + 3, NULL, 10);
  return place[2];
}

/// A number that grows whenever the main thread of a process runs; -1 if it is unknown.
static long turns_of(pid_t process) {
  char text[1 << 14];
  read_facts(process, "status", text, sizeof text);
  const char *name = "\nvoluntary_ctxt_switches:";
  const char *place = strstr(text, name);
  return place ? strtol(place + strlen(name), NULL, 10) : -1;
}

/// Whether a process is a launcher of Open MPI, and not a program between it and this one.
static int is_launcher(pid_t process) {
  static const char *const names[] = {"mpirun", "mpiexec", "orte", "prte"};
  char text[64];
  read_facts(process, "comm", text, sizeof text);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strncmp(text, names[i], strlen(names[i])) == 0) return 1;
  return 0;
}

/// Keeps no end of a pipe open for which somebody waits.
static void close_all(void) {
  if (syscall(SYS_close_range, 0, ~0U, 0) == 0) return;
  struct rlimit limit;
  const int end = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536
                      ? (int)limit.rlim_cur
                      : 65536;
  for (int number = 0; number < end; number++) close(number);
}

static void watch(pid_t process, pid_t launcher, int milliseconds) {
  while (getppid() == process) wait_a_moment();
  long turns = -1;
  for (int slept = 0;; slept += interval) {
    pid_t parent = 0;
    // While the dead process has this parent, its number belongs to no other process.
    if (state_of(process, &parent) != 'Z' || parent != launcher) return;
    // A launcher that has little of the processor waits for it, and does not sleep.
    const long now = turns_of(launcher);
    if (now < 0 || now != turns || state_of(launcher, &parent) != 'S') slept = 0;
    if (slept >= milliseconds) break;
    turns = now;
    wait_a_moment();
  }
  kill(launcher, SIGKILL);
}

pid_t cairn_watch_launcher(int milliseconds) {
  const pid_t process = getpid(), launcher = getppid();
  // The first process of a container cannot be killed from within.
  if (launcher <= 1 || !is_launcher(launcher)) return -1;
  const pid_t child = fork();
  if (child != 0) return child;
  // The launcher kills the process group of this process.
  setsid();
  static const int signals[] = {SIGHUP, SIGINT, SIGTERM};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) signal(signals[i], SIG_DFL);
  close_all();
  watch(process, launcher, milliseconds);
  _exit(0);
}

void cairn_end_watch(pid_t process) {
  kill(process, SIGKILL);
  while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {}
}
