// The functions that libFuzzer calls; its main function is in the library. They are in C, because
// Swift cannot compile the main module of a program for the fuzzer as a package needs it.
#include <stddef.h>
#include <stdint.h>

void cairn_fuzz(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
  cairn_fuzz(bytes, count);
  return 0;
}
