// The matrix product: a block of C stays in registers while one row of B after another is
// multiplied by numbers of A that are broadcast to all lanes. Neither operand is packed as a whole:
// a part is copied where its columns do not fill a vector or are far apart, and where that pays.
//
// From the outside in: `matmul` cuts the product into tiles, `multiply_tile` brings one tile of C
// into registers and back, and `multiply_rows` is the loop where the time goes.

// Blocks of k so long that a panel of B, TILE_VECTORS wide, stays in the first-level cache.
enum { k_block = 128 };

// Columns of A are copied if they are as short as those of a gradient that an optimizer uses at
// once; the panel of B, whose rows in a wide matrix share a few places in the cache, if so many
// rows of A use it.
enum { most_copied_rows = 32, rows_worth_a_copy = 256 };

INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

// One tile. C has rows of whole vectors or, if there are TRANSPOSED_ROWS rows, columns.
struct tile {
  struct cairn_matrix a;
  const float *b;                   // the first row of B
  int64_t b_row_stride;
  int64_t k;
  float *c;
  int64_t c_row_stride, c_column_stride, columns;
  int accumulate;
  const float *bias;   // or null
  int relu;
  // What is brought into the cache meanwhile: for every k the line at `soon`, which moves on by
  // `soon_step`, and the line behind it; and for the first of them one that is far from the last.
  const float *soon, *far;
  int64_t soon_step, far_stride, far_count;
};

#define EACH_BLOCK_VECTOR              \
  _Pragma("clang loop unroll(full)")   \
  for (int i = 0; i < rows; i++)       \
    _Pragma("clang loop unroll(full)") \
    for (int j = 0; j < vectors; j++)

// block[i][j] += Σ a[i][p] · b[p][j], in two loops of which the first fetches what is far.
//
// The loops are short of general registers: so two pointers reach eight rows of A.
INLINE void multiply_rows(const int rows, const int vectors, const struct tile *t,
                          vector block[TILE_ROWS][TILE_VECTORS]) {
  const int64_t row_stride = t->a.row_stride, column_stride = t->a.column_stride;
  const float *upper = t->a.data, *lower = upper + 4 * row_stride;
  const float *b = t->b, *soon = t->soon, *far = t->far;
  const int64_t b_row_stride = t->b_row_stride;
  const int64_t soon_step = t->soon_step;
  int64_t far_stride = t->far_stride, left = t->k;
  for (int64_t count = smaller(t->far_count, left);; count = left, far_stride = 0) {
    left -= count;
#pragma clang loop unroll(disable)
    for (; count > 0; count--) {
      __builtin_prefetch(soon, 0, 2);
      __builtin_prefetch(soon + lanes, 0, 2);
      __builtin_prefetch(far, 0, 2);
      vector row[TILE_VECTORS];
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++) row[j] = load(b + j * lanes);
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) {
        vector factor = broadcast((i < 4 ? upper : lower)[i % 4 * row_stride]);
#pragma clang loop unroll(full)
        for (int j = 0; j < vectors; j++)
          block[i][j] = fused_multiply_add(factor, row[j], block[i][j]);
      }
      upper += column_stride;
      lower += column_stride;
      b += b_row_stride;
      soon += soon_step;
      far += far_stride;
    }
    if (left == 0) return;
  }
}

// The same where A has offsets, for what a window sees.
INLINE void multiply_window(const int rows, const int vectors, const struct tile *t,
                            vector block[TILE_ROWS][TILE_VECTORS]) {
  const float *a[TILE_ROWS], *b = t->b;
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) a[i] = t->a.data + t->a.row_offsets[i];
  const float *soon = t->soon;
  const int64_t b_row_stride = t->b_row_stride;
  const int32_t *column_offset = t->a.column_offsets, *const end = column_offset + t->k;
#pragma clang loop unroll(disable)
  for (; column_offset < end; column_offset++, b += b_row_stride, soon += 2 * lanes) {
    __builtin_prefetch(soon, 0, 2);
    __builtin_prefetch(soon + lanes, 0, 2);
    const int64_t column = *column_offset;
    vector row[TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++) row[j] = load(b + j * lanes);
#pragma clang loop unroll(full)
    for (int i = 0; i < rows; i++) {
      vector factor = broadcast(a[i][column]);
#pragma clang loop unroll(full)
      for (int j = 0; j < vectors; j++)
        block[i][j] = fused_multiply_add(factor, row[j], block[i][j]);
    }
  }
}

