// The matrix product C[m × n] = A[m × k] · B[k × n]. Each element is one chain of fused
// multiply-adds over k in ascending order, from 0 or from what C has; then a bias is added, then
// ReLU applied.
//
// A tile of C stays in registers while the rows of B are multiplied, one after another, by elements
// of A that are broadcast to all lanes. Neither operand is packed as a whole: a part is copied if
// its columns do not fill a vector or are far apart, and if that pays.
//
// From the outside in: `matmul` cuts the product into tiles, `multiply_tile` loads one tile of C
// into registers and stores it, and `multiply_rows`, `multiply_window` and `multiply_packed` are
// the loops over k.

// Columns of A are copied if they have at most `most_copied_rows` elements: so have the blocks of a
// gradient that an optimizer computes (`DeferredProduct.rowsAtOnce`). A panel of B, whose rows
// share a few cache sets if the matrix is wide, is copied if at least `rows_worth_a_copy` rows of A
// use it.
enum { most_copied_rows = 32, rows_worth_a_copy = 128 };

#define EACH_BLOCK_VECTOR UNROLLED(i, rows) UNROLLED(j, vectors)

// block[i][j] += a[i] · b[j], of one k, where a[i] is the expression `element` of i.
#define ADD_PRODUCTS(element, b, vector_stride)                                         \
  vector row[TILE_VECTORS];                                                             \
  UNROLLED(j, vectors) row[j] = load((b) + j * (vector_stride));                        \
  UNROLLED(i, rows) {                                                                   \
    const vector factor = broadcast(element);                                           \
    UNROLLED(j, vectors) block[i][j] = fused_multiply_add(factor, row[j], block[i][j]); \
  }

// General registers are scarce in loops over k, so two pointers address eight rows of A.
INLINE void multiply_row(const int rows, const int vectors, const float *upper, const float *lower,
                         int64_t row_stride, const float *b, int64_t vector_stride,
                         vector block[TILE_ROWS][TILE_VECTORS]) {
  ADD_PRODUCTS((i < 4 ? upper : lower)[i % 4 * row_stride], b, vector_stride)
}

// block[i][j] += Σ a[i][p] · b[p][j], in three loops: the first one prefetches the strided lines
// too, the last one nothing.
INLINE void multiply_rows(const int rows, const int vectors, const struct tile *t,
                          vector block[TILE_ROWS][TILE_VECTORS]) {
  const int64_t row_stride = t->a.row_stride, column_stride = t->a.column_stride;
  const float *upper = t->a.data, *lower = upper + 4 * row_stride;
  const float *b = t->b, *next = t->prefetch.lines, *strided = t->prefetch.strided;
  const int64_t b_row_stride = t->b_row_stride;
  const int64_t step = t->prefetch.step, stride = t->prefetch.stride;
  int64_t left = t->k;
  int64_t count = smaller(t->prefetch.strided_count, left);
  left -= count;
#pragma clang loop unroll(disable)
  for (; count > 0; count--, next += step, strided += stride) {
    prefetch_line(next);
    prefetch_line(next + lanes);
    prefetch_line(strided);
    multiply_row(rows, vectors, upper, lower, row_stride, b, lanes, block);
    upper += column_stride, lower += column_stride, b += b_row_stride;
  }
  count = smaller(t->prefetch.count - t->prefetch.strided_count, left);
  left -= count > 0 ? count : 0;
#pragma clang loop unroll(disable)
  for (; count > 0; count--, next += step) {
    prefetch_line(next);
    prefetch_line(next + lanes);
    multiply_row(rows, vectors, upper, lower, row_stride, b, lanes, block);
    upper += column_stride, lower += column_stride, b += b_row_stride;
  }
#pragma clang loop unroll(disable)
  for (; left > 0; left--) {
    multiply_row(rows, vectors, upper, lower, row_stride, b, lanes, block);
    upper += column_stride, lower += column_stride, b += b_row_stride;
  }
}

INLINE void multiply_pixels(const int rows, const int vectors, const float *const *a,
                            int64_t column, const float *b,
                            vector block[TILE_ROWS][TILE_VECTORS]) {
  ADD_PRODUCTS(a[i][column], b, lanes)
}

