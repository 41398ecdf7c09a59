/// A macro and an instruction for threads that Swift cannot call.
#pragma once

/// Returns the number of processors that this process may run on; 0 if it is unknown.
int cairn_allowed_processors(void);

/// Tells the processor that this thread waits for another one in a spin loop.
static inline void cairn_spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