INLINE void multiply_tile(const int rows, const int vectors, const int has_offsets,
                          const struct tile *t) {
  vector block[TILE_ROWS][TILE_VECTORS];
  float *const c = t->c;
  const int is_transposed = rows == TRANSPOSED_ROWS && t->c_column_stride != 1;
  const int64_t stride = is_transposed ? t->c_column_stride : t->c_row_stride;

  if (!t->accumulate) {
    EACH_BLOCK_VECTOR block[i][j] = broadcast(0);
  } else if (is_transposed) {
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++)
      load_columns(c + j * lanes * stride, stride, t->columns - j * lanes, block, j);
  } else {
    EACH_BLOCK_VECTOR block[i][j] = load(c + i * stride + j * lanes);
  }

  if (has_offsets)
    multiply_window(rows, vectors, t, block);
  else
    multiply_rows(rows, vectors, t, block);

  if (t->bias) EACH_BLOCK_VECTOR block[i][j] += load(t->bias + j * lanes);
  if (t->relu) EACH_BLOCK_VECTOR block[i][j] = relu_of(block[i][j]);

  if (is_transposed) {
#pragma clang loop unroll(full)
    for (int j = 0; j < vectors; j++)
      store_columns(c + j * lanes * stride, stride, t->columns - j * lanes, block, j);
  } else {
    EACH_BLOCK_VECTOR store(c + i * stride + j * lanes, block[i][j]);
  }
}

#undef EACH_BLOCK_VECTOR

// A function for each size of tile: the compiler sees constants, and keeps the block in registers.
#if TILE_ROWS == 8
#define EACH_HEIGHT(f, v) f(1, v) f(2, v) f(3, v) f(4, v) f(5, v) f(6, v) f(7, v) f(8, v)
#elif TILE_ROWS == 6
#define EACH_HEIGHT(f, v) f(1, v) f(2, v) f(3, v) f(4, v) f(5, v) f(6, v)
#else
#define EACH_HEIGHT(f, v) f(1, v) f(2, v) f(3, v) f(4, v)
#endif
#if TILE_VECTORS == 3
#define EACH_TILE(f) EACH_HEIGHT(f, 1) EACH_HEIGHT(f, 2) EACH_HEIGHT(f, 3)
#else
#define EACH_TILE(f) EACH_HEIGHT(f, 1)
#endif

#define TILE(r, v)                                                                        \
  static void strided_tile_##r##x##v(const struct tile *t) { multiply_tile(r, v, 0, t); } \
  static void offset_tile_##r##x##v(const struct tile *t) { multiply_tile(r, v, 1, t); }
EACH_TILE(TILE)

#define ENTRY(r, v) [r][v] = {strided_tile_##r##x##v, offset_tile_##r##x##v},
static void (*const tiles[TILE_ROWS + 1][TILE_VECTORS + 1][2])(const struct tile *) = {
    EACH_TILE(ENTRY)};

#undef ENTRY
#undef TILE
#undef EACH_TILE
#undef EACH_HEIGHT

// The size of the next part of what is left: at most `most`, and the last two share evenly, so that
// four vectors are two and two, not three and one. (Without a division, which takes longer than
// a tile may wait.)
INLINE int64_t share(int64_t left, int64_t most) {
  return left >= 2 * most ? most : left > most ? (left + 1) / 2 : left;
}

// Copies rows of B one after another, with zeros behind a last vector that is not whole.
static void copy_panel(int64_t rows, int64_t vectors, int64_t columns, const float *b,
                       int64_t row_stride, float *copy) {
  const int64_t whole = columns / lanes;
  for (int64_t p = 0; p < rows; p++, b += row_stride, copy += vectors * lanes) {
    for (int64_t j = 0; j < whole; j++) store(copy + j * lanes, load(b + j * lanes));
    if (whole < vectors)
      store(copy + whole * lanes, load_first(b + whole * lanes, columns % lanes));
  }
}

// Copies a block with any strides.
static void copy_block(int64_t rows, int64_t columns, const float *from, int64_t from_row,
                       int64_t from_column, float *to, int64_t to_row, int64_t to_column) {
  for (int64_t j = 0; j < columns; j++)
    for (int64_t i = 0; i < rows; i++)
      to[i * to_row + j * to_column] = from[i * from_row + j * from_column];
}