// The same as `multiply_rows` if A has offsets: for the pixels under a window.
INLINE void multiply_window(const int rows, const int vectors, const struct tile *t,
                            vector block[TILE_ROWS][TILE_VECTORS]) {
  const float *a[TILE_ROWS], *b = t->b;
  UNROLLED(i, rows) a[i] = t->a.data + t->a.row_offsets[i];
  const float *next = t->prefetch.lines;
  const int64_t b_row_stride = t->b_row_stride, step = t->prefetch.step;
  const int32_t *column_offset = t->a.column_offsets, *const end = column_offset + t->k;
  const int32_t *const last = column_offset + smaller(t->prefetch.count, t->k);
#pragma clang loop unroll(disable)
  for (; column_offset < last; column_offset++, b += b_row_stride, next += step) {
    prefetch_line(next);
    prefetch_line(next + lanes);
    multiply_pixels(rows, vectors, a, *column_offset, b, block);
  }
#pragma clang loop unroll(disable)
  for (; column_offset < end; column_offset++, b += b_row_stride)
    multiply_pixels(rows, vectors, a, *column_offset, b, block);
}

// The same if B is packed: block[i][j] += Σ a[i][p] · b[j][p].
INLINE void multiply_packed(const int rows, const int vectors, const struct tile *t,
                            vector block[TILE_ROWS][TILE_VECTORS]) {
  const int64_t row_stride = t->a.row_stride, vector_stride = t->b_vector_stride;
  const float *upper = t->a.data, *lower = upper + 4 * row_stride, *const end = upper + t->k;
  const float *b = t->b, *next = t->prefetch.lines;
  const float *const last = upper + smaller(t->prefetch.count, t->k);
#pragma clang loop unroll(disable)
  for (; upper < last; upper++, lower++, b += lanes, next += lanes) {
    prefetch_line(next);
    multiply_row(rows, vectors, upper, lower, row_stride, b, vector_stride, block);
  }
#pragma clang loop unroll(disable)
  for (; upper < end; upper++, lower++, b += lanes)
    multiply_row(rows, vectors, upper, lower, row_stride, b, vector_stride, block);
}

INLINE void multiply_tile(const int rows, const int vectors, const int form,
                          const struct tile *t) {
  vector block[TILE_ROWS][TILE_VECTORS];
  float *const c = t->c;
  const int is_transposed = rows == TRANSPOSED_ROWS && t->c_column_stride != 1;
  const int64_t stride = is_transposed ? t->c_column_stride : t->c_row_stride;
  // If the last vector is incomplete, C has only its first lanes.
  const int64_t last = (vectors - 1) * lanes, rest = t->columns - last;
  const int has_tail = form != packed_form && rest < lanes;

  if (!t->accumulate) {
    EACH_BLOCK_VECTOR block[i][j] = broadcast(0);
  } else if (is_transposed) {
    UNROLLED(j, vectors)
      load_columns(c + j * lanes * stride, stride, t->columns - j * lanes, block, j);
  } else if (has_tail) {
    EACH_BLOCK_VECTOR block[i][j] = j < vectors - 1 ? load(c + i * stride + j * lanes)
                                                    : load_first(c + i * stride + last, rest);
  } else {
    EACH_BLOCK_VECTOR block[i][j] = load(c + i * stride + j * lanes);
  }

  if (form == offset_form)
    multiply_window(rows, vectors, t, block);
  else if (form == packed_form)
    multiply_packed(rows, vectors, t, block);
  else
    multiply_rows(rows, vectors, t, block);

  if (t->bias) EACH_BLOCK_VECTOR block[i][j] += load(t->bias + j * lanes);
  if (t->relu) EACH_BLOCK_VECTOR block[i][j] = relu_of(block[i][j]);

  if (is_transposed) {
    UNROLLED(j, vectors)
      store_columns(c + j * lanes * stride, stride, t->columns - j * lanes, block, j);
  } else if (has_tail) {
    EACH_BLOCK_VECTOR {
      if (j < vectors - 1)
        store(c + i * stride + j * lanes, block[i][j]);
      else
        store_first(c + i * stride + last, block[i][j], rest);
    }
  } else {
    EACH_BLOCK_VECTOR store(c + i * stride + j * lanes, block[i][j]);
  }
}

#undef ADD_PRODUCTS
#undef EACH_BLOCK_VECTOR

// One function per tile size: with constant sizes, the compiler keeps the block in registers.
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

#define TILE(r, v)                                        \
  static void strided_tile_##r##x##v(const struct tile *t) { \
    multiply_tile(r, v, strided_form, t);                 \
  }                                                       \
  static void offset_tile_##r##x##v(const struct tile *t) { \
    multiply_tile(r, v, offset_form, t);                  \
  }                                                       \
  static void packed_tile_##r##x##v(const struct tile *t) { \
    multiply_tile(r, v, packed_form, t);                  \
  }
EACH_TILE(TILE)

