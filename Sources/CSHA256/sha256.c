// Source of the algorithm: FIPS 180-4, sections 5 and 6.2. How the instructions split it: Intel,
// "New Instructions Supporting the Secure Hash Algorithm on Intel Architecture Processors", 2013.

#include "CSHA256.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { block_size = 64, digest_size = 32, word_count = 8 };

static const uint32_t first_words[word_count] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotated(uint32_t word, int bits) { return word >> bits | word << (32 - bits); }

/// Takes blocks into the words a to h, on any processor.
static void compress_portably(uint32_t words[word_count], const uint8_t *blocks, size_t count) {
  for (; count > 0; count--, blocks += block_size) {
    uint32_t w[64];
    for (int i = 0; i < 16; i++) {
      uint32_t word;
      memcpy(&word, blocks + 4 * i, sizeof word);
      w[i] = __builtin_bswap32(word);
    }
    for (int i = 16; i < 64; i++) {
      const uint32_t s0 = rotated(w[i - 15], 7) ^ rotated(w[i - 15], 18) ^ w[i - 15] >> 3;
      const uint32_t s1 = rotated(w[i - 2], 17) ^ rotated(w[i - 2], 19) ^ w[i - 2] >> 10;
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    uint32_t a = words[0], b = words[1], c = words[2], d = words[3];
    uint32_t e = words[4], f = words[5], g = words[6], h = words[7];
    for (int i = 0; i < 64; i++) {
      const uint32_t s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
      const uint32_t t1 = h + s1 + (g ^ (e & (f ^ g))) + round_constants[i] + w[i];
      const uint32_t s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
      const uint32_t t2 = s0 + ((a & b) | (c & (a | b)));
      h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    words[0] += a, words[1] += b, words[2] += c, words[3] += d;
    words[4] += e, words[5] += f, words[6] += g, words[7] += h;
  }
}

#if defined(__x86_64__)
#define WITH_SHA __attribute__((target("sha,sse4.1")))

/// How many pieces are computed side by side: with four, each instruction finds its operands ready.
enum { lanes = 4 };

/// The eight words a to h, as the instructions want them.
struct state {
  __m128i abef, cdgh;
};

static struct state from_words(const uint32_t words[word_count]) {
  return (struct state){
      .abef = _mm_set_epi32((int)words[0], (int)words[1], (int)words[4], (int)words[5]),
      .cdgh = _mm_set_epi32((int)words[2], (int)words[3], (int)words[6], (int)words[7])};
}

static void to_words(struct state state, uint32_t words[word_count]) {
  uint32_t stored[word_count];
  memcpy(stored, &state, sizeof stored);
  static const int order[word_count] = {3, 2, 7, 6, 1, 0, 5, 4};
  for (int i = 0; i < word_count; i++) words[i] = stored[order[i]];
}

static int has_sha(void) {
  return __builtin_cpu_supports("sha") && __builtin_cpu_supports("sse4.1");
}

/// Takes one block of each message into its state.
///
/// @param lanes The number of messages, a constant of at most 4.
WITH_SHA __attribute__((always_inline)) static inline void compress(
    struct state *states, const uint8_t *const *blocks, const int lanes) {
  const __m128i bytes_of_words_reversed = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i schedule[4][4];
  struct state before[4];
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
  uint32_t words[word_count];
  to_words(state, words);
  for (int i = 0; i < word_count; i++) {
    const uint32_t word = __builtin_bswap32(words[i]);
    memcpy(digest + 4 * i, &word, sizeof word);
  }
}

WITH_SHA static void compress_blocks(uint32_t words[word_count], const uint8_t *blocks,
                                     size_t count) {
  struct state state = from_words(words);
  for (; count > 0; count--, blocks += block_size) compress(&state, &blocks, 1);
  to_words(state, words);
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
      states[lane] = from_words(first_words);
      blocks[lane] = bytes + (piece + lane) * piece_size;
    }
    for (size_t offset = 0; offset < piece_size; offset += block_size) {
      compress(states, blocks, lanes);
      for (int lane = 0; lane < lanes; lane++) blocks[lane] += block_size;
    }
    for (int lane = 0; lane < lanes; lane++) blocks[lane] = padding;
    compress(states, blocks, lanes);
    for (int lane = 0; lane < lanes; lane++) {
      store(states[lane], digests + (piece + lane) * digest_size);
    }
  }
}

static void compress_all(uint32_t *words, const uint8_t *blocks, size_t count) {
  if (has_sha()) {
    compress_blocks(words, blocks, count);
  } else {
    compress_portably(words, blocks, count);
  }
}

size_t cairn_sha256_pieces(const void *bytes, size_t piece_size, size_t count, uint8_t *digests) {
  if (piece_size % block_size != 0 || !has_sha()) return 0;
  const size_t done = count - count % lanes;
  digest_pieces(bytes, piece_size, done, digests);
  return done;
}
#else
static void compress_all(uint32_t *words, const uint8_t *blocks, size_t count) {
  compress_portably(words, blocks, count);
}

size_t cairn_sha256_pieces(const void *bytes, size_t piece_size, size_t count, uint8_t *digests) {
  (void)bytes, (void)piece_size, (void)count, (void)digests;
  return 0;
}
#endif

void cairn_sha256_begin(cairn_sha256 *hash) {
  *hash = (cairn_sha256){0};
  memcpy(hash->words, first_words, sizeof first_words);
}

void cairn_sha256_update(cairn_sha256 *hash, const void *bytes, size_t count) {
  const uint8_t *rest = bytes;
  const size_t held = hash->byte_count % block_size;
  hash->byte_count += count;
  if (held > 0) {
    const size_t missing = block_size - held;
    const size_t taken = count < missing ? count : missing;
    memcpy(hash->block + held, rest, taken);
    if (taken < missing) return;
    compress_all(hash->words, hash->block, 1);
    rest += taken, count -= taken;
  }
  if (count == 0) return;
  compress_all(hash->words, rest, count / block_size);
  memcpy(hash->block, rest + (count - count % block_size), count % block_size);
}

void cairn_sha256_end(cairn_sha256 *hash, uint8_t digest[digest_size]) {
  const uint64_t bits = __builtin_bswap64(8 * hash->byte_count);
  const uint8_t padding[block_size] = {0x80};
  const size_t held = hash->byte_count % block_size;
  const size_t room = block_size - sizeof bits;
  cairn_sha256_update(hash, padding, held < room ? room - held : room + block_size - held);
  cairn_sha256_update(hash, &bits, sizeof bits);
  for (int i = 0; i < word_count; i++) {
    const uint32_t word = __builtin_bswap32(hash->words[i]);
    memcpy(digest + 4 * i, &word, sizeof word);
  }
}

void cairn_sha256_portable_blocks(uint32_t words[8], const void *blocks, size_t count) {
  compress_portably(words, blocks, count);
}
