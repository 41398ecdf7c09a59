// Random numbers: Philox 4x32-10, the same as in Philox.swift, which names its source.

// Eight blocks are computed together, one 32-bit word in each lane of 64 bits.
enum { blocks_at_once = 8 };

typedef uint64_t words __attribute__((vector_size(64)));

// The words 0 and 1 of each block in `low`, the words 2 and 3 in `high`: that order in memory.
INLINE void philox(uint64_t key, uint64_t index, uint32_t stream, uint32_t substream, words *low,
                   words *high) {
  const words word = (words){0} + 0xFFFFFFFFu;
  const words place = index + (words){0, 1, 2, 3, 4, 5, 6, 7};
  uint32_t key0 = (uint32_t)key, key1 = (uint32_t)(key >> 32);
  words c0 = place & word, c1 = place >> 32, c2 = (words){0} + stream, c3 = (words){0} + substream;
  for (int round = 0; round < 10; round++) {
    const words first = (c0 & word) * (uint64_t)0xD2511F53u;
    const words second = (c2 & word) * (uint64_t)0xCD9E8D57u;
    c0 = (second >> 32) ^ c1 ^ (uint64_t)key0;
    c1 = second & word;
    c2 = (first >> 32) ^ c3 ^ (uint64_t)key1;
    c3 = first & word;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  *low = c0 | c1 << 32;
  *high = c2 | c3 << 32;
}

static void random_uniform(uint64_t key, uint32_t stream, uint32_t substream, uint64_t index,
                           int64_t count, float lower, float width, float *out) {
  for (int64_t i = 0; i < count; i += 2 * blocks_at_once, index += blocks_at_once) {
    words low, high;
    philox(key, index, stream, substream, &low, &high);
    // The words 1 and 3 of each block, which are neighbours in memory.
    const words chosen = low >> 32 | (high >> 32 << 32);
    const vector units = __builtin_convertvector((integer_vector)(chosen >> 8 & 0x00FFFFFF00FFFFFF),
                                                 vector) * 0x1p-24f;
    const vector numbers = lower + width * units;
    if (count - i >= lanes)
      store(out + i, numbers);
    else
      store_first(out + i, numbers, count - i);
  }
}

static void random_noise(uint64_t key, uint32_t stream, uint32_t substream, uint64_t index,
                         int64_t count, float lower, float width, float *out) {
  typedef uint16_t halves __attribute__((vector_size(32)));
  for (int64_t i = 0; i < count; index += blocks_at_once) {
    words low, high;
    philox(key, index, stream, substream, &low, &high);
    uint64_t blocks[2 * blocks_at_once];
    for (int block = 0; block < blocks_at_once; block++)
      blocks[2 * block] = low[block], blocks[2 * block + 1] = high[block];
    for (int part = 0; part < 4 && i < count; part++, i += lanes) {
      halves bits;
      memcpy(&bits, (const char *)blocks + part * (int64_t)sizeof bits, sizeof bits);
      const vector numbers = lower + width * (__builtin_convertvector(bits, vector) * 0x1p-16f);
      if (count - i >= lanes)
        store(out + i, numbers);
      else
        store_first(out + i, numbers, count - i);
    }
  }
}