#define ENTRY(r, v) \
  [r][v] = {strided_tile_##r##x##v, offset_tile_##r##x##v, packed_tile_##r##x##v},
static void (*const tiles[TILE_ROWS + 1][TILE_VECTORS + 1][tile_forms])(const struct tile *) = {
    EACH_TILE(ENTRY)};

#undef ENTRY
#undef TILE
#undef EACH_TILE
#undef EACH_HEIGHT

// The size of the next part of `left` elements: at most `most`, and the last two parts are equal:
// four vectors become 2 + 2, not 3 + 1. (Without a division, which would be too slow here.)
INLINE int64_t share(int64_t left, int64_t most) {
  return left >= 2 * most ? most : left > most ? (left + 1) / 2 : left;
}

// Copies rows of B to consecutive memory, and pads an incomplete last vector with zeros.
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

// Copies columns of A to consecutive memory. (The columns of a wide matrix are so far apart that
// most of them share a few cache sets.)
static void copy_columns(int64_t rows, int64_t columns, struct cairn_matrix a, float *copy) {
  for (int64_t p = 0; p < columns; p++, a.data += a.column_stride, copy += rows) {
    int64_t i = 0;
    if (a.row_stride == 1)
      for (; i + lanes <= rows; i += lanes) store(copy + i, load(a.data + i));
    for (; i < rows; i++) copy[i] = a.data[i * a.row_stride];
  }
}

static void matmul(const struct cairn_product *product) {
  const struct cairn_product s = *product;
  const int has_offsets = s.a.column_offsets != 0;
  const int form = has_offsets ? offset_form : strided_form;
  const int64_t most_rows = s.c_column_stride == 1 ? TILE_ROWS : TRANSPOSED_ROWS;
  const int copies_a = !has_offsets && s.a.column_stride != 1 && s.m <= most_copied_rows &&
                       s.n > TILE_VECTORS * lanes;
  const int64_t tiles_of_block = (s.m + most_rows - 1) / most_rows *
                                 ((s.n + TILE_VECTORS * lanes - 1) / (TILE_VECTORS * lanes));
  const float *next_rows;
  struct prefetch_plan plan = plan_prefetch(&s, tiles_of_block);
  struct tile t = {.a = s.a, .c_row_stride = s.c_row_stride, .c_column_stride = s.c_column_stride};
  int64_t p = 0;
  do {  // once even if k is 0: then C is cleared or kept
    t.k = smaller(k_block, s.k - p);
    const int is_last = p + t.k == s.k;
    struct cairn_matrix a = s.a;
    // Copies begin with a cache line, so that no vector of them lies in two.
    _Alignas(64) float columns_of_a[k_block * most_copied_rows];
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
    if (s.prefetch_count == 0 && !has_offsets)
      plan = plan_prefetch_of_b(&s, &next_rows, p, t.k, tiles_of_block);
    if (!has_offsets) plan_prefetch_of_a(&plan, &s, copies_a, p, t.k, tiles_of_block);
    for (int64_t j = 0, vectors; j < s.n; j += vectors * lanes) {
      vectors = share((s.n - j + lanes - 1) / lanes, TILE_VECTORS);
      t.columns = smaller(vectors * lanes, s.n - j);
      const int has_tail = t.columns < vectors * lanes;
      t.bias = s.bias && is_last ? s.bias + j : 0;
      t.b = s.b + p * s.b_row_stride + j;
      t.b_row_stride = s.b_row_stride;
      _Alignas(64) float copy[k_block * TILE_VECTORS * lanes], bias[TILE_VECTORS * lanes];
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
        plan_tile_prefetch(&plan, &t, &s, rows);
        if (has_offsets && s.prefetch_count == 0) plan_panel_prefetch(&t, &s, p, j, vectors, i);

        // A tile that does not fit the strides of C is computed beside it.
        const int is_beside =
            s.c_column_stride != 1 && (rows != TRANSPOSED_ROWS || s.c_row_stride != 1);
        if (!is_beside) {
          tiles[rows][vectors][form](&t);
          continue;
        }
        _Alignas(64) float beside[TILE_ROWS * TILE_VECTORS * lanes];
        struct tile other = t;
        other.c = beside;
        other.c_row_stride = vectors * lanes;
        other.c_column_stride = 1;
        other.columns = vectors * lanes;
        if (t.accumulate)
          copy_block(rows, t.columns, t.c, s.c_row_stride, s.c_column_stride, beside,
                     other.c_row_stride, 1);
        tiles[rows][vectors][form](&other);
        copy_block(rows, t.columns, beside, other.c_row_stride, 1, t.c, s.c_row_stride,
                   s.c_column_stride);
      }
    }
    p += t.k;
  } while (p < s.k);
}
