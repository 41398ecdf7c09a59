/// What Swift cannot call itself for threads: a macro and an instruction.
#pragma once

/// The number of processors that the threads of this process may run on; 0 if the system does not
/// say.
int cairn_allowed_processors(void);

/// Tells the processor that the thread is waiting for another one in a loop.
static inline void cairn_spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}
