#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>

#include "CThreads.h"

// The kernel rejects a mask that is smaller than its own (see sched_getaffinity(2)), so larger ones
// are tried.
int cairn_allowed_processors(void) {
  for (int processors = 1024; processors <= 1 << 16; processors *= 2) {
    cpu_set_t *mask = CPU_ALLOC(processors);
    if (!mask) break;
    size_t size = CPU_ALLOC_SIZE(processors);
    int status = sched_getaffinity(0, size, mask);
    int count = status == 0 ? CPU_COUNT_S(size, mask) : 0;
    int is_too_small = status != 0 && errno == EINVAL;
    CPU_FREE(mask);
    if (status == 0) return count;
    if (!is_too_small) break;
  }
  return 0;
}
