#include "CKernels.h"

// No contraction: a fused multiply-add would round differently, and only on some processors.
#pragma STDC FP_CONTRACT OFF

// Philox 4x32-10, the same as in Philox.swift, which names its source.
static void philox(uint64_t key, uint64_t index, uint32_t stream, uint32_t substream,
                   uint32_t out[4]) {
  uint32_t key0 = (uint32_t)key, key1 = (uint32_t)(key >> 32);
  uint32_t c0 = (uint32_t)index, c1 = (uint32_t)(index >> 32), c2 = stream, c3 = substream;
  for (int round = 0; round < 10; round++) {
    uint64_t first = (uint64_t)0xD2511F53u * c0, second = (uint64_t)0xCD9E8D57u * c2;
    c0 = (uint32_t)(second >> 32) ^ c1 ^ key0;
    c1 = (uint32_t)second;
    c2 = (uint32_t)(first >> 32) ^ c3 ^ key1;
    c3 = (uint32_t)first;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

void cairn_random_uniform(uint64_t key, uint32_t stream, uint32_t substream, uint64_t index,
                          ptrdiff_t count, float lower, float width, float *out) {
  for (ptrdiff_t i = 0; i < count; i += 2, index++) {
    uint32_t words[4];
    philox(key, index, stream, substream, words);
    for (int half = 0; half < 2 && i + half < count; half++) {
      float unit = (float)(words[2 * half + 1] >> 8) * 0x1p-24f;
      out[i + half] = lower + width * unit;
    }
  }
}

void cairn_random_noise(uint64_t key, uint32_t stream, uint32_t substream, uint64_t index,
                        ptrdiff_t count, float lower, float width, float *out) {
  for (ptrdiff_t i = 0; i < count; i += 8, index++) {
    uint32_t words[4];
    philox(key, index, stream, substream, words);
    for (int part = 0; part < 8 && i + part < count; part++) {
      uint32_t bits = words[part / 2] >> (part % 2 * 16) & 0xFFFF;
      out[i + part] = lower + width * ((float)bits * 0x1p-16f);
    }
  }
}
