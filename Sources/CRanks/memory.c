#define _GNU_SOURCE
#include "CRanks.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void *mapped(int descriptor, unsigned long size) {
  void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) return NULL;
  // Not for the children of this process, which read files of strangers.
  madvise(memory, size, MADV_DONTFORK);
  return memory;
}

void *cairn_create_shared_memory(unsigned long size, int *descriptor) {
  *descriptor = memfd_create("cairn", MFD_CLOEXEC);
  if (*descriptor < 0) return NULL;
  // Without it, a lack of memory would be a signal at the first write.
  void *memory =
      posix_fallocate(*descriptor, 0, (off_t)size) == 0 ? mapped(*descriptor, size) : NULL;
  if (!memory) {
    close(*descriptor);
    *descriptor = -1;
  }
  return memory;
}

void *cairn_map_shared_memory(int process, int descriptor, unsigned long size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/fd/%d", process, descriptor);
  // It may be any file, if the number of the process means another one here.
  int own = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (own < 0) return NULL;
  struct stat facts;
  void *memory = NULL;
  if (fstat(own, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size == (off_t)size) {
    memory = mapped(own, size);
  }
  close(own);
  return memory;
}