// Copies columns of A side by side. (In a wide matrix they are so far apart that most of them share
// a few places in the cache.)
static void copy_columns(int64_t rows, int64_t columns, struct cairn_matrix a, float *copy) {
  for (int64_t p = 0; p < columns; p++, a.data += a.column_stride, copy += rows) {
    int64_t i = 0;
    if (a.row_stride == 1)
      for (; i + lanes <= rows; i += lanes) store(copy + i, load(a.data + i));
    for (; i < rows; i++) copy[i] = a.data[i * a.row_stride];
  }
}

// What is brought into the cache during a tile: the hardware's own prefetching follows neither the
// short rows of a block nor columns. (What a window sees is in the cache already; where the
// features are written is not.)
struct fetching {
  const float *const *ranges;  // what the caller wishes, or the rows of B that come next
  int64_t count, length;
  int64_t range, position;     // how far it has come
  int64_t step;                // and how far it comes with every k

  // What comes next in A: so many lines that follow each other, in each of its rows or columns. As
  // many during each tile.
  const float *ahead;
  int64_t ahead_stride, ahead_count, ahead_lines;
  int64_t ahead_index;         // how far it has come in this line
  int64_t ahead_at_once;
};

// Plans what of A is fetched during a block of k, which has so many tiles: if A has rows, its next
// block, if its columns are copied, those of the next product, which follow.
INLINE void plan_ahead(struct fetching *f, const struct cairn_product *s, int copies_a, int64_t p,
                       int64_t k, int64_t tiles) {
  const struct cairn_matrix a = s->a;
  f->ahead = copies_a ? a.data + p * a.column_stride + s->m * a.row_stride : a.data + p + k;
  f->ahead_stride = copies_a ? a.column_stride : a.row_stride;
  f->ahead_count = copies_a ? k : s->m;
  const int64_t length = copies_a               ? s->m
                         : a.column_stride == 1 ? smaller(k_block, s->k - p - k)
                                                : 0;
  f->ahead_lines = (length + lanes - 1) / lanes;
  f->ahead_index = 0;
  f->ahead_at_once = tiles > 0 ? (f->ahead_lines * f->ahead_count + tiles - 1) / tiles : 0;
}

// How far to come with every k to fetch so much evenly: the processor waits if too much is on its
// way. At most the two lines that are fetched.
INLINE int64_t even_step(int64_t length, int64_t count) {
  return length < 2 * lanes * count ? (length + count - 1) / count : 2 * lanes;
}

INLINE void plan_fetching(struct fetching *f, struct tile *t, const struct cairn_product *s,
                          int64_t rows) {
  if (f->position >= f->length) f->range++, f->position = 0;
  t->soon_step = f->step;
  if (f->range < f->count) {
    t->soon = f->ranges[f->range] + f->position;
  } else if (s->a.column_offsets) {
    t->soon = t->c + rows * s->c_row_stride;
  } else if (s->a.column_stride == 1 && s->a.row_stride == s->k) {
    t->soon = t->a.data + 2 * rows * s->a.row_stride;
    t->soon_step = rows;
  } else {
    t->soon = t->b;
  }
  f->position += t->k * t->soon_step;

  if (s->a.column_offsets) return;
  if (s->c_column_stride != 1) {  // the columns of C that will be written
    t->far = t->c;
    t->far_stride = s->c_column_stride;
    t->far_count = t->columns;
    return;
  }
  t->far = f->ahead + f->ahead_index * f->ahead_stride;
  t->far_stride = f->ahead_stride;
  t->far_count =
      f->ahead_lines > 0 ? smaller(f->ahead_at_once, f->ahead_count - f->ahead_index) : 0;
  f->ahead_index += t->far_count;
  if (f->ahead_index == f->ahead_count) f->ahead += lanes, f->ahead_index = 0, f->ahead_lines--;
}

