#define _GNU_SOURCE
#include "CRanks.h"

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
  struct timespec time = {.tv_nsec = interval * 1000000};
  nanosleep(&time, NULL);
}

/// What the kernel says of a process in a file of `/proc`; empty if there is no such process.
static void read_facts(pid_t process, const char *name, char *text, size_t size) {
  snprintf(text, size, "/proc/%d/%s", (int)process, name);
  int file = open(text, O_RDONLY | O_CLOEXEC);
  ssize_t count = file < 0 ? 0 : read(file, text, size - 1);
  close(file);
  text[count > 0 ? count : 0] = 0;
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

/// A number that grows whenever a process runs.
static long turns_of(pid_t process) {
  char text[4096];
  read_facts(process, "status", text, sizeof text);
  const char *name = "voluntary_ctxt_switches:";
  const char *place = strstr(text, name);
  return place ? strtol(place + strlen(name), NULL, 10) : 0;
}

/// Keeps no end of a pipe open for which somebody waits.
static void close_all(void) {
  if (syscall(SYS_close_range, 0, ~0U, 0) == 0) return;
  struct rlimit limit;
  int end = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 65536
      ? (int)limit.rlim_cur
      : 65536;
  for (int number = 0; number < end; number++) close(number);
}

static void watch(pid_t process, pid_t launcher, int milliseconds) {
  while (getppid() == process) wait_a_moment();
  long turns = -1;
  for (int waited = 0; waited < milliseconds; waited += interval) {
    pid_t parent = 0;
    // While the dead process has this parent, its number belongs to no other process.
    if (state_of(process, &parent) != 'Z' || parent != launcher) return;
    // A launcher that has little of the processor waits for it, and does not sleep.
    long new_turns = turns_of(launcher);
    if (new_turns != turns || state_of(launcher, &parent) != 'S') waited = 0;
    turns = new_turns;
    wait_a_moment();
  }
  kill(launcher, SIGKILL);
}

pid_t cairn_watch_launcher(int milliseconds) {
  pid_t process = getpid();
  pid_t launcher = getppid();
  // The first process of a container cannot be killed from within.
  if (launcher <= 1) return -1;
  pid_t child = fork();
  if (child != 0) return child;
  // The launcher kills the process group of this process.
  setsid();
  close_all();
  watch(process, launcher, milliseconds);
  _exit(0);
}

void cairn_end_watch(pid_t process) {
  kill(process, SIGKILL);
  waitpid(process, NULL, 0);
}
