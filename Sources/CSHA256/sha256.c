// Source of the algorithm: FIPS 180-4, sections 5 and 6.2. How the instructions split it: Intel,
// "New Instructions Supporting the Secure Hash Algorithm on Intel Architecture Processors", 2013.

#include "CSHA256.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define WITH_SHA __attribute__((target("sha,sse4.1")))

/// How many pieces are computed side by side: with four, each instruction finds its operands ready.
enum { lanes = 4, block_size = 64, digest_size = 32 };

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// The eight words a to h, as the instructions want them.
struct state {
  __m128i abef, cdgh;
};

static int has_sha(void) {
  return __builtin_cpu_supports("sha") && __builtin_cpu_supports("sse4.1");
}

/// Takes one block of each piece into its state.
WITH_SHA __attribute__((always_inline)) static inline void compress(
    struct state states[lanes], const uint8_t *const blocks[lanes]) {
  const __m128i bytes_of_words_reversed = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i schedule[lanes][4];
  struct state before[lanes];
  for (int lane = 0; lane < lanes; lane++) before[lane] = states[lane];
#pragma unroll
  for (int i = 0; i < 16; i++) {  // four rounds each
    const __m128i constants = _mm_loadu_si128((const __m128i *)round_constants + i);
#pragma unroll
    for (int lane = 0; lane < lanes; lane++) {
      struct state *state = &states[lane];
      __m128i *w = schedule[lane];
      __m128i *now = &w[i % 4];
      const __m128i last = w[(i + 3) % 4];
      if (i < 4) {
        *now = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)blocks[lane] + i),
                                bytes_of_words_reversed);
      } else {
        const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(*now, w[(i + 1) % 4]),
                                          _mm_alignr_epi8(last, w[(i + 2) % 4], 4));
        *now = _mm_sha256msg2_epu32(sum, last);
      }
      const __m128i words = _mm_add_epi32(*now, constants);
      state->cdgh = _mm_sha256rnds2_epu32(state->cdgh, state->abef, words);
      state->abef = _mm_sha256rnds2_epu32(state->abef, state->cdgh, _mm_shuffle_epi32(words, 0x0e));
    }
  }
  for (int lane = 0; lane < lanes; lane++) {
    states[lane].abef = _mm_add_epi32(states[lane].abef, before[lane].abef);
    states[lane].cdgh = _mm_add_epi32(states[lane].cdgh, before[lane].cdgh);
  }
}

static void store(struct state state, uint8_t *digest) {
  uint32_t words[8];
  memcpy(words, &state, sizeof words);
  static const int order[8] = {3, 2, 7, 6, 1, 0, 5, 4};
  for (int i = 0; i < 8; i++) {
    const uint32_t word = __builtin_bswap32(words[order[i]]);
    memcpy(digest + 4 * i, &word, sizeof word);
  }
}

WITH_SHA static void digest_pieces(const uint8_t *bytes, size_t piece_size, size_t count,
                                   uint8_t *digests) {
  // What follows a message whose size is a multiple of the block's.
  uint8_t padding[block_size] = {0x80};
  const uint64_t bits = __builtin_bswap64(8 * (uint64_t)piece_size);
  memcpy(padding + block_size - sizeof bits, &bits, sizeof bits);
  for (size_t piece = 0; piece < count; piece += lanes) {
    struct state states[lanes];
    const uint8_t *blocks[lanes];
    for (int lane = 0; lane < lanes; lane++) {
      states[lane].abef = _mm_set_epi32(0x6a09e667, 0xbb67ae85, 0x510e527f, 0x9b05688c);
      states[lane].cdgh = _mm_set_epi32(0x3c6ef372, 0xa54ff53a, 0x1f83d9ab, 0x5be0cd19);
      blocks[lane] = bytes + (piece + lane) * piece_size;
    }
    for (size_t offset = 0; offset < piece_size; offset += block_size) {
      compress(states, blocks);
      for (int lane = 0; lane < lanes; lane++) blocks[lane] += block_size;
    }
    for (int lane = 0; lane < lanes; lane++) blocks[lane] = padding;
    compress(states, blocks);
    for (int lane = 0; lane < lanes; lane++) {
      store(states[lane], digests + (piece + lane) * digest_size);
    }
  }
}

size_t cairn_sha256_pieces(const void *bytes, size_t piece_size, size_t count, uint8_t *digests) {
  if (piece_size % block_size != 0 || !has_sha()) return 0;
  const size_t done = count - count % lanes;
  digest_pieces(bytes, piece_size, done, digests);
  return done;
}
#else
size_t cairn_sha256_pieces(const void *bytes, size_t piece_size, size_t count, uint8_t *digests) {
  (void)bytes, (void)piece_size, (void)count, (void)digests;
  return 0;
}
#endif