static void matmul(const struct cairn_product *product) {
  const struct cairn_product s = *product;
  const int has_offsets = s.a.column_offsets != 0;
  const int64_t most_rows = s.c_column_stride == 1 ? TILE_ROWS : TRANSPOSED_ROWS;
  const int copies_a = !has_offsets && s.a.column_stride != 1 && s.m <= most_copied_rows &&
                       s.n > TILE_VECTORS * lanes;
  const int64_t tiles_of_block = (s.m + most_rows - 1) / most_rows *
                                 ((s.n + TILE_VECTORS * lanes - 1) / (TILE_VECTORS * lanes));
  const float *next_rows;
  struct fetching fetching = {
      .ranges = s.soon, .count = s.soon_count, .length = s.soon_length,
      .step = has_offsets ? 2 * lanes
                          : even_step(s.soon_count * s.soon_length, tiles_of_block * s.k)};
  struct tile t = {.a = s.a, .c_row_stride = s.c_row_stride, .c_column_stride = s.c_column_stride};
  int64_t p = 0;
  do {  // once even if k is 0: then c is cleared, or left as it is
    t.k = smaller(k_block, s.k - p);
    const int is_last = p + t.k == s.k;
    struct cairn_matrix a = s.a;
    float columns_of_a[k_block * most_copied_rows];
    if (has_offsets) {
      a.column_offsets += p;
    } else {
      a.data += p * a.column_stride;
      if (copies_a) {
        copy_columns(s.m, t.k, a, columns_of_a);
        a = (struct cairn_matrix){.data = columns_of_a, .row_stride = 1, .column_stride = s.m};
      }
    }
    t.a = a;
    t.accumulate = s.accumulate || p > 0;
    t.relu = s.relu && is_last;
    if (s.soon_count == 0 && !has_offsets) {
      next_rows = s.b + (p + t.k) * s.b_row_stride;
      fetching = (struct fetching){
          .ranges = &next_rows, .count = 1,
          .length = smaller(k_block, s.k - p - t.k) * s.b_row_stride};
      fetching.step = even_step(fetching.length, tiles_of_block * t.k);
    }
    if (!has_offsets) plan_ahead(&fetching, &s, copies_a, p, t.k, tiles_of_block);
    for (int64_t j = 0, vectors; j < s.n; j += vectors * lanes) {
      vectors = share((s.n - j + lanes - 1) / lanes, TILE_VECTORS);
      t.columns = smaller(vectors * lanes, s.n - j);
      const int has_tail = t.columns < vectors * lanes;
      t.bias = s.bias && is_last ? s.bias + j : 0;
      t.b = s.b + p * s.b_row_stride + j;
      t.b_row_stride = s.b_row_stride;
      float copy[k_block * TILE_VECTORS * lanes], bias[TILE_VECTORS * lanes];
      if (has_tail || (s.m >= rows_worth_a_copy && s.b_row_stride > vectors * lanes)) {
        if (t.bias && has_tail) copy_panel(1, vectors, t.columns, t.bias, 0, bias), t.bias = bias;
        copy_panel(t.k, vectors, t.columns, t.b, s.b_row_stride, copy);
        t.b = copy;
        t.b_row_stride = vectors * lanes;
      }
      for (int64_t i = 0, rows; i < s.m; i += rows) {
        rows = share(s.m - i, most_rows);
        if (has_offsets)
          t.a.row_offsets = a.row_offsets + i;
        else
          t.a.data = a.data + i * a.row_stride;
        t.c = s.c + i * s.c_row_stride + j * s.c_column_stride;
        plan_fetching(&fetching, &t, &s, rows);

        // What a tile cannot write where it belongs, it writes into a block beside.
        const int is_beside =
            s.c_column_stride == 1 ? has_tail : rows != TRANSPOSED_ROWS || s.c_row_stride != 1;
        if (!is_beside) {
          tiles[rows][vectors][has_offsets](&t);
          continue;
        }
        float beside[TILE_ROWS * TILE_VECTORS * lanes];
        struct tile other = t;
        other.c = beside;
        other.c_row_stride = vectors * lanes;
        other.c_column_stride = 1;
        if (t.accumulate)
          copy_block(rows, t.columns, t.c, s.c_row_stride, s.c_column_stride, beside,
                     other.c_row_stride, 1);
        tiles[rows][vectors][has_offsets](&other);
        copy_block(rows, t.columns, beside, other.c_row_stride, 1, t.c, s.c_row_stride,
                   s.c_column_stride);
      }
    }
    p += t.k;
  } while (p < s.k);
}
